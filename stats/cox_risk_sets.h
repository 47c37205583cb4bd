// The risk sets of a Cox model at given coefficients, one per group of a
// CoxTable, kept for what comes after the fit: robust variance, residuals,
// curves, the test of proportional hazards.
// Internal to the Cox estimators.

#ifndef ENTHESIS_STATS_COX_RISK_SETS_H_
#define ENTHESIS_STATS_COX_RISK_SETS_H_

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "stats/cox_table.h"
#include "stats/cox_ties.h"
#include "stats/design_matrix.h"

namespace enthesis::stats {

struct CoxFit;

struct CoxRiskSets {
  size_t p = 0;
  std::vector<double> relative_risks;  // [node] exp(predictor), of one row

  // [group]
  std::vector<double> risk;      // S: weighted sum of the relative risks
  std::vector<TiedSums> tied;    // zeros without events
  std::vector<double> n_events;  // rows
  std::vector<double> event_weight;
  // [group * p + column], scaled columns: sums of x over those at risk, and
  // over those with the event, over S.
  std::vector<double> at_risk_means;
  std::vector<double> event_means;
  // [group] cumulated within the stratum, the group's own time included: the
  // hazard, its variance (sum of q^2 / S^2), and by column the integral of the
  // mean at risk over the hazard.
  std::vector<double> hazard;
  std::vector<double> hazard_variance;
  std::vector<double> mean_hazard;
};

// Cost: O(n p), one thread.
CoxRiskSets SumCoxRiskSets(const CoxTable& table, CoxTies ties,
                           absl::Span<const double> coefficients);

// The mean of x that events of `group` are held against, averaged over them.
void MeanAtEvents(const CoxRiskSets& sets, size_t group,
                  absl::Span<double> mean);

// The hazard that a row of `node`, of `group`, was exposed to, and by column
// the integral of the mean at risk over it.
double ExposedHazard(const CoxTable& table, const CoxRiskSets& sets,
                     size_t node, size_t group, absl::Span<double> mean_hazard);

// Score residual of one row of `node` by scaled column, not weighted.
void ScoreResidual(const CoxTable& table, const CoxRiskSets& sets, size_t node,
                   size_t group, absl::Span<double> residual);

// Scaled coefficients of a fit for the table of its rows.
// Errors: INVALID_ARGUMENT (a fit of another design), FAILED_PRECONDITION (an
// infinite coefficient or one out of range).
absl::StatusOr<std::vector<double>> ScaledEstimates(const CoxFit& fit,
                                                    const DesignMatrix& design,
                                                    const CoxTable& table);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COX_RISK_SETS_H_
