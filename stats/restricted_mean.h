// Restricted mean survival time: the area under a survival curve up to a
// horizon, and its difference and ratio between two groups.
// See: METHODS.md, "Restricted mean".

#ifndef ENTHESIS_STATS_RESTRICTED_MEAN_H_
#define ENTHESIS_STATS_RESTRICTED_MEAN_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/kaplan_meier.h"

namespace enthesis::stats {

// Times in the unit of the curve.
struct RestrictedMean {
  double horizon = 0;
  double estimate = 0;
  double std_error = 0;         // Greenwood, as print(survfit, rmean)
  double lower = 0, upper = 0;  // estimate -+ z std_error
  // The horizon lies beyond the last observation of a curve that is not at 0:
  // the last value was carried on to it, as survfit does.
  bool extended = false;
};

// The largest last observed time of the curves, R's rmean = "common"; 0 when
// no curve has one.
double CommonHorizon(absl::Span<const KaplanMeierCurve> curves);

// The same on each group's own horizon: the smallest last observed time, up to
// which every curve is known. Curves without subjects are left out.
double SharedHorizon(absl::Span<const KaplanMeierCurve> curves);

// Uses the confidence level of the curve's options.
// Errors: INVALID_ARGUMENT for a horizon that is not finite and positive;
// FAILED_PRECONDITION for a curve without subjects.
// Cost: O(points).
absl::StatusOr<RestrictedMean> EstimateRestrictedMean(
    const KaplanMeierCurve& curve, double horizon);

// One contrast of two groups: a difference (against 0), or a ratio (against 1,
// interval and test on the log scale).
struct RestrictedMeanContrast {
  double estimate = 0;
  std::optional<double> std_error;  // of the difference, or of the log ratio
  std::optional<double> lower, upper;
  std::optional<double> z, p_value;  // two-sided; absent without any spread
};

struct RestrictedMeanComparison {
  RestrictedMeanContrast difference;  // group - reference
  // Absent where one of the two is 0.
  std::optional<RestrictedMeanContrast> ratio;       // group / reference
  std::optional<RestrictedMeanContrast> lost_ratio;  // of horizon - mean
};

// As survRM2::rmst2 (Uno et al. 2014), `group` its arm 1.
// Errors: INVALID_ARGUMENT for different horizons or a confidence level outside
// (0, 1).
absl::StatusOr<RestrictedMeanComparison> CompareRestrictedMeans(
    const RestrictedMean& group, const RestrictedMean& reference,
    double conf_level = 0.95);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_RESTRICTED_MEAN_H_
