#include "stats/satterthwaite.h"

#include <Eigen/Dense>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/types/span.h"

namespace enthesis::stats {
namespace {

constexpr double kNoCurvature = 1e-8;

}  // namespace

std::vector<double> CovarianceOfVariances(absl::Span<const double> hessian,
                                          size_t n_parameters) {
  using Eigen::Index;
  const Index n = static_cast<Index>(n_parameters);
  const Eigen::MatrixXd whole =
      Eigen::Map<const Eigen::MatrixXd>(hessian.data(), n, n);
  Eigen::VectorXd unit = Eigen::VectorXd::Zero(n);
  for (Index i = 0; i < n; ++i) {
    if (whole(i, i) > 0) unit(i) = 1 / std::sqrt(whole(i, i));
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
      unit.asDiagonal() * whole * unit.asDiagonal());
  const double floor = kNoCurvature * solver.eigenvalues().maxCoeff();
  Eigen::MatrixXd inverse = Eigen::MatrixXd::Zero(n, n);
  for (Index i = 0; i < n; ++i) {
    const double value = solver.eigenvalues()(i);
    if (!(value > floor)) continue;
    const Eigen::VectorXd vector =
        unit.cwiseProduct(solver.eigenvectors().col(i));
    inverse += 2 / value * vector * vector.transpose();
  }
  return {inverse.data(), inverse.data() + n * n};
}

std::optional<double> SatterthwaiteDf(double variance,
                                      absl::Span<const double> gradient,
                                      absl::Span<const double> covariance) {
  const size_t n = gradient.size();
  // Relative to the variance, lest squares leave the range of numbers.
  double spread = 0;
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      spread += gradient[i] / variance * covariance[i * n + j] *
                (gradient[j] / variance);
    }
  }
  if (!(variance > 0) || !(spread > 0)) return std::nullopt;
  const double df = 2 / spread;
  return std::isfinite(df) ? std::optional(df) : std::nullopt;
}

}  // namespace enthesis::stats
