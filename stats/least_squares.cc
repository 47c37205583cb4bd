#include "stats/least_squares.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "stats/long_sum.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kCollinearPart = 1e-7;  // as lm
// What rounding leaves of a column of one value, relative to that value.
constexpr double kConstantColumn = 1e-13;
// Relative distance within which a point obeys the collinearity of the rows.
constexpr double kEstimable = 1e-6;

Index IndexOf(size_t i) { return static_cast<Index>(i); }

LongSum WeightedMean(const std::vector<double>& weights,
                     const std::vector<double>& values, double n) {
  LongSum sum;
  for (size_t i = 0; i < values.size(); ++i) {
    sum.AddProduct(values[i], weights[i]);
  }
  return sum.Over(n);
}

// The values less their mean, times the roots of the weights.
VectorXd Center(const std::vector<double>& values, const LongSum& mean,
                const VectorXd& roots) {
  VectorXd centered(IndexOf(values.size()));
  for (size_t i = 0; i < values.size(); ++i) {
    const double distance = (values[i] - mean.high) - mean.low;
    centered[IndexOf(i)] = distance * roots[IndexOf(i)];
  }
  return centered;
}

// Takes from `v` its part in the first `k` orthonormal columns of `basis` and
// returns the coordinates of that part. Twice is enough for orthogonality to
// rounding (Giraud et al. 2005, Numer. Math. 101:87).
VectorXd Orthogonalize(const MatrixXd& basis, Index k, VectorXd& v) {
  VectorXd coordinates = VectorXd::Zero(k);
  for (int pass = 0; pass < 2; ++pass) {
    const VectorXd part = basis.leftCols(k).transpose() * v;
    v -= basis.leftCols(k) * part;
    coordinates += part;
  }
  return coordinates;
}

// Solves triangle * x = b for the upper left k x k part of `triangle`.
VectorXd SolveTriangle(const MatrixXd& triangle, Index k, const VectorXd& b) {
  return triangle.topLeftCorner(k, k).triangularView<Eigen::Upper>().solve(b);
}

std::vector<double> ToVector(const VectorXd& v) {
  return {v.data(), v.data() + v.size()};
}

std::vector<double> InverseRowMajor(const MatrixXd& triangle, Index k) {
  std::vector<double> inverse(static_cast<size_t>(k * k));
  for (Index column = 0; column < k; ++column) {
    const VectorXd solved =
        SolveTriangle(triangle, k, VectorXd::Unit(k, column));
    for (Index row = 0; row < k; ++row) {
      inverse[static_cast<size_t>(row * k + column)] = solved[row];
    }
  }
  return inverse;
}

}  // namespace

LeastSquares FitLeastSquares(const RegressionRows& rows,
                             const std::vector<double>& floors) {
  const Index n_rows = IndexOf(rows.response.size());
  const Index n_columns = IndexOf(rows.columns.size());
  LeastSquares fit;
  for (const double weight : rows.weights) fit.n += weight;
  const VectorXd roots =
      Eigen::Map<const VectorXd>(rows.weights.data(), n_rows).cwiseSqrt();
  MatrixXd basis(n_rows, n_columns);
  MatrixXd triangle = MatrixXd::Zero(n_columns, n_columns);
  Index k = 0;
  for (size_t c = 0; c < rows.columns.size(); ++c) {
    const LongSum mean = WeightedMean(rows.weights, rows.columns[c], fit.n);
    VectorXd column = Center(rows.columns[c], mean, roots);
    const double length = column.norm();
    VectorXd coordinates = Orthogonalize(basis, k, column);
    const double left = column.norm();
    fit.column_means.push_back(mean.high);
    fit.combination.emplace_back();
    const double rounding =
        kConstantColumn * std::abs(mean.high) * std::sqrt(fit.n);
    const double floor = floors.empty() ? kCollinearPart * length : floors[c];
    if (length <= rounding || left <= floor) {
      if (length <= rounding) coordinates.setZero();
      fit.combination[c] = ToVector(SolveTriangle(triangle, k, coordinates));
      continue;
    }
    basis.col(k) = column / left;
    triangle.col(k).head(k) = coordinates;
    triangle(k, k) = left;
    fit.kept.push_back(c);
    ++k;
  }
  const LongSum mean = WeightedMean(rows.weights, rows.response, fit.n);
  VectorXd residuals = Center(rows.response, mean, roots);
  fit.response_mean = mean.high;
  fit.total_squares = residuals.squaredNorm();
  const VectorXd effects = Orthogonalize(basis, k, residuals);
  fit.residual_squares = residuals.squaredNorm();
  fit.effects = ToVector(effects);
  fit.coefficients = ToVector(SolveTriangle(triangle, k, effects));
  fit.inverse_root = InverseRowMajor(triangle, k);
  return fit;
}

std::optional<std::vector<double>> DistancesFromMeans(
    const LeastSquares& fit, absl::Span<const double> point) {
  std::vector<double> distances;
  for (const size_t c : fit.kept) {
    distances.push_back(point[c] - fit.column_means[c]);
  }
  for (size_t c = 0; c < point.size(); ++c) {
    const bool is_kept =
        std::binary_search(fit.kept.begin(), fit.kept.end(), c);
    if (is_kept) continue;
    double predicted = 0;
    double size = 0;
    for (size_t i = 0; i < fit.combination[c].size(); ++i) {
      const double part = fit.combination[c][i] * distances[i];
      predicted += part;
      size += std::abs(part);
    }
    size += std::abs(point[c]) + std::abs(fit.column_means[c]);
    const double distance = point[c] - fit.column_means[c];
    if (std::abs(distance - predicted) > kEstimable * size) {
      return std::nullopt;
    }
  }
  return distances;
}

double ContrastValue(const LeastSquares& fit,
                     absl::Span<const double> contrast) {
  double value = 0;
  for (size_t i = 0; i < contrast.size(); ++i) {
    value += contrast[i] * fit.coefficients[i];
  }
  return value;
}

double ContrastVariance(const LeastSquares& fit,
                        absl::Span<const double> contrast) {
  const size_t k = fit.kept.size();
  double variance = 0;
  for (size_t column = 0; column < k; ++column) {
    double sum = 0;
    for (size_t row = 0; row <= column; ++row) {
      sum += contrast[row] * fit.inverse_root[row * k + column];
    }
    variance += sum * sum;
  }
  return variance;
}

}  // namespace enthesis::stats
