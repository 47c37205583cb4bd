#include "stats/cox_curves.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/cox_risk_sets.h"
#include "stats/cox_table.h"
#include "stats/distributions.h"
#include "stats/stop.h"

namespace enthesis::stats {
namespace {

// Weights that leave with and without the event, and that are at risk, by
// group of a table.
struct GroupWeights {
  std::vector<double> events, censored, at_risk;
};

GroupWeights WeighGroups(const CoxTable& table) {
  GroupWeights sums;
  const size_t n = table.n_groups();
  sums.events.resize(n);
  sums.censored.resize(n);
  sums.at_risk.resize(n);
  const auto weight = [&table](size_t node) { return table.totals[node]; };
  double at_risk = 0;
  for (size_t g = n; g-- > 0;) {
    const bool last =
        g + 1 == n || table.group_strata[g + 1] != table.group_strata[g];
    if (last) {
      at_risk = 0;
    } else if (!table.first_group.empty()) {
      for (size_t k = table.entry_begin[g + 1]; k < table.entry_begin[g + 2];
           ++k) {
        at_risk -= weight(table.late_nodes[k]);
      }
    }
    for (size_t i = table.group_begin[g]; i < table.group_begin[g + 1]; ++i) {
      (table.IsEvent(i, g) ? sums.events : sums.censored)[g] += weight(i);
    }
    at_risk += sums.events[g] + sums.censored[g];
    sums.at_risk[g] = at_risk;
  }
  return sums;
}

// x' covariance x over the columns with an estimate.
double CovarianceForm(const std::vector<double>& x,
                      absl::Span<const double> covariance) {
  const size_t p = x.size();
  double form = 0;
  for (size_t j = 0; j < p; ++j) {
    double row = 0;
    for (size_t k = 0; k < p; ++k) row += covariance[j * p + k] * x[k];
    form += row * x[j];
  }
  return std::max(0.0, form);
}

absl::Status CheckProfiles(const DesignMatrix& profiles,
                           const DesignMatrix& design) {
  if (absl::Status status = CheckDesignMatrix(profiles); !status.ok()) {
    return status;
  }
  if (profiles.names != design.names) {
    return absl::InvalidArgumentError(
        "the profiles have other columns than the design");
  }
  return absl::OkStatus();
}

// The curve of one profile in one stratum. With e = exp((z - c)'b), c the
// center of the stratum, the hazard is e H and its variance
//   e^2 (sum q^2 / S^2 + a' V a),  a = (z - c) H - integral of the mean
// (Tsiatis 1981; Therneau & Grambsch 2000, section 10.2).
class CurveMaker {
 public:
  CurveMaker(const CoxTable& table, const CoxRiskSets& sets, const CoxFit& fit,
             const CoxCurveOptions& options)
      : table_(table),
        sets_(sets),
        fit_(fit),
        options_(options),
        weights_(WeighGroups(table)),
        estimates_(fit.Estimates()),
        z_(NormalCriticalValue(options.conf_level)) {}

  CoxCurve Make(size_t stratum, const DesignMatrix& profiles,
                size_t profile) const;

