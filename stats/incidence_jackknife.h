// The infinitesimal jackknife standard error of cumulative incidence.
// Internal to the estimators of incidence. See: METHODS.md, "Cumulative
// incidence".

#ifndef ENTHESIS_STATS_INCIDENCE_JACKKNIFE_H_
#define ENTHESIS_STATS_INCIDENCE_JACKKNIFE_H_

#include <vector>

#include "stats/cumulative_incidence.h"
#include "stats/event_columns.h"
#include "stats/event_table.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// Replaces standard errors and limits of `curve`, which is that of `table`.
// Each count is that many subjects of weight 1, all at risk from the start.
// Cost: O(times x causes).
void JackknifeIncidence(const EventTable& table, CumulativeIncidence& curve);

// The same for each group, a row a subject with its weight and entry; `tables`
// and `curves` are those of the rows.
// Cost: O(n log n + n causes).
void JackknifeIncidence(const EventColumns& columns,
                        const std::vector<EventTable>& tables,
                        std::vector<CumulativeIncidence>& curves,
                        ThreadPool* pool);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_INCIDENCE_JACKKNIFE_H_
