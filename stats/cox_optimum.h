// The maximum of a Cox log partial likelihood by Newton's method.
// Internal to the Cox estimators. See: METHODS.md, "Cox regression".

#ifndef ENTHESIS_STATS_COX_OPTIMUM_H_
#define ENTHESIS_STATS_COX_OPTIMUM_H_

#include <cstddef>
#include <stop_token>
#include <vector>

#include "absl/status/statusor.h"
#include "stats/cox_likelihood.h"
#include "stats/cox_table.h"
#include "stats/regression.h"

namespace enthesis::stats {

// Of the scaled columns of a table, p of them.
struct CoxOptimum {
  std::vector<ColumnOutcome> columns;
  std::vector<double> coefficients;  // of a separated column: where it stopped
  // [column * p + column]; 0 for columns that are dropped or did not move at
  // the end. Separated columns that are finite relative to another one count.
  std::vector<double> covariance;
  double log_likelihood_null = 0;
  double log_likelihood = 0;
  double score_statistic = 0;  // at 0
  size_t rank = 0;             // columns not dropped
  int iterations = 0;
};

// Errors: FAILED_PRECONDITION (no convergence), CANCELLED.
absl::StatusOr<CoxOptimum> MaximizeCoxLikelihood(const CoxTable& table,
                                                 int max_iterations,
                                                 CoxLikelihood& likelihood,
                                                 const std::stop_token& stop);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COX_OPTIMUM_H_
