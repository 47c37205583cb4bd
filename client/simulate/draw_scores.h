// Scores of a synthetic case over its visits.

#ifndef ENTHESIS_CLIENT_SIMULATE_DRAW_SCORES_H_
#define ENTHESIS_CLIENT_SIMULATE_DRAW_SCORES_H_

#include "client/simulate/draw.h"
#include "registry/model/case.h"
#include "registry/model/visits.h"

namespace enthesis::client {

// VISA-A of one case: where it starts and where it ends.
struct ScoreCourse {
  double before = 50;
  double final = 88;  // at 24 months
};
ScoreCourse DrawScoreCourse(Random& random, const SiteEffect& site,
                            const model::Case& record);

// Fills the questionnaire and the measures of one assessment.
void DrawScores(Random& random, const model::Case& record,
                const ScoreCourse& course, model::Visit visit,
                model::FollowUp& follow_up);

// A questionnaire of 8 items with this total, 0 to 100.
model::VisaA DrawItems(Random& random, int32_t total);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_SIMULATE_DRAW_SCORES_H_
