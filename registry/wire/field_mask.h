// The field mask of UpdateCase: which fields of a stored case are replaced by
// those sent.

#ifndef ENTHESIS_REGISTRY_WIRE_FIELD_MASK_H_
#define ENTHESIS_REGISTRY_WIRE_FIELD_MASK_H_

#include "absl/strings/string_view.h"
#include "google/protobuf/field_mask.pb.h"
#include "registry/model/case.h"
#include "registry/wire/fault.h"

namespace enthesis::wire {

// Paths of a mask: a section ("baseline", "conservative_care", "operation",
// "follow_ups"), "status", "status_day", or one field of baseline,
// conservative_care or operation ("baseline.bmi"). An empty mask, "*", an
// unknown path and an immutable one are faults with paths
// "update_mask.paths[1]".
void CheckFieldMask(const google::protobuf::FieldMask& mask, Faults& faults);

// Whether `mask` names the whole section `path`.
bool MaskNames(const google::protobuf::FieldMask& mask, absl::string_view path);

// Copies what `mask` names from `sent` into `record`; an empty value clears.
// The mask has passed CheckFieldMask.
void ApplyFieldMask(const google::protobuf::FieldMask& mask,
                    const model::Case& sent, model::Case& record);

}  // namespace enthesis::wire

#endif  // ENTHESIS_REGISTRY_WIRE_FIELD_MASK_H_
