#include "stats/fine_gray_curves.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "stats/distributions.h"
#include "stats/fine_gray_influence.h"
#include "stats/fine_gray_likelihood.h"
#include "stats/fine_gray_table.h"
#include "stats/interval.h"
#include "stats/stop.h"

namespace enthesis::stats {
namespace {

absl::Status CheckInput(const DesignMatrix& design, const FineGrayFit& fit,
                        const DesignMatrix& profiles,
                        absl::Span<const double> times,
                        const FineGrayCurveOptions& options) {
  if (absl::Status status = CheckConfLevel(options.conf_level); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckDesignMatrix(profiles); !status.ok()) {
    return status;
  }
  if (fit.coefficients.size() != design.n_columns()) {
    return absl::InvalidArgumentError("the fit is of another design");
  }
  for (size_t c = 0; c < design.n_columns(); ++c) {
    if (fit.coefficients[c].name != design.names[c]) {
      return absl::InvalidArgumentError("the fit is of another design");
    }
  }
  if (profiles.names != design.names) {
    return absl::InvalidArgumentError(
        "the profiles have other columns than the design");
  }
  for (size_t i = 0; i < times.size(); ++i) {
    if (std::isfinite(times[i])) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("time ", i, " asked for must be finite"));
  }
  if (!fit.separated.empty()) {
    return absl::FailedPreconditionError(
        "an infinite coefficient leaves the incidence undefined");
  }
  if (!fit.out_of_range.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        fit.out_of_range[0], ": its variance is beyond the range of numbers"));
  }
  return absl::OkStatus();
}

// The baseline of a stratum just after a time, at the center of the columns.
struct BaselinePoint {
  double hazard = 0;
  double variance = 0;              // of the hazard, coefficients held fixed
  std::vector<double> mean_hazard;  // [column] integral of the mean at risk
  std::vector<double> covariance;   // [column] with the scaled coefficients
};

// What all points need of the fit.
class Baseline {
 public:
  Baseline(const FineGrayTable& table, const FineGrayFit& fit)
      : table_(table), likelihood_(table, fit.options.ties) {
    const size_t p = table.n_columns;
    for (size_t c = 0; c < p; ++c) {
      coefficients_.push_back(fit.coefficients[c].estimate.value_or(0) *
                              table.scales[c]);
    }
    likelihood_.Evaluate(coefficients_);
    covariance_.resize(p * p);
    std::vector<double> inverse(p * p);
    for (size_t i = 0; i < p; ++i) {
      for (size_t j = 0; j < p; ++j) {
        const double units = table.scales[i] * table.scales[j];
        covariance_[i * p + j] = fit.covariance[i * p + j] * units;
        inverse[i * p + j] = fit.model_covariance[i * p + j] * units;
      }
    }
    const std::vector<double> score = ScoreInfluence(table, sets());
    influence_.assign(score.size(), 0);
    for (size_t i = 0; i < table.n_nodes; ++i) {
      for (size_t c = 0; c < p; ++c) {
        for (size_t d = 0; d < p; ++d) {
          influence_[i * p + c] += inverse[c * p + d] * score[i * p + d];
        }
      }
    }
  }

  const std::vector<double>& coefficients() const { return coefficients_; }
  const std::vector<double>& covariance() const { return covariance_; }

  BaselinePoint At(size_t stratum, double time) const {
    const size_t p = table_.n_columns;
    BaselinePoint point;
    point.mean_hazard.assign(p, 0);
    size_t step = table_.stratum_steps[stratum];
    for (; step < table_.stratum_steps[stratum + 1] &&
           table_.step_times[step] <= time;
         ++step) {
      const StepTies& ties = sets().ties[step];
      point.hazard += ties.hazard;
      for (size_t c = 0; c < p; ++c) {
        point.mean_hazard[c] +=
            sets().moments[step * p + c] * ties.square -
            sets().event_moments[step * p + c] * ties.f_square;
      }
    }
    const std::vector<double> own =
        BaselineInfluence(table_, sets(), stratum, step, time);
    point.variance = ClusterProducts(table_, own, 1, own, 1)[0];
    point.covariance = ClusterProducts(table_, own, 1, influence_, p);
    return point;
  }

 private:
  const FineGrayRiskSets& sets() const { return likelihood_.risk_sets(); }

  const FineGrayTable& table_;
  FineGrayLikelihood likelihood_;
  std::vector<double> coefficients_;  // of the scaled columns
  std::vector<double> covariance_;    // theirs, the sandwich
  std::vector<double> influence_;     // [node * p + column] on them
};

