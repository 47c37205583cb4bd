#include "stats/visit_covariance.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/mmrm_likelihood.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// The largest correlation that a start has.
constexpr double kStartingCorrelationMax = 0.95;
// Shares of the correlations of residuals that a start keeps, in turn.
constexpr double kStartingShares[] = {1, 0.9, 0.7, 0.4, 0};
// A variance of residuals, of the mean over visits, that a start has at least.
constexpr double kStartingVarianceMin = 1e-6;

// Squares of residuals at a visit, of those at all, up to which they are
// rounding.
constexpr double kNoResidual = 1e-16;

// Of residuals by visit.
VectorXd StartingVariances(const MatrixXd& products, const MatrixXd& together) {
  VectorXd variances =
      products.diagonal().cwiseQuotient(together.diagonal().cwiseMax(1));
  const double floor = kStartingVarianceMin * variances.mean();
  return variances.cwiseMax(floor);
}

}  // namespace

VisitStructure::VisitStructure(VisitCovariance kind, Index n_visits)
    : kind_(kind), n_visits_(n_visits) {
  if (is_linear()) {
    n_parameters_ = LinearParameterOf(n_visits - 1, n_visits - 1) + 1;
    if (kind == VisitCovariance::kToeplitz) n_parameters_ = n_visits;
    if (kind == VisitCovariance::kCompoundSymmetry) {
      n_parameters_ = std::min<Index>(2, n_visits);
    }
    return;
  }
  n_scales_ = is_heterogeneous() ? n_visits : 1;
  has_correlation_ = n_visits > 1;
  n_parameters_ = n_scales_ + (has_correlation_ ? 1 : 0);
}

bool VisitStructure::is_linear() const {
  return kind_ == VisitCovariance::kUnstructured ||
         kind_ == VisitCovariance::kCompoundSymmetry ||
         kind_ == VisitCovariance::kToeplitz;
}

bool VisitStructure::is_heterogeneous() const {
  return kind_ == VisitCovariance::kHeterogeneousCompoundSymmetry ||
         kind_ == VisitCovariance::kHeterogeneousAutoregressive;
}

bool VisitStructure::is_autoregressive() const {
  return kind_ == VisitCovariance::kAutoregressive ||
         kind_ == VisitCovariance::kHeterogeneousAutoregressive;
}

Index VisitStructure::LinearParameterOf(Index a, Index b) const {
  if (kind_ == VisitCovariance::kUnstructured) return ElementOf(a, b);
  if (kind_ == VisitCovariance::kToeplitz) return b - a;
  return a == b ? 0 : 1;
}

double VisitStructure::PowerOf(Index a, Index b) const {
  if (a == b) return 0;
  return is_autoregressive() ? static_cast<double>(std::abs(b - a)) : 1;
}

std::string VisitStructure::WhyNotIdentified(
    const MatrixXd& products, const MatrixXd& together,
    const std::vector<std::string>& names) const {
  const bool has_own_variances =
      kind_ == VisitCovariance::kUnstructured || is_heterogeneous();
  for (Index v = 0; v < n_visits_ && has_own_variances; ++v) {
    if (products(v, v) > kNoResidual * products.trace()) continue;
    return absl::StrCat("the fixed effects meet every response at visit ",
                        names[static_cast<size_t>(v)],
                        ", so that its variance is not determined");
  }
  std::vector<bool> lags(static_cast<size_t>(n_visits_), false);
  for (Index b = 1; b < n_visits_; ++b) {
    for (Index a = 0; a < b; ++a) {
      const bool seen = together(a, b) > 0;
      if (seen) lags[static_cast<size_t>(b - a)] = true;
      if (seen || kind_ != VisitCovariance::kUnstructured) continue;
      return absl::StrCat("no subject has both visits ",
                          names[static_cast<size_t>(a)], " and ",
                          names[static_cast<size_t>(b)],
                          ", so that their covariance is not determined");
    }
  }
  bool any = n_visits_ == 1;
  bool any_odd = any;
  size_t missing = 0;
  for (size_t lag = 1; lag < lags.size(); ++lag) {
    any = any || lags[lag];
    any_odd = any_odd || (lags[lag] && lag % 2 == 1);
    if (!lags[lag] && missing == 0) missing = lag;
  }
  if (!any) {
    return "no subject has two visits, so that no correlation is determined";
  }
  if (is_autoregressive() && !any_odd) {
    return "no subject has two visits an odd number of places apart, so that "
           "the sign of the correlation is not determined";
  }
  if (kind_ == VisitCovariance::kToeplitz && missing > 0) {
    return absl::StrCat("no subject has two visits ", missing,
                        " places apart, so that their covariance is not "
                        "determined");
  }
  return "";
}

// From pairs of visits: the mean of their correlations, roots of those of
// higher powers taken.
double VisitStructure::StartingCorrelation(const MatrixXd& products,
                                           const MatrixXd& together) const {
  const VectorXd variances = StartingVariances(products, together);
  double sum = 0;
  double pairs = 0;
  for (Index b = 1; b < n_visits_; ++b) {
    for (Index a = 0; a < b; ++a) {
      const double power = PowerOf(a, b);
      if (!(together(a, b) > 0)) continue;
      const double r = products(a, b) / together(a, b) /
                       std::sqrt(variances[a] * variances[b]);
      const bool odd = std::fmod(power, 2) == 1;
      if (r < 0 && !odd) continue;
      const double root = std::pow(std::abs(r), 1 / power);
      sum += together(a, b) / power * std::copysign(root, r);
      pairs += together(a, b) / power;
    }
  }
  const double lowest =
      is_autoregressive() ? -1.0 : -1.0 / static_cast<double>(n_visits_ - 1);
  const double mean = pairs > 0 ? sum / pairs : 0;
  return std::clamp(mean, kStartingCorrelationMax * std::max(lowest, -1.0),
                    kStartingCorrelationMax);
}

