// The content of a case or an assessment on the command line, and what is said
// of changes to it.

#ifndef ENTHESIS_CLIENT_COMMANDS_CASE_CONTENT_H_
#define ENTHESIS_CLIENT_COMMANDS_CASE_CONTENT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/analyze/json_value.h"
#include "client/care/case_fields.h"
#include "client/commands/session.h"
#include "client/commands/surgery_day.h"
#include "google/protobuf/message.h"

namespace enthesis::client {

// FILE and --set FIELD=VALUE.
void AddContentOptions(CLI::App& command, std::string& file,
                       std::vector<std::string>& set);
// JSON of the file, unless that is empty, then each of `set`, where a day may
// be a date that `day_of` turns into one; null: no date can be reckoned with.
// `words` learns what was typed; it says whether that is about an assessment.
// INVALID_ARGUMENT says what is wrong with the content.
absl::Status ReadContent(const std::string& file,
                         const std::vector<std::string>& set,
                         const DayOfDate& day_of,
                         google::protobuf::Message& message, EntryWords& words);
// Says what ReadContent said and returns the exit code.
int FailContent(const absl::Status& status);

// To standard error.
void PrintWarnings(
    const google::protobuf::RepeatedPtrField<v1::Warning>& warnings,
    const EntryWords& words);

// "-" where there is no value: an empty cell of a table says nothing.
std::string TextOrDash(absl::string_view text);
// [{"field", "before", "after"}]; null for no value.
JsonValue ChangesJson(const std::vector<FieldChange>& changes);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_CASE_CONTENT_H_
