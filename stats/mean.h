// Mean, spread and the t test of a sample.
// See: METHODS.md, "Mean".

#ifndef ENTHESIS_STATS_MEAN_H_
#define ENTHESIS_STATS_MEAN_H_

#include <cstdint>
#include <optional>

#include "stats/value_counts.h"

namespace enthesis::stats {

// Mean and spread of n values; absent where undefined (mean for n = 0, the
// rest for n < 2).
struct MeanEstimate {
  int64_t n = 0;
  std::optional<double> mean;
  std::optional<double> std_dev;       // n - 1 in the denominator
  std::optional<double> lower, upper;  // t interval of the mean
};

// A t test; statistic and p are absent where they are undefined (n < 2, no
// spread).
struct TTest {
  std::optional<double> statistic, p_value;  // two-sided
  double df = 0;
};

// Sums over a sample, free of order: exact for whole numbers, with about 30
// digits otherwise, so that a small spread around a large mean loses nothing.
struct Moments {
  int64_t n = 0;
  double sum = 0;
  double sum_tail = 0;       // what rounding took from `sum`
  double scaled_spread = 0;  // n times the sum of squared deviations
  // The standard error of the mean is below 10 roundings of the mean: as far
  // as doubles can tell the values are one (t.test: "essentially constant").
  bool is_constant = true;
};

// Input: a sample that passes CheckValueCounts. Cost: O(distinct values).
Moments MomentsOf(const ValueCounts& sample);

// Mean and SD; the t interval at `conf_level`, in (0, 1).
MeanEstimate EstimateMean(const Moments& moments, double conf_level);

// The one-sample t test of mean 0.
TTest TestMeanZero(const Moments& moments);

// `a` and `b` as one sample, its sum only: `scaled_spread` is 0.
Moments Pooled(const Moments& a, const Moments& b);

// The mean of `a` minus that of `b`, exact before one rounding; n > 0 in both.
double MeanDifference(const Moments& a, const Moments& b);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MEAN_H_
