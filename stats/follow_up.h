// Tables derived from a table of survival: of the follow-up itself (reverse
// Kaplan-Meier), and of what happens after a landmark.
// See: METHODS.md, "Follow-up and landmarks".

#ifndef ENTHESIS_STATS_FOLLOW_UP_H_
#define ENTHESIS_STATS_FOLLOW_UP_H_

#include "absl/status/statusor.h"
#include "stats/event_table.h"
#include "stats/kaplan_meier.h"

namespace enthesis::stats {

// The table in which the end of observation is the event, and every event a
// censoring: Schemper & Smith (1996). At equal times an event is still at risk
// of the end of observation, as Surv(time, 1 - status) has it.
EventTable ReverseEvents(const EventTable& table);

// How long subjects were followed: the curve of ReverseEvents, whose `median`
// is the median follow-up. Any number of causes.
// Errors: as EstimateKaplanMeier.
absl::StatusOr<KaplanMeierCurve> EstimateFollowUp(
    const EventTable& table, const KaplanMeierOptions& options = {});

// The table of those observed beyond `landmark`: times after it only, times
// still counted from 0. A curve of it is survival given survival to the
// landmark (with its own variance), a test of it is a landmark test. Subjects
// who entered at or before the landmark are at risk from the start.
EventTable AfterLandmark(const EventTable& table, double landmark);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_FOLLOW_UP_H_
