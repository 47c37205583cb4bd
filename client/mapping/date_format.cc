#include "client/mapping/date_format.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace enthesis::client {
namespace {

bool IsLetterOf(char c, absl::string_view letters) {
  return letters.find(c) != absl::string_view::npos;
}

// The run of equal letters that starts `text`.
absl::string_view Run(absl::string_view text) {
  size_t n = 1;
  while (n < text.size() && text[n] == text[0]) ++n;
  return text.substr(0, n);
}

bool IsDecimalDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

// Takes between `least` and `most` digits; negative where there are fewer.
int32_t TakeDigits(absl::string_view& text, size_t least, size_t most) {
  size_t n = 0;
  int32_t value = 0;
  while (n < most && n < text.size() && IsDecimalDigit(text[n])) {
    value = value * 10 + (text[n++] - '0');
  }
  if (n < least) return -1;
  text.remove_prefix(n);
  return value;
}

// Of three numbers that are no day of the calendar.
absl::Status NoSuchDay(const Date& date, const DateFormat& format) {
  constexpr const char* kMonths[] = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  if (date.month < 1 || date.month > 12) {
    return absl::InvalidArgumentError(
        absl::StrCat("is no day of the calendar: there is no month ",
                     date.month, " (read as ", format.text, ")"));
  }
  int32_t last = 31;
  while (
      !ParseDate(absl::StrFormat("%04d-%02d-%02d", date.year, date.month, last))
           .ok()) {
    if (--last < 28) {
      return absl::InvalidArgumentError(absl::StrCat(
          "is no day of the calendar (read as ", format.text, ")"));
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("is no day of the calendar: ", kMonths[date.month - 1],
                   date.month == 2 ? absl::StrCat(" ", date.year) : "", " has ",
                   last, " days"));
}

}  // namespace

absl::StatusOr<DateFormat> ParseDateFormat(absl::string_view text) {
  int n_years = 0, n_months = 0, n_days = 0;
  bool good = true;
  for (absl::string_view rest = text; !rest.empty();) {
    const absl::string_view run = Run(rest);
    rest.remove_prefix(run.size());
    if (run[0] == 'Y') {
      if (run.size() == 2) {
        return absl::InvalidArgumentError(
            absl::StrCat("date format \"", text,
                         "\": a year of two digits is not guessed; export "
                         "dates with YYYY"));
      }
      good = good && run.size() == 4;
      ++n_years;
    } else if (run[0] == 'M' || run[0] == 'D') {
      good = good && run.size() <= 2;
      ++(run[0] == 'M' ? n_months : n_days);
    } else if (IsLetterOf(run[0], "hms")) {
      good = good && run.size() == 2;
    } else {
      good = good && !absl::ascii_isalnum(static_cast<unsigned char>(run[0]));
    }
  }
  if (!good || n_years != 1 || n_months != 1 || n_days != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("date format \"", text,
                     "\"; allowed: YYYY, MM and DD once each with signs "
                     "between them, as DD.MM.YYYY; hh, mm and ss for a time"));
  }
  return DateFormat{std::string(text)};
}

absl::StatusOr<Date> ReadDate(absl::string_view text,
                              const DateFormat& format) {
  const absl::Status fault = absl::InvalidArgumentError(
      absl::StrCat("is not a day written ", format.text));
  Date date;
  absl::string_view rest = text;
  const absl::string_view pattern = format.text;
  for (size_t i = 0; i < pattern.size();) {
    const absl::string_view run = Run(pattern.substr(i));
    const bool free =
        (i > 0 &&
         !absl::ascii_isalpha(static_cast<unsigned char>(pattern[i - 1]))) ||
        (i + run.size() < pattern.size() &&
         !absl::ascii_isalpha(
             static_cast<unsigned char>(pattern[i + run.size()])));
    i += run.size();
    if (run[0] == 'Y') {
      date.year = TakeDigits(rest, 4, 4);
    } else if (IsLetterOf(run[0], "MDhms")) {
      const int32_t value = TakeDigits(rest, free ? 1 : 2, 2);
      if (value < 0) return fault;
      if (run[0] == 'M') date.month = value;
      if (run[0] == 'D') date.day = value;
    } else {
      if (rest.substr(0, run.size()) != run) return fault;
      rest.remove_prefix(run.size());
    }
  }
  if (!rest.empty() || date.year < 0) return fault;
  const auto real = ParseDate(
      absl::StrFormat("%04d-%02d-%02d", date.year, date.month, date.day));
  if (!real.ok()) return NoSuchDay(date, format);
  return *real;
}

int32_t CompletedYears(const Date& birth, const Date& day) {
  const bool before = day.month < birth.month ||
                      (day.month == birth.month && day.day < birth.day);
  return day.year - birth.year - (before ? 1 : 0);
}

}  // namespace enthesis::client
