#include "stats/cumulative_incidence.h"

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
#include "stats/incidence_jackknife.h"
#include "stats/interval.h"

namespace enthesis::stats {
namespace {

// Survival S from any cause, incidence F of the cause of interest, and their
// covariance matrix, just after a time.
struct State {
  double survival = 1;
  double incidence = 0;
  double var_survival = 0;
  double covariance = 0;
  double var_incidence = 0;
};

// Variance of the share d / n of those at risk: hypergeometric, as cmprsk.
double ShareVariance(double d, double n) {
  const double spread = d > 1 ? 1 - (d - 1) / (n - 1) : 1;
  return spread * d / (n * n);
}

// One time with `own` events of the cause and `other` of all other causes.
//
// S' = S (1 - h), F' = F + S h1, with h1 = own / n and h = (own + other) / n;
// the covariance follows by the delta method, the two shares independent. Same
// terms as the variance of Aalen (1978, Ann. Statist. 6:534) in cmprsk::cuminc,
// which adds them up first and so loses digits where S is small.
void Step(double n, double own, double other, State& state) {
  if (own + other <= 0 || state.survival <= 0) return;
  const double s = state.survival;
  const double h1 = own / n;
  const double kept = (n - own - other) / n;
  const double var_own = s * s * ShareVariance(own, n);
  const double var_all = var_own + s * s * ShareVariance(other, n);
  state.var_incidence +=
      h1 * (2 * state.covariance + h1 * state.var_survival) + var_own;
  state.covariance =
      kept * (state.covariance + h1 * state.var_survival) - var_own;
  state.var_survival = kept * kept * state.var_survival + var_all;
  state.incidence += s * h1;
  state.survival = s * kept;
}

std::vector<IncidencePoint> CauseCurve(const EventTable& table, size_t cause,
                                       const std::vector<double>& at_risk,
                                       const IncidenceOptions& options) {
  const double z = NormalCriticalValue(options.conf_level);
  const size_t n_causes = static_cast<size_t>(table.n_causes);
  std::vector<IncidencePoint> points(table.times.size());
  State state;
  for (size_t i = 0; i < points.size(); ++i) {
    double other = 0;
    for (size_t k = 0; k < n_causes; ++k) {
      if (k != cause) other += table.events[i * n_causes + k];
    }
    const double own = table.events[i * n_causes + cause];
    Step(at_risk[i], own, other, state);

    IncidencePoint& point = points[i];
    point.time = table.times[i];
    point.at_risk = at_risk[i];
    point.events = own;
    point.incidence = std::min(1.0, state.incidence);
    if (own <= 0 && i > 0) {  // nothing of this cause has changed
      point.std_error = points[i - 1].std_error;
      point.lower = points[i - 1].lower;
      point.upper = points[i - 1].upper;
      continue;
    }
    const double std_error = std::sqrt(std::max(0.0, state.var_incidence));
    point.std_error = std_error;
    const std::optional<Limits> limits =
        IncidenceLimits(point.incidence, std_error, z, options.transform);
    if (!limits.has_value()) continue;
    point.lower = limits->lower;
    point.upper = limits->upper;
  }
  return points;
}

const std::vector<IncidencePoint>* FindCause(const CumulativeIncidence& curve,
                                             int cause) {
  if (cause < 0 || static_cast<size_t>(cause) >= curve.causes.size()) {
    return nullptr;
  }
  return &curve.causes[static_cast<size_t>(cause)];
}

std::optional<IncidencePoint> PointAt(const std::vector<IncidencePoint>& points,
                                      double time) {
  size_t n_observed = points.size();
  while (n_observed > 0 && points[n_observed - 1].at_risk <= 0) --n_observed;
  if (!std::isfinite(time) || n_observed == 0 ||
      time > points[n_observed - 1].time) {
    return std::nullopt;
  }
  const auto next = std::lower_bound(
      points.begin(), points.end(), time,
      [](const IncidencePoint& point, double t) { return point.time < t; });
  if (next->time == time) return *next;
  IncidencePoint point;
  if (next == points.begin()) {
    point.std_error = 0;
    point.lower = 0;
    point.upper = 0;
  } else {
    point = *(next - 1);
  }
  point.time = time;
  point.events = 0;
  point.at_risk = next->at_risk;
  return point;
}

}  // namespace

absl::StatusOr<CumulativeIncidence> EstimateCumulativeIncidence(
    const EventTable& table, const IncidenceOptions& options) {
  if (absl::Status status = CheckEventTable(table); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckConfLevel(options.conf_level); !status.ok()) {
    return status;
  }
  const bool jackknife = options.variance == IncidenceVariance::kJackknife;
  const bool delayed = std::any_of(table.entered.begin(), table.entered.end(),
                                   [](double entered) { return entered > 0; });
  if (jackknife && delayed) {
    return absl::InvalidArgumentError(
        "the jackknife takes rows where subjects enter late");
  }
  CumulativeIncidence curve;
  curve.options = options;
  curve.n = table.Total();
  if (curve.n <= 0) return absl::FailedPreconditionError("no subjects");
  const std::vector<double> at_risk = table.AtRisk();
  for (size_t k = 0; k < static_cast<size_t>(table.n_causes); ++k) {
    curve.causes.push_back(CauseCurve(table, k, at_risk, options));
  }
  if (jackknife) JackknifeIncidence(table, curve);
  return curve;
}

std::vector<std::optional<IncidencePoint>> IncidenceAt(
    const CumulativeIncidence& curve, int cause,
    absl::Span<const double> times) {
  std::vector<std::optional<IncidencePoint>> result(times.size());
  const std::vector<IncidencePoint>* points = FindCause(curve, cause);
  if (points == nullptr) return result;
  for (size_t i = 0; i < times.size(); ++i) {
    result[i] = PointAt(*points, times[i]);
  }
  return result;
}

std::optional<double> FirstTimeAtIncidence(const CumulativeIncidence& curve,
                                           int cause, double level) {
  const std::vector<IncidencePoint>* points = FindCause(curve, cause);
  if (points == nullptr) return std::nullopt;
  if (level <= 0) return 0;
  for (const IncidencePoint& point : *points) {
    if (point.incidence + kLevelTolerance >= level) return point.time;
  }
  return std::nullopt;
}

}  // namespace enthesis::stats
