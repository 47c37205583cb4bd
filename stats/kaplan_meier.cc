#include "stats/kaplan_meier.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
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

using CurveValue = std::optional<double> (*)(const SurvivalPoint& point);

// A step of a curve of 1 - survival, or of 1 - a limit of it.
struct Corner {
  double level = 0;
  size_t index = 0;  // order in time; 0 is the start, at level 0
};

// The index of the corner of level 1 - `value` that is the newest among the
// first of each level: where the last flat piece begins. A curve of limits may
// turn back to a level it had before; then the piece before it counts.
size_t NewestCorner(const KaplanMeierCurve& curve, size_t n_points,
                    CurveValue value) {
  const auto level_of = [&](size_t index) -> std::optional<double> {
    if (index == 0) return 0;
    const std::optional<double> y = value(curve.points[index - 1]);
    if (!y.has_value()) return std::nullopt;
    return 1 - *y;
  };
  for (size_t index = n_points; index > 0; --index) {
    const std::optional<double> level = level_of(index);
    if (!level.has_value() || level == level_of(index - 1)) continue;
    size_t first = 0;
    while (level_of(first) != level) ++first;
    if (first == index) return index;
  }
  return 0;
}

// The time at which the curve of 1 - value reaches `level`, as `findq` of
// survival: halfway between the first corner at or above the level and the
// first one truly above. The two differ where the curve sits on the level.
// A curve of limits may turn back; as in R, corners then count by level, and
// of equal levels the first in time. An undefined value is no corner.
std::optional<double> TimeAtLevel(const KaplanMeierCurve& curve,
                                  CurveValue value, double level) {
  const size_t n_points = CountObserved(curve);
  if (n_points == 0) return std::nullopt;
  std::optional<Corner> reached, passed;
  size_t first_undefined = 0;
  for (size_t i = 0; i < n_points; ++i) {
    const std::optional<double> y = value(curve.points[i]);
    if (!y.has_value()) {
      if (first_undefined == 0) first_undefined = i + 1;
      continue;
    }
    const Corner corner{1 - *y, i + 1};
    if (corner.level + kLevelTolerance < level) continue;
    if (!reached.has_value() || corner.level < reached->level) reached = corner;
    if (corner.level - kLevelTolerance < level) continue;
    if (!passed.has_value() || corner.level < passed->level) passed = corner;
  }
  const size_t newest = NewestCorner(curve, n_points, value);
  const double newest_level =
      newest == 0 ? 0 : 1 - value(curve.points[newest - 1]).value_or(1);
  const bool ends_on_level = newest >= first_undefined &&
                             std::abs(level - newest_level) < kLevelTolerance;
  if (level <= 0) {  // the start, unless the curve never leaves it
    return ends_on_level ? std::nullopt : std::optional<double>(0);
  }
  if (level <= kLevelTolerance) reached = Corner();  // the start is on it
  if (!reached.has_value()) return std::nullopt;
  const auto time_of = [&](const Corner& corner) {
    return corner.index == 0 ? 0 : curve.points[corner.index - 1].time;
  };
  if (passed.has_value() && passed->index == reached->index) {
    return time_of(*reached);
  }
  // The curve sits on the level. The last flat piece ends with the observation,
  // not with another step; unless the curve ends undefined, which is a value
  // like any other.
  if (ends_on_level) {
    return std::midpoint(time_of(*reached), curve.points[n_points - 1].time);
  }
  if (!passed.has_value()) return std::nullopt;
  return std::midpoint(time_of(*reached), time_of(*passed));
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

// The sums of 1/i and of 1/i^2 over the `d` numbers i = n, n - 1, ..., n - d +
// 1: Fleming & Harrington (1984). A fractional d, from case weights, adds its
// fraction of the next term. Beyond kSummedTerms terms the rest is the midpoint
// rule with its first correction, exact to rounding there.
struct TiedHazard {
  double hazard = 0, variance = 0;
};

TiedHazard SumTies(double n, double d) {
  constexpr double kSummedTerms = 4096;
  TiedHazard sum;
  double rest = d;
  double i = n - std::ceil(d) + 1;  // the smallest, at the end of the ties
  if (const double whole = std::floor(d); whole < d) {
    sum.hazard += (d - whole) / i;
    sum.variance += (d - whole) / (i * i);
    rest = whole;
    ++i;
  }
  for (double k = std::min(rest, kSummedTerms); k >= 1; --k, ++i, --rest) {
    sum.hazard += 1 / i;
    sum.variance += 1 / (i * i);
  }
  if (rest < 1) return sum;
  const double low = i - 0.5;
  const double high = low + rest;
  sum.hazard +=
      std::log1p(rest / low) + (1 / (high * high) - 1 / (low * low)) / 24;
  sum.variance += rest / (low * high) +
                  (1 / (high * high * high) - 1 / (low * low * low)) / 12;
  return sum;
}

void FillLimits(double log_std_error, double z, IntervalTransform transform,
                SurvivalPoint& point) {
  point.std_error = point.survival * log_std_error;
  const std::optional<Limits> limits =
      SurvivalLimits(point.survival, log_std_error, z, transform);
  if (!limits.has_value()) return;
  point.lower = limits->lower;
  point.upper = limits->upper;
}

void FillPoints(const EventTable& table, KaplanMeierCurve& curve) {
  const KaplanMeierOptions& options = curve.options;
  const double z = NormalCriticalValue(options.conf_level);
  const bool product = options.form == SurvivalForm::kProductLimit;
  const std::vector<double> at_risk = table.AtRisk();
  double log_variance = 0;
  double hazard_variance = 0;
  SurvivalPoint last;  // what changes at events only
  FillLimits(0, z, options.transform, last);
  curve.points.reserve(table.times.size());
  for (size_t i = 0; i < table.times.size(); ++i) {
    const double n = at_risk[i];
    const double d = table.events[i];
    if (d > 0) {
      if (options.hazard_ties == HazardTies::kNelsonAalen) {
        last.cumulative_hazard += d / n;  // Nelson (1972), Aalen (1978)
        hazard_variance += d / (n * n);
      } else {
        const TiedHazard ties = SumTies(n, d);
        last.cumulative_hazard += ties.hazard;
        hazard_variance += ties.variance;
      }
      last.hazard_std_error = std::sqrt(hazard_variance);
      last.survival = product ? last.survival * ((n - d) / n)  // Kaplan & Meier
                              : std::exp(-last.cumulative_hazard);
      log_variance += d / (n * (n - d));  // Greenwood (1926); unused at 0
      last.std_error = last.lower = last.upper = std::nullopt;
      if (last.survival > 0) {
        FillLimits(product ? std::sqrt(log_variance) : last.hazard_std_error, z,
                   options.transform, last);
      }
    }
    SurvivalPoint& point = curve.points.emplace_back(last);
    point.time = table.times[i];
    point.at_risk = n;
    point.events = d;
    point.censored = table.censored[i];
  }
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
  FillPoints(table, curve);
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
