#include "client/cell_value.h"

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

absl::string_view WhatItLooksLike(absl::string_view text) {
  if (LooksLikeDate(text)) return "is a date";
  if (LooksLikeNoNumber(text)) {
    return "is not a number (leave an unknown value blank)";
  }
  if (LooksLikeDecimal(text)) return "is a decimal";
  return "is not a whole number";
}

absl::StatusOr<int32_t> ParseNumber(absl::string_view text,
                                    const model::FieldInfo& info) {
  const std::string allowed = absl::StrCat(
      "a whole number from ", info.min, " to ", info.max, " (", info.unit, ")");
  absl::string_view digits = text;
  if (absl::ConsumePrefix(&digits, "+") && absl::StartsWith(digits, "-")) {
    return Fault("is not a whole number", allowed);
  }
  int32_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end == digits.data() + digits.size()) {
    if (error == std::errc()) return value;
    if (error == std::errc::result_out_of_range) {
      return Fault("is far out of range", allowed);
    }
  }
  return Fault(WhatItLooksLike(text), allowed);
}

absl::StatusOr<int32_t> ParseFlag(absl::string_view text) {
  for (const char* word : {"1", "yes", "true"}) {
    if (absl::EqualsIgnoreCase(text, word)) return 1;
  }
  for (const char* word : {"0", "no", "false"}) {
    if (absl::EqualsIgnoreCase(text, word)) return 0;
  }
  return Fault(LooksLikeDate(text) ? "is a date" : "is not a flag",
               "1 or 0, yes or no, true or false; blank when not known");
}

}  // namespace

absl::StatusOr<int32_t> ParseCode(absl::string_view text,
                                  const model::CodeList& codes) {
  const model::Code* code = codes.Find(text);
  if (code != nullptr) return code->value;
  return Fault(LooksLikeDate(text) ? "is a date" : "is not a code of the list",
               codes.Allowed());
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
