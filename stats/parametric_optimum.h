// The maximum of the log-likelihood of a parametric model by Newton's method.
// Internal to the parametric estimators. See: METHODS.md, "Parametric
// regression".

#ifndef ENTHESIS_STATS_PARAMETRIC_OPTIMUM_H_
#define ENTHESIS_STATS_PARAMETRIC_OPTIMUM_H_

#include <cstddef>
#include <stop_token>
#include <vector>

#include "absl/status/statusor.h"
#include "stats/parametric.h"
#include "stats/parametric_likelihood.h"
#include "stats/regression.h"

namespace enthesis::stats {

// Of the intercept and the scaled columns of a table.
struct ParametricOptimum {
  // Intercept first; it is never dropped. Outcomes are those of the intercept
  // and slopes of columns that are not centered.
  std::vector<ColumnOutcome> columns;
  ParametricPoint point;  // a separated slope: where it stopped
  // Inverse of the information by slopes and log of the rate as in
  // ParametricDerivatives, in units; 0 for what is dropped or has no
  // information left.
  std::vector<double> covariance;
  ParametricOutcome outcome = ParametricOutcome::kEstimated;  // else no more
  double log_likelihood_null = 0;  // of intercept and scale alone, in units
  double log_likelihood = 0;
  size_t rank = 0;  // columns not dropped, without the intercept
  int iterations = 0;
};

// The table must hold nodes that end the time from above and from below.
// Errors: FAILED_PRECONDITION (no convergence), CANCELLED.
absl::StatusOr<ParametricOptimum> MaximizeParametricLikelihood(
    const ParametricLikelihood& likelihood, int max_iterations,
    const std::stop_token& stop);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_PARAMETRIC_OPTIMUM_H_
