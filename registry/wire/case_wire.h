// Sites, cases, follow-ups and questionnaires between the model and
// enthesis.v1. The scalar fields go through the field table of the model, so
// that a new field is one line there.
//
// A code number outside its list survives into the model, where validation
// reports it. Fields that are output only are ignored on input. Faults are
// what the model cannot hold; their paths start with `path`.
//
// Threads: pure functions.

#ifndef ENTHESIS_REGISTRY_WIRE_CASE_WIRE_H_
#define ENTHESIS_REGISTRY_WIRE_CASE_WIRE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "enthesis/v1/case.pb.h"
#include "enthesis/v1/registry_service.pb.h"
#include "registry/model/case.h"
#include "registry/wire/fault.h"

namespace enthesis::wire {

// The content of a case as sent: without site and id, which the request names.
// An absent patient stays the zero id; one that cannot be read is a fault, as
// is the missing or unreadable id of a follow-up. Follow-ups keep their order.
model::Case ToModel(const v1::Case& wire, absl::string_view path,
                    Faults& faults);
model::FollowUp ToModel(const v1::FollowUp& wire, absl::string_view path,
                        Faults& faults);
model::VisaA ToModel(const v1::VisaA& wire);

// A case as the server answered it, its name included. INVALID_ARGUMENT names
// the first fault.
absl::StatusOr<model::Case> FromAnswer(const v1::Case& wire);

// `index` is the commit that stored the version; 0 leaves out name (when the
// case has no id), etag and commit index, as a client sends it.
v1::Case ToWire(const model::Case& record, uint64_t index = 0);
v1::FollowUp ToWire(const model::FollowUp& follow_up);
v1::VisaA ToWire(const model::VisaA& answers);
v1::Site ToWire(const model::Site& site, uint64_t index);

}  // namespace enthesis::wire

#endif  // ENTHESIS_REGISTRY_WIRE_CASE_WIRE_H_
