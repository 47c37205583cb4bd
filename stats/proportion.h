// A proportion with Wilson's score interval (Wilson 1927, JASA 22:209), that of
// Clopper and Pearson (1934, Biometrika 26:404) or that of Jeffreys's prior
// (Brown, Cai & DasGupta 2001, Statist. Sci. 16:101).
// See: METHODS.md, "Proportion".

#ifndef ENTHESIS_STATS_PROPORTION_H_
#define ENTHESIS_STATS_PROPORTION_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"

namespace enthesis::stats {

// Estimate and limits are absent for n = 0.
struct Proportion {
  int64_t count = 0;
  int64_t n = 0;
  std::optional<double> estimate, lower, upper;
};

// Without continuity correction, as prop.test(correct = FALSE).
// Errors: INVALID_ARGUMENT (negative, count above n, level outside (0, 1)).
absl::StatusOr<Proportion> EstimateProportion(int64_t count, int64_t n,
                                              double conf_level = 0.95);

// The same with the limits of Clopper and Pearson, which cover at least at
// `conf_level`, as binom.test.
absl::StatusOr<Proportion> EstimateProportionExactly(int64_t count, int64_t n,
                                                     double conf_level = 0.95);

// The same with quantiles of Beta(count + 1/2, n - count + 1/2); the lower
// limit of none is 0, the upper one of all is 1.
absl::StatusOr<Proportion> EstimateProportionByJeffreys(
    int64_t count, int64_t n, double conf_level = 0.95);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_PROPORTION_H_
