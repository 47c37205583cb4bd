// How complete the follow-up of one's own site is, by visit and item, with the
// registry's denominator (visit_state.h): numerator and denominator run over
// the same cases, those for which the visit counts.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_CARE_ITEM_COMPLETENESS_H_
#define ENTHESIS_CLIENT_CARE_ITEM_COMPLETENESS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/care/site_cases.h"
#include "registry/model/visits.h"

namespace enthesis::client {

struct ItemCompleteness {
  model::Visit visit = model::Visit::kBaseline;
  std::string item;  // name of the field; "follow_up" is what makes the visit
  int64_t due = 0;   // cases that the item is asked of
  int64_t completed = 0;

  // Absent where nothing is due.
  std::optional<double> Share() const;
};

// One row a visit, in order of time, for what makes it: a VISA-A total, at 2
// weeks any assessment. With `items` also each field of an assessment, and at
// the baseline each field that is known before surgery and may be blank. An
// item is asked only of whom it can be asked: return to sport of athletes, the
// symmetry of limbs where one has symptoms, sustained return from 24 months on,
// no questionnaire at 2 weeks.
std::vector<ItemCompleteness> CompletenessOf(const SiteCases& held,
                                             int32_t utc_day, bool items);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CARE_ITEM_COMPLETENESS_H_
