#include "stats/mixed_likelihood.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace enthesis::stats {
namespace {

using Eigen::ArrayXd;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

}  // namespace

// What a block adds.
struct GroupedLikelihood::Sums {
  VectorXd determinant_1, squares_1;
  MatrixXd determinant_2, squares_2;
  std::vector<MatrixXd> cross_1;  // of [X y]' V^-1 [X y]

  void Add(const Sums& other) {
    determinant_1 += other.determinant_1;
    squares_1 += other.squares_1;
    determinant_2 += other.determinant_2;
    squares_2 += other.squares_2;
    for (size_t i = 0; i < cross_1.size(); ++i) {
      cross_1[i] += other.cross_1[i];
    }
  }
};

MixedFitAt MixedLikelihood::Solve(const MatrixXd& cross,
                                  double log_determinant) const {
  const Index k = table().n_working;
  // By way of correlations: between groups and within they may be far apart.
  const VectorXd unit = cross.diagonal().head(k).cwiseSqrt().cwiseInverse();
  const MatrixXd scaled =
      unit.asDiagonal() * cross.topLeftCorner(k, k) * unit.asDiagonal();
  const Eigen::LLT<MatrixXd> factor(scaled);
  MixedFitAt fit;
  fit.coefficients = unit.asDiagonal() *
                     factor.solve(unit.asDiagonal() * cross.col(k).head(k));
  fit.inverse = unit.asDiagonal() * factor.solve(MatrixXd::Identity(k, k)) *
                unit.asDiagonal();
  VectorXd residual(k + 1);
  residual << -fit.coefficients, 1;
  fit.residual_squares = residual.dot(cross * residual);
  fit.log_determinant = log_determinant;
  if (reml_) {
    fit.log_determinant +=
        2 * (factor.matrixLLT().diagonal().array().log().sum() -
             unit.array().log().sum());
  }
  return fit;
}

MixedFitAt GroupedLikelihood::FitFor(const VectorXd& l) const {
  std::vector<MatrixXd> parts(table().blocks.size());
  std::vector<double> determinants(parts.size());
  RunTasks(pool(), parts.size(), [&](size_t i) {
    const MixedBlock& block = table().blocks[i];
    const MixedWeights weights = WeightsOf(block, l);
    determinants[i] = weights.log_determinant;
    const MatrixXd first = weights.u11.matrix().asDiagonal() * block.q1;
    parts[i] = first.transpose() * first;
    if (!table().has_slope) return;
    const MatrixXd second = weights.u21.matrix().asDiagonal() * block.q1 +
                            weights.u22.matrix().asDiagonal() * block.q2;
    parts[i].noalias() += second.transpose() * second;
  });
  MatrixXd cross = table().within;
  double log_determinant = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    cross += parts[i];
    log_determinant += determinants[i];
  }
  return Solve(cross, log_determinant);
}

void GroupedLikelihood::AddSecond(const MixedBlock& block,
                                  const MixedWeights& weights,
                                  const MixedFitAt& fit, const MatrixXd& root,
                                  Sums& sums) const {
  const Index k = table().n_working;
  const bool slope = table().has_slope;
  MatrixXd f1 = weights.f11.matrix().asDiagonal() * block.q1, f2;
  if (slope) {
    f1 += weights.f12.matrix().asDiagonal() * block.q2;
    f2 = weights.f21.matrix().asDiagonal() * block.q1 +
         weights.f22.matrix().asDiagonal() * block.q2;
  }
  VectorXd residual(k + 1);
  residual << -fit.coefficients, 1;
  const ArrayXd e1 = (f1 * residual).array();
  GroupSymmetric squares{e1.square(), {}, {}};
  sums.cross_1[0].noalias() -= f1.transpose() * f1;
  if (slope) {
    const ArrayXd e2 = (f2 * residual).array();
    squares.b = e1 * e2;
    squares.c = e2.square();
    const MatrixXd mixed = f1.transpose() * f2;
    sums.cross_1[1] -= mixed + mixed.transpose();
    sums.cross_1[2].noalias() -= f2.transpose() * f2;
  }
  sums.squares_1 -= FirstSums(squares);
  sums.squares_2 += ProductSums(weights.s, squares);
  sums.determinant_1 += FirstSums(weights.s);
  sums.determinant_2 -= SquareSums(weights.s);
  if (!reml()) return;
  const MatrixXd h1 = f1.leftCols(k) * root;
  GroupSymmetric spread{h1.rowwise().squaredNorm().array(), {}, {}};
  if (slope) {
    const MatrixXd h2 = f2.leftCols(k) * root;
    spread.b = (h1.array() * h2.array()).rowwise().sum();
    spread.c = h2.rowwise().squaredNorm().array();
  }
  sums.determinant_1 -= FirstSums(spread);
  sums.determinant_2 += ProductSums(weights.s, spread);
}

