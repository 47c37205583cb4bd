// Pointwise limits of a survival probability and of a cumulative incidence,
// on the scale on which they are symmetric.
// See: METHODS.md, "Intervals of a curve".

#ifndef ENTHESIS_STATS_INTERVAL_H_
#define ENTHESIS_STATS_INTERVAL_H_

#include <optional>

#include "stats/kaplan_meier.h"

namespace enthesis::stats {

// Distance within which two probabilities count as equal when a curve is asked
// for the time at which it reaches a level (survival::quantile.survfit).
inline constexpr double kLevelTolerance = 1.4901161193847656e-08;  // 2^-26

struct Limits {
  double lower = 0;
  double upper = 0;
};

// Limits of a survival probability in [0, 1]. `log_std_error` is the standard
// error of log(survival); `z` the critical value of the normal distribution.
// Absent where undefined: at survival 0, and with log-log, logit and arcsin
// also at survival 1.
std::optional<Limits> SurvivalLimits(double survival, double log_std_error,
                                     double z, IntervalTransform transform);

// Limits of an incidence in [0, 1] with its standard error on its own scale.
// Absent where undefined: at 1 unless plain, and with log-log, logit and arcsin
// also at 0.
std::optional<Limits> IncidenceLimits(double incidence, double std_error,
                                      double z, IntervalTransform transform);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_INTERVAL_H_
