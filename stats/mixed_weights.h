// What the variances make of a group in a linear mixed model, and sums over
// groups of what derivatives by the variances take.
//
// Internal to linear mixed models, with Eigen's types: not installed.
// See: METHODS.md, "Linear mixed model".

#ifndef ENTHESIS_STATS_MIXED_WEIGHTS_H_
#define ENTHESIS_STATS_MIXED_WEIGHTS_H_

#include <Eigen/Dense>

#include "stats/mixed_table.h"

namespace enthesis::stats {

// Symmetric 2 x 2 matrices [a b; b c] of groups; b and c are empty without a
// slope.
struct GroupSymmetric {
  Eigen::ArrayXd a, b, c;
};

// M = I + R D R' of each group of a block and what follows from it.
struct MixedWeights {
  // M^-1/2 q = [u11 q1; u21 q1 + u22 q2].
  Eigen::ArrayXd u11, u21, u22;
  // R' M^-1 q = [f11 q1 + f12 q2; f21 q1 + f22 q2].
  Eigen::ArrayXd f11, f12, f21, f22;
  GroupSymmetric s;  // R' M^-1 R
  double log_determinant = 0;
};

// `l` begins with the entries of L, D = L L'.
MixedWeights WeightsOf(const MixedBlock& block, const Eigen::VectorXd& l);

// With the patterns E_0 = [1 0; 0 0], E_1 = [0 1; 1 0], E_2 = [0 0; 0 1] that
// D changes by, summed over groups: tr(E_k G),
Eigen::VectorXd FirstSums(const GroupSymmetric& g);
// tr(S E_k S E_l),
Eigen::MatrixXd SquareSums(const GroupSymmetric& s);
// and tr((E_k S E_l + E_l S E_k) G).
Eigen::MatrixXd ProductSums(const GroupSymmetric& s, const GroupSymmetric& g);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MIXED_WEIGHTS_H_
