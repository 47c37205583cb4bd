// The likelihood of a linear mixed model and its derivatives by the variances.
//
// The response has covariance sigma^2 V, V = I + Z D Z' by group and, with
// sites, + t^2 W W' by site. D = L L' with L = [l0 0; l1 l2] (l0 alone without
// a slope). The entries of L, then t, are the parameters: any are allowed, and
// a variance of 0 is no edge.
//
// Internal to linear mixed models, with Eigen's types: not installed.
// See: METHODS.md, "Linear mixed model".

#ifndef ENTHESIS_STATS_MIXED_LIKELIHOOD_H_
#define ENTHESIS_STATS_MIXED_LIKELIHOOD_H_

#include <Eigen/Dense>
#include <vector>

#include "stats/mixed_table.h"
#include "stats/mixed_weights.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// X and y as in the table, for given variances.
struct MixedFitAt {
  Eigen::VectorXd coefficients;  // generalized least squares
  Eigen::MatrixXd inverse;       // of X' V^-1 X
  double residual_squares = 0;   // (y - X b)' V^-1 (y - X b)
  double log_determinant = 0;    // of V; with REML also of X' V^-1 X
};

// By the parameters.
struct MixedDerivatives {
  MixedFitAt fit;
  Eigen::VectorXd determinant_1, squares_1;
  Eigen::MatrixXd determinant_2, squares_2;
  std::vector<Eigen::MatrixXd> inverse_1;
};

class MixedLikelihood {
 public:
  virtual ~MixedLikelihood() = default;

  virtual MixedFitAt FitFor(const Eigen::VectorXd& l) const = 0;
  virtual MixedDerivatives Derive(const Eigen::VectorXd& l) const = 0;

  // -2 log-likelihood but for constants, sigma at its best for this D.
  double Criterion(const MixedFitAt& fit) const;
  // What the parameters multiply in the data, at most.
  Eigen::VectorXd Lengths() const;

  // Rows, less the coefficients with REML: what sigma^2 divides by.
  double n_free() const {
    return static_cast<double>(table_->n_rows) -
           (reml_ ? static_cast<double>(table_->n_working) : 0);
  }
  // Entries of L.
  Eigen::Index n_root() const { return table_->has_slope ? 3 : 1; }
  Eigen::Index n_parameters() const {
    return n_root() + (table_->sites.n() > 0 ? 1 : 0);
  }
  bool reml() const { return reml_; }
  const MixedTable& table() const { return *table_; }

 protected:
  MixedLikelihood(const MixedTable& table, bool reml, ThreadPool* pool)
      : table_(&table), reml_(reml), pool_(pool) {}
  // `cross`: [X y]' V^-1 [X y].
  MixedFitAt Solve(const Eigen::MatrixXd& cross, double log_determinant) const;
  ThreadPool* pool() const { return pool_; }

 private:
  const MixedTable* table_;
  bool reml_;
  ThreadPool* pool_;
};

// Without sites.
class GroupedLikelihood : public MixedLikelihood {
 public:
  // `table` must outlive it. The same bytes for any number of threads.
  GroupedLikelihood(const MixedTable& table, bool reml, ThreadPool* pool)
      : MixedLikelihood(table, reml, pool) {}

  MixedFitAt FitFor(const Eigen::VectorXd& l) const override;
  MixedDerivatives Derive(const Eigen::VectorXd& l) const override;

 private:
  struct Sums;
  void AddSecond(const MixedBlock& block, const MixedWeights& weights,
                 const MixedFitAt& fit, const Eigen::MatrixXd& root,
                 Sums& sums) const;
};

// From derivatives by the entries of D = L L', d00 and, with a slope, d01 (both
// of them) and d11, then t, to those by the parameters.
MixedDerivatives ByRoot(const Eigen::VectorXd& l,
                        const MixedDerivatives& by_entry);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MIXED_LIKELIHOOD_H_
