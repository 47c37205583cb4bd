// The variances of a linear mixed model at the best likelihood, by Newton's
// method. Internal to linear mixed models, with Eigen's types: not installed.
// See: METHODS.md, "Linear mixed model".

#ifndef ENTHESIS_STATS_MIXED_OPTIMUM_H_
#define ENTHESIS_STATS_MIXED_OPTIMUM_H_

#include <Eigen/Dense>

#include "absl/status/statusor.h"
#include "stats/mixed_likelihood.h"
#include "stats/stop.h"

namespace enthesis::stats {

struct MixedOptimum {
  // The parameters, the diagonal of L and t 0 or more: exactly 0 at the edge of
  // what the variances can be.
  Eigen::VectorXd l;
  MixedDerivatives at;
  bool singular = false;  // D has no inverse, or t is 0
  int iterations = 0;
};

// The best of what starts all over the range lead to.
// Errors: FAILED_PRECONDITION (no convergence).
absl::StatusOr<MixedOptimum> MinimizeMixedCriterion(
    const MixedLikelihood& likelihood, const SearchLimits& limits);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MIXED_OPTIMUM_H_
