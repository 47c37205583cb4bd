// The maximum of a Fine-Gray log pseudo-likelihood by Newton's method.
// Internal to the Fine-Gray estimators. See: METHODS.md, "Fine-Gray
// regression".

#ifndef ENTHESIS_STATS_FINE_GRAY_OPTIMUM_H_
#define ENTHESIS_STATS_FINE_GRAY_OPTIMUM_H_

#include <cstddef>
#include <stop_token>
#include <vector>

#include "absl/status/statusor.h"
#include "stats/fine_gray_likelihood.h"
#include "stats/fine_gray_table.h"
#include "stats/regression.h"

namespace enthesis::stats {

// Of the scaled columns of a table, p of them.
struct FineGrayOptimum {
  std::vector<ColumnOutcome> columns;
  std::vector<double> coefficients;  // of a separated column: where it stopped
  // Inverse of the information, [column * p + column]; 0 for columns that are
  // dropped or have no information left.
  std::vector<double> covariance;
  double log_likelihood_null = 0;
  double log_likelihood = 0;
  double score_statistic = 0;  // at 0
  size_t rank = 0;             // columns not dropped
  int iterations = 0;
};

// Leaves `likelihood` evaluated at the coefficients.
// Errors: FAILED_PRECONDITION (no convergence), CANCELLED.
absl::StatusOr<FineGrayOptimum> MaximizeFineGrayLikelihood(
    const FineGrayTable& table, int max_iterations,
    FineGrayLikelihood& likelihood, const std::stop_token& stop);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_FINE_GRAY_OPTIMUM_H_
