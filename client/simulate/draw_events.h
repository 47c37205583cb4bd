// Events of a synthetic case: milestones, returns, complications, reoperations.
// They happen on a day of their own and are reported at the next visit.

#ifndef ENTHESIS_CLIENT_SIMULATE_DRAW_EVENTS_H_
#define ENTHESIS_CLIENT_SIMULATE_DRAW_EVENTS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "client/simulate/draw.h"
#include "registry/model/case.h"

namespace enthesis::client {

// Something reached on a day, and whether a visit has told so.
struct Reached {
  int32_t day = 0;
  bool happens = false;
  bool reported = false;
};

struct Events {
  Reached weight_bearing, daily_life, union_of_osteotomy;
  std::array<Reached, 3> return_stages;  // participation, sport, performance
  Reached retirement;
  std::vector<model::Complication> complications;  // not yet reported
  std::vector<model::Reoperation> reoperations;    // not yet reported
  bool sustained = false;
};

// Days of everything that happens to a case if it lives and is seen for long.
Events DrawEvents(Random& random, const SiteEffect& site,
                  const model::Case& record);

// Reports at this assessment what has happened by its day.
void ReportEvents(Random& random, const model::Case& record, Events& events,
                  model::FollowUp& follow_up);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_SIMULATE_DRAW_EVENTS_H_
