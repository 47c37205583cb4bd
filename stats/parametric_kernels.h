// Log-likelihood of one row of a parametric model of log times, and its
// derivatives, for the standard distributions behind Weibull, log-normal and
// log-logistic times. Accurate far into the tails and for narrow intervals.
//
// Internal to the parametric estimators. See: METHODS.md, "Parametric
// regression".
//
// Threads: plain functions.

#ifndef ENTHESIS_STATS_PARAMETRIC_KERNELS_H_
#define ENTHESIS_STATS_PARAMETRIC_KERNELS_H_

#include "stats/interval_times.h"

namespace enthesis::stats {

// Of z = (log T - linear predictor) / scale.
enum class StandardDistribution {
  kExtremeValue,  // survival exp(-exp(z)): Weibull and exponential times
  kNormal,        // log-normal times
  kLogistic,      // survival 1 / (1 + exp(z)): log-logistic times
};

// The log-likelihood of a row whose z moves to (1 + stretch) z + shift, and its
// derivatives at stretch = shift = 0. The log density of an exact row is that
// of z, without the logarithm of 1 + stretch. Values may be infinite or NaN
// only where the log-likelihood is.
struct RowDerivatives {
  double log_likelihood = 0;
  double shift = 0;          // first derivatives
  double stretch = 0;        //
  double shift_shift = 0;    // second derivatives, negated
  double shift_stretch = 0;  //
  double stretch_stretch = 0;
};

// `z` is that of the time, of the upper end for kLeftCensored and of the lower
// for kInterval, whose upper end is at z + `width`, > 0.
RowDerivatives DeriveRow(StandardDistribution distribution, IntervalKind kind,
                         double z, double width);

// Of the standard distribution.
double StandardSurvival(StandardDistribution distribution, double z);
double StandardDensity(StandardDistribution distribution, double z);
// The z with survival 1 - `probability`, `probability` in (0, 1).
double StandardQuantile(StandardDistribution distribution, double probability);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_PARAMETRIC_KERNELS_H_
