#include "stats/incidence_curves.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stats/cumulative_incidence.h"
#include "stats/distributions.h"
#include "stats/event_columns.h"
#include "stats/event_table.h"
#include "stats/incidence_jackknife.h"
#include "stats/parallel.h"

namespace enthesis::stats {

absl::StatusOr<IncidenceCurves> EstimateIncidenceCurves(
    const EventColumns& columns, int n_groups, int n_causes,
    const IncidenceOptions& options, ThreadPool* pool) {
  if (absl::Status status = CheckConfLevel(options.conf_level); !status.ok()) {
    return status;
  }
  absl::StatusOr<std::vector<EventTable>> tables =
      TabulateEventColumns(columns, n_groups, n_causes, pool);
  if (!tables.ok()) return tables.status();
  IncidenceCurves result;
  result.tables = std::move(*tables);
  const size_t n = result.tables.size();
  result.curves.resize(n);
  std::vector<absl::Status> statuses(n);
  IncidenceOptions aalen = options;
  aalen.variance = IncidenceVariance::kAalen;
  RunTasks(pool, n, [&](size_t g) {
    CumulativeIncidence& curve = result.curves[g];
    curve.causes.resize(static_cast<size_t>(n_causes));
    if (result.tables[g].Total() > 0) {
      absl::StatusOr<CumulativeIncidence> estimated =
          EstimateCumulativeIncidence(result.tables[g], aalen);
      statuses[g] = estimated.status();
      if (estimated.ok()) curve = std::move(*estimated);
    }
    curve.options = options;
  });
  for (const absl::Status& status : statuses) {
    if (!status.ok()) return status;
  }
  if (std::all_of(result.curves.begin(), result.curves.end(),
                  [](const CumulativeIncidence& c) { return c.n <= 0; })) {
    return absl::FailedPreconditionError("no subjects");
  }
  if (options.variance == IncidenceVariance::kJackknife) {
    JackknifeIncidence(columns, result.tables, result.curves, pool);
  }
  return result;
}

}  // namespace enthesis::stats
