// Days of the calendar as numbers, for reckoning with the clinic's own dates.

#ifndef ENTHESIS_CLIENT_CALENDAR_DAY_H_
#define ENTHESIS_CLIENT_CALENDAR_DAY_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/time_text.h"

namespace enthesis::client {

// Days since 1970-01-01, and back. The date is a day of the calendar.
int32_t DayNumber(const Date& date);
Date DateOfDayNumber(int32_t day);

// The UTC day of this machine's clock, and that of its own time zone.
Date Today();
Date TodayHere();

// `text` as YYYY-MM-DD; the UTC day where it is empty. INVALID_ARGUMENT names
// `option`.
absl::StatusOr<Date> DateOrToday(absl::string_view text,
                                 absl::string_view option);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CALENDAR_DAY_H_
