// Estimates and tests of combinations of the coefficients of a mixed model for
// repeated measures.
//
// Internal to the mixed model for repeated measures, with Eigen's types: not
// installed.

#ifndef ENTHESIS_STATS_MMRM_INFERENCE_H_
#define ENTHESIS_STATS_MMRM_INFERENCE_H_

#include <Eigen/Dense>
#include <cstddef>
#include <optional>
#include <vector>

#include "stats/mmrm.h"
#include "stats/mmrm_likelihood.h"
#include "stats/mmrm_optimum.h"
#include "stats/mmrm_table.h"
#include "stats/term_test.h"

namespace enthesis::stats {

// A combination of intercept and kept columns: `constant` of the response's
// mean, and distances from the means of the columns.
struct Combination {
  double constant = 0;
  std::vector<double> distances;
};

class MmrmInference {
 public:
  // `likelihood` and `optimum` may be null: a fit without errors.
  MmrmInference(const MmrmTable& table, const MmrmOptions& options,
                const MmrmLikelihood* likelihood, const MmrmOptimum* optimum);

  MmrmEstimate Of(const Combination& combination) const;
  // Of a column by its place among the kept ones; none: the intercept.
  MmrmEstimate OfColumn(std::optional<size_t> place) const;
  // F that combinations without a constant, independent of each other, are 0.
  void Test(const std::vector<Combination>& combinations, TermTest& test) const;

 private:
  Eigen::VectorXd WorkingRow(const Combination& combination) const;
  Eigen::VectorXd ByElement(const Eigen::VectorXd& a,
                            const Eigen::VectorXd& b) const;
  std::optional<double> DfOf(const Eigen::VectorXd& standard) const;
  void TestSatterthwaite(const Eigen::MatrixXd& standard,
                         const Eigen::VectorXd& values, TermTest& test) const;
  void TestKenwardRoger(const Eigen::MatrixXd& standard,
                        const Eigen::VectorXd& values, TermTest& test) const;

  const MmrmTable& table_;
  const MmrmOptions& options_;
  const MmrmOptimum* optimum_;
  // Of L' times the fixed effects; the identity unless adjusted.
  Eigen::MatrixXd effects_covariance_;
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MMRM_INFERENCE_H_
