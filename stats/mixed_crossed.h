// The likelihood of a linear mixed model with a random intercept by site beside
// the random effects by group. Groups are eliminated one by one, as without
// sites; the sites are then penalized columns beside X (Henderson).
//
// With U = [t W, X] and V_0 = I + Z D Z', all rests on H = U' V_0^-1 U + the
// identity of the sites: |V| |X' V^-1 X| = |V_0| |H|, and the coefficients with
// the sites' effects over t are H^-1 U' V_0^-1 y.
//
// Internal to linear mixed models, with Eigen's types: not installed.
// See: METHODS.md, "Linear mixed model".

#ifndef ENTHESIS_STATS_MIXED_CROSSED_H_
#define ENTHESIS_STATS_MIXED_CROSSED_H_

#include <Eigen/Dense>
#include <vector>

#include "stats/mixed_likelihood.h"

namespace enthesis::stats {

// Relative to sigma.
struct SitePredictions {
  Eigen::VectorXd effects;   // best linear unbiased
  Eigen::MatrixXd variance;  // given the coefficients
};

class CrossedLikelihood : public MixedLikelihood {
 public:
  // `table`, with sites, must outlive it. The same bytes for any number of
  // threads. Cost: O(groups (p + their sites)^2 + (p + sites)^3) a call.
  CrossedLikelihood(const MixedTable& table, bool reml, ThreadPool* pool)
      : MixedLikelihood(table, reml, pool) {}

  MixedFitAt FitFor(const Eigen::VectorXd& l) const override;
  MixedDerivatives Derive(const Eigen::VectorXd& l) const override;
  SitePredictions Predict(const Eigen::VectorXd& l) const;

 private:
  struct Rows;
  struct Solution;
  struct Sums;
  // Divides the blocks into runs, the same for any number of threads.
  size_t n_runs() const;
  template <typename Task>
  void ForRuns(const Task& task) const;
  Rows Combine(const MixedBlock& block, const Eigen::ArrayXd (&by)[2][2]) const;
  void AddCross(const MixedBlock& block, const Rows& rows, Eigen::Index c,
                Eigen::Index d, Eigen::MatrixXd& cross) const;
  Eigen::MatrixXd CrossFor(const Eigen::VectorXd& l,
                           double& log_determinant) const;
  Solution SolveFor(const Eigen::VectorXd& l) const;
  void Invert(Solution& at) const;
  Eigen::MatrixXd ResidualsOf(const MixedBlock& block, const Rows& rows,
                              const Solution& at) const;
  Eigen::MatrixXd SpreadOf(const MixedBlock& block, const Rows& rows,
                           const Solution& at) const;
  void AddCurvature(const MixedBlock& block, const MixedWeights& weights,
                    const Rows& rows, const Solution& at, Sums& sums) const;
  Sums SumDerivatives(const Solution& at, const Eigen::VectorXd& l) const;
  Eigen::MatrixXd BySite(const Solution& at,
                         const Eigen::MatrixXd& cross) const;
  std::vector<Eigen::MatrixXd> AddBySite(const Solution& at, Sums& sums) const;
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MIXED_CROSSED_H_
