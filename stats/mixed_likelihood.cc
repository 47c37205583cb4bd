#include "stats/mixed_likelihood.h"

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

// With the patterns E_0 = [1 0; 0 0], E_1 = [0 1; 1 0], E_2 = [0 0; 0 1] that
// D changes by, and S = R' M^-1 R: tr(E_k G), summed over groups.
VectorXd FirstSums(const GroupSymmetric& g) {
  if (g.b.size() == 0) return VectorXd::Constant(1, g.a.sum());
  return Eigen::Vector3d(g.a.sum(), 2 * g.b.sum(), g.c.sum());
}

// tr(S E_k S E_l), summed.
MatrixXd SquareSums(const GroupSymmetric& s) {
  if (s.b.size() == 0) return MatrixXd::Constant(1, 1, s.a.square().sum());
  MatrixXd sums(3, 3);
  sums << s.a.square().sum(), 2 * (s.a * s.b).sum(), s.b.square().sum(),  //
      0, 2 * (s.a * s.c + s.b.square()).sum(), 2 * (s.b * s.c).sum(),     //
      0, 0, s.c.square().sum();
  return sums.selfadjointView<Eigen::Upper>();
}

// tr((E_k S E_l + E_l S E_k) G), summed.
MatrixXd ProductSums(const GroupSymmetric& s, const GroupSymmetric& g) {
  if (s.b.size() == 0) return MatrixXd::Constant(1, 1, 2 * (s.a * g.a).sum());
  MatrixXd sums(3, 3);
  sums << (s.a * g.a).sum(), (s.b * g.a + s.a * g.b).sum(),
      (s.b * g.b).sum(),                                 //
      0, (s.c * g.a + 2 * s.b * g.b + s.a * g.c).sum(),  //
      (s.c * g.b + s.b * g.c).sum(),                     //
      0, 0, (s.c * g.c).sum();
  return 2 * MatrixXd(sums.selfadjointView<Eigen::Upper>());
}

}  // namespace

// M = I + R D R' of each group and what follows from it.
struct MixedLikelihood::BlockWeights {
  // M^-1/2 q = [u11 q1; u21 q1 + u22 q2].
  ArrayXd u11, u21, u22;
  // R' M^-1 q = [f11 q1 + f12 q2; f21 q1 + f22 q2].
  ArrayXd f11, f12, f21, f22;
  GroupSymmetric s;  // R' M^-1 R
  double log_determinant = 0;
};

