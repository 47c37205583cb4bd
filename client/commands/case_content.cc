#include "client/commands/case_content.h"

#include <CLI/CLI.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/care/settable_fields.h"
#include "client/case_json.h"
#include "client/file_bytes.h"

namespace enthesis::client {
namespace {

// One --set: under which name, of which field, what.
struct Assignment {
  std::string name, path, value;
};

// Blank clears it.
absl::Status CheckWholeDays(const Assignment& set, bool or_date) {
  int32_t days = 0;
  if (set.value.empty() || absl::SimpleAtoi(set.value, &days)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(set.name, ": \"", set.value,
                   "\" is no day; allowed: whole days since surgery",
                   or_date ? ", or a date, YYYY-MM-DD" : ""));
}

// A day instead of a date.
absl::Status MakeDay(const DayOfDate& day_of, Assignment& set) {
  if (!IsDay(set.path)) return absl::OkStatus();
  const absl::StatusOr<Date> date = ParseDate(set.value);
  if (!date.ok()) return CheckWholeDays(set, day_of != nullptr);
  if (day_of == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        set.name, ": \"", set.value,
        "\" is a date, which no registry takes; allowed: whole days since "
        "surgery"));
  }
  const absl::StatusOr<int32_t> day = day_of(*date);
  if (absl::IsInvalidArgument(day.status())) {
    return absl::InvalidArgumentError(
        absl::StrCat(set.name, ": ", day.status().message()));
  }
  if (!day.ok()) return day.status();
  set.value = absl::StrCat(*day);
  return absl::OkStatus();
}

absl::Status SetOne(const std::string& text, const DayOfDate& day_of,
                    google::protobuf::Message& message, EntryWords& words) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is not FIELD=VALUE"));
  }
  Assignment set;
  set.name = text.substr(0, equals);
  set.value = text.substr(equals + 1);
  absl::StatusOr<std::string> path = ResolveField(set.name, message);
  if (!path.ok()) return path.status();
  set.path = *std::move(path);
  absl::Status status = MakeDay(day_of, set);
  if (!status.ok()) return status;
  words.Typed(set.path, set.name);
  status = SetField(absl::StrCat(set.path, "=", set.value), message);
  absl::string_view said = status.message();
  if (!absl::IsInvalidArgument(status) ||
      !absl::ConsumePrefix(&said, set.path)) {
    return status;
  }
  return absl::InvalidArgumentError(absl::StrCat(set.name, said));
}

// Leaves out the events that were typed blank, or not at all before a later
// one. `groups` learns which are left.
template <typename Event>
void DropBlank(google::protobuf::RepeatedPtrField<Event>& events,
               std::vector<int>& groups) {
  for (int i = 0; i < events.size(); ++i) {
    if (events[i].ByteSizeLong() == 0) continue;
    events.SwapElements(static_cast<int>(groups.size()), i);
    groups.push_back(i);
  }
  events.DeleteSubrange(static_cast<int>(groups.size()),
                        events.size() - static_cast<int>(groups.size()));
}

void DropBlankEvents(v1::FollowUp& follow_up, EntryWords& words) {
  words.groups.emplace();
  DropBlank(*follow_up.mutable_complications(),
            words.groups->complication_groups);
  DropBlank(*follow_up.mutable_reoperations(),
            words.groups->reoperation_groups);
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
                         google::protobuf::Message& message,
                         EntryWords& words) {
  if (!file.empty()) {
    words.from_file = true;
    const absl::StatusOr<std::string> bytes = ReadFileBytes(file);
    if (!bytes.ok()) return bytes.status();
    const absl::Status status = ReadJson(*bytes, message);
    if (!status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(file, ": ", status.message()));
    }
  }
  for (const std::string& text : set) {
    const absl::Status status = SetOne(text, day_of, message, words);
    if (absl::IsInvalidArgument(status)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--set ", status.message()));
    }
    if (!status.ok()) return status;
  }
  if (words.of_assessment && !set.empty()) {
    DropBlankEvents(static_cast<v1::FollowUp&>(message), words);
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
    const EntryWords& words) {
  for (const v1::Warning& warning : warnings) {
    PrintMessage(absl::StrCat("unusual: ", NameInEntry(warning.field(), words),
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
