#include "client/commands/case_content.h"

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "client/care/settable_fields.h"
#include "client/case_json.h"
#include "client/commands/plain_words.h"
#include "client/file_bytes.h"

namespace enthesis::client {
namespace {

// FIELD=VALUE with the path of the field, and a day instead of a date.
absl::StatusOr<std::string> ResolveAssignment(
    const std::string& assignment, const DayOfDate& day_of,
    const google::protobuf::Message& message) {
  const size_t equals = assignment.find('=');
  if (equals == std::string::npos) return assignment;
  const absl::StatusOr<std::string> path =
      ResolveField(assignment.substr(0, equals), message);
  if (!path.ok()) return path.status();
  const std::string value = assignment.substr(equals + 1);
  const absl::StatusOr<Date> date = ParseDate(value);
  if (!date.ok() || !IsDay(*path)) return absl::StrCat(*path, "=", value);
  if (day_of == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        *path, ": \"", value,
        "\" is a date, which no registry takes; allowed: whole days since "
        "surgery"));
  }
  const absl::StatusOr<int32_t> day = day_of(*date);
  if (!day.ok()) return day.status();
  return absl::StrCat(*path, "=", *day);
}

}  // namespace

void AddContentOptions(CLI::App& command, std::string& file,
                       std::vector<std::string>& set) {
  command
      .add_option("file", file,
                  "JSON as `case get --format json` prints it; - is "
                  "standard input")
      ->type_name("FILE");
  command
      .add_option("--set", set,
                  "Set a field by its path or the import's column, as "
                  "`enthesis case fields` lists them; a list by codes "
                  "separated by ';'; repeat for further fields")
      ->type_name("FIELD=VALUE")
      ->allow_extra_args(false);
}

absl::Status ReadContent(const std::string& file,
                         const std::vector<std::string>& set,
                         const DayOfDate& day_of,
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
    const absl::StatusOr<std::string> resolved =
        ResolveAssignment(assignment, day_of, message);
    absl::Status status = resolved.status();
    if (status.ok()) status = SetField(*resolved, message);
    if (absl::IsInvalidArgument(status)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--set ", status.message()));
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

int FailContent(const absl::Status& status) {
  return absl::IsInvalidArgument(status)
             ? FailUsage(std::string(status.message()))
             : FailQuestion(status);
}

void PrintWarnings(
    const google::protobuf::RepeatedPtrField<v1::Warning>& warnings,
    const v1::Case& record) {
  for (const v1::Warning& warning : warnings) {
    PrintMessage(absl::StrCat("unusual: ", FieldOf(warning.field(), record),
                              ": ", warning.message(), " (", warning.reason(),
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
