// Days and months as people write them on a command line, and calendar dates
// of the clinic.

#ifndef ENTHESIS_CLIENT_TIME_TEXT_H_
#define ENTHESIS_CLIENT_TIME_TEXT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace enthesis::client {

inline constexpr double kDaysPerMonth = 30.4375;

// "91", "91d", "13w", "3m", "1.5m" or "2y" as whole days since surgery; a
// month is 30.4375 days and a year 12 months, rounded. INVALID_ARGUMENT names
// the text and what is allowed; 0 to 7305 days.
absl::StatusOr<int32_t> ParseDays(absl::string_view text);

// A comma list of such, in the order given.
absl::StatusOr<std::vector<int32_t>> ParseDayList(absl::string_view text);

// "91 d (3.0 mo)".
std::string FormatDays(double days);

// A day of the Gregorian calendar.
struct Date {
  int32_t year = 0, month = 0, day = 0;

  auto operator<=>(const Date&) const = default;
};

// YYYY-MM-DD of an existing day. INVALID_ARGUMENT otherwise.
absl::StatusOr<Date> ParseDate(absl::string_view text);
std::string FormatDate(const Date& date);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_TIME_TEXT_H_
