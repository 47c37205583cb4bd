// The one table behind every time-to-event statistic: how many subjects had an
// event (by cause), were censored, and entered, at each distinct time.
//
// Counts from different chunks, sites and registries add up, so a table may be
// built in parallel or far away. In the registry times are whole days since
// surgery; on arbitrary data they may be any finite non-negative number.
//
// Order at equal times: event, then censoring, then entry. A subject is at risk
// at time t when it entered before t and its exit time is t or later.
//
// Threads: plain values; const access from any number of threads is safe.
// See: METHODS.md, "Event table".

#ifndef ENTHESIS_STATS_EVENT_TABLE_H_
#define ENTHESIS_STATS_EVENT_TABLE_H_

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace enthesis::stats {

// Counts of one group within one stratum.
//
// Counts are doubles holding whole numbers unless rows carried case weights;
// sums of whole doubles are exact and free of order below 2^53.
struct EventTable {
  int n_causes = 1;              // event types; 1 for plain survival
  std::vector<double> times;     // strictly increasing, finite, >= 0
  std::vector<double> events;    // [time * n_causes + cause], cause from 0
  std::vector<double> censored;  // [time]
  // [time]; at risk only after that time. Whoever is not counted here is at
  // risk from the start; empty: everybody is.
  std::vector<double> entered;

  // All subjects: events of any cause plus censorings.
  double Total() const;
  // All events of `cause` (from 0).
  double TotalEvents(int cause) const;
  // Subjects at risk just before each time; one value per time.
  std::vector<double> AtRisk() const;
};

// Refuses shapes that do not fit, times out of order, negative or non-finite
// counts, and subjects who enter but never leave. INVALID_ARGUMENT.
absl::Status CheckEventTable(const EventTable& table);

// One observation of arbitrary data.
struct EventRow {
  double time = 0;   // exit
  int cause = 0;     // 0 censored, 1..n_causes an event of that cause
  double entry = 0;  // left truncation; at risk on (entry, time]; 0: always
  double weight = 1;
};

// Builds the table of `rows`; event_columns.h is the faster way where the data
// are columns. Times closer than R's `timefix`
// tolerance (sqrt(machine epsilon), relative to the mean absolute time and
// absolute, as survival::aeqSurv) are tied.
//
// Rows of weight 0 are checked and set the tolerance, but are not counted.
//
// Errors: INVALID_ARGUMENT naming the first row (from 0) with a negative or
// non-finite time, entry not before exit (an exit at 0 is fine when no row
// enters late), a cause out of range, or a negative or non-finite weight; then
// the first row whose entry and exit are tied.
// Cost: that of TabulateEventColumns.
absl::StatusOr<EventTable> TabulateEvents(absl::Span<const EventRow> rows,
                                          int n_causes);

// The same for rows of several groups, `groups[i]` in [0, n_groups) the group
// of row i: one table per group, tied by one tolerance over all rows, as R
// does before it splits them. Use it where groups are to be compared.
// Errors: as above, and INVALID_ARGUMENT for a group out of range.
absl::StatusOr<std::vector<EventTable>> TabulateEventGroups(
    absl::Span<const EventRow> rows, absl::Span<const int> groups, int n_groups,
    int n_causes);

// Builds a table from dense per-day counts, keeping only days with a count.
// `events[day * n_causes + cause]` and `censored[day]` start at day 0.
EventTable FromDailyCounts(absl::Span<const double> events,
                           absl::Span<const double> censored, int n_causes);

// Sum of two tables over the same causes (pooling of sites, of chunks). Times
// are matched exactly: whole days are, and so are tables of one tabulation.
// Cost: O(times).
EventTable Merge(const EventTable& a, const EventTable& b);

// The same table with every cause but `kept` (from 0) turned into censoring.
// With `kept` == -1 all causes become one event.
EventTable CollapseCauses(const EventTable& table, int kept);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_EVENT_TABLE_H_