VectorXd VisitStructure::Start(const MatrixXd& products,
                               const MatrixXd& together,
                               bool correlated) const {
  const VectorXd variances = StartingVariances(products, together);
  VectorXd parameters = VectorXd::Zero(n_parameters_);
  if (!is_linear()) {
    const double mean = variances.mean();
    for (Index s = 0; s < n_scales_; ++s) {
      parameters[s] = 0.5 * std::log(is_heterogeneous() ? variances[s] : mean);
    }
    if (has_correlation_ && correlated) {
      parameters[n_scales_] =
          std::atanh(StartingCorrelation(products, together));
    }
    return parameters;
  }
  VectorXd sums = VectorXd::Zero(n_parameters_);
  VectorXd counts = VectorXd::Zero(n_parameters_);
  VectorXd diagonal = VectorXd::Zero(n_parameters_);
  for (Index b = 0; b < n_visits_; ++b) {
    for (Index a = 0; a <= b; ++a) {
      const Index parameter = LinearParameterOf(a, b);
      const double n = together(a, b);
      sums[parameter] += a == b ? n * variances[a] : products(a, b);
      counts[parameter] += n;
      if (a == b) diagonal[parameter] = 1;
    }
  }
  for (const double share : kStartingShares) {
    for (Index i = 0; i < n_parameters_; ++i) {
      parameters[i] = counts[i] > 0 ? sums[i] / counts[i] : 0;
      if (diagonal[i] == 0) parameters[i] *= correlated ? share : 0;
    }
    // By correlations: well inside.
    const MatrixXd covariance = Covariance(parameters);
    const VectorXd roots = covariance.diagonal().cwiseSqrt().cwiseInverse();
    MatrixXd inner = roots.asDiagonal() * covariance * roots.asDiagonal();
    inner.diagonal().array() -= 1 - kStartingCorrelationMax;
    if (inner.llt().info() == Eigen::Success) break;
  }
  return parameters;
}

MatrixXd VisitStructure::Covariance(const VectorXd& parameters) const {
  MatrixXd covariance(n_visits_, n_visits_);
  const double correlation =
      has_correlation_ ? std::tanh(parameters[n_parameters_ - 1]) : 0;
  for (Index b = 0; b < n_visits_; ++b) {
    for (Index a = 0; a <= b; ++a) {
      const double value =
          is_linear()
              ? parameters[LinearParameterOf(a, b)]
              : std::exp(parameters[ScaleOf(a)] + parameters[ScaleOf(b)]) *
                    std::pow(correlation, PowerOf(a, b));
      covariance(a, b) = value;
      covariance(b, a) = value;
    }
  }
  return covariance;
}

MatrixXd VisitStructure::Jacobian(const VectorXd& parameters) const {
  MatrixXd jacobian = MatrixXd::Zero(ElementCount(n_visits_), n_parameters_);
  const double r =
      has_correlation_ ? std::tanh(parameters[n_parameters_ - 1]) : 0;
  for (Index b = 0; b < n_visits_; ++b) {
    for (Index a = 0; a <= b; ++a) {
      const Index element = ElementOf(a, b);
      if (is_linear()) {
        jacobian(element, LinearParameterOf(a, b)) = 1;
        continue;
      }
      const double scale =
          std::exp(parameters[ScaleOf(a)] + parameters[ScaleOf(b)]);
      const double power = PowerOf(a, b);
      const double value = scale * std::pow(r, power);
      jacobian(element, ScaleOf(a)) += value;
      jacobian(element, ScaleOf(b)) += value;
      if (power > 0) {
        jacobian(element, n_scales_) =
            scale * power * std::pow(r, power - 1) * (1 - r * r);
      }
    }
  }
  return jacobian;
}

MatrixXd VisitStructure::Curvature(const VectorXd& parameters,
                                   const VectorXd& weights) const {
  MatrixXd curvature = MatrixXd::Zero(n_parameters_, n_parameters_);
  if (is_linear()) return curvature;
  const double r =
      has_correlation_ ? std::tanh(parameters[n_parameters_ - 1]) : 0;
  const double slope = 1 - r * r;
  const Index last = n_scales_;
  for (Index b = 0; b < n_visits_; ++b) {
    for (Index a = 0; a <= b; ++a) {
      const double scale =
          weights[ElementOf(a, b)] *
          std::exp(parameters[ScaleOf(a)] + parameters[ScaleOf(b)]);
      const double power = PowerOf(a, b);
      const double value = scale * std::pow(r, power);
      const Index scales[] = {ScaleOf(a), ScaleOf(b)};
      for (const Index i : scales) {
        for (const Index j : scales) curvature(i, j) += value;
      }
      if (power == 0) continue;
      const double first = scale * power * std::pow(r, power - 1);
      for (const Index i : scales) {
        curvature(i, last) += first * slope;
        curvature(last, i) += first * slope;
      }
      curvature(last, last) -= 2 * r * first * slope;
      if (power > 1) {
        curvature(last, last) += scale * power * (power - 1) *
                                 std::pow(r, power - 2) * slope * slope;
      }
    }
  }
  return curvature;
}

}  // namespace enthesis::stats
