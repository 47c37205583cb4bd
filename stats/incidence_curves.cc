#include "stats/incidence_curves.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/cumulative_incidence.h"
#include "stats/distributions.h"
#include "stats/event_table.h"
#include "stats/incidence_jackknife.h"

namespace enthesis::stats {

absl::StatusOr<IncidenceCurves> EstimateIncidenceCurves(
    absl::Span<const EventRow> rows, absl::Span<const int> groups, int n_groups,
    int n_causes, const IncidenceOptions& options) {
  if (absl::Status status = CheckConfLevel(options.conf_level); !status.ok()) {
    return status;
  }
  absl::StatusOr<std::vector<EventTable>> tables =
      TabulateEventGroups(rows, groups, n_groups, n_causes);
  if (!tables.ok()) return tables.status();
  IncidenceCurves result;
  IncidenceOptions aalen = options;
  aalen.variance = IncidenceVariance::kAalen;
  bool any = false;
  for (EventTable& table : *tables) {
    CumulativeIncidence curve;
    curve.causes.resize(static_cast<size_t>(n_causes));
    curve.options = options;
    if (table.Total() > 0) {
      absl::StatusOr<CumulativeIncidence> estimated =
          EstimateCumulativeIncidence(table, aalen);
      if (!estimated.ok()) return estimated.status();
      curve = *estimated;
      curve.options = options;
      any = true;
    }
    result.tables.push_back(std::move(table));
    result.curves.push_back(std::move(curve));
  }
  if (!any) return absl::FailedPreconditionError("no subjects");
  if (options.variance == IncidenceVariance::kJackknife) {
    JackknifeIncidence(rows, groups, result.tables, result.curves);
  }
  return result;
}

}  // namespace enthesis::stats
