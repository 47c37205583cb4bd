#include "support/naive_mixed.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace enthesis::stats::golden {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd ModelMatrix(const MixedData& data) {
  const Index n = static_cast<Index>(data.response.size());
  MatrixXd x(n, static_cast<Index>(data.design.n_columns()) + 1);
  x.col(0).setOnes();
  for (Index c = 1; c < x.cols(); ++c) {
    for (Index i = 0; i < n; ++i) {
      x(i, c) = data.design.Column(
          static_cast<size_t>(c - 1))[static_cast<size_t>(i)];
    }
  }
  return x;
}

// [row](effect of a group).
MatrixXd EffectMatrix(const MixedData& data, Index n_effects) {
  int last = 0;
  for (const int group : data.groups) last = std::max(last, group);
  const Index n = static_cast<Index>(data.response.size());
  MatrixXd z = MatrixXd::Zero(n, (last + 1) * n_effects);
  for (Index i = 0; i < n; ++i) {
    const size_t row = static_cast<size_t>(i);
    z(i, data.groups[row] * n_effects) = 1;
    if (n_effects == 2) z(i, data.groups[row] * 2 + 1) = data.slope[row];
  }
  return z;
}

double LogDeterminant(const MatrixXd& a) {
  return 2 * Eigen::LLT<MatrixXd>(a)
                 .matrixL()
                 .toDenseMatrix()
                 .diagonal()
                 .array()
                 .log()
                 .sum();
}

}  // namespace

NaiveMixed NaiveFit(const MixedData& data, const NaiveVariances& variances,
                    bool reml) {
  const Index q = data.slope.empty() ? 1 : 2;
  MatrixXd d(q, q);
  d(0, 0) = variances[0];
  if (q == 2) d << variances[0], variances[1], variances[1], variances[2];
  const MatrixXd x = ModelMatrix(data);
  const MatrixXd z = EffectMatrix(data, q);
  const Index n = x.rows();
  const VectorXd y = Eigen::Map<const VectorXd>(data.response.data(), n);
  MatrixXd between = MatrixXd::Zero(z.cols(), z.cols());
  for (Index g = 0; g < z.cols(); g += q) between.block(g, g, q, q) = d;
  MatrixXd v =
      z * between * z.transpose() + variances.back() * MatrixXd::Identity(n, n);
  MatrixXd w = MatrixXd::Zero(n, 0);
  const double of_sites = variances[variances.size() - 2];
  if (!data.sites.empty()) {
    const int last = *std::max_element(data.sites.begin(), data.sites.end());
    w = MatrixXd::Zero(n, last + 1);
    for (Index i = 0; i < n; ++i) w(i, data.sites[static_cast<size_t>(i)]) = 1;
    v += of_sites * w * w.transpose();
  }
  const MatrixXd inverse = v.inverse();
  const MatrixXd information = x.transpose() * inverse * x;
  NaiveMixed fit;
  fit.covariance = information.inverse();
  fit.coefficients = fit.covariance * (x.transpose() * inverse * y);
  const VectorXd residual = y - x * fit.coefficients;
  fit.deviance = static_cast<double>(reml ? n - x.cols() : n) *
                     std::log(2 * std::numbers::pi) +
                 LogDeterminant(v) + residual.dot(inverse * residual) +
                 (reml ? LogDeterminant(information) : 0);
  const MatrixXd gain = between * z.transpose() * inverse;
  const VectorXd effects = gain * residual;
  fit.effects =
      Eigen::Map<const Eigen::Matrix<double, -1, -1, Eigen::RowMajor>>(
          effects.data(), effects.size() / q, q);
  fit.site_effects = of_sites * w.transpose() * (inverse * residual);
  const MatrixXd site_gain = of_sites * w.transpose() * inverse;
  fit.site_errors =
      (of_sites * (MatrixXd::Identity(w.cols(), w.cols()) - site_gain * w))
          .diagonal()
          .cwiseSqrt();
  fit.variance_0 = (between - gain * z * between).topLeftCorner(q, q);
  return fit;
}

namespace {

// By differences: the covariance of the variances, and what the covariance of
// the coefficients follows them by.
struct Differences {
  MatrixXd covariance;
  std::vector<MatrixXd> slopes;
};

Differences DifferencesOf(const MixedData& data,
                          const NaiveVariances& variances, bool reml) {
  const Index m = static_cast<Index>(variances.size());
  VectorXd steps(m);
  for (Index i = 0; i < m; ++i) {
    steps(i) = 1e-4 * (std::abs(variances[static_cast<size_t>(i)]) + 1e-2);
  }
  const auto at = [&](Index i, double a, Index j, double b) {
    NaiveVariances moved = variances;
    moved[static_cast<size_t>(i)] += a * steps(i);
    moved[static_cast<size_t>(j)] += b * steps(j);
    return NaiveFit(data, moved, reml);
  };
  Differences differences;
  MatrixXd hessian(m, m);
  for (Index i = 0; i < m; ++i) {
    differences.slopes.push_back(
        (at(i, 1, i, 0).covariance - at(i, -1, i, 0).covariance) /
        (2 * steps(i)));
    for (Index j = 0; j < m; ++j) {
      hessian(i, j) = (at(i, 1, j, 1).deviance - at(i, 1, j, -1).deviance -
                       at(i, -1, j, 1).deviance + at(i, -1, j, -1).deviance) /
                      (4 * steps(i) * steps(j));
    }
  }
  differences.covariance = 2 * hessian.inverse();
  return differences;
}

double DfOf(const VectorXd& contrast, const MatrixXd& covariance,
            const Differences& differences) {
  const Index m = differences.covariance.rows();
  VectorXd gradient(m);
  for (Index i = 0; i < m; ++i) {
    gradient(i) =
        contrast.dot(differences.slopes[static_cast<size_t>(i)] * contrast);
  }
  const double variance = contrast.dot(covariance * contrast);
  return 2 * variance * variance /
         gradient.dot(differences.covariance * gradient);
}

}  // namespace

std::vector<double> NaiveDf(const MixedData& data,
                            const NaiveVariances& variances, bool reml) {
  const Differences differences = DifferencesOf(data, variances, reml);
  const MatrixXd covariance = NaiveFit(data, variances, reml).covariance;
  std::vector<double> df;
  for (Index c = 0; c < covariance.rows(); ++c) {
    df.push_back(
        DfOf(VectorXd::Unit(covariance.rows(), c), covariance, differences));
  }
  return df;
}

NaiveTest NaiveTestOfAll(const MixedData& data, const NaiveVariances& variances,
                         bool reml) {
  const Differences differences = DifferencesOf(data, variances, reml);
  const NaiveMixed fit = NaiveFit(data, variances, reml);
  const Index n = fit.coefficients.size() - 1;
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(
      fit.covariance.bottomRightCorner(n, n));
  NaiveTest test;
  double expected = 0, least = HUGE_VAL;
  for (Index i = 0; i < n; ++i) {
    VectorXd contrast = VectorXd::Zero(n + 1);
    contrast.tail(n) = solver.eigenvectors().col(i);
    const double estimate = contrast.dot(fit.coefficients);
    test.statistic +=
        estimate * estimate / solver.eigenvalues()(i) / static_cast<double>(n);
    const double df = DfOf(contrast, fit.covariance, differences);
    expected += df / (df - 2);
    least = std::min(least, df);
  }
  test.df = least > 2 ? 2 * expected / (expected - static_cast<double>(n)) : 2;
  return test;
}

}  // namespace enthesis::stats::golden
