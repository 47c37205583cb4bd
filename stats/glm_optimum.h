// The maximum of the likelihood of a generalized linear model by Newton's
// method. Internal to the generalized linear models, with Eigen's types: not
// installed. See: METHODS.md, "Generalized linear models".

#ifndef ENTHESIS_STATS_GLM_OPTIMUM_H_
#define ENTHESIS_STATS_GLM_OPTIMUM_H_

#include <Eigen/Dense>
#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "stats/glm_likelihood.h"
#include "stats/stop.h"

namespace enthesis::stats {

// Of working columns, the first `k` of a table.
struct GlmOptimum {
  Eigen::VectorXd coefficients;
  // Inverse of the expected information; 0 for columns that nothing is left to
  // learn about from the nodes that are not excluded.
  Eigen::MatrixXd covariance;
  // Directions, one a column, along which the nodes that are not excluded do
  // not change: with an excluded node the estimate is infinite along them.
  Eigen::MatrixXd escapes;
  bool separated = false;  // nodes were excluded
  double objective = 0;
  double pearson = 0;
  // Firth's: half the logarithm of the determinant of the information.
  double penalty = 0;
  int iterations = 0;
};

// At `start`, its maximum over the first start.size() columns. A node whose
// fitted value runs to its bound for ever is excluded from `likelihood`, then
// the rest is maximized: the limit of the likelihood.
// Errors: FAILED_PRECONDITION (no convergence), CANCELLED (once `stop` was
// requested).
absl::StatusOr<GlmOptimum> MaximizeGlmLikelihood(GlmLikelihood& likelihood,
                                                 const Eigen::VectorXd& start,
                                                 const SearchLimits& limits);

// Of a logistic likelihood, Firth's penalized maximum: finite always.
// Errors: as MaximizeGlmLikelihood.
absl::StatusOr<GlmOptimum> MaximizeFirthLikelihood(
    const GlmLikelihood& likelihood, const Eigen::VectorXd& start,
    const SearchLimits& limits);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_GLM_OPTIMUM_H_
