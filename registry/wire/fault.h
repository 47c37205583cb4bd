// What is wrong with the form of a request: something that has no place in the
// model, such as an identifier that cannot be read or an unknown field. The
// service returns faults beside the violations that validation finds.

#ifndef ENTHESIS_REGISTRY_WIRE_FAULT_H_
#define ENTHESIS_REGISTRY_WIRE_FAULT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace enthesis::wire {

struct Fault {
  std::string path;  // of the field in the request: "case.baseline.bmi"
  std::string message;

  bool operator==(const Fault&) const = default;
};
using Faults = std::vector<Fault>;

// "prefix.name", or "name" without a prefix.
std::string JoinPath(absl::string_view prefix, absl::string_view name);
// "prefix.name[3]".
std::string JoinPath(absl::string_view prefix, absl::string_view name,
                     int index);

// One fault for every field anywhere in `message` that this version of the
// interface does not know. Its path ends in the number of the field.
void FindUnknownFields(const google::protobuf::Message& message,
                       absl::string_view prefix, Faults& faults);

}  // namespace enthesis::wire

#endif  // ENTHESIS_REGISTRY_WIRE_FAULT_H_
