#include "stats/score_change.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "stats/distributions.h"
#include "stats/proportion.h"
#include "stats/score_table.h"

namespace enthesis::stats {
namespace {

__extension__ typedef __int128 Int128;

// Subjects times scores within this bound: n * sum of squares fits 128 bits.
constexpr Int128 kExactBound = Int128{1} << 62;

// Subjects per whole-number value, the first of them `first`.
struct Histogram {
  int64_t first = 0;
  std::vector<int64_t> counts;
};

// Whole-number sums over a histogram, exact in any order.
struct Moments {
  int64_t n = 0;
  Int128 sum = 0;
  Int128 scaled_spread = 0;  // n * sum of squares - square of the sum
};

Moments ExactMoments(const Histogram& histogram) {
  Moments moments;
  Int128 shifted_sum = 0;  // of value - first, which is small and positive
  Int128 shifted_squares = 0;
  for (size_t i = 0; i < histogram.counts.size(); ++i) {
    const Int128 value = static_cast<Int128>(i);
    moments.n += histogram.counts[i];
    shifted_sum += histogram.counts[i] * value;
    shifted_squares += histogram.counts[i] * value * value;
  }
  moments.sum = shifted_sum + Int128{histogram.first} * moments.n;
  moments.scaled_spread =
      moments.n * shifted_squares - shifted_sum * shifted_sum;
  return moments;
}

MeanEstimate MeanOf(const Moments& moments, double conf_level) {
  MeanEstimate estimate;
  estimate.n = moments.n;
  if (moments.n < 1) return estimate;
  const double n = static_cast<double>(moments.n);
  const double mean = static_cast<double>(moments.sum) / n;
  estimate.mean = mean;
  if (moments.n < 2) return estimate;
  const double pairs = static_cast<double>(Int128{moments.n} * (moments.n - 1));
  const double std_dev =
      std::sqrt(static_cast<double>(moments.scaled_spread) / pairs);
  const double reach =
      StudentTCriticalValue(conf_level, n - 1) * std_dev / std::sqrt(n);
  estimate.std_dev = std_dev;
  estimate.lower = mean - reach;
  estimate.upper = mean + reach;
  return estimate;
}

// Student (1908): mean / (std_dev / sqrt(n)), with n cancelled.
TTest TestMeanZero(const Moments& moments) {
  TTest test;
  test.df = moments.n > 0 ? static_cast<double>(moments.n - 1) : 0;
  if (moments.n < 2 || moments.scaled_spread == 0) return test;
  const double statistic =
      static_cast<double>(moments.sum) *
      std::sqrt(test.df / static_cast<double>(moments.scaled_spread));
  test.statistic = statistic;
  test.p_value = 2 * StudentTUpperTail(std::abs(statistic), test.df);
  return test;
}

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
  if (2 * total * width > kExactBound) {
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

Histogram BaselineCounts(const ScoreTable& table) {
  const size_t width = static_cast<size_t>(table.width());
  Histogram baseline{table.min_score, std::vector<int64_t>(width, 0)};
  for (size_t i = 0; i < table.paired.size(); ++i) {
    baseline.counts[i / width] += table.paired[i];
  }
  return baseline;
}

Histogram ChangeCounts(const ScoreTable& table) {
  const size_t width = static_cast<size_t>(table.width());
  Histogram change{1 - int64_t{table.width()},
                   std::vector<int64_t>(2 * width - 1, 0)};
  for (size_t before = 0; before < width; ++before) {
    for (size_t after = 0; after < width; ++after) {
      change.counts[after + (width - 1) - before] +=
          table.paired[before * width + after];
    }
  }
  return change;
}

int64_t CountResponders(const Histogram& change, double threshold,
                        bool higher_is_better) {
  int64_t count = 0;
  for (size_t i = 0; i < change.counts.size(); ++i) {
    const double points =
        static_cast<double>(change.first + static_cast<int64_t>(i));
    const double improvement = higher_is_better ? points : -points;
    if (improvement >= threshold) count += change.counts[i];
  }
  return count;
}

}  // namespace

absl::StatusOr<ScoreChange> EstimateScoreChange(
    const ScoreTable& table, const ScoreChangeOptions& options) {
  if (absl::Status status = CheckTable(table); !status.ok()) return status;
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;

  const Histogram change = ChangeCounts(table);
  const Moments change_moments = ExactMoments(change);
  ScoreChange result;
  result.baseline =
      MeanOf(ExactMoments(BaselineCounts(table)), options.conf_level);
  result.follow_up = MeanOf(ExactMoments({table.min_score, table.follow_up}),
                            options.conf_level);
  result.change = MeanOf(change_moments, options.conf_level);
  result.t_test = TestMeanZero(change_moments);
  for (double threshold : options.thresholds) {
    absl::StatusOr<Proportion> proportion = EstimateProportion(
        CountResponders(change, threshold, options.higher_is_better),
        change_moments.n, options.conf_level);
    if (!proportion.ok()) return proportion.status();
    result.responders.push_back({threshold, *proportion});
  }
  return result;
}

}  // namespace enthesis::stats
