// Residuals of a Cox model, equal to survival::residuals.coxph.
// See: METHODS.md, "Cox residuals".

#ifndef ENTHESIS_STATS_COX_RESIDUALS_H_
#define ENTHESIS_STATS_COX_RESIDUALS_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "stats/cox.h"
#include "stats/cox_rows.h"
#include "stats/design_matrix.h"

namespace enthesis::stats {

// One value (or p values, p the columns of the design) per row, in the order
// of the rows; 0 for rows of weight or count 0, which take no part.
struct CoxResiduals {
  size_t n = 0;
  size_t p = 0;
  std::vector<double> martingale;  // event - expected events
  std::vector<double> deviance;
  std::vector<double> score;  // [column * n + row]; 0 without estimate
  // Weight x score x model-based covariance: nearly the change of each
  // coefficient when the row is left out. [column * n + row]
  std::vector<double> dfbeta;
};

// One entry per event, by stratum code, then time, then number of the row;
// identical rows given as one with a count are written out.
struct SchoenfeldResiduals {
  size_t n_events = 0;
  size_t p = 0;
  std::vector<double> times;  // [event], ties joined
  std::vector<int> strata;    // [event], code
  std::vector<size_t> rows;   // [event], from 0
  // Covariate less its mean over those at risk: [column * n_events + event].
  std::vector<double> residuals;
  // Grambsch & Therneau (1994): residual x covariance x events + estimate, an
  // estimate of the coefficient at that time. Of columns with an estimate; 0
  // for the others.
  std::vector<double> scaled;
};

// Input: the rows, design and ties of `fit`.
// Errors: INVALID_ARGUMENT (as FitCox; a fit of another design),
// FAILED_PRECONDITION (an infinite coefficient or one out of range).
// Cost: O(n log n + n p^2).
absl::StatusOr<CoxResiduals> ComputeCoxResiduals(const CoxRows& rows,
                                                 const DesignMatrix& design,
                                                 const CoxFit& fit);

absl::StatusOr<SchoenfeldResiduals> ComputeSchoenfeldResiduals(
    const CoxRows& rows, const DesignMatrix& design, const CoxFit& fit);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COX_RESIDUALS_H_
