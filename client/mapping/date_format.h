// Dates of a clinic in the form that its mapping file names, and the days
// between them.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_MAPPING_DATE_FORMAT_H_
#define ENTHESIS_CLIENT_MAPPING_DATE_FORMAT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/time_text.h"

namespace enthesis::client {

// YYYY, MM (or M) and DD (or D) once each; hh, mm and ss are read over; all
// else stands for itself: "DD.MM.YYYY", "YYYY-MM-DD hh:mm". Months and days may
// have one digit where a character follows or precedes that is none.
struct DateFormat {
  std::string text = "YYYY-MM-DD";

  bool operator==(const DateFormat&) const = default;
};

// INVALID_ARGUMENT says what a format needs. Years of two digits are refused.
absl::StatusOr<DateFormat> ParseDateFormat(absl::string_view text);

// A day of the calendar written so; INVALID_ARGUMENT, without the value, else:
// "is not a day written DD.MM.YYYY", "is no day of the calendar: April has 30
// days".
absl::StatusOr<Date> ReadDate(absl::string_view text, const DateFormat& format);

// Birthdays from `birth` to `day`, negative where that is before.
int32_t CompletedYears(const Date& birth, const Date& day);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_MAPPING_DATE_FORMAT_H_
