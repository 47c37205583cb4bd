// What a column of numbers looks like: count, mean, spread, quantiles.
// See: METHODS.md, "Description".

#ifndef ENTHESIS_STATS_DESCRIBE_H_
#define ENTHESIS_STATS_DESCRIBE_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "stats/mean.h"
#include "stats/value_counts.h"

namespace enthesis::stats {

// All but the counts are absent without values; see MeanEstimate for n = 1.
struct Description {
  int64_t n = 0;
  int64_t missing = 0;
  MeanEstimate mean;
  std::optional<double> median, q1, q3;  // type 7, the default of R
  std::optional<double> min, max;
};

// `missing`: rows without a value, only reported.
// Errors: INVALID_ARGUMENT (sample, level, negative `missing`).
absl::StatusOr<Description> DescribeValues(const ValueCounts& sample,
                                           int64_t missing = 0,
                                           double conf_level = 0.95);

// The p-quantile of type 7: linear between the order statistics around
// 1 + (n - 1) p. Absent without values or for p outside [0, 1].
std::optional<double> QuantileOf(const ValueCounts& sample, double p);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_DESCRIBE_H_
