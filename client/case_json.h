// Messages of enthesis.v1 from JSON and from field=value pairs.
//
// JSON is read as `--format json` prints it: names in lowerCamelCase or as in
// the interface, codes with or without their prefix ("zadek_osteotomy" or
// "PROCEDURE_ZADEK_OSTEOTOMY"). Unknown fields and codes are refused.

#ifndef ENTHESIS_CLIENT_CASE_JSON_H_
#define ENTHESIS_CLIENT_CASE_JSON_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace enthesis::client {

// INVALID_ARGUMENT says what cannot be read.
absl::Status ReadJson(absl::string_view json,
                      google::protobuf::Message& message);

// "operation.wedge_mm=4": sets a field by its path, a list by codes separated
// by ';', and clears it where nothing follows the '='. A list of messages grows
// to hold "complications[2].day=40". INVALID_ARGUMENT names
// the field and what is allowed.
absl::Status SetField(absl::string_view assignment,
                      google::protobuf::Message& message);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CASE_JSON_H_
