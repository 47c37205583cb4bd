// enthesis case update

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/analyze/json_value.h"
#include "client/care/case_fields.h"
#include "client/commands/case_content.h"
#include "client/commands/case_name.h"
#include "client/commands/case_verbs.h"
#include "client/commands/question_command.h"
#include "client/commands/question_options.h"
#include "client/csv_text.h"
#include "client/table.h"
#include "registry/model/codes.h"
#include "registry/model/id.h"
#include "registry/wire/case_wire.h"

namespace enthesis::client {
namespace {

struct CaseUpdateOptions {
  CaseNameOptions which;
  std::string file, reason, etag, follow_up;
  std::vector<std::string> set, removed;
  bool dry_run = false;
};

// The assessment that `text` names by its day, date or id; -1 with none.
int FindFollowUp(const v1::Case& record, absl::string_view option,
                 const std::string& text, const DayOfDate& day_of,
                 absl::Status& status) {
  int32_t day = 0;
  bool is_day = absl::SimpleAtoi(text, &day);
  const absl::StatusOr<Date> date = ParseDate(text);
  if (date.ok()) {
    const absl::StatusOr<int32_t> made = day_of(*date);
    status = made.status();
    if (!made.ok()) return -1;
    day = *made;
    is_day = true;
  }
  if (!is_day && !model::ParseId(text).ok()) {
    status = absl::InvalidArgumentError(
        absl::StrCat(option, ": ", NoDate(text),
                     "; or the day since surgery, or the id of an assessment"));
    return -1;
  }
  for (int i = 0; i < record.follow_ups_size(); ++i) {
    const v1::FollowUp& follow_up = record.follow_ups(i);
    if (follow_up.id() == text || (is_day && follow_up.day() == day)) return i;
  }
  return -1;
}

absl::Status NoFollowUp(const v1::Case& record, absl::string_view option,
                        const std::string& text) {
  std::string days;
  for (const v1::FollowUp& follow_up : record.follow_ups()) {
    absl::StrAppend(&days, days.empty() ? "" : ", ", follow_up.day());
  }
  return absl::InvalidArgumentError(
      absl::StrCat(option, " \"", text,
                   "\" is no assessment of the case; allowed: its id, "
                   "its day or its date",
                   days.empty() ? "" : ": ", days));
}

// What the case is to be: the file instead of the stored content, then --set.
absl::StatusOr<v1::Case> WantedCase(const CaseUpdateOptions& options,
                                    const v1::Case& stored,
                                    const DayOfDate& day_of,
                                    EntryWords& words) {
  v1::Case wanted = stored;
  absl::Status status;
  if (!options.file.empty()) {
    wanted.Clear();
    status = ReadContent(options.file, {}, nullptr, wanted, words);
    if (!status.ok()) return status;
    if (!wanted.has_baseline() || !wanted.has_conservative_care() ||
        !wanted.has_operation()) {
      return absl::InvalidArgumentError(absl::StrCat(
          options.file,
          ": is not a whole case; allowed: what `case get "
          "--format json` prints, changed. --set changes single fields"));
    }
  }
  for (const std::string& text : options.removed) {
    const int at =
        FindFollowUp(wanted, "--remove-follow-up", text, day_of, status);
    if (!status.ok()) return status;
    if (at < 0) return NoFollowUp(wanted, "--remove-follow-up", text);
    wanted.mutable_follow_ups()->DeleteSubrange(at, 1);
  }
  google::protobuf::Message* target = &wanted;
  if (!options.follow_up.empty()) {
    const int at =
        FindFollowUp(wanted, "--follow-up", options.follow_up, day_of, status);
    if (!status.ok()) return status;
    if (at < 0) return NoFollowUp(wanted, "--follow-up", options.follow_up);
    target = wanted.mutable_follow_ups(at);
    words.of_assessment = true;
    words.follow_up = at;
  }
  status = ReadContent("", options.set, day_of, *target, words);
  if (!status.ok()) return status;
  for (v1::FollowUp& follow_up : *wanted.mutable_follow_ups()) {
    // Cleared field by field.
    if (follow_up.visa_a().ByteSizeLong() == 0) follow_up.clear_visa_a();
  }
  return wanted;
}

// The mask that sends these changes and nothing else.
std::set<std::string> MaskOf(const std::vector<FieldChange>& changes) {
  std::set<std::string> paths;
  for (const FieldChange& change : changes) {
    paths.insert(absl::StartsWith(change.path, "follow_ups[") ? "follow_ups"
                                                              : change.path);
  }
  return paths;
}

// What cannot change: told before it is sent, with a word that helps.
absl::Status CheckImmutable(const v1::Case& stored, const v1::Case& wanted) {
  if (!wanted.patient().empty() && wanted.patient() != stored.patient()) {
    return absl::InvalidArgumentError(
        "patient cannot change; withdraw the case and store it anew");
  }
  if (wanted.synthetic() != stored.synthetic()) {
    return absl::InvalidArgumentError("synthetic cannot change");
  }
  return absl::OkStatus();
}

std::string UpdateTable(const std::vector<FieldChange>& changes) {
  Table table;
  for (const char* heading : {"field", "before", "after"}) {
    table.AddColumn(heading, Align::kLeft);
  }
  for (const FieldChange& change : changes) {
    table.AddRow(
        {change.path, TextOrDash(change.before), TextOrDash(change.after)});
  }
  return table.Render();
}

// `stored` is null where nothing was sent.
void PrintUpdate(const std::vector<FieldChange>& changes,
                 const v1::Case& before, const v1::Case* stored,
                 const Session& session) {
  const v1::Case& record = stored == nullptr ? before : *stored;
  if (session.format == Format::kJson) {
    JsonValue document = JsonValue::Object();
    document.Set("name", record.name());
    document.Set("etag", record.etag());
    document.Set("commitIndex", static_cast<int64_t>(record.commit_index()));
    document.Set("stored", stored != nullptr);
    document.Set("changes", ChangesJson(changes));
    PrintDocument(document.Print());
    return;
  }
  if (session.format == Format::kCsv) {
    std::string csv;
    AppendCsvRow({"name", "field", "before", "after", "stored", "commit_index"},
                 csv);
    for (const FieldChange& change : changes) {
      AppendCsvRow(
          {record.name(), change.path, change.before, change.after,
           stored == nullptr ? "0" : "1", absl::StrCat(record.commit_index())},
          csv);
    }
    PrintDocument(csv);
    return;
  }
  if (changes.empty()) {
    PrintDocument("nothing differs; nothing was stored\n");
    return;
  }
  PrintText(absl::StrCat(
      UpdateTable(changes), "\n",
      stored == nullptr
          ? std::string("nothing was stored\n")
          : absl::StrCat("etag: ", record.etag(),
                         "\ncommit_index: ", record.commit_index(), "\n")));
}

// The content as the model has it, under the name of `stored`.
absl::StatusOr<model::Case> ModelOf(v1::Case wanted, const v1::Case& stored) {
  wanted.set_name(stored.name());
  wanted.set_patient(stored.patient());
  for (v1::FollowUp& follow_up : *wanted.mutable_follow_ups()) {
    if (follow_up.id().empty()) {
      follow_up.set_id(model::FormatId(model::NewId()));
    }
  }
  return wire::FromAnswer(wanted);
}

int UpdateCase(const CaseUpdateOptions& given, const Session& session) {
  CaseUpdateOptions options = given;
  TakeFileForName(options.which, options.file);
  const auto reason =
      ReadCode(options.reason, model::kCorrectionReasonCodes, "--reason");
  if (!reason.ok()) return FailUsage(std::string(reason.status().message()));
  std::unique_ptr<LinkFile> opened;
  const auto which = ReadCaseName(options.which, session, opened);
  if (!which.ok()) return FailCaseName(which.status());
  const std::unique_ptr<RegistryClient> client = session.Connect();
  v1::GetCaseRequest get;
  get.set_name(wire::FormatCaseName(which->site, which->id));
  const auto held = client->GetCase(get);
  if (!held.ok()) return FailQuestion(held.status());
  if (held->has_withdrawal()) {
    return FailUsage(absl::StrCat(get.name(), " was withdrawn by commit ",
                                  held->withdrawal().commit_index()));
  }
  const v1::Case& before = held->case_();
  EntryWords words;
  const absl::StatusOr<v1::Case> wanted = WantedCase(
      options, before, DaysSinceSurgery(options.which, *which, session, opened),
      words);
  if (!wanted.ok()) return FailContent(wanted.status());
  const absl::Status immutable = CheckImmutable(before, *wanted);
  if (!immutable.ok()) return FailContent(immutable);
  const absl::StatusOr<model::Case> old_record = wire::FromAnswer(before);
  const absl::StatusOr<model::Case> new_record = ModelOf(*wanted, before);
  if (!old_record.ok()) return FailQuestion(old_record.status());
  if (!new_record.ok()) return FailContent(new_record.status());
  const std::vector<FieldChange> changes =
      ChangesBetween(*old_record, *new_record);
  if (changes.empty()) {
    PrintUpdate(changes, before, nullptr, session);
    return kExitDone;
  }
  v1::UpdateCaseRequest request;
  *request.mutable_case_() = wire::ToWire(*new_record);
  request.mutable_case_()->set_name(before.name());
  // A file that was read some time ago may not undo what others did since.
  const std::string& read = wanted->etag();
  request.mutable_case_()->set_etag(!options.etag.empty() ? options.etag
                                    : !read.empty()       ? read
                                                          : before.etag());
  for (const std::string& path : MaskOf(changes)) {
    request.mutable_update_mask()->add_paths(path);
  }
  request.set_reason(static_cast<v1::CorrectionReason>(*reason));
  request.set_validate_only(options.dry_run);
  words.sent = request.case_();
  const auto answer = client->UpdateCase(request);
  if (!answer.ok()) return FailEntry(answer.status(), words);
  PrintWarnings(answer->warnings(), words);
  PrintUpdate(changes, before, options.dry_run ? nullptr : &answer->case_(),
              session);
  return kExitDone;
}

}  // namespace

void AddCaseUpdateVerb(CLI::App& verbs, Command& chosen) {
  CLI::App* update = verbs.add_subcommand(
      "update", "Correct a stored case; what it was stays in its history.");
  update->fallthrough();
  const auto options = std::make_shared<CaseUpdateOptions>();
  AddCaseNameOptions(*update, options->which);
  AddContentOptions(*update, options->file, options->set);
  update
      ->add_option(
          "--reason", options->reason,
          absl::StrCat("Why: ", model::kCorrectionReasonCodes.Allowed()))
      ->required();
  update
      ->add_option("--follow-up", options->follow_up,
                   "--set is about this assessment, by its day, date or id")
      ->type_name("DAY|DATE|ID");
  update
      ->add_option(
          "--remove-follow-up", options->removed,
          "Remove an assessment, by its day, date or id; repeat for others")
      ->type_name("DAY|DATE|ID")
      ->allow_extra_args(false);
  update->add_option("--etag", options->etag,
                     "Only where this is the stored version; without it that "
                     "of FILE, or the latest");
  update->add_flag("--dry-run", options->dry_run,
                   "Show what would change and store nothing");
  update->footer(
      "A day may be a date where the link file has that of surgery: it is "
      "turned into the\nday here and not sent.\n"
      "Examples:\n"
      "  enthesis case update NAME --set baseline.bmi=27 --reason "
      "transcription_error\n"
      "  enthesis case update --record 4711 --site site-01 --set "
      "baseline.bmi=27 --reason transcription_error\n"
      "  enthesis case update NAME --follow-up 183 --set visa_a.total=78 "
      "--reason source_corrected\n"
      "  enthesis case update NAME --set status=lost --set status_day=400 "
      "--reason late_information\n"
      "  enthesis case get NAME --format json > case.json; edit case.json\n"
      "  enthesis case update NAME case.json --reason late_information "
      "--dry-run");
  RunWhenChosen(*update, options, UpdateCase, chosen);
}

}  // namespace enthesis::client
