// The days of events that an assessment reports.

#ifndef ENTHESIS_REGISTRY_VALIDATION_EVENT_DAYS_H_
#define ENTHESIS_REGISTRY_VALIDATION_EVENT_DAYS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "registry/model/case.h"

namespace enthesis::validation {

struct EventDay {
  std::string name;  // "return_sport_day", "complications[1].day"
  int32_t day;
};

// In the order of the fields; absent days are left out, and so is what lies
// beyond the limits of limits.h.
std::vector<EventDay> EventDaysOf(const model::FollowUp& follow_up);

}  // namespace enthesis::validation

#endif  // ENTHESIS_REGISTRY_VALIDATION_EVENT_DAYS_H_
