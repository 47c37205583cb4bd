// Survival predicted by a Cox model for given covariates, with intervals, and
// its baseline hazard; equal to survival::survfit.coxph.
// See: METHODS.md, "Predicted survival".

#ifndef ENTHESIS_STATS_COX_CURVES_H_
#define ENTHESIS_STATS_COX_CURVES_H_

#include <cstddef>
#include <optional>
#include <stop_token>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/cox.h"
#include "stats/cox_rows.h"
#include "stats/design_matrix.h"
#include "stats/interval.h"
#include "stats/kaplan_meier.h"

namespace enthesis::stats {

struct CoxCurveOptions {
  double conf_level = 0.95;
  IntervalTransform transform = IntervalTransform::kLogLog;  // R's is log
  std::stop_token stop = {};                                 // stop.h
};

// The curve just after `time`.
struct CoxCurvePoint {
  double time = 0;
  double at_risk = 0;  // sum of weights just before `time`
  double events = 0;   // sum of weights
  double censored = 0;
  double cumulative_hazard = 0;
  double survival = 1;  // exp(-cumulative_hazard)
  // On the survival scale; that of the cumulative hazard, which is the one of
  // log(survival), beside it.
  double std_error = 0;
  double hazard_std_error = 0;
  std::optional<double> lower, upper;  // of `survival`
};

struct CoxCurve {
  int stratum = 0;                    // its code; 0 without strata
  size_t profile = 0;                 // row of `profiles`
  double n = 0;                       // rows of the stratum
  std::vector<CoxCurvePoint> points;  // one per distinct exit time
  CoxCurveOptions options;
};

// Survival with the covariates of each row of `profiles` (columns as the
// design of `fit`) in each stratum: by stratum in order of codes, then by
// profile. The hazard is Efron's or Breslow's, as the fit. The errors
// contain those of the coefficients (the covariance in use). A profile of
// `fit.means` gives R's curve without `newdata`, one of zeros the baseline.
// Columns without an estimate take no part.
// Errors: INVALID_ARGUMENT (as FitCox; profiles of other columns; a fit of
// another design), FAILED_PRECONDITION (an infinite coefficient
// or one out of range), CANCELLED.
// Cost: O(n log n + n p + curves x times x p^2).
absl::StatusOr<std::vector<CoxCurve>> PredictCoxSurvival(
    const CoxRows& rows, const DesignMatrix& design, const CoxFit& fit,
    const DesignMatrix& profiles, const CoxCurveOptions& options = {});

// The curve at each of `times`: its last point at or before the time, events
// and censored 0 between points, at_risk that of the next point. Before the
// first time survival is 1 with both limits 1; absent beyond the last time and
// for a time that is not finite.
std::vector<std::optional<CoxCurvePoint>> CoxCurveAt(
    const CoxCurve& curve, absl::Span<const double> times);

// First time with survival <= 1 - probability, with limits from the curves of
// limits, as SurvivalQuantile.
TimeQuantile CoxCurveQuantile(const CoxCurve& curve, double probability);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COX_CURVES_H_
