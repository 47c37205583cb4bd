#include "stats/kaplan_meier.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/distributions.h"
#include "stats/event_table.h"
#include "stats/interval.h"

namespace enthesis::stats {
namespace {

// The points up to the last time at which anybody was observed: a table may
// carry times without counts.
size_t CountObserved(const KaplanMeierCurve& curve) {
  size_t n = curve.points.size();
  while (n > 0 && curve.points[n - 1].at_risk <= 0) --n;
  return n;
}

// A step of a curve of 1 - survival, or of 1 - a limit of it.
struct Corner {
  double level = 0;
  size_t index = 0;  // order in time
  double time = 0;
};

using CurveValue = std::optional<double> (*)(const SurvivalPoint& point);

// The corners of 1 - value from (0, 0) on, ordered by level; of equal levels
// the first in time. `ends_defined` tells whether the last distinct value, in
// time, is a number (an undefined one counts as a value like any other).
std::vector<Corner> CornersByLevel(const KaplanMeierCurve& curve,
                                   size_t n_points, CurveValue value,
                                   bool& ends_defined) {
  std::vector<Corner> corners = {{0, 0, 0}};
  size_t first_undefined = 0;
  for (size_t i = 0; i < n_points; ++i) {
    const std::optional<double> y = value(curve.points[i]);
    if (y.has_value()) {
      corners.push_back({1 - *y, i + 1, curve.points[i].time});
    } else if (first_undefined == 0) {
      first_undefined = i + 1;
    }
  }
  std::stable_sort(
      corners.begin(), corners.end(),
      [](const Corner& a, const Corner& b) { return a.level < b.level; });
  corners.erase(std::unique(corners.begin(), corners.end(),
                            [](const Corner& a, const Corner& b) {
                              return a.level == b.level;
                            }),
                corners.end());
  ends_defined = std::any_of(corners.begin(), corners.end(),
                             [first_undefined](const Corner& c) {
                               return c.index >= first_undefined;
                             });
  return corners;
}

// The time at which the curve of 1 - value reaches `level`, as `findq` of
// survival: halfway between the first corner at or above the level and the
// first one truly above. The two differ where the curve sits on the level.
// A curve of limits may turn back; as in R, corners then count by level.
std::optional<double> TimeAtLevel(const KaplanMeierCurve& curve,
                                  CurveValue value, double level) {
  if (level <= 0) return 0;
  const size_t n_points = CountObserved(curve);
  if (n_points == 0) return std::nullopt;
  bool ends_defined = false;
  const std::vector<Corner> corners =
      CornersByLevel(curve, n_points, value, ends_defined);
  const auto reached = std::find_if(
      corners.begin(), corners.end(),
      [level](const Corner& c) { return c.level + kLevelTolerance >= level; });
  if (reached == corners.end()) return std::nullopt;
  // The last flat piece ends with the observation, not with another step.
  const auto newest = std::max_element(
      corners.begin(), corners.end(),
      [](const Corner& a, const Corner& b) { return a.index < b.index; });
  if (ends_defined && std::abs(level - newest->level) < kLevelTolerance) {
    return (reached->time + curve.points[n_points - 1].time) / 2;
  }
  const auto passed = std::find_if(
      reached, corners.end(),
      [level](const Corner& c) { return c.level - kLevelTolerance >= level; });
  if (passed == corners.end()) return std::nullopt;
  return (reached->time + passed->time) / 2;
}

// The number at risk just before `time`: that of the first point from it on.
double AtRiskBefore(const KaplanMeierCurve& curve, double time) {
  const auto next = std::lower_bound(
      curve.points.begin(), curve.points.end(), time,
      [](const SurvivalPoint& point, double t) { return point.time < t; });
  return next == curve.points.end() ? 0 : next->at_risk;
}

std::optional<SurvivalPoint> PointAt(const KaplanMeierCurve& curve,
                                     size_t n_observed, double time) {
  if (n_observed == 0 || !std::isfinite(time)) return std::nullopt;
  const SurvivalPoint& last = curve.points[n_observed - 1];
  if (time > last.time && last.survival > 0) return std::nullopt;
  const auto after = std::upper_bound(
      curve.points.begin(), curve.points.end(), time,
      [](double t, const SurvivalPoint& point) { return t < point.time; });
  SurvivalPoint point;
  if (after == curve.points.begin()) {
    point.std_error = 0;
    point.lower = 1;
    point.upper = 1;
  } else {
    point = *(after - 1);
  }
  if (point.time != time || after == curve.points.begin()) {
    point.events = 0;
    point.censored = 0;
  }
  point.time = time;
  point.at_risk = AtRiskBefore(curve, time);
  return point;
}

}  // namespace

absl::StatusOr<KaplanMeierCurve> EstimateKaplanMeier(
    const EventTable& table, const KaplanMeierOptions& options) {
  if (absl::Status status = CheckEventTable(table); !status.ok()) {
    return status;
  }
  if (table.n_causes != 1) {
    return absl::InvalidArgumentError("Kaplan-Meier takes one cause");
  }
  if (absl::Status status = CheckConfLevel(options.conf_level); !status.ok()) {
    return status;
  }
  KaplanMeierCurve curve;
  curve.options = options;
  curve.n = table.Total();
  curve.events = table.TotalEvents(0);
  if (curve.n <= 0) return absl::FailedPreconditionError("no subjects");

  const double z = NormalCriticalValue(options.conf_level);
  const std::vector<double> at_risk = table.AtRisk();
  double survival = 1;
  double hazard = 0;
  double log_variance = 0;
  curve.points.reserve(table.times.size());
  for (size_t i = 0; i < table.times.size(); ++i) {
    const double n = at_risk[i];
    const double d = table.events[i];
    if (d > 0) {
      survival *= (n - d) / n;            // Kaplan & Meier (1958)
      hazard += d / n;                    // Nelson (1972), Aalen (1978)
      log_variance += d / (n * (n - d));  // Greenwood (1926); unused at 0
    }
    SurvivalPoint& point = curve.points.emplace_back();
    point.time = table.times[i];
    point.at_risk = n;
    point.events = d;
    point.censored = table.censored[i];
    point.survival = survival;
    point.cumulative_hazard = hazard;
    if (survival <= 0) continue;
    const double log_std_error = std::sqrt(log_variance);
    point.std_error = survival * log_std_error;
    const std::optional<Limits> limits =
        SurvivalLimits(survival, log_std_error, z, options.transform);
    if (!limits.has_value()) continue;
    point.lower = limits->lower;
    point.upper = limits->upper;
  }
  curve.median = SurvivalQuantile(curve, 0.5);
  return curve;
}

std::vector<std::optional<SurvivalPoint>> SurvivalAt(
    const KaplanMeierCurve& curve, absl::Span<const double> times) {
  const size_t n_observed = CountObserved(curve);
  std::vector<std::optional<SurvivalPoint>> points;
  points.reserve(times.size());
  for (double time : times) {
    points.push_back(PointAt(curve, n_observed, time));
  }
  return points;
}

TimeQuantile SurvivalQuantile(const KaplanMeierCurve& curve,
                              double probability) {
  TimeQuantile quantile;
  quantile.probability = probability;
  if (!(probability >= 0 && probability <= 1)) return quantile;
  quantile.estimate = TimeAtLevel(
      curve,
      [](const SurvivalPoint& p) { return std::optional<double>(p.survival); },
      probability);
  // Brookmeyer & Crowley (1982): the curve of lower limits falls first.
  quantile.lower = TimeAtLevel(
      curve, [](const SurvivalPoint& p) { return p.lower; }, probability);
  quantile.upper = TimeAtLevel(
      curve, [](const SurvivalPoint& p) { return p.upper; }, probability);
  return quantile;
}

}  // namespace enthesis::stats
