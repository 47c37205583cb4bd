#include "client/calendar_day.h"

#include <chrono>
#include <ctime>

#include "absl/strings/str_cat.h"

namespace enthesis::client {

int32_t DayNumber(const Date& date) {
  const std::chrono::sys_days day =
      std::chrono::year(date.year) /
      std::chrono::month(static_cast<unsigned>(date.month)) /
      std::chrono::day(static_cast<unsigned>(date.day));
  return static_cast<int32_t>(day.time_since_epoch().count());
}

Date DateOfDayNumber(int32_t day) {
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(day))};
  return {static_cast<int>(date.year()),
          static_cast<int32_t>(static_cast<unsigned>(date.month())),
          static_cast<int32_t>(static_cast<unsigned>(date.day()))};
}

Date Today() {
  const auto now =
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  return DateOfDayNumber(static_cast<int32_t>(now.time_since_epoch().count()));
}

Date TodayHere() {
  const std::time_t now =
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm here{};
  localtime_r(&now, &here);
  return {here.tm_year + 1900, here.tm_mon + 1, here.tm_mday};
}

absl::StatusOr<Date> DateOrToday(absl::string_view text,
                                 absl::string_view option) {
  if (text.empty()) return Today();
  absl::StatusOr<Date> date = ParseDate(text);
  if (date.ok()) return date;
  return absl::InvalidArgumentError(
      absl::StrCat(option, " \"", text,
                   "\" is not a day of the calendar; allowed: YYYY-MM-DD"));
}

}  // namespace enthesis::client
