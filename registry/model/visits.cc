#include "registry/model/visits.h"

#include <cmath>
#include <cstdlib>

#include "registry/model/limits.h"

namespace enthesis::model {
namespace {

constexpr Code kVisit[] = {
    {1, "baseline", "before surgery"}, {2, "2_weeks", "2 weeks"},
    {3, "6_weeks", "6 weeks"},         {4, "3_months", "3 months"},
    {5, "6_months", "6 months"},       {6, "12_months", "12 months"},
    {7, "24_months", "24 months"},     {8, "60_months", "60 months"},
};

// Days from 1970-01-01 to 31 December of `year` in the Gregorian calendar.
int32_t LastDayOfYear(int32_t year) {
  const int32_t y = year;  // whole years up to the end of `year`
  const int32_t days = 365 * y + y / 4 - y / 100 + y / 400;
  constexpr int32_t kTo1969 = 365 * 1969 + 1969 / 4 - 1969 / 100 + 1969 / 400;
  return days - kTo1969 - 1;
}

}  // namespace

const std::array<VisitWindow, kVisitCount> kVisitWindows = {{
    {Visit::kBaseline, "baseline", "before surgery", 0, kMinDay, 0},
    {Visit::k2Weeks, "2_weeks", "2 weeks", 14, 7, 28},
    {Visit::k6Weeks, "6_weeks", "6 weeks", 42, 29, 63},
    {Visit::k3Months, "3_months", "3 months", 91, 64, 136},
    {Visit::k6Months, "6_months", "6 months", 183, 137, 273},
    {Visit::k12Months, "12_months", "12 months", 365, 274, 547},
    {Visit::k24Months, "24_months", "24 months", 730, 548, 1094},
    {Visit::k60Months, "60_months", "60 months", 1826, 1461, 2191},
}};
const CodeList kVisitCodes{"visit", kVisit};

std::optional<Visit> VisitOfDay(int32_t day) {
  for (const VisitWindow& window : kVisitWindows) {
    if (day >= window.first_day && day <= window.last_day) return window.visit;
  }
  return std::nullopt;
}

std::array<const FollowUp*, kVisitCount> AssignVisits(
    const Case& record, bool (*counts)(const FollowUp& follow_up)) {
  std::array<const FollowUp*, kVisitCount> chosen{};
  for (const FollowUp& follow_up : record.follow_ups) {
    if (!follow_up.day.has_value() || !counts(follow_up)) continue;
    const std::optional<Visit> visit = VisitOfDay(*follow_up.day);
    if (!visit.has_value()) continue;
    const auto index = static_cast<size_t>(*visit) - 1;
    const FollowUp*& best = chosen[index];
    const int32_t target = kVisitWindows[index].target_day;
    const int32_t distance = std::abs(*follow_up.day - target);
    if (best == nullptr || distance < std::abs(*best->day - target) ||
        (distance == std::abs(*best->day - target) &&
         *follow_up.day < *best->day)) {
      best = &follow_up;  // target 0 makes baseline the latest before surgery
    }
  }
  return chosen;
}

int32_t MonthsToDays(double months) {
  return static_cast<int32_t>(std::lround(months * 30.4375));
}

bool VisitIsDue(Visit visit, int32_t surgery_year, int32_t utc_day) {
  const int32_t last_day =
      kVisitWindows[static_cast<size_t>(visit) - 1].last_day;
  return LastDayOfYear(surgery_year) + last_day < utc_day;
}

}  // namespace enthesis::model