MixedDerivatives GroupedLikelihood::Derive(const VectorXd& l) const {
  const Index k = table().n_working;
  const Index m = n_parameters();
  const MixedFitAt fit = FitFor(l);
  const MatrixXd& inverse = fit.inverse;
  const MatrixXd root = Eigen::LLT<MatrixXd>(inverse).matrixL();
  const Sums zero{VectorXd::Zero(m), VectorXd::Zero(m), MatrixXd::Zero(m, m),
                  MatrixXd::Zero(m, m),
                  std::vector<MatrixXd>(static_cast<size_t>(m),
                                        MatrixXd::Zero(k + 1, k + 1))};
  std::vector<Sums> parts(table().blocks.size());
  RunTasks(pool(), parts.size(), [&](size_t i) {
    const MixedBlock& block = table().blocks[i];
    Sums sums = zero;
    AddSecond(block, WeightsOf(block, l), fit, root, sums);
    parts[i] = std::move(sums);
  });
  Sums all = zero;
  for (const Sums& part : parts) all.Add(part);
  VectorXd residual(k + 1);
  residual << -fit.coefficients, 1;
  std::vector<VectorXd> pulls;
  std::vector<MatrixXd> relative, inverse_1;
  for (const MatrixXd& cross : all.cross_1) {
    const MatrixXd information = cross.topLeftCorner(k, k);
    pulls.push_back((cross * residual).head(k));
    relative.push_back(root.transpose() * information * root);
    inverse_1.push_back(-inverse * information * inverse);
  }
  for (Index i = 0; i < m; ++i) {
    for (Index j = 0; j < m; ++j) {
      const size_t a = static_cast<size_t>(i), b = static_cast<size_t>(j);
      // What the coefficients follow D by.
      all.squares_2(i, j) -= 2 * pulls[a].dot(inverse * pulls[b]);
      if (reml()) {
        all.determinant_2(i, j) -= relative[a].cwiseProduct(relative[b]).sum();
      }
    }
  }
  return ByRoot(l, {fit, all.determinant_1, all.squares_1, all.determinant_2,
                    all.squares_2, inverse_1});
}

double MixedLikelihood::Criterion(const MixedFitAt& fit) const {
  return fit.log_determinant + n_free() * std::log(fit.residual_squares);
}

VectorXd MixedLikelihood::Lengths() const {
  VectorXd lengths = VectorXd::Zero(n_parameters());
  for (const MixedBlock& block : table_->blocks) {
    lengths(0) = std::max(lengths(0), block.r11.maxCoeff());
    if (block.r22.size() == 0) continue;
    lengths(1) = std::max(lengths(1), block.r22.maxCoeff());
    lengths(2) = lengths(1);
  }
  if (table_->sites.n() > 0) {
    const std::vector<size_t>& rows = table_->sites.n_of;
    lengths(n_root()) = std::sqrt(
        static_cast<double>(*std::max_element(rows.begin(), rows.end())));
  }
  return lengths;
}

namespace {

// Of the entries of D, and t, by the parameters.
MatrixXd RootJacobian(const VectorXd& l) {
  MatrixXd jacobian = MatrixXd::Identity(l.size(), l.size());
  jacobian(0, 0) = 2 * l(0);
  if (l.size() < 3) return jacobian;
  jacobian.topLeftCorner(3, 3) << 2 * l(0), 0, 0,  // [entry of D, entry of L]
      l(1), l(0), 0,                               //
      0, 2 * l(1), 2 * l(2);
  return jacobian;
}

// Of the second derivatives, by D = L L' with this gradient.
MatrixXd CurvatureByRoot(const MatrixXd& jacobian, const VectorXd& gradient,
                         const MatrixXd& hessian) {
  MatrixXd by = jacobian.transpose() * hessian * jacobian;
  by(0, 0) += 2 * gradient(0);
  if (jacobian.cols() < 3) return by;
  by(0, 1) += gradient(1);
  by(1, 0) += gradient(1);
  by(1, 1) += 2 * gradient(2);
  by(2, 2) += 2 * gradient(2);
  return by;
}

}  // namespace

MixedDerivatives ByRoot(const VectorXd& l, const MixedDerivatives& by_entry) {
  const MatrixXd jacobian = RootJacobian(l);
  MixedDerivatives by;
  by.fit = by_entry.fit;
  by.determinant_1 = jacobian.transpose() * by_entry.determinant_1;
  by.squares_1 = jacobian.transpose() * by_entry.squares_1;
  by.determinant_2 =
      CurvatureByRoot(jacobian, by_entry.determinant_1, by_entry.determinant_2);
  by.squares_2 =
      CurvatureByRoot(jacobian, by_entry.squares_1, by_entry.squares_2);
  for (Index i = 0; i < jacobian.cols(); ++i) {
    MatrixXd sum = MatrixXd::Zero(by.fit.inverse.rows(), by.fit.inverse.cols());
    for (Index j = 0; j < jacobian.rows(); ++j) {
      sum += jacobian(j, i) * by_entry.inverse_1[static_cast<size_t>(j)];
    }
    by.inverse_1.push_back(std::move(sum));
  }
  return by;
}

}  // namespace enthesis::stats
