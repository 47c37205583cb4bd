// enthesis case create|get|add-follow-up; the other verbs: case_verbs.h

#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/care/case_fields.h"
#include "client/case_csv_writer.h"
#include "client/commands/case_content.h"
#include "client/commands/case_name.h"
#include "client/commands/case_verbs.h"
#include "client/commands/session.h"
#include "client/csv_text.h"
#include "client/table.h"
#include "registry/model/id.h"
#include "registry/wire/case_wire.h"
#include "registry/wire/resource_name.h"

namespace enthesis::client {
namespace {

struct CaseOptions {
  std::string site;
  CaseNameOptions which;
  std::string file;
  std::vector<std::string> set;
  std::string patient;
  std::string date;  // of an assessment
  bool synthetic = false;
  bool validate_only = false;
  std::optional<uint64_t> as_of;
};

void AddRows(const std::vector<CaseField>& fields, Table& table) {
  for (const CaseField& field : fields) {
    table.AddRow({field.path, field.unit.empty()
                                  ? field.text
                                  : absl::StrCat(field.text, " ", field.unit)});
  }
}

std::string CaseTable(const model::Case& record, const v1::Case& wire) {
  Table table;
  table.AddColumn("field", Align::kLeft);
  table.AddColumn("value", Align::kLeft);
  table.AddRow({"name", wire.name()});
  table.AddRow({"patient", wire.patient()});
  table.AddRow({"etag", wire.etag()});
  table.AddRow({"commit_index", absl::StrCat(wire.commit_index())});
  if (record.synthetic) table.AddRow({"synthetic", "SYNTHETIC DATA"});
  AddRows(FieldsOf(record), table);
  for (size_t i = 0; i < record.follow_ups.size(); ++i) {
    const std::string prefix = absl::StrCat("follow_ups[", i, "].");
    table.AddRow({prefix + "id", model::FormatId(record.follow_ups[i].id)});
    AddRows(FieldsOf(record.follow_ups[i], prefix), table);
  }
  return table.Render();
}

// One line of ids, for a stored case.
int PrintStored(const v1::Case& record, const std::string& follow_up,
                const Session& session,
                const google::protobuf::Message& answer) {
  if (session.format == Format::kJson) {
    PrintJsonDocument(answer);
    return kExitDone;
  }
  std::vector<std::string> names = {"case", "patient", "etag", "commit_index"};
  std::vector<std::string> row = {record.name(), record.patient(),
                                  record.etag(),
                                  absl::StrCat(record.commit_index())};
  if (!follow_up.empty()) {
    names.insert(names.begin() + 1, "follow_up");
    row.insert(row.begin() + 1, follow_up);
  }
  if (session.format == Format::kCsv) {
    std::string csv;
    AppendCsvRow(names, csv);
    AppendCsvRow(row, csv);
    PrintDocument(csv);
    return kExitDone;
  }
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    absl::StrAppend(&text, names[i], ": ", row[i], "\n");
  }
  PrintText(text);
  return kExitDone;
}

int CreateCase(const CaseOptions& options, const Session& session) {
  v1::CreateCaseRequest request;
  v1::Case& record = *request.mutable_case_();
  EntryWords words;
  const absl::Status status =
      ReadContent(options.file, options.set, nullptr, record, words);
  if (!status.ok()) return FailContent(status);
  if (!model::IsSiteId(options.site)) {
    return FailUsage(
        absl::StrCat("--site \"", options.site, "\" is no site id"));
  }
  request.set_parent(wire::FormatSiteName(options.site));
  // Output only: what `case get` printed may be sent again as a new case.
  record.clear_name();
  record.clear_etag();
  record.clear_commit_index();
  if (options.synthetic) record.set_synthetic(true);
  if (!options.patient.empty()) record.set_patient(options.patient);
  if (record.patient().empty()) {
    record.set_patient(model::FormatId(model::NewId()));
  }
  for (v1::FollowUp& follow_up : *record.mutable_follow_ups()) {
    if (follow_up.id().empty()) {
      follow_up.set_id(model::FormatId(model::NewId()));
    }
  }
  request.set_case_id(model::FormatId(model::NewId()));
  request.set_validate_only(options.validate_only);
  words.sent = record;
  const auto stored = session.Connect()->CreateCase(request);
  if (!stored.ok()) return FailEntry(stored.status(), words);
  PrintWarnings(stored->warnings(), words);
  if (options.validate_only && session.format == Format::kTable) {
    PrintDocument("valid; nothing was stored\n");
    return kExitDone;
  }
  return PrintStored(stored->case_(), "", session, *stored);
}

int GetCase(const CaseOptions& options, const Session& session) {
  const auto which = ReadCaseName(options.which, session);
  if (!which.ok()) return FailCaseName(which.status());
  const std::string name = wire::FormatCaseName(which->site, which->id);
  v1::GetCaseRequest request;
  request.set_name(name);
  if (options.as_of.has_value()) request.set_as_of(*options.as_of);
  const auto answer = session.Connect()->GetCase(request);
  if (!answer.ok()) return FailQuestion(answer.status());
  if (session.format == Format::kJson) {
    PrintJsonDocument(
        answer->has_case_()
            ? static_cast<const google::protobuf::Message&>(answer->case_())
            : *answer);
    return kExitDone;
  }
  if (answer->has_withdrawal()) {
    PrintMessage(absl::StrCat("enthesis: ", name, " was withdrawn by commit ",
                              answer->withdrawal().commit_index(), "\n"));
    return kExitDone;
  }
  const absl::StatusOr<model::Case> record = wire::FromAnswer(answer->case_());
  if (!record.ok()) return FailQuestion(record.status());
  if (session.format == Format::kCsv) {
    CsvShape shape;
    shape.Widen(*record);
    const CaseCsvWriter writer(shape);
    std::string csv = writer.Header();
    writer.Append(*record, {model::FormatId(record->id), "", std::nullopt},
                  csv);
    PrintDocument(csv);
  } else {
    PrintText(CaseTable(*record, answer->case_()));
  }
  return kExitDone;
}

int AddFollowUp(const CaseOptions& options, const Session& session) {
  CaseNameOptions named = options.which;
  std::string file = options.file;
  TakeFileForName(named, file);
  v1::AddFollowUpRequest request;
  v1::FollowUp& follow_up = *request.mutable_follow_up();
  std::unique_ptr<LinkFile> opened;
  const auto which = ReadCaseName(named, session, opened);
  if (!which.ok()) return FailCaseName(which.status());
  const DayOfDate day_of = DaysSinceSurgery(named, *which, session, opened);
  std::vector<std::string> set = options.set;
  if (!options.date.empty()) {
    for (const std::string& value : set) {
      if (!absl::StartsWith(value, "day=")) continue;
      return FailUsage(absl::StrCat("--date: ", options.date, " and --set ",
                                    value,
                                    " are both there; allowed: one of them"));
    }
    const absl::StatusOr<Date> date = ParseDate(options.date);
    if (!date.ok()) {
      return FailUsage(absl::StrCat("--date: ", NoDate(options.date)));
    }
    const absl::StatusOr<int32_t> day = day_of(*date);
    if (absl::IsInvalidArgument(day.status())) {
      return FailUsage(absl::StrCat("--date ", day.status().message()));
    }
    if (!day.ok()) return FailQuestion(day.status());
    set.push_back(absl::StrCat("day=", *day));
  }
  EntryWords words;
  words.of_assessment = true;
  const absl::Status status = ReadContent(file, set, day_of, follow_up, words);
  if (!status.ok()) return FailContent(status);
  if (!options.date.empty()) words.Typed("day", "--date");
  if (follow_up.has_day()) {
    const absl::Status has_come =
        CheckDayHasCome(follow_up.day(), *which, opened.get());
    if (!has_come.ok()) return FailContent(has_come);
  }
  request.set_name(wire::FormatCaseName(which->site, which->id));
  if (follow_up.id().empty()) follow_up.set_id(model::FormatId(model::NewId()));
  const auto stored = session.Connect()->AddFollowUp(request);
  if (!stored.ok()) return FailEntry(stored.status(), words);
  PrintWarnings(stored->warnings(), words);
  return PrintStored(stored->case_(), follow_up.id(), session, *stored);
}

// A subcommand of `parent` that runs `run`.
template <typename Run>
CLI::App* AddCaseVerb(CLI::App& parent, const char* verb, const char* what,
                      const std::shared_ptr<CaseOptions>& options, Run run,
                      Command& chosen) {
  CLI::App* command = parent.add_subcommand(verb, what);
  command->fallthrough();
  command->callback([options, run, &chosen] {
    chosen = [options, run](const Session& session) {
      return run(*options, session);
    };
  });
  return command;
}

}  // namespace

