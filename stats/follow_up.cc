#include "stats/follow_up.h"

#include <algorithm>
#include <cstddef>

#include "absl/status/statusor.h"
#include "stats/event_table.h"
#include "stats/kaplan_meier.h"

namespace enthesis::stats {

EventTable ReverseEvents(const EventTable& table) {
  EventTable reversed = CollapseCauses(table, -1);
  reversed.events.swap(reversed.censored);
  return reversed;
}

absl::StatusOr<KaplanMeierCurve> EstimateFollowUp(
    const EventTable& table, const KaplanMeierOptions& options) {
  // Before the causes are read: they must fit.
  if (absl::Status status = CheckEventTable(table); !status.ok()) {
    return status;
  }
  return EstimateKaplanMeier(ReverseEvents(table), options);
}

EventTable AfterLandmark(const EventTable& table, double landmark) {
  const std::ptrdiff_t first =
      std::upper_bound(table.times.begin(), table.times.end(), landmark) -
      table.times.begin();
  EventTable after;
  after.n_causes = table.n_causes;
  after.times.assign(table.times.begin() + first, table.times.end());
  after.events.assign(table.events.begin() + first * table.n_causes,
                      table.events.end());
  after.censored.assign(table.censored.begin() + first, table.censored.end());
  if (!table.entered.empty()) {
    after.entered.assign(table.entered.begin() + first, table.entered.end());
  }
  return after;
}

}  // namespace enthesis::stats
