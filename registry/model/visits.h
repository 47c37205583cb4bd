// Scheduled visits and their windows. Windows are contiguous from day 7 to day
// 1094, then a gap; an assessment outside every window is unscheduled.

#ifndef ENTHESIS_REGISTRY_MODEL_VISITS_H_
#define ENTHESIS_REGISTRY_MODEL_VISITS_H_

#include <array>
#include <cstdint>
#include <optional>

#include "registry/model/case.h"

namespace enthesis::model {

enum class Visit : int32_t {
  kBaseline = 1,
  k2Weeks = 2,
  k6Weeks = 3,
  k3Months = 4,
  k6Months = 5,
  k12Months = 6,
  k24Months = 7,
  k60Months = 8,
};
inline constexpr int kVisitCount = 8;

struct VisitWindow {
  Visit visit;
  const char* code;  // "baseline", "2_weeks", ... "60_months"
  const char* label;
  int32_t target_day;
  int32_t first_day, last_day;  // both included
};

// In order of time.
extern const std::array<VisitWindow, kVisitCount> kVisitWindows;
extern const CodeList kVisitCodes;

// The window that holds `day`; nullopt when unscheduled.
std::optional<Visit> VisitOfDay(int32_t day);

// The assessment that stands for each visit, among the follow-ups for which
// `counts` holds: baseline is the latest at or before day 0; otherwise the
// nearest to the target day, then the earlier. Null where there is none.
// Index: visit - 1.
std::array<const FollowUp*, kVisitCount> AssignVisits(
    const Case& record, bool (*counts)(const FollowUp& follow_up));

// Whole days in `months`: a month is 30.4375 days, rounded.
int32_t MonthsToDays(double months);

// Whether the visit of a case operated in `surgery_year` counts for
// completeness on `utc_day` (days since 1970-01-01): 31 December of that year
// plus the window's last day has passed.
bool VisitIsDue(Visit visit, int32_t surgery_year, int32_t utc_day);

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_VISITS_H_
