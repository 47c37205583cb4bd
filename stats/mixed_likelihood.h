// The likelihood of a linear mixed model and its derivatives by the variances.
//
// The response has covariance sigma^2 (I + Z D Z'), D relative to sigma^2, by
// group. D = L L' with L = [l0 0; l1 l2] (l0 alone without a slope): any L is
// allowed, and a variance of 0 is no edge.
//
// Internal to linear mixed models, with Eigen's types: not installed.
// See: METHODS.md, "Linear mixed model".

#ifndef ENTHESIS_STATS_MIXED_LIKELIHOOD_H_
#define ENTHESIS_STATS_MIXED_LIKELIHOOD_H_

#include <Eigen/Dense>
#include <vector>

#include "stats/mixed_table.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// With V the covariance over sigma^2, X and y as in the table, for given D.
struct MixedFitAt {
  Eigen::VectorXd coefficients;  // generalized least squares
  Eigen::MatrixXd inverse;       // of X' V^-1 X
  double residual_squares = 0;   // (y - X b)' V^-1 (y - X b)
  double log_determinant = 0;    // of V; with REML also of X' V^-1 X
};

// By the entries of D: d00 and, with a slope, d01 (both of them) and d11.
struct MixedDerivatives {
  MixedFitAt fit;
  Eigen::VectorXd determinant_1, squares_1;
  Eigen::MatrixXd determinant_2, squares_2;
  // Of X' V^-1 X.
  std::vector<Eigen::MatrixXd> information_1;
};

// Symmetric 2 x 2 matrices [a b; b c] of groups; b and c are empty without a
// slope.
struct GroupSymmetric {
  Eigen::ArrayXd a, b, c;
};

class MixedLikelihood {
 public:
  // `table` must outlive it. The same bytes for any number of threads.
  MixedLikelihood(const MixedTable& table, bool reml, ThreadPool* pool)
      : table_(&table), reml_(reml), pool_(pool) {}

  MixedFitAt FitFor(const Eigen::VectorXd& l) const;
  MixedDerivatives Derive(const Eigen::VectorXd& l) const;

  // -2 log-likelihood but for constants, sigma at its best for this D.
  double Criterion(const MixedFitAt& fit) const;

  // Rows, less the coefficients with REML: what sigma^2 divides by.
  double n_free() const {
    return static_cast<double>(table_->n_rows) -
           (reml_ ? static_cast<double>(table_->n_working) : 0);
  }
  Eigen::Index n_parameters() const { return table_->has_slope ? 3 : 1; }
  bool reml() const { return reml_; }
  const MixedTable& table() const { return *table_; }

 private:
  struct BlockWeights;
  struct Sums;
  BlockWeights WeightsOf(const MixedBlock& block,
                         const Eigen::VectorXd& l) const;
  void AddSecond(const MixedBlock& block, const BlockWeights& weights,
                 const MixedFitAt& fit, const Eigen::MatrixXd& root,
                 Sums& sums) const;
  MixedFitAt Solve(const Eigen::MatrixXd& cross, double log_determinant) const;

  const MixedTable* table_;
  bool reml_;
  ThreadPool* pool_;
};

// Derivatives by `l` of a function of D = L L' with this gradient and Hessian.
struct DerivativesByRoot {
  Eigen::VectorXd gradient;
  Eigen::MatrixXd hessian;
};
Eigen::MatrixXd RootJacobian(const Eigen::VectorXd& l);
DerivativesByRoot ByRoot(const Eigen::VectorXd& l,
                         const Eigen::VectorXd& gradient,
                         const Eigen::MatrixXd& hessian);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MIXED_LIKELIHOOD_H_
