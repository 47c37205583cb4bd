#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "stats/design_matrix.h"
#include "stats/distributions.h"
#include "stats/parametric.h"
#include "stats/parametric_distribution.h"
#include "stats/parametric_kernels.h"

namespace enthesis::stats {
namespace {

// A profile under a fit: its linear predictor and how its figures vary.
struct PredictedProfile {
  double predictor = 0;
  std::vector<double> x;  // 1, then the columns; 0 where dropped

  // Of x'b + by_log_scale log(scale).
  double StdError(const ParametricFit& fit, double by_log_scale) const {
    std::vector<double> gradient = x;
    if (fit.log_scale_std_error.has_value()) gradient.push_back(by_log_scale);
    const size_t q = gradient.size();
    double variance = 0;
    for (size_t i = 0; i < q; ++i) {
      for (size_t j = 0; j < q; ++j) {
        variance += gradient[i] * fit.covariance[i * q + j] * gradient[j];
      }
    }
    return std::sqrt(std::max(0.0, variance));
  }
};

absl::Status CheckProfile(const ParametricFit& fit,
                          const DesignMatrix& profiles, size_t profile) {
  if (absl::Status status = CheckDesignMatrix(profiles); !status.ok()) {
    return status;
  }
  if (profiles.n_columns() + 1 != fit.coefficients.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the profiles have ", profiles.n_columns(),
                     " columns, the model ", fit.coefficients.size() - 1));
  }
  if (profile < profiles.n_rows) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("there is no profile ", profile));
}

// Absent where the profile has a part in an infinite coefficient.
std::optional<PredictedProfile> ProfileOf(const ParametricFit& fit,
                                          const DesignMatrix& profiles,
                                          size_t profile) {
  if (!fit.scale.has_value()) return std::nullopt;
  PredictedProfile result;
  for (size_t i = 0; i < fit.coefficients.size(); ++i) {
    double x = i == 0 ? 1 : profiles.Column(i - 1)[profile];
    const Coefficient& coefficient = fit.coefficients[i];
    const bool infinite = std::find(fit.separated.begin(), fit.separated.end(),
                                    coefficient.name) != fit.separated.end();
    if (infinite && x != 0) return std::nullopt;
    if (!coefficient.estimate.has_value()) x = 0;
    result.x.push_back(x);
    result.predictor += x * coefficient.estimate.value_or(0);
  }
  if (!std::isfinite(result.predictor)) return std::nullopt;
  return result;
}

// Answers at each of `asked`; `check` refuses one, `fill` answers where the
// profile has a finite predictor.
template <typename Check, typename Fill>
absl::StatusOr<std::vector<ParametricPrediction>> Predict(
    const ParametricFit& fit, const DesignMatrix& profiles, size_t profile,
    absl::Span<const double> asked, const Check& check, const Fill& fill) {
  absl::Status status = CheckProfile(fit, profiles, profile);
  const std::optional<PredictedProfile> found =
      status.ok() ? ProfileOf(fit, profiles, profile) : std::nullopt;
  std::vector<ParametricPrediction> answers;
  for (const double at : asked) {
    if (status.ok()) status = check(at);
    if (!status.ok()) return status;
    ParametricPrediction& answer = answers.emplace_back();
    answer.at = at;
    if (found.has_value()) fill(*found, answer);
  }
  if (!status.ok()) return status;
  return answers;
}

absl::Status CheckTime(double time) {
  if (std::isfinite(time) && time >= 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("time ", time, ": must be finite and 0 or more"));
}

absl::Status CheckShare(double share) {
  if (share > 0 && share < 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("quantile ", share, ": must lie strictly between 0 and 1"));
}

}  // namespace

absl::StatusOr<std::vector<ParametricPrediction>> PredictParametricSurvival(
    const ParametricFit& fit, const DesignMatrix& profiles, size_t profile,
    absl::Span<const double> times) {
  const StandardDistribution standard = StandardOf(fit.options.distribution);
  const double critical = NormalCriticalValue(fit.options.conf_level);
  return Predict(
      fit, profiles, profile, times, CheckTime,
      [&](const PredictedProfile& found, ParametricPrediction& answer) {
        if (answer.at == 0) {
          answer.estimate = answer.lower = answer.upper = 1;
          answer.std_error = 0;
          return;
        }
        const double z = (std::log(answer.at) - found.predictor) / *fit.scale;
        // dz = -(dx'b + (log t - x'b) dlog(scale)) / scale.
        const double error = found.StdError(fit, z * *fit.scale) / *fit.scale;
        answer.estimate = StandardSurvival(standard, z);
        answer.std_error = StandardDensity(standard, z) * error;
        answer.lower = StandardSurvival(standard, z + critical * error);
        answer.upper = StandardSurvival(standard, z - critical * error);
      });
}

absl::StatusOr<std::vector<ParametricPrediction>> PredictParametricQuantiles(
    const ParametricFit& fit, const DesignMatrix& profiles, size_t profile,
    absl::Span<const double> shares) {
  const StandardDistribution standard = StandardOf(fit.options.distribution);
  const double critical = NormalCriticalValue(fit.options.conf_level);
  return Predict(
      fit, profiles, profile, shares, CheckShare,
      [&](const PredictedProfile& found, ParametricPrediction& answer) {
        const double stretch =
            StandardQuantile(standard, answer.at) * *fit.scale;
        const double log_time = found.predictor + stretch;
        const double error = found.StdError(fit, stretch);
        answer.estimate = std::exp(log_time);
        answer.std_error = *answer.estimate * error;
        answer.lower = std::exp(log_time - critical * error);
        answer.upper = std::exp(log_time + critical * error);
      });
}

}  // namespace enthesis::stats
