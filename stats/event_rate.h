// Events over time at risk: rates with exact limits, and two of them compared.
// See: METHODS.md, "Rates".

#ifndef ENTHESIS_STATS_EVENT_RATE_H_
#define ENTHESIS_STATS_EVENT_RATE_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/regression.h"
#include "stats/two_by_two.h"

namespace enthesis::stats {

// Events and the time at risk they were seen in.
struct RateCounts {
  int64_t events = 0;
  double exposure = 0;
};

// A rate with limits by Garwood (1936, Biometrika 28:437), as poisson.test;
// absent without exposure.
struct EventRate {
  RateCounts counts;
  std::optional<double> estimate, lower, upper;
};

// Errors: INVALID_ARGUMENT (negative or beyond kCountMax; an exposure that is
// negative or not finite; events without exposure; a level outside (0, 1)).
absl::StatusOr<EventRate> EstimateRate(const RateCounts& counts,
                                       double conf_level);

struct RateContrasts {
  Effect rate_difference;  // normal limits
  Effect rate_ratio;       // log limits, variance 1 / events + 1 / events
  // Given the events of both, by Clopper and Pearson, as poisson.test; an
  // absent upper limit is infinite.
  std::optional<double> exact_lower, exact_upper;
};

// Errors: as EstimateRate.
absl::StatusOr<RateContrasts> CompareRates(const RateCounts& group,
                                           const RateCounts& control,
                                           double conf_level);

// Two rates of one stratum or study.
struct RatePair {
  RateCounts group, control;
};

// One rate ratio for all strata, sum(x T0 / T) / sum(y T1 / T) of x events in
// T1 beside y in T0, T their sum (Greenland & Robins 1985, Biometrics 41:55),
// as metafor::rma.mh. Strata without events or without both exposures change
// nothing.
// Errors: as EstimateRate.
absl::StatusOr<Effect> EstimateCommonRateRatio(
    absl::Span<const RatePair> strata, double conf_level);

// One rate for all: chi-square of the events beside the exposure, groups - 1
// df. Groups without exposure are left out; no test of fewer than two, or
// without events.
// Errors: as EstimateRate.
absl::StatusOr<ChiSquareTest> TestRates(absl::Span<const RateCounts> groups);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_EVENT_RATE_H_