// H = H0 exp(v b) with v the profile: its influence function is
// exp(v b) (that of H0, b fixed, plus (v H0 - integral of the mean) that of b).
FineGrayCurvePoint PointOf(const BaselinePoint& baseline, double time,
                           const std::vector<double>& profile,
                           const Baseline& fit, double z,
                           const FineGrayCurveOptions& options) {
  const size_t p = profile.size();
  double predictor = 0;
  std::vector<double> direction(p);
  double variance = baseline.variance;
  for (size_t c = 0; c < p; ++c) {
    predictor += profile[c] * fit.coefficients()[c];
    direction[c] = profile[c] * baseline.hazard - baseline.mean_hazard[c];
    variance += 2 * direction[c] * baseline.covariance[c];
  }
  for (size_t c = 0; c < p; ++c) {
    for (size_t d = 0; d < p; ++d) {
      variance += direction[c] * direction[d] * fit.covariance()[c * p + d];
    }
  }
  FineGrayCurvePoint point;
  point.time = time;
  const double relative = std::exp(predictor);
  point.cumulative_hazard = baseline.hazard * relative;
  point.incidence = -std::expm1(-point.cumulative_hazard);
  point.hazard_std_error = relative * std::sqrt(std::max(0.0, variance));
  point.std_error = std::exp(-point.cumulative_hazard) * point.hazard_std_error;
  if (baseline.hazard <= 0) {
    point.lower = 0;
    point.upper = 0;
    return point;
  }
  const std::optional<Limits> limits =
      IncidenceLimits(point.incidence, point.std_error, z, options.transform);
  if (limits.has_value()) {
    point.lower = limits->lower;
    point.upper = limits->upper;
  }
  return point;
}

std::vector<double> ScaledProfile(const FineGrayTable& table,
                                  const FineGrayFit& fit,
                                  const DesignMatrix& profiles, size_t row) {
  std::vector<double> profile(table.n_columns, 0);
  for (size_t c = 0; c < profile.size(); ++c) {
    if (!fit.coefficients[c].estimate.has_value()) continue;
    profile[c] = (profiles.Column(c)[row] - table.centers[c]) / table.scales[c];
  }
  return profile;
}

// Empty `asked`: the times of events of the cause in the stratum.
std::vector<double> TimesOf(const FineGrayTable& table, size_t stratum,
                            absl::Span<const double> asked) {
  std::vector<double> times;
  if (asked.empty()) {
    times.assign(table.step_times.begin() + table.stratum_steps[stratum],
                 table.step_times.begin() + table.stratum_steps[stratum + 1]);
    return times;
  }
  for (double time : asked) {
    if (time <= table.last_times[stratum]) times.push_back(time);
  }
  return times;
}

}  // namespace

absl::StatusOr<std::vector<FineGrayCurve>> PredictFineGrayIncidence(
    const FineGrayRows& rows, const DesignMatrix& design,
    const FineGrayFit& fit, const DesignMatrix& profiles,
    absl::Span<const double> times, const FineGrayCurveOptions& options) {
  absl::Status status = CheckInput(design, fit, profiles, times, options);
  if (status.ok()) status = CheckStop(options.stop);
  if (!status.ok()) return status;
  const absl::StatusOr<FineGrayTable> table = BuildFineGrayTable(
      rows, design, fit.options.convention, fit.options.cause);
  if (!table.ok()) return table.status();
  const Baseline baseline(*table, fit);
  const double z = NormalCriticalValue(options.conf_level);
  std::vector<std::vector<double>> scaled;
  for (size_t row = 0; row < profiles.n_rows; ++row) {
    scaled.push_back(ScaledProfile(*table, fit, profiles, row));
  }
  std::vector<FineGrayCurve> curves;
  for (size_t stratum = 0; stratum < table->strata.size(); ++stratum) {
    const size_t first = curves.size();
    for (size_t row = 0; row < profiles.n_rows; ++row) {
      FineGrayCurve curve;
      curve.stratum = table->strata[stratum];
      curve.profile = row;
      curve.last_time = table->last_times[stratum];
      curve.options = options;
      curves.push_back(curve);
    }
    for (double time : TimesOf(*table, stratum, times)) {
      status = CheckStop(options.stop);
      if (!status.ok()) return status;
      const BaselinePoint point = baseline.At(stratum, time);
      for (size_t row = 0; row < profiles.n_rows; ++row) {
        curves[first + row].points.push_back(
            PointOf(point, time, scaled[row], baseline, z, options));
      }
    }
  }
  return curves;
}

std::vector<std::optional<FineGrayCurvePoint>> FineGrayCurveAt(
    const FineGrayCurve& curve, absl::Span<const double> times) {
  std::vector<std::optional<FineGrayCurvePoint>> values;
  for (const double time : times) {
    const auto found = std::find_if(
        curve.points.begin(), curve.points.end(),
        [time](const FineGrayCurvePoint& one) { return one.time == time; });
    values.emplace_back();
    if (found != curve.points.end()) values.back() = *found;
  }
  return values;
}

}  // namespace enthesis::stats
