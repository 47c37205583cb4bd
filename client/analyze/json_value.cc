#include "client/analyze/json_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "client/json_text.h"

namespace enthesis::client {

JsonValue JsonValue::Text(absl::string_view text) {
  return JsonValue(Kind::kPlain, JsonText(text));
}

JsonValue JsonValue::Number(double number) {
  char buffer[32];
  // No JSON form of -0: a zero is a zero.
  if (number == 0) number = 0;
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  return JsonValue(Kind::kPlain, std::string(buffer, end));
}

JsonValue JsonValue::Bool(bool value) {
  return JsonValue(Kind::kPlain, value ? "true" : "false");
}

JsonValue& JsonValue::Set(absl::string_view key, JsonValue value) {
  members_.emplace_back(std::string(key), std::move(value));
  return *this;
}
JsonValue& JsonValue::Set(absl::string_view key, absl::string_view text) {
  return Set(key, Text(text));
}
JsonValue& JsonValue::Set(absl::string_view key, const char* text) {
  return Set(key, Text(text));
}
JsonValue& JsonValue::Set(absl::string_view key, double number) {
  return Set(key, std::optional<double>(number));
}
JsonValue& JsonValue::Set(absl::string_view key, std::optional<double> number) {
  if (!number.has_value() || !std::isfinite(*number)) return *this;
  return Set(key, Number(*number));
}
JsonValue& JsonValue::SetOrNull(absl::string_view key,
                                std::optional<double> number) {
  if (number.has_value() && std::isfinite(*number)) return Set(key, number);
  return Set(key, JsonValue(Kind::kPlain, "null"));
}
JsonValue& JsonValue::Set(absl::string_view key, int64_t number) {
  return Set(key, JsonValue(Kind::kPlain, absl::StrCat(number)));
}
JsonValue& JsonValue::Set(absl::string_view key, bool value) {
  return Set(key, Bool(value));
}

JsonValue& JsonValue::Add(JsonValue value) {
  members_.emplace_back(std::string(), std::move(value));
  return *this;
}

bool JsonValue::IsFlat() const {
  return std::all_of(members_.begin(), members_.end(), [](const auto& member) {
    return member.second.kind_ == Kind::kPlain ||
           member.second.members_.empty();
  });
}

void JsonValue::PrintTo(size_t indent, std::string& text) const {
  if (kind_ == Kind::kPlain) {
    text += plain_;
    return;
  }
  const bool is_object = kind_ == Kind::kObject;
  const bool one_line = IsFlat() && indent > 0;
  text += is_object ? '{' : '[';
  for (size_t i = 0; i < members_.size(); ++i) {
    if (i > 0) text += one_line ? ", " : ",";
    if (!one_line) {
      text += '\n';
      text.append(indent + 2, ' ');
    }
    if (is_object) absl::StrAppend(&text, JsonText(members_[i].first), ": ");
    members_[i].second.PrintTo(indent + 2, text);
  }
  if (!one_line && !members_.empty()) {
    text += '\n';
    text.append(indent, ' ');
  }
  text += is_object ? '}' : ']';
}

std::string JsonValue::Print() const {
  std::string text;
  PrintTo(0, text);
  text += '\n';
  return text;
}

}  // namespace enthesis::client
