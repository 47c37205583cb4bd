// A JSON document that keeps the order in which it was made. Absent values are
// left out, so that a figure that is not defined has no key, unless null is
// asked for.

#ifndef ENTHESIS_CLIENT_ANALYZE_JSON_VALUE_H_
#define ENTHESIS_CLIENT_ANALYZE_JSON_VALUE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace enthesis::client {

class JsonValue {
 public:
  static JsonValue Object() { return JsonValue(Kind::kObject, ""); }
  static JsonValue Array() { return JsonValue(Kind::kArray, ""); }
  static JsonValue Text(absl::string_view text);
  // Shortest form that reads back.
  static JsonValue Number(double number);
  static JsonValue Bool(bool value);

  // To an object, in order. Returns this.
  JsonValue& Set(absl::string_view key, JsonValue value);
  JsonValue& Set(absl::string_view key, absl::string_view text);
  JsonValue& Set(absl::string_view key, const char* text);
  JsonValue& Set(absl::string_view key, double number);
  JsonValue& Set(absl::string_view key, std::optional<double> number);
  // null where it is absent: of figures that are expected and need a reason.
  JsonValue& SetOrNull(absl::string_view key, std::optional<double> number);
  JsonValue& Set(absl::string_view key, int64_t number);
  JsonValue& Set(absl::string_view key, bool value);
  // To an array.
  JsonValue& Add(JsonValue value);

  // Two blanks a level; a list of plain values or an object in one of them
  // whose values are all plain stands on one line. Ends with a line feed.
  std::string Print() const;

 private:
  enum class Kind { kPlain, kArray, kObject };

  JsonValue(Kind kind, std::string plain)
      : kind_(kind), plain_(std::move(plain)) {}
  bool IsFlat() const;
  void PrintTo(size_t indent, std::string& text) const;

  Kind kind_;
  std::string plain_;                                       // as printed
  std::vector<std::pair<std::string, JsonValue>> members_;  // keys of objects
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_JSON_VALUE_H_
