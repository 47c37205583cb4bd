#include "client/time_text.h"

#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "registry/model/limits.h"
#include "registry/model/visits.h"

namespace enthesis::client {
namespace {

bool AllDigits(absl::string_view text) {
  for (char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return !text.empty();
}

// Digits with at most one point among them.
bool IsPlainDecimal(absl::string_view text) {
  int points = 0;
  for (char c : text) {
    if (c == '.') {
      ++points;
    } else if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      return false;
    }
  }
  return !text.empty() && points <= 1 && text != ".";
}

}  // namespace

absl::StatusOr<int32_t> ParseDays(absl::string_view text) {
  const absl::string_view trimmed = absl::StripAsciiWhitespace(text);
  absl::string_view number = trimmed;
  char unit = 'd';
  if (!number.empty() &&
      absl::ascii_isalpha(static_cast<unsigned char>(number.back()))) {
    unit = absl::ascii_tolower(static_cast<unsigned char>(number.back()));
    number.remove_suffix(1);
  }
  double value = 0;
  const bool known = unit == 'd' || unit == 'w' || unit == 'm' || unit == 'y';
  if (known && number.size() <= 12 && IsPlainDecimal(number) &&
      absl::SimpleAtod(number, &value) && (unit != 'd' || AllDigits(number))) {
    double days = value;
    if (unit == 'w') days = std::round(value * 7);
    if (unit == 'm' || unit == 'y') {
      const double months = unit == 'm' ? value : value * 12;
      // Far beyond what is allowed, and what an int32 holds.
      days = months <= 1200 ? model::MonthsToDays(months) : HUGE_VAL;
    }
    if (days <= model::kMaxDay) return static_cast<int32_t>(days);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", trimmed, "\" is not a time after surgery; write days (91), weeks ",
      "(13w), months (3m) or years (2y), up to ", model::kMaxDay, " days"));
}

absl::StatusOr<std::vector<int32_t>> ParseDayList(absl::string_view text) {
  std::vector<int32_t> days;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    absl::StatusOr<int32_t> day = ParseDays(part);
    if (!day.ok()) return day.status();
    days.push_back(*day);
  }
  return days;
}

std::string FormatDays(double days) {
  const std::string whole = days == std::floor(days)
                                ? absl::StrFormat("%.0f", days)
                                : absl::StrFormat("%.1f", days);
  return absl::StrFormat("%s d (%.1f mo)", whole, days / kDaysPerMonth);
}

absl::StatusOr<Date> ParseDate(absl::string_view text) {
  Date date;
  if (text.size() == 10 && text[4] == '-' && text[7] == '-' &&
      AllDigits(text.substr(0, 4)) && AllDigits(text.substr(5, 2)) &&
      AllDigits(text.substr(8, 2)) &&
      absl::SimpleAtoi(text.substr(0, 4), &date.year) &&
      absl::SimpleAtoi(text.substr(5, 2), &date.month) &&
      absl::SimpleAtoi(text.substr(8, 2), &date.day)) {
    constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap =
        (date.year % 4 == 0 && date.year % 100 != 0) || date.year % 400 == 0;
    if (date.month >= 1 && date.month <= 12 && date.day >= 1 &&
        date.day <= kDays[date.month - 1] + (leap && date.month == 2 ? 1 : 0)) {
      return date;
    }
  }
  return absl::InvalidArgumentError("not a day written YYYY-MM-DD");
}

std::string FormatDate(const Date& date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year, date.month, date.day);
}

}  // namespace enthesis::client
