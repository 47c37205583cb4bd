// Which visits of a case are due, and which were made, as the registry reckons
// completeness: a visit counts once 31 December of the year of surgery plus the
// last day of its window has passed. No date of surgery is needed.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_CARE_VISIT_STATE_H_
#define ENTHESIS_CLIENT_CARE_VISIT_STATE_H_

#include <cstdint>
#include <vector>

#include "registry/model/case.h"
#include "registry/model/visits.h"

namespace enthesis::client {

// Bit visit - 1 of each set.
using VisitSet = uint8_t;

constexpr VisitSet BitOf(model::Visit visit) {
  return static_cast<VisitSet>(1U << (static_cast<unsigned>(visit) - 1));
}

// Visits that count on `utc_day`, days since 1970-01-01. Of a patient who died,
// none: the case leaves numerator and denominator. Lost and declined stay.
VisitSet CountedVisits(const model::Case& record, int32_t utc_day);

// Visits with a VISA-A total; at 2 weeks with any assessment, for the
// questionnaire means nothing then.
VisitSet CompletedVisits(const model::Case& record);

// Codes of the visits of a set, in order of time.
std::vector<const char*> CodesOf(VisitSet visits);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CARE_VISIT_STATE_H_