void AddCaseCommand(CLI::App& app, Command& chosen) {
  CLI::App* verbs =
      app.add_subcommand("case", "Store, read, correct and withdraw cases.");
  verbs->require_subcommand(1);
  verbs->fallthrough();
  verbs->footer(
      "Examples:\n"
      "  enthesis case list --site site-01 --missing 12_months\n"
      "  enthesis case get --record 4711 --site site-01\n"
      "  enthesis case update NAME --set baseline.bmi=27 --reason "
      "transcription_error\n"
      "  enthesis case export --site site-01 --out cases.csv");
  const auto options = std::make_shared<CaseOptions>();
  CLI::App* create = AddCaseVerb(
      *verbs, "create",
      "Store a new case. Its ids are made here and printed; keep them.",
      options, CreateCase, chosen);
  AddContentOptions(*create, options->file, options->set);
  create->add_option("--site", options->site, "Site of the case")->required();
  create->add_option("--patient", options->patient,
                     "Id of the person, when the other limb is stored already");
  create->add_flag("--synthetic", options->synthetic,
                   "Drawn by a simulator, for a synthetic site");
  create->add_flag("--validate-only", options->validate_only,
                   "Check everything and store nothing");
  create->footer(
      "Examples:\n"
      "  enthesis case create case.json --site site-01\n"
      "  enthesis case get NAME --format json | enthesis case create - "
      "--site site-02\n"
      "  enthesis case create --site site-01 --set baseline.surgery_year=2024 "
      "\\\n    --set baseline.diagnosis=tendinopathy ...");
  CLI::App* get =
      AddCaseVerb(*verbs, "get", "Print a case.", options, GetCase, chosen);
  AddCaseNameOptions(*get, options->which);
  get->add_option("--as-of", options->as_of, "As it was after this commit")
      ->type_name("COMMIT");
  get->footer(
      "Examples:\n  enthesis case get sites/site-01/cases/"
      "0CMXYTHPAJG82DA8QPKJVKYW7HQ\n"
      "  enthesis case get 0CMXYTHPAJG82DA8QPKJVKYW7HQ --site site-01\n"
      "  enthesis case get --record 4711 --links enthesis-link-site-01.tsv\n"
      "  enthesis case get NAME --format json --as-of 120");
  CLI::App* add =
      AddCaseVerb(*verbs, "add-follow-up", "Add one assessment to a case.",
                  options, AddFollowUp, chosen);
  AddCaseNameOptions(*add, options->which);
  AddContentOptions(*add, options->file, options->set);
  add->add_option("--date", options->date,
                  "Instead of --set day=DAYS: when it was. The link file has "
                  "the date of surgery, and the day since it is sent alone")
      ->type_name("YYYY-MM-DD");
  add->footer(
      "A day, as of --set return_sport_day=, may be a date, too.\n"
      "Examples:\n"
      "  enthesis case add-follow-up NAME --set day=183 --set pain_activity=2 "
      "\\\n    --set visa_a.total=78\n"
      "  enthesis case add-follow-up --record 4711 --site site-01 --date "
      "2025-07-02 \\\n    --set visa_a_total=78\n"
      "  enthesis case add-follow-up NAME --set day=42 --set "
      "complication_1_kind=sural_nerve \\\n    --set complication_1_day=10\n"
      "  enthesis case add-follow-up NAME visit.json");
  AddCaseFieldsVerb(*verbs, chosen);
  AddCaseListVerb(*verbs, chosen);
  AddCaseUpdateVerb(*verbs, chosen);
  AddCaseHistoryVerb(*verbs, chosen);
  AddCaseWithdrawVerb(*verbs, chosen);
  AddCaseExportVerb(*verbs, chosen);
}

}  // namespace enthesis::client
