#include "stats/score_change.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "stats/distributions.h"
#include "stats/mean.h"
#include "stats/proportion.h"
#include "stats/score_table.h"
#include "stats/signed_rank.h"
#include "stats/value_counts.h"
#include "stats/whole_number.h"

namespace enthesis::stats {
namespace {

// Subjects times scores within this bound: n * sum of squares fits 128 bits.
constexpr Int128 kExactBound = Int128{1} << 62;

absl::Status CheckTable(const ScoreTable& table) {
  // In 64 bits, as a range may span all of int.
  const int64_t width = int64_t{table.max_score} - table.min_score + 1;
  if (width < 1 || width > (int64_t{1} << 24)) {
    return absl::InvalidArgumentError("the range of scores is empty or huge");
  }
  const size_t size = static_cast<size_t>(width);
  if (table.paired.size() != size * size || table.follow_up.size() != size) {
    return absl::InvalidArgumentError("the counts do not fit the scores");
  }
  std::vector<Int128> paired(size, 0);
  Int128 total = 0;
  for (size_t i = 0; i < table.paired.size(); ++i) {
    if (table.paired[i] < 0) {
      return absl::InvalidArgumentError("counts must not be negative");
    }
    paired[i % size] += table.paired[i];
  }
  for (size_t i = 0; i < size; ++i) {
    if (table.follow_up[i] < 0) {
      return absl::InvalidArgumentError("counts must not be negative");
    }
    if (paired[i] > table.follow_up[i]) {
      return absl::InvalidArgumentError(
          absl::StrCat("more pairs than follow-ups with score ",
                       table.min_score + static_cast<int64_t>(i)));
    }
    total += table.follow_up[i];
  }
  if (2 * total * width > kExactBound || total > kCountMax) {
    return absl::InvalidArgumentError("too many subjects for exact sums");
  }
  return absl::OkStatus();
}

absl::Status CheckOptions(const ScoreChangeOptions& options) {
  if (absl::Status status = CheckConfLevel(options.conf_level); !status.ok()) {
    return status;
  }
  for (double threshold : options.thresholds) {
    if (!std::isfinite(threshold)) {
      return absl::InvalidArgumentError("a threshold must be finite");
    }
  }
  return absl::OkStatus();
}

// The scores `first`, `first` + 1, .. with a count above 0.
ValueCounts FromCounts(int64_t first, absl::Span<const int64_t> counts) {
  ValueCounts sample;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    sample.values.push_back(
        static_cast<double>(first + static_cast<int64_t>(i)));
    sample.counts.push_back(counts[i]);
  }
  return sample;
}

ValueCounts BaselineCounts(const ScoreTable& table) {
  const size_t width = static_cast<size_t>(table.width());
  std::vector<int64_t> counts(width, 0);
  for (size_t i = 0; i < table.paired.size(); ++i) {
    counts[i / width] += table.paired[i];
  }
  return FromCounts(table.min_score, counts);
}

ValueCounts ChangeCounts(const ScoreTable& table) {
  const size_t width = static_cast<size_t>(table.width());
  std::vector<int64_t> counts(2 * width - 1, 0);
  for (size_t before = 0; before < width; ++before) {
    for (size_t after = 0; after < width; ++after) {
      counts[after + (width - 1) - before] +=
          table.paired[before * width + after];
    }
  }
  return FromCounts(1 - int64_t{table.width()}, counts);
}

int64_t CountResponders(const ValueCounts& change, double threshold,
                        bool higher_is_better) {
  int64_t count = 0;
  for (size_t i = 0; i < change.values.size(); ++i) {
    const double improvement =
        higher_is_better ? change.values[i] : -change.values[i];
    if (improvement >= threshold) count += change.counts[i];
  }
  return count;
}

absl::StatusOr<Responders> EstimateResponders(
    const ValueCounts& change, double threshold,
    const ScoreChangeOptions& options) {
  const int64_t count =
      CountResponders(change, threshold, options.higher_is_better);
  const absl::StatusOr<Proportion> wilson =
      EstimateProportion(count, change.n(), options.conf_level);
  if (!wilson.ok()) return wilson.status();
  const absl::StatusOr<Proportion> exact =
      EstimateProportionExactly(count, change.n(), options.conf_level);
  if (!exact.ok()) return exact.status();
  return Responders{threshold, *wilson, *exact};
}

// Hedges (1981, J. Educ. Statist. 6:107), equation 6e: unbiased for mean / SD.
// Absent for one degree of freedom, where the factor is 0.
std::optional<double> HedgesG(double standardized_mean, double df) {
  if (df < 2) return std::nullopt;
  return standardized_mean * GammaHalfStep((df - 1) / 2) / std::sqrt(df / 2);
}

absl::StatusOr<ScoreChange> EstimateFrom(const ValueCounts& baseline,
                                         const ValueCounts& follow_up,
                                         const ValueCounts& change,
                                         const ScoreChangeOptions& options) {
  const double conf_level = options.conf_level;
  const Moments moments = MomentsOf(change);
  ScoreChange result;
  result.baseline = EstimateMean(MomentsOf(baseline), conf_level);
  result.follow_up = EstimateMean(MomentsOf(follow_up), conf_level);
  result.change = EstimateMean(moments, conf_level);
  result.t_test = TestMeanZero(moments);
  absl::StatusOr<SignedRank> signed_rank = TestSignedRank(change, conf_level);
  if (!signed_rank.ok()) return signed_rank.status();
  result.signed_rank = *signed_rank;
  if (result.t_test.statistic.has_value()) {
    result.standardized_response_mean =
        *result.change.mean / *result.change.std_dev;
    result.hedges_g =
        HedgesG(*result.standardized_response_mean, result.t_test.df);
  }
  for (const double threshold : options.thresholds) {
    const absl::StatusOr<Responders> responders =
        EstimateResponders(change, threshold, options);
    if (!responders.ok()) return responders.status();
    result.responders.push_back(*responders);
  }
  return result;
}

}  // namespace

absl::StatusOr<ScoreChange> EstimateScoreChange(
    const ScoreTable& table, const ScoreChangeOptions& options) {
  if (absl::Status status = CheckTable(table); !status.ok()) return status;
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  return EstimateFrom(BaselineCounts(table),
                      FromCounts(table.min_score, table.follow_up),
                      ChangeCounts(table), options);
}

absl::StatusOr<ScoreChange> EstimateScoreChange(
    absl::Span<const double> baseline, absl::Span<const double> follow_up,
    const ScoreChangeOptions& options) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  const absl::StatusOr<ValueCounts> change = CountChanges(baseline, follow_up);
  if (!change.ok()) return change.status();
  const absl::StatusOr<ValueCounts> before = CountValues(baseline);
  if (!before.ok()) return before.status();
  const absl::StatusOr<ValueCounts> after = CountValues(follow_up);
  if (!after.ok()) return after.status();
  return EstimateFrom(*before, *after, *change, options);
}

}  // namespace enthesis::stats
