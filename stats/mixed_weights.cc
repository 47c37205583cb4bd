#include "stats/mixed_weights.h"

#include <cmath>

namespace enthesis::stats {
namespace {

using Eigen::ArrayXd;
using Eigen::MatrixXd;
using Eigen::VectorXd;

}  // namespace

VectorXd FirstSums(const GroupSymmetric& g) {
  if (g.b.size() == 0) return VectorXd::Constant(1, g.a.sum());
  return Eigen::Vector3d(g.a.sum(), 2 * g.b.sum(), g.c.sum());
}

MatrixXd SquareSums(const GroupSymmetric& s) {
  if (s.b.size() == 0) return MatrixXd::Constant(1, 1, s.a.square().sum());
  MatrixXd sums(3, 3);
  sums << s.a.square().sum(), 2 * (s.a * s.b).sum(), s.b.square().sum(),  //
      0, 2 * (s.a * s.c + s.b.square()).sum(), 2 * (s.b * s.c).sum(),     //
      0, 0, s.c.square().sum();
  return sums.selfadjointView<Eigen::Upper>();
}

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

MixedWeights WeightsOf(const MixedBlock& block, const VectorXd& l) {
  MixedWeights weights;
  const ArrayXd r11 = block.r11.array();
  const double d00 = l(0) * l(0);
  if (block.r22.size() == 0) {
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

}  // namespace enthesis::stats
