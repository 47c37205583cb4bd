// The two ways from checked rows to event tables: counting whole times into a
// dense table, and sorting. Both give the same tables; event_columns.h chooses.

#ifndef ENTHESIS_STATS_EVENT_COUNTS_H_
#define ENTHESIS_STATS_EVENT_COUNTS_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/event_columns.h"
#include "stats/event_table.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// Rows that were found in order, and what was learned on the way. Tables are
// numbered stratum by stratum, the groups of a stratum one after another.
struct CheckedRows {
  EventColumns columns;
  absl::Span<const int> strata;  // empty: one stratum
  size_t n_strata = 1;
  size_t n_groups = 1;
  size_t n_causes = 1;
  bool delayed = false;  // some row enters after 0
  bool whole = false;    // times and entries are whole and below 2^30
  double last_time = 0;  // the largest
  double largest_weight = 1;

  size_t n_rows() const { return columns.times.size(); }
  size_t n_tables() const { return n_strata * n_groups; }
  // Kinds of count at one time: censored, each cause, and entries if any.
  size_t n_kinds() const { return n_causes + (delayed ? 2 : 1); }
  size_t TableOf(size_t row) const {
    const size_t group =
        columns.groups.empty() ? 0 : static_cast<size_t>(columns.groups[row]);
    return strata.empty() ? group
                          : static_cast<size_t>(strata[row]) * n_groups + group;
  }
};

// Whether a dense table of every day is small beside the rows.
bool CountingFits(const CheckedRows& rows);

// Needs CountingFits(rows). O(n + days x tables).
std::vector<EventTable> CountWholeTimes(const CheckedRows& rows,
                                        ThreadPool* pool);

// Any times. Errors: INVALID_ARGUMENT naming the first row whose entry and
// exit are tied.
absl::StatusOr<std::vector<EventTable>> SortTimes(const CheckedRows& rows,
                                                  ThreadPool* pool);

// Appends a time without counts.
void AppendTime(double time, bool delayed, EventTable& table);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_EVENT_COUNTS_H_
