// The table of scalar fields: name, range, unit, code list. One line here
// serves validation, the wire, the record on disk, files of the clinic and
// their templates, so that they cannot drift apart. Field names equal those of
// the messages of enthesis.v1 and enthesis.record.v1.

#ifndef ENTHESIS_REGISTRY_MODEL_FIELDS_H_
#define ENTHESIS_REGISTRY_MODEL_FIELDS_H_

#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "registry/model/case.h"
#include "registry/model/code_list.h"

namespace enthesis::model {

enum class FieldKind { kNumber, kFlag, kCode };

struct FieldInfo {
  const char* name;
  FieldKind kind;
  int32_t min, max;       // numbers: the range allowed, both ends included
  const char* unit;       // numbers
  const CodeList* codes;  // codes; otherwise null
  bool required;
  const char* meaning;
};

// A field of record type T, read and written as a whole number (flags as 0 and
// 1, codes as their value).
template <typename T>
struct Field : FieldInfo {
  std::optional<int32_t> (*get)(const T& record);
  void (*set)(T& record, std::optional<int32_t> value);
};

absl::Span<const Field<Baseline>> BaselineFields();
absl::Span<const Field<ConservativeCare>> ConservativeCareFields();
absl::Span<const Field<Operation>> OperationFields();
absl::Span<const Field<VisaA>> VisaAFields();
absl::Span<const Field<Complication>> ComplicationFields();
absl::Span<const Field<Reoperation>> ReoperationFields();
absl::Span<const Field<FollowUp>> FollowUpFields();

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_FIELDS_H_
