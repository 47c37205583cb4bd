#include "registry/validation/field_rules.h"

namespace enthesis::validation {

using model::FieldInfo;
using model::FieldKind;

std::string PathOf(absl::string_view prefix, absl::string_view name) {
  return prefix.empty() ? absl::StrCat(name) : absl::StrCat(prefix, ".", name);
}

std::string PathOf(absl::string_view prefix, absl::string_view name,
                   size_t index) {
  return absl::StrCat(PathOf(prefix, name), "[", index, "]");
}

std::string AllowedIn(const FieldInfo& field) {
  if (field.kind == FieldKind::kCode) return field.codes->Allowed();
  if (field.kind == FieldKind::kFlag) return "true, false";
  std::string allowed = absl::StrCat(field.min, " to ", field.max);
  const absl::string_view unit = field.unit;
  // "1990 to 2100 year" would read badly and say nothing.
  if (unit != "year" && unit != "rank" && unit != "grade" && !unit.empty()) {
    absl::StrAppend(&allowed, " ", unit);
  }
  if (absl::string_view(field.name) == "age_years") {
    absl::StrAppend(&allowed, " (90 stands for 90 and over)");
  }
  return allowed;
}

std::optional<std::string> ProblemOf(const FieldInfo& field,
                                     std::optional<int32_t> value) {
  if (!value.has_value()) {
    if (!field.required) return std::nullopt;
    return absl::StrCat(field.name,
                        " is required; allowed: ", AllowedIn(field));
  }
  const bool fits = field.kind == FieldKind::kFlag ||
                    (field.kind == FieldKind::kCode
                         ? field.codes->Find(*value) != nullptr
                         : *value >= field.min && *value <= field.max);
  if (fits) return std::nullopt;
  return absl::StrCat(field.name, " is ", *value,
                      "; allowed: ", AllowedIn(field));
}

}  // namespace enthesis::validation
