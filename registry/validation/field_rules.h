// The rules that the table of fields states: required, range, code list. And
// the paths under which findings are reported.

#ifndef ENTHESIS_REGISTRY_VALIDATION_FIELD_RULES_H_
#define ENTHESIS_REGISTRY_VALIDATION_FIELD_RULES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "registry/model/fields.h"
#include "registry/validation/validate.h"

namespace enthesis::validation {

// "prefix.name"; "name" without a prefix.
std::string PathOf(absl::string_view prefix, absl::string_view name);
// "prefix.name[2]".
std::string PathOf(absl::string_view prefix, absl::string_view name,
                   size_t index);

// "18 to 90 years (90 stands for 90 and over)", or the codes of the list.
std::string AllowedIn(const model::FieldInfo& field);

// What is wrong with the value of a field; nullopt when nothing is.
std::optional<std::string> ProblemOf(const model::FieldInfo& field,
                                     std::optional<int32_t> value);

template <typename T>
void CheckFields(absl::Span<const model::Field<T>> fields, const T& record,
                 absl::string_view prefix, Findings& findings) {
  for (const model::Field<T>& field : fields) {
    std::optional<std::string> problem = ProblemOf(field, field.get(record));
    if (!problem.has_value()) continue;
    findings.violations.push_back({PathOf(prefix, field.name), *problem});
  }
}

// The value, if there is one and its list holds it: rules about codes pass over
// what CheckFields has reported already.
template <typename E>
std::optional<E> Known(const model::CodeList& list, std::optional<E> value) {
  if (!value.has_value()) return std::nullopt;
  if (list.Find(static_cast<int32_t>(*value)) == nullptr) return std::nullopt;
  return value;
}

}  // namespace enthesis::validation

#endif  // ENTHESIS_REGISTRY_VALIDATION_FIELD_RULES_H_