// What a block adds.
struct MixedLikelihood::Sums {
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

MixedLikelihood::BlockWeights MixedLikelihood::WeightsOf(
    const MixedBlock& block, const VectorXd& l) const {
  BlockWeights weights;
  const ArrayXd r11 = block.r11.array();
  const double d00 = l(0) * l(0);
  if (!table_->has_slope) {
    const ArrayXd m = 1 + d00 * r11.square();
    weights.u11 = m.rsqrt();
    weights.f11 = r11 / m;
    weights.s.a = r11 * weights.f11;
    weights.log_determinant = (d00 * r11.square()).log1p().sum();
    return weights;
  }
  const ArrayXd r12 = block.r12.array(), r22 = block.r22.array();
  // Of R L: [x 0; y z].
  const ArrayXd row = r11 * l(0) + r12 * l(1);
  const ArrayXd x = row, w = r12 * l(2), y = r22 * l(1), z = r22 * l(2);
  const ArrayXd a = 1 + x.square() + w.square();
  const ArrayXd c = 1 + y.square() + z.square();
  const ArrayXd b = x * y + w * z;
  // No difference of large numbers: 1 + tr + det of what is added to I.
  const ArrayXd more = x.square() + w.square() + y.square() + z.square() +
                       (r11 * r22 * (l(0) * l(2))).square();
  const ArrayXd determinant = 1 + more;
  weights.log_determinant = more.log1p().sum();
  weights.u11 = a.rsqrt();
  weights.u22 = (a / determinant).sqrt();
  weights.u21 = -b / a * weights.u22;
  // D R' M^-1 has no differences; R' M^-1 has, where r12 is not small.
  weights.f11 = r11 * c / determinant;
  weights.f12 = -r11 * b / determinant;
  weights.f21 = (r12 * c - r22 * b) / determinant;
  weights.f22 = (r22 * a - r12 * b) / determinant;
  weights.s.a = weights.f11 * r11;
  weights.s.b = weights.f21 * r11;
  weights.s.c = weights.f21 * r12 + weights.f22 * r22;
  return weights;
}

MixedFitAt MixedLikelihood::Solve(const MatrixXd& cross,
                                  double log_determinant) const {
  const Index k = table_->n_working;
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

MixedFitAt MixedLikelihood::FitFor(const VectorXd& l) const {
  std::vector<MatrixXd> parts(table_->blocks.size());
  std::vector<double> determinants(parts.size());
  RunTasks(pool_, parts.size(), [&](size_t i) {
    const MixedBlock& block = table_->blocks[i];
    const BlockWeights weights = WeightsOf(block, l);
    determinants[i] = weights.log_determinant;
    const MatrixXd first = weights.u11.matrix().asDiagonal() * block.q1;
    parts[i] = first.transpose() * first;
    if (!table_->has_slope) return;
    const MatrixXd second = weights.u21.matrix().asDiagonal() * block.q1 +
                            weights.u22.matrix().asDiagonal() * block.q2;
    parts[i].noalias() += second.transpose() * second;
  });
  MatrixXd cross = table_->within;
  double log_determinant = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    cross += parts[i];
    log_determinant += determinants[i];
  }
  return Solve(cross, log_determinant);
}

void MixedLikelihood::AddSecond(const MixedBlock& block,
                                const BlockWeights& weights,
                                const MixedFitAt& fit, const MatrixXd& root,
                                Sums& sums) const {
  const Index k = table_->n_working;
  const bool slope = table_->has_slope;
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
  if (!reml_) return;
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

MixedDerivatives MixedLikelihood::Derive(const VectorXd& l) const {
  const Index k = table_->n_working;
  const Index m = n_parameters();
  MixedDerivatives derived;
  derived.fit = FitFor(l);
  const MatrixXd& inverse = derived.fit.inverse;
  const MatrixXd root = Eigen::LLT<MatrixXd>(inverse).matrixL();
  const Sums zero{VectorXd::Zero(m), VectorXd::Zero(m), MatrixXd::Zero(m, m),
                  MatrixXd::Zero(m, m),
                  std::vector<MatrixXd>(static_cast<size_t>(m),
                                        MatrixXd::Zero(k + 1, k + 1))};
  std::vector<Sums> parts(table_->blocks.size());
  RunTasks(pool_, parts.size(), [&](size_t i) {
    const MixedBlock& block = table_->blocks[i];
    Sums sums = zero;
    AddSecond(block, WeightsOf(block, l), derived.fit, root, sums);
    parts[i] = std::move(sums);
  });
  Sums all = zero;
  for (const Sums& part : parts) all.Add(part);
  derived.determinant_1 = all.determinant_1;
  derived.squares_1 = all.squares_1;
  derived.determinant_2 = all.determinant_2;
  derived.squares_2 = all.squares_2;
  VectorXd residual(k + 1);
  residual << -derived.fit.coefficients, 1;
  std::vector<VectorXd> pulls;
  std::vector<MatrixXd> relative;
  for (const MatrixXd& cross : all.cross_1) {
    derived.information_1.push_back(cross.topLeftCorner(k, k));
    pulls.push_back((cross * residual).head(k));
    relative.push_back(root.transpose() * derived.information_1.back() * root);
  }
  for (Index i = 0; i < m; ++i) {
    for (Index j = 0; j < m; ++j) {
      const size_t a = static_cast<size_t>(i), b = static_cast<size_t>(j);
      // What the coefficients follow D by.
      derived.squares_2(i, j) -= 2 * pulls[a].dot(inverse * pulls[b]);
      if (reml_) {
        derived.determinant_2(i, j) -=
            relative[a].cwiseProduct(relative[b]).sum();
      }
    }
  }
  return derived;
}

double MixedLikelihood::Criterion(const MixedFitAt& fit) const {
  return fit.log_determinant + n_free() * std::log(fit.residual_squares);
}

MatrixXd RootJacobian(const VectorXd& l) {
  if (l.size() == 1) return MatrixXd::Constant(1, 1, 2 * l(0));
  MatrixXd jacobian(3, 3);     // [entry of D, entry of L]
  jacobian << 2 * l(0), 0, 0,  //
      l(1), l(0), 0,           //
      0, 2 * l(1), 2 * l(2);
  return jacobian;
}

DerivativesByRoot ByRoot(const VectorXd& l, const VectorXd& gradient,
                         const MatrixXd& hessian) {
  const MatrixXd jacobian = RootJacobian(l);
  DerivativesByRoot by;
  by.gradient = jacobian.transpose() * gradient;
  by.hessian = jacobian.transpose() * hessian * jacobian;
  by.hessian(0, 0) += 2 * gradient(0);
  if (l.size() == 3) {
    by.hessian(0, 1) += gradient(1);
    by.hessian(1, 0) += gradient(1);
    by.hessian(1, 1) += 2 * gradient(2);
    by.hessian(2, 2) += 2 * gradient(2);
  }
  return by;
}

}  // namespace enthesis::stats
