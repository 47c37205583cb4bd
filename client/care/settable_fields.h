// The fields that `case create`, `case update` and `case add-follow-up` set by
// --set: their paths, and the columns of the clinic's file that hold the same.

#ifndef ENTHESIS_CLIENT_CARE_SETTABLE_FIELDS_H_
#define ENTHESIS_CLIENT_CARE_SETTABLE_FIELDS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/csv_columns.h"
#include "google/protobuf/message.h"

namespace enthesis::client {

struct SettableField {
  std::string path;      // "baseline.bmi", "complications[0].kind"
  bool of_assessment;    // else of the case
  const Column* column;  // "bmi", "visa_a_total"
};

// In the order of the columns; of events the groups that lists show.
absl::Span<const SettableField> SettableFields();

// Whether the value is a day since surgery.
bool IsDay(absl::string_view path);

// The path in `message`, a case or an assessment, that `name` stands for: the
// path itself, or the name of a column or of a field alone where it is that of
// one only. INVALID_ARGUMENT names what is near.
absl::StatusOr<std::string> ResolveField(
    absl::string_view name, const google::protobuf::Message& message);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CARE_SETTABLE_FIELDS_H_
