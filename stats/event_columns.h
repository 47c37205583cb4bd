// Event tables straight from columns: the fast way from rows to every
// nonparametric estimate of survival.
//
// Whole times (days) are counted into a dense table; other times are sorted by
// the bits of their values. Sums of weights are exact before they are rounded
// once, so a table has the same bytes for any order of rows and any number of
// threads.
//
// Threads: the columns are only read; a pool is shared, not owned.
// See: METHODS.md, "Event table".

#ifndef ENTHESIS_STATS_EVENT_COLUMNS_H_
#define ENTHESIS_STATS_EVENT_COLUMNS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/event_table.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// One observation a row; a column that is empty has its default in every row.
// The fields are those of EventRow.
struct EventColumns {
  absl::Span<const double> times = {};    // exit
  absl::Span<const int> causes = {};      // 0 censored, 1..n_causes an event
  absl::Span<const int> groups = {};      // from 0; empty: all in group 0
  absl::Span<const double> entries = {};  // left truncation; empty or 0: none
  absl::Span<const double> weights = {};  // empty: 1
};

// One table per group, as TabulateEventGroups gives of the same rows: ties by
// one tolerance over all rows, times of R's `timefix`.
//
// Input: `n_groups`, `n_causes` >= 1. `pool` may be null: one thread.
// Errors: INVALID_ARGUMENT for columns of different length; then as
// TabulateEventGroups, naming the first faulty row (from 0).
// Cost: O(n) for whole times up to about n; else O(n) passes of a radix sort.
absl::StatusOr<std::vector<EventTable>> TabulateEventColumns(
    const EventColumns& columns, int n_groups, int n_causes,
    ThreadPool* pool = nullptr);

// The same, split by stratum: element [s][g] is the table of group g within
// stratum s, as the rank tests take them. `strata[i]` in [0, n_strata) is the
// stratum of row i; empty: one stratum.
// Errors: as above, and INVALID_ARGUMENT for a stratum out of range.
absl::StatusOr<std::vector<std::vector<EventTable>>> TabulateStrata(
    const EventColumns& columns, absl::Span<const int> strata, int n_strata,
    int n_groups, int n_causes, ThreadPool* pool = nullptr);

// Whether any weight is not a whole number: survival::survfit then changes to
// its robust standard error (survival_curves.h).
bool HasFractionalWeights(const EventColumns& columns);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_EVENT_COLUMNS_H_
