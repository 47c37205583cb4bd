// The likelihood of a mixed model for repeated measures, profiled over the
// fixed effects, and its derivatives by the elements of the covariance matrix
// of the visits. See: METHODS.md, "Mixed model for repeated measures".
//
// Internal to the mixed model for repeated measures, with Eigen's types: not
// installed.

#ifndef ENTHESIS_STATS_MMRM_LIKELIHOOD_H_
#define ENTHESIS_STATS_MMRM_LIKELIHOOD_H_

#include <Eigen/Dense>
#include <vector>

#include "stats/mmrm_table.h"

namespace enthesis::stats {

// Elements of a symmetric matrix, (a, b) with a <= b, column by column.
constexpr Eigen::Index ElementOf(Eigen::Index a, Eigen::Index b) {
  return b * (b + 1) / 2 + a;
}
constexpr Eigen::Index ElementCount(Eigen::Index size) {
  return size * (size + 1) / 2;
}

// At a covariance matrix of the visits. Fixed effects are those of working
// columns, beyond least squares, in units of the table.
struct MmrmState {
  double log_likelihood = 0;  // of residuals in units
  Eigen::VectorXd effects;
  // Lower triangle L, L L' = X' V^-1 X, of working columns.
  Eigen::MatrixXd root;
  // By pattern: the inverse of its block.
  std::vector<Eigen::MatrixXd> inverses;
};

// By element of the covariance matrix.
struct MmrmDerivatives {
  Eigen::VectorXd gradient;
  // The negative matrix of second derivatives, and its expectation.
  Eigen::MatrixXd observed, expected;
  // [element], a row each: L^-1 X' V^-1 (dV / d element) V^-1 X L^-T, packed as
  // Pack does.
  Eigen::MatrixXd of_information;
};

// A symmetric matrix as a vector, in products of which those of the matrices,
// tr(A B), are kept.
Eigen::VectorXd Pack(const Eigen::MatrixXd& symmetric);

class MmrmLikelihood {
 public:
  // `table`, with patterns, must outlive it. `restricted`: REML.
  MmrmLikelihood(const MmrmTable& table, bool restricted)
      : table_(table), restricted_(restricted) {}

  const MmrmTable& table() const { return table_; }
  bool restricted() const { return restricted_; }

  // False where `covariance` or the information of the fixed effects is not
  // positive definite. Cost: O(rows of the table x p^2).
  bool Evaluate(const Eigen::MatrixXd& covariance, MmrmState& state) const;
  // Cost: for each pattern O(visits^2 rows p^2 + visits^4), and d^2 p^2, d the
  // elements.
  MmrmDerivatives Derive(const MmrmState& state) const;
  // What Kenward & Roger (1997, Biometrics 53:983) add to the covariance I of
  // the fixed effects L' beta, with second derivatives of V left out;
  // `covariance` is that of the elements.
  Eigen::MatrixXd KenwardRogerIncrease(const MmrmState& state,
                                       const MmrmDerivatives& derivatives,
                                       const Eigen::MatrixXd& covariance) const;

 private:
  // `weights` times the working columns of a pattern times L^-T, by visit.
  std::vector<Eigen::MatrixXd> Standardized(const MmrmPattern& pattern,
                                            const Eigen::MatrixXd& weights,
                                            const MmrmState& state) const;

  const MmrmTable& table_;
  bool restricted_;
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MMRM_LIKELIHOOD_H_
