#include "registry/wire/field_mask.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "registry/model/fields.h"

namespace enthesis::wire {
namespace {

constexpr absl::string_view kImmutable[] = {"name", "etag", "commit_index",
                                            "patient", "synthetic"};
// Copies the field `name` from `sent` to `record`; false when there is none.
template <typename T>
bool CopyField(absl::Span<const model::Field<T>> fields, absl::string_view name,
               const T& sent, T& record) {
  for (const model::Field<T>& field : fields) {
    if (name != field.name) continue;
    field.set(record, field.get(sent));
    return true;
  }
  return false;
}

// Copies what `path` names; false when it names nothing that can change.
bool CopyPath(absl::string_view path, const model::Case& sent,
              model::Case& record) {
  if (path == "baseline") {
    record.baseline = sent.baseline;
  } else if (path == "conservative_care") {
    record.conservative_care = sent.conservative_care;
  } else if (path == "operation") {
    record.operation = sent.operation;
  } else if (path == "operation.concomitant_procedures") {
    record.operation.concomitant_procedures =
        sent.operation.concomitant_procedures;
  } else if (path == "operation.implants") {
    record.operation.implants = sent.operation.implants;
  } else if (path == "status") {
    record.status = sent.status;
  } else if (path == "status_day") {
    record.status_day = sent.status_day;
  } else if (path == "follow_ups") {
    record.follow_ups = sent.follow_ups;
  } else if (absl::ConsumePrefix(&path, "baseline.")) {
    return CopyField(model::BaselineFields(), path, sent.baseline,
                     record.baseline);
  } else if (absl::ConsumePrefix(&path, "conservative_care.")) {
    return CopyField(model::ConservativeCareFields(), path,
                     sent.conservative_care, record.conservative_care);
  } else if (absl::ConsumePrefix(&path, "operation.")) {
    return CopyField(model::OperationFields(), path, sent.operation,
                     record.operation);
  } else {
    return false;
  }
  return true;
}

}  // namespace

void CheckFieldMask(const google::protobuf::FieldMask& mask, Faults& faults) {
  if (mask.paths().empty()) {
    faults.push_back({"update_mask", "is required: name the fields to change"});
  }
  const model::Case empty;
  model::Case scratch;
  for (int i = 0; i < mask.paths_size(); ++i) {
    const absl::string_view path = mask.paths(i);
    std::string message;
    if (path == "*") {
      message = "\"*\" is refused: name the fields to change";
    } else if (std::find(std::begin(kImmutable), std::end(kImmutable), path) !=
               std::end(kImmutable)) {
      message = "names a field that cannot change";
    } else if (!CopyPath(path, empty, scratch)) {
      message =
          "names no field that can change; allowed: baseline, "
          "conservative_care, operation, follow_ups, status, status_day, or "
          "one field of a section such as baseline.bmi";
    } else {
      continue;
    }
    faults.push_back({JoinPath("update_mask", "paths", i), message});
  }
}

bool MaskNames(const google::protobuf::FieldMask& mask,
               absl::string_view path) {
  return std::any_of(
      mask.paths().begin(), mask.paths().end(),
      [path](const std::string& listed) { return path == listed; });
}

void ApplyFieldMask(const google::protobuf::FieldMask& mask,
                    const model::Case& sent, model::Case& record) {
  for (const std::string& path : mask.paths()) CopyPath(path, sent, record);
}

}  // namespace enthesis::wire
