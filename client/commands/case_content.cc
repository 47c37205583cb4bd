#include "client/commands/case_content.h"

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "client/case_json.h"
#include "client/file_bytes.h"

namespace enthesis::client {

void AddContentOptions(CLI::App& command, std::string& file,
                       std::vector<std::string>& set) {
  command
      .add_option("file", file,
                  "JSON as `case get --format json` prints it; - is "
                  "standard input")
      ->type_name("FILE");
  command
      .add_option("--set", set,
                  "Set a field by its path; a list by codes separated by "
                  "';'; repeat for further fields")
      ->type_name("FIELD=VALUE")
      ->allow_extra_args(false);
}

absl::Status ReadContent(const std::string& file,
                         const std::vector<std::string>& set,
                         google::protobuf::Message& message) {
  if (!file.empty()) {
    const absl::StatusOr<std::string> bytes = ReadFileBytes(file);
    if (!bytes.ok()) return bytes.status();
    const absl::Status status = ReadJson(*bytes, message);
    if (!status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(file, ": ", status.message()));
    }
  }
  for (const std::string& assignment : set) {
    const absl::Status status = SetField(assignment, message);
    if (!status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--set ", status.message()));
    }
  }
  return absl::OkStatus();
}

int FailContent(const absl::Status& status) {
  return absl::IsInvalidArgument(status)
             ? FailUsage(std::string(status.message()))
             : FailQuestion(status);
}

void PrintWarnings(
    const google::protobuf::RepeatedPtrField<v1::Warning>& warnings) {
  for (const v1::Warning& warning : warnings) {
    PrintMessage(absl::StrCat("unusual: ", warning.field(), ": ",
                              warning.message(), " (", warning.reason(),
                              ")\n"));
  }
}

std::string TextOrDash(absl::string_view text) {
  return text.empty() ? "-" : std::string(text);
}

JsonValue ChangesJson(const std::vector<FieldChange>& changes) {
  const auto value = [](const std::string& text) {
    return text.empty() ? JsonValue::Null() : JsonValue::Text(text);
  };
  JsonValue list = JsonValue::Array();
  for (const FieldChange& change : changes) {
    JsonValue row = JsonValue::Object();
    row.Set("field", change.path);
    row.Set("before", value(change.before));
    row.Set("after", value(change.after));
    list.Add(std::move(row));
  }
  return list;
}

}  // namespace enthesis::client
