#include "stats/interval_rank_test.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "stats/distributions.h"
#include "stats/long_sum.h"
#include "stats/turnbull.h"

namespace enthesis::stats {
namespace {

// Scores of rows from the estimate of all of them: an event in the k-th
// interval with mass has 1 less the cumulated hazard with it, a row the mean of
// its intervals.
class RowScores {
 public:
  explicit RowScores(const TurnbullCurve& curve) : curve_(curve) {
    std::vector<double> beyond(curve.intervals.size() + 1);
    for (size_t k = curve.intervals.size(); k-- > 0;) {
      beyond[k] = beyond[k + 1] + curve.intervals[k].mass;
    }
    masses_.resize(1);
    sums_.resize(1);
    LongSum hazard;
    for (size_t k = 0; k < curve.intervals.size(); ++k) {
      const double mass = curve.intervals[k].mass;
      hazard.Add(mass / beyond[k]);
      masses_.push_back(masses_.back());
      masses_.back().Add(mass);
      sums_.push_back(sums_.back());
      sums_.back().AddProduct(mass, 1 - hazard.high);
    }
  }

  // The intervals with mass that the row holds: the first, and past the last.
  std::pair<size_t, size_t> Held(const IntervalTimes& rows, size_t row) const {
    const IntervalKind kind = rows.Kind(row);
    if (kind == IntervalKind::kExact) {
      const size_t point = After(rows.lower[row]) - 1;
      return {point, point + 1};
    }
    return {kind == IntervalKind::kLeftCensored ? 0 : After(rows.lower[row]),
            After(rows.upper[row])};
  }

  double Score(size_t first, size_t past) const {
    return Between(sums_, first, past) / Between(masses_, first, past);
  }

 private:
  // How many intervals end by `time`.
  size_t After(double time) const {
    const auto next = std::upper_bound(
        curve_.intervals.begin(), curve_.intervals.end(), time,
        [](double t, const TurnbullInterval& i) { return t < i.right; });
    return static_cast<size_t>(next - curve_.intervals.begin());
  }
  static double Between(const std::vector<LongSum>& sums, size_t first,
                        size_t past) {
    return (sums[past].high - sums[first].high) +
           (sums[past].low - sums[first].low);
  }

  const TurnbullCurve& curve_;
  std::vector<LongSum> masses_, sums_;  // of the intervals before each
};

// Rows of one group that hold the same intervals.
struct ScoredRow {
  size_t first = 0, past = 0;
  int group = 0;
  double weight = 0;
};

void SetStatistic(const std::vector<ScoredRow>& scored, const RowScores& scores,
                  IntervalRankTest& result) {
  // In the order of `scored`, so that the order of rows is forgotten.
  std::vector<LongSum> sums(result.groups.size());
  LongSum squares;
  double total = 0, largest = 0;
  for (const ScoredRow& row : scored) {
    const double score = scores.Score(row.first, row.past);
    const size_t group = static_cast<size_t>(row.group);
    result.groups[group].n += row.weight;
    total += row.weight;
    sums[group].AddProduct(row.weight, score);
    squares.AddProduct(row.weight, score * score);
    largest = std::max(largest, std::abs(score));
  }
  int present = 0;
  double between = 0;
  for (size_t g = 0; g < sums.size(); ++g) {
    result.groups[g].score = sums[g].high;
    if (result.groups[g].n <= 0) continue;
    ++present;
    between += sums[g].high / result.groups[g].n * sums[g].high;
  }
  // Scores sum to 0, but for rounding: those of one value are all 0.
  if (present < 2 || largest < 1e-9) return;
  result.test.df = present - 1;
  result.test.chi_square = between / (squares.high / (total - 1));
  result.test.p_value =
      ChiSquareUpperTail(*result.test.chi_square, result.test.df);
}

}  // namespace

absl::StatusOr<IntervalRankTest> TestIntervalGroups(
    const IntervalTimes& rows, absl::Span<const int> groups, int n_groups,
    const TurnbullOptions& options) {
  if (n_groups < 1 || groups.size() != rows.size()) {
    return absl::InvalidArgumentError("there must be a group for each row");
  }
  for (size_t i = 0; i < groups.size(); ++i) {
    if (groups[i] >= 0 && groups[i] < n_groups) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("row ", i, ": there is no group ", groups[i]));
  }
  const absl::StatusOr<TurnbullCurve> curve = EstimateTurnbull(rows, options);
  if (!curve.ok()) return curve.status();
  const TiedIntervals ends = TieIntervalTimes(rows);
  const IntervalTimes tied = {ends.lower, ends.upper, rows.weights};
  const RowScores scores(*curve);
  std::vector<ScoredRow> scored;
  for (size_t i = 0; i < rows.size(); ++i) {
    const double weight = rows.Weight(i);
    if (weight <= 0) continue;
    if (std::floor(weight) < weight) {
      return absl::InvalidArgumentError(absl::StrCat(
          "row ", i, ": the test takes whole weights only, not ", weight));
    }
    const auto [first, past] = scores.Held(tied, i);
    scored.push_back({first, past, groups[i], weight});
  }
  std::sort(scored.begin(), scored.end(),
            [](const ScoredRow& a, const ScoredRow& b) {
              return std::tie(a.group, a.first, a.past, a.weight) <
                     std::tie(b.group, b.first, b.past, b.weight);
            });
  IntervalRankTest result;
  result.groups.resize(static_cast<size_t>(n_groups));
  SetStatistic(scored, scores, result);
  return result;
}

}  // namespace enthesis::stats