 private:
  const CoxTable& table_;
  const CoxRiskSets& sets_;
  const CoxFit& fit_;
  const CoxCurveOptions& options_;
  GroupWeights weights_;
  std::vector<double> estimates_;
  double z_;
};

CoxCurve CurveMaker::Make(size_t stratum, const DesignMatrix& profiles,
                          size_t profile) const {
  const size_t p = sets_.p;
  CoxCurve curve;
  curve.stratum = table_.strata[stratum];
  curve.profile = profile;
  curve.options = options_;
  std::vector<double> distance(p);
  double predictor = 0;
  for (size_t j = 0; j < p; ++j) {
    if (!fit_.coefficients[j].estimate.has_value()) continue;
    distance[j] = profiles.Column(j)[profile] - table_.centers[stratum * p + j];
    predictor += distance[j] * estimates_[j];
  }
  const double factor = std::exp(predictor);
  std::vector<double> reach(p);
  const size_t end = table_.stratum_begin[stratum + 1];
  for (size_t g = table_.stratum_begin[stratum]; g < end; ++g) {
    for (size_t i = table_.group_begin[g]; i < table_.group_begin[g + 1]; ++i) {
      curve.n += table_.Count(i);
    }
    for (size_t j = 0; j < p; ++j) {
      if (!fit_.coefficients[j].estimate.has_value()) continue;
      reach[j] = distance[j] * sets_.hazard[g] -
                 sets_.mean_hazard[g * p + j] * table_.scales[j];
    }
    CoxCurvePoint point;
    point.time = table_.group_times[g];
    point.at_risk = weights_.at_risk[g];
    point.events = weights_.events[g];
    point.censored = weights_.censored[g];
    point.cumulative_hazard = factor * sets_.hazard[g];
    point.survival = std::exp(-point.cumulative_hazard);
    point.hazard_std_error =
        factor * std::sqrt(sets_.hazard_variance[g] +
                           CovarianceForm(reach, fit_.CovarianceInUse()));
    point.std_error = point.survival * point.hazard_std_error;
    if (const std::optional<Limits> limits = SurvivalLimits(
            point.survival, point.hazard_std_error, z_, options_.transform)) {
      point.lower = limits->lower;
      point.upper = limits->upper;
    }
    curve.points.push_back(point);
  }
  return curve;
}

}  // namespace

absl::StatusOr<std::vector<CoxCurve>> PredictCoxSurvival(
    const CoxRows& rows, const DesignMatrix& design, const CoxFit& fit,
    const DesignMatrix& profiles, const CoxCurveOptions& options) {
  if (absl::Status status = CheckConfLevel(options.conf_level); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckProfiles(profiles, design); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckStop(options.stop); !status.ok()) {
    return status;
  }
  const absl::StatusOr<CoxTable> table =
      BuildCoxTable(rows, design, false, nullptr);
  if (!table.ok()) return table.status();
  const absl::StatusOr<std::vector<double>> scaled =
      ScaledEstimates(fit, design, *table);
  if (!scaled.ok()) return scaled.status();
  const CoxRiskSets sets = SumCoxRiskSets(*table, fit.options.ties, *scaled);
  const CurveMaker maker(*table, sets, fit, options);
  std::vector<CoxCurve> curves;
  for (size_t s = 0; s < table->strata.size(); ++s) {
    if (table->stratum_begin[s] == table->stratum_begin[s + 1]) continue;
    for (size_t profile = 0; profile < profiles.n_rows; ++profile) {
      if (absl::Status status = CheckStop(options.stop); !status.ok()) {
        return status;
      }
      curves.push_back(maker.Make(s, profiles, profile));
    }
  }
  return curves;
}

std::vector<std::optional<CoxCurvePoint>> CoxCurveAt(
    const CoxCurve& curve, absl::Span<const double> times) {
  std::vector<std::optional<CoxCurvePoint>> values;
  values.reserve(times.size());
  for (double time : times) {
    if (!std::isfinite(time) || curve.points.empty() ||
        time > curve.points.back().time) {
      values.push_back(std::nullopt);
      continue;
    }
    const auto next = std::upper_bound(
        curve.points.begin(), curve.points.end(), time,
        [](double t, const CoxCurvePoint& point) { return t < point.time; });
    CoxCurvePoint value;
    value.lower = 1;
    value.upper = 1;
    if (next != curve.points.begin()) value = *(next - 1);
    if (next == curve.points.begin() || value.time < time) {
      value.events = 0;
      value.censored = 0;
      value.at_risk = next->at_risk;
    }
    value.time = time;
    values.push_back(value);
  }
  return values;
}

TimeQuantile CoxCurveQuantile(const CoxCurve& curve, double probability) {
  KaplanMeierCurve points;
  points.points.reserve(curve.points.size());
  for (const CoxCurvePoint& point : curve.points) {
    SurvivalPoint copy;
    copy.time = point.time;
    copy.events = point.events;
    copy.censored = point.censored;
    copy.survival = point.survival;
    copy.lower = point.lower;
    copy.upper = point.upper;
    points.points.push_back(copy);
  }
  return SurvivalQuantile(points, probability);
}

}  // namespace enthesis::stats
