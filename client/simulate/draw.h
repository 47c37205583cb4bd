// One synthetic case: first what is known at surgery, then its course.

#ifndef ENTHESIS_CLIENT_SIMULATE_DRAW_H_
#define ENTHESIS_CLIENT_SIMULATE_DRAW_H_

#include <cstdint>

#include "client/simulate/random.h"
#include "registry/model/case.h"

namespace enthesis::client {

// What sets a site apart.
struct SiteEffect {
  double visa_a_points = 0;          // added to VISA-A after surgery
  double complication_log_odds = 0;  // added to the log odds
  bool chases_answers = true;        // telephones those who do not answer
};
SiteEffect DrawSiteEffect(Random& random);

// Baseline, conservative care and operation. Ids stay zero; no surgery year:
// that comes with the date.
model::Case DrawBaseline(Random& random);

// The other limb of the same person, operated later.
model::Case DrawOtherLimb(Random& random, const model::Case& first);

// Adds the assessment before surgery, the follow-ups up to
// `days_until_cut` after surgery, and the status.
void DrawCourse(Random& random, const SiteEffect& site, int32_t days_until_cut,
                model::Case& record);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_SIMULATE_DRAW_H_
