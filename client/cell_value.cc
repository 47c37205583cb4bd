#include "client/cell_value.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace enthesis::client {
namespace {

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

// Two or three groups of digits with the same separator: 2024-05-01, 1/5/24.
bool LooksLikeDate(absl::string_view text) {
  int groups = 0;
  char separator = 0;
  bool in_digits = false;
  for (char c : text) {
    if (IsDigit(c)) {
      if (!in_digits) ++groups;
      in_digits = true;
    } else if ((c == '-' || c == '/' || c == '.') && in_digits &&
               (separator == 0 || separator == c)) {
      separator = c;
      in_digits = false;
    } else {
      return false;
    }
  }
  return in_digits && (groups == 3 || (groups == 2 && separator == '/'));
}

// A day or a month by its name, as spreadsheets make of codes: 5-Mar, Jan 24.
bool LooksLikeMonth(absl::string_view text) {
  absl::string_view letters, digits;
  for (size_t i = 0; i < text.size();) {
    const bool letter =
        absl::ascii_isalpha(static_cast<unsigned char>(text[i]));
    if (!letter && !IsDigit(text[i])) {
      if (!absl::StrContains(" .-/", text.substr(i, 1))) return false;
      ++i;
      continue;
    }
    size_t end = i;
    while (end < text.size() &&
           (letter ? absl::ascii_isalpha(static_cast<unsigned char>(text[end]))
                   : IsDigit(text[end]))) {
      ++end;
    }
    absl::string_view& part = letter ? letters : digits;
    if (!part.empty()) return false;
    part = text.substr(i, end - i);
    i = end;
  }
  if (digits.empty() || digits.size() > 4 || letters.size() < 3) return false;
  for (const char* month :
       {"jan", "feb", "mar", "apr", "may", "mai", "jun", "jul", "aug", "sep",
        "oct", "okt", "nov", "dec", "dez"}) {
    if (absl::StartsWithIgnoreCase(letters, month)) return true;
  }
  return false;
}

// 1,200: three digits behind the mark, so perhaps thousands.
bool LooksLikeThousands(absl::string_view text) {
  const size_t mark = text.find_first_of(".,");
  return mark != absl::string_view::npos && mark > 0 && mark < 4 &&
         text.size() - mark == 4 && text[0] != '0';
}

bool LooksLikeSpreadsheetError(absl::string_view text) {
  return absl::StartsWith(text, "#") &&
         (text.size() > 2 || text.substr(1) == "#");
}

bool LooksLikeDecimal(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, "-")) absl::ConsumePrefix(&text, "+");
  int marks = 0, digits = 0;
  for (char c : text) {
    if (c == '.' || c == ',') {
      ++marks;
    } else if (IsDigit(c)) {
      ++digits;
    } else {
      return false;
    }
  }
  return digits > 0 && marks == 1;
}

bool LooksLikeNoNumber(absl::string_view text) {
  for (const char* word : {"nan", "inf", "-inf", "+inf", "infinity", "na",
                           "n/a", "null", "none", "-nan", ".", "-"}) {
    if (absl::EqualsIgnoreCase(text, word)) return true;
  }
  return false;
}

absl::Status Fault(absl::string_view problem, absl::string_view allowed) {
  return absl::InvalidArgumentError(
      absl::StrCat(problem, "; allowed: ", allowed));
}

// A date, or what a spreadsheet did to a value; empty for anything else.
absl::string_view DateOrDamage(absl::string_view text) {
  if (LooksLikeDate(text)) return "is a date";
  if (LooksLikeMonth(text)) {
    return "is a date, perhaps what a spreadsheet made of another value";
  }
  if (LooksLikeSpreadsheetError(text)) return "is an error of a spreadsheet";
  return "";
}

absl::string_view WhatItLooksLike(absl::string_view text) {
  if (const auto known = DateOrDamage(text); !known.empty()) return known;
  if (LooksLikeNoNumber(text)) {
    return "is not a number (leave an unknown value blank)";
  }
  if (LooksLikeDecimal(text)) {
    if (LooksLikeThousands(text)) {
      return "is a decimal, or has a mark of thousands";
    }
    return absl::StrContains(text, ',') ? "is a decimal with a comma"
                                        : "is a decimal";
  }
  return "is not a whole number";
}

absl::StatusOr<int32_t> ParseNumber(absl::string_view text,
                                    const model::FieldInfo& info) {
  const auto fault = [&info](absl::string_view problem) {
    return Fault(problem, absl::StrCat("a whole number from ", info.min, " to ",
                                       info.max, " (", info.unit, ")"));
  };
  absl::string_view digits = text;
  if (absl::ConsumePrefix(&digits, "+") && absl::StartsWith(digits, "-")) {
    return fault("is not a whole number");
  }
  int32_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end == digits.data() + digits.size()) {
    if (error == std::errc()) return value;
    if (error == std::errc::result_out_of_range) {
      return fault("is far out of range");
    }
  }
  return fault(WhatItLooksLike(text));
}

absl::StatusOr<int32_t> ParseFlag(absl::string_view text) {
  for (const char* word : {"1", "yes", "true"}) {
    if (absl::EqualsIgnoreCase(text, word)) return 1;
  }
  for (const char* word : {"0", "no", "false"}) {
    if (absl::EqualsIgnoreCase(text, word)) return 0;
  }
  const absl::string_view known = DateOrDamage(text);
  return Fault(known.empty() ? "is not a flag" : known,
               "1 or 0, yes or no, true or false; blank when not known");
}

absl::string_view WhyNoCode(absl::string_view text) {
  if (const auto known = DateOrDamage(text); !known.empty()) return known;
  if (LooksLikeDecimal(text)) return "is not a code of the list, but a decimal";
  if (std::all_of(text.begin(), text.end(), IsDigit)) {
    return "is not a code of the list, but a number (--map translates a "
           "clinic's own codes)";
  }
  return "is not a code of the list";
}

}  // namespace

absl::StatusOr<int32_t> ParseCode(absl::string_view text,
                                  const model::CodeList& codes) {
  const model::Code* code = codes.Find(text);
  if (code != nullptr) return code->value;
  return Fault(WhyNoCode(text), codes.Allowed());
}

std::string ExplainDate(absl::string_view text) {
  const bool digits = std::all_of(text.begin(), text.end(), IsDigit);
  absl::string_view problem = "is not a day of the calendar";
  if (digits && text.size() == 5) {
    problem =
        "is the number that a spreadsheet has of a day; format the column as a "
        "date there";
  } else if (LooksLikeSpreadsheetError(text)) {
    problem = "is an error of a spreadsheet";
  } else if ((LooksLikeDate(text) && text.find('-') != 4) ||
             LooksLikeMonth(text)) {
    problem =
        "is a date in another order, which is not guessed (--map can name it)";
  }
  return absl::StrCat(problem, "; allowed: YYYY-MM-DD");
}

absl::StatusOr<int32_t> ParseCell(absl::string_view text,
                                  const model::FieldInfo& info) {
  switch (info.kind) {
    case model::FieldKind::kNumber:
      return ParseNumber(text, info);
    case model::FieldKind::kFlag:
      return ParseFlag(text);
    case model::FieldKind::kCode:
      return ParseCode(text, *info.codes);
  }
  return absl::InternalError("unknown kind of field");
}

std::string FormatCell(int32_t value, const model::FieldInfo& info) {
  if (info.kind == model::FieldKind::kCode) {
    const model::Code* code = info.codes->Find(value);
    return code == nullptr ? "" : code->code;
  }
  return absl::StrCat(value);
}

}  // namespace enthesis::client
