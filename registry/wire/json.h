// JSON of any message of enthesis.v1, the same bytes every time.
//
// - names in lowerCamelCase, in the order of the fields' declaration
// - an optional field that is absent is left out; one that is set is printed,
//   a zero too
// - other numbers and booleans are always printed; empty texts and unspecified
//   codes, which mean "absent", are left out
// - a list is always printed, also when empty
// - all numbers are JSON numbers, 64-bit ones too; doubles in the shortest form
//   that reads back as the same double; no NaN or infinity comes from the
//   registry, and one would be null
// - a code is its name without prefix in lower case ("zadek_osteotomy"); a
//   number outside the list stays a number
// - a list of GroupValue is an object: {"site":"site-03"}
// - google.protobuf.Any is its message with "@type" first, FieldMask is text
//   with commas, Duration is text such as "0.1s"
//
// The stock printer leaves out set zeros, writes 64-bit numbers as text, and
// orders maps as it likes.

#ifndef ENTHESIS_REGISTRY_WIRE_JSON_H_
#define ENTHESIS_REGISTRY_WIRE_JSON_H_

#include <string>

#include "google/protobuf/message.h"

namespace enthesis::wire {

enum class JsonStyle {
  kCompact,  // one line, no spaces
  kPretty,   // two spaces a level
};

// No line end after the last brace.
std::string PrintJson(const google::protobuf::Message& message,
                      JsonStyle style = JsonStyle::kCompact);

}  // namespace enthesis::wire

#endif  // ENTHESIS_REGISTRY_WIRE_JSON_H_
