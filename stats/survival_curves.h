// Kaplan-Meier curves of groups straight from rows, with R's rule for case
// weights: all whole, and a weight counts rows (Greenwood); any fractional,
// and the standard error is robust (infinitesimal jackknife).
// See: METHODS.md, "Kaplan-Meier".

#ifndef ENTHESIS_STATS_SURVIVAL_CURVES_H_
#define ENTHESIS_STATS_SURVIVAL_CURVES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "stats/event_columns.h"
#include "stats/event_table.h"
#include "stats/kaplan_meier.h"
#include "stats/parallel.h"

namespace enthesis::stats {

struct SurvivalCurves {
  // One per group. A group without rows, or of weight 0 in all, has an empty
  // table and a curve with n = 0 and no points.
  std::vector<EventTable> tables;  // one cause: every event counts
  std::vector<KaplanMeierCurve> curves;
  // Robust standard errors, in all groups: some weight is not whole. Every row
  // is then a subject of its own, also where several rows enter late.
  bool robust = false;
};

// Input: `n_groups` >= 1; causes above 0 are all events (`n_causes` of them).
// Errors: INVALID_ARGUMENT as TabulateEventColumns, and for the confidence
// level; FAILED_PRECONDITION when no group has subjects.
// Cost: that of the tables; with fractional weights also O(n log n).
absl::StatusOr<SurvivalCurves> EstimateSurvivalCurves(
    const EventColumns& columns, int n_groups, int n_causes,
    const KaplanMeierOptions& options = {}, ThreadPool* pool = nullptr);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_SURVIVAL_CURVES_H_
