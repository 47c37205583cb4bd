#include "stats/restricted_mean.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/distributions.h"
#include "stats/kaplan_meier.h"

namespace enthesis::stats {
namespace {

// The last time at which anybody was observed: a table may carry times
// without counts.
std::optional<double> LastObserved(const KaplanMeierCurve& curve) {
  for (size_t i = curve.points.size(); i-- > 0;) {
    if (curve.points[i].at_risk > 0) return curve.points[i].time;
  }
  return std::nullopt;
}

// Normal interval and test of `estimate` against 0.
RestrictedMeanContrast ContrastWithZero(double estimate, double variance,
                                        double critical) {
  RestrictedMeanContrast contrast;
  contrast.estimate = estimate;
  const double std_error = std::sqrt(variance);
  contrast.std_error = std_error;
  contrast.lower = estimate - critical * std_error;
  contrast.upper = estimate + critical * std_error;
  if (std_error <= 0) return contrast;
  contrast.z = estimate / std_error;
  contrast.p_value = 2 * NormalUpperTail(std::abs(*contrast.z));
  return contrast;
}

// a / b by the delta method on the log scale. Absent unless both are positive.
std::optional<RestrictedMeanContrast> Ratio(double a, double a_std_error,
                                            double b, double b_std_error,
                                            double critical) {
  if (a <= 0 || b <= 0) return std::nullopt;
  const double a_share = a_std_error / a;
  const double b_share = b_std_error / b;
  RestrictedMeanContrast ratio = ContrastWithZero(
      std::log(a / b), a_share * a_share + b_share * b_share, critical);
  ratio.estimate = a / b;
  ratio.lower = std::exp(*ratio.lower);
  ratio.upper = std::exp(*ratio.upper);
  if (!std::isfinite(ratio.estimate) || !std::isfinite(*ratio.upper)) {
    return std::nullopt;
  }
  return ratio;
}

}  // namespace

double CommonHorizon(absl::Span<const KaplanMeierCurve> curves) {
  double horizon = 0;
  for (const KaplanMeierCurve& curve : curves) {
    horizon = std::max(horizon, LastObserved(curve).value_or(0));
  }
  return horizon;
}

double SharedHorizon(absl::Span<const KaplanMeierCurve> curves) {
  std::optional<double> horizon;
  for (const KaplanMeierCurve& curve : curves) {
    const std::optional<double> last = LastObserved(curve);
    if (last.has_value()) horizon = std::min(horizon.value_or(*last), *last);
  }
  return horizon.value_or(0);
}

absl::StatusOr<RestrictedMean> EstimateRestrictedMean(
    const KaplanMeierCurve& curve, double horizon) {
  if (!std::isfinite(horizon) || horizon <= 0) {
    return absl::InvalidArgumentError("the horizon must be finite and > 0");
  }
  const std::optional<double> last = LastObserved(curve);
  if (!last.has_value()) return absl::FailedPreconditionError("no subjects");

  RestrictedMean mean;
  mean.horizon = horizon;
  mean.extended = horizon > *last && curve.points.back().survival > 0;
  // From the horizon back: the area beyond each step is what its events cost.
  double end = horizon;
  double area = 0;
  double variance = 0;
  for (size_t i = curve.points.size(); i-- > 0;) {
    const SurvivalPoint& point = curve.points[i];
    if (point.time > horizon) continue;
    area += (end - point.time) * point.survival;
    end = point.time;
    const double left = point.at_risk - point.events;
    if (point.events <= 0 || left <= 0) continue;
    // Greenwood's term of this time: Klein & Moeschberger (2003), eq. 4.5.2.
    variance += area * area * (point.events / (point.at_risk * left));
  }
  mean.estimate = area + end;
  mean.std_error = std::sqrt(variance);
  const double reach =
      NormalCriticalValue(curve.options.conf_level) * mean.std_error;
  mean.lower = mean.estimate - reach;
  mean.upper = mean.estimate + reach;
  return mean;
}

absl::StatusOr<RestrictedMeanComparison> CompareRestrictedMeans(
    const RestrictedMean& group, const RestrictedMean& reference,
    double conf_level) {
  if (group.horizon != reference.horizon) {
    return absl::InvalidArgumentError(
        "restricted means are compared at one horizon");
  }
  if (absl::Status status = CheckConfLevel(conf_level); !status.ok()) {
    return status;
  }
  const double critical = NormalCriticalValue(conf_level);
  const double a = group.std_error;
  const double b = reference.std_error;
  RestrictedMeanComparison comparison;
  comparison.difference = ContrastWithZero(group.estimate - reference.estimate,
                                           a * a + b * b, critical);
  comparison.ratio = Ratio(group.estimate, a, reference.estimate, b, critical);
  comparison.lost_ratio =
      Ratio(group.horizon - group.estimate, a,
            reference.horizon - reference.estimate, b, critical);
  return comparison;
}

}  // namespace enthesis::stats
