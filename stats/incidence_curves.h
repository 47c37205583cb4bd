// Cumulative incidence of groups straight from rows: what event tables cannot
// answer, because they do not say who entered when and with which weight.
// See: METHODS.md, "Cumulative incidence".

#ifndef ENTHESIS_STATS_INCIDENCE_CURVES_H_
#define ENTHESIS_STATS_INCIDENCE_CURVES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "stats/cumulative_incidence.h"
#include "stats/event_columns.h"
#include "stats/event_table.h"
#include "stats/parallel.h"

namespace enthesis::stats {

struct IncidenceCurves {
  // One per group. A group without rows, or of weight 0 in all, has an empty
  // table and a curve with n = 0 and no points.
  std::vector<EventTable> tables;
  std::vector<CumulativeIncidence> curves;
};

// Input: `n_groups`, `n_causes` >= 1. With IncidenceVariance::kJackknife each
// row is a subject, its weight a case weight and late entry allowed, as
// survival::survfit of several states; with kAalen a weight counts subjects.
// Groups are shared out over `pool`; null: this thread.
// Errors: INVALID_ARGUMENT as TabulateEventColumns, and for the confidence
// level; FAILED_PRECONDITION when no group has subjects.
// Cost: O(n log n), and O(times x causes).
absl::StatusOr<IncidenceCurves> EstimateIncidenceCurves(
    const EventColumns& columns, int n_groups, int n_causes,
    const IncidenceOptions& options = {}, ThreadPool* pool = nullptr);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_INCIDENCE_CURVES_H_
