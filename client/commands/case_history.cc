// enthesis case history

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/analyze/json_value.h"
#include "client/care/case_fields.h"
#include "client/commands/case_content.h"
#include "client/commands/case_name.h"
#include "client/commands/case_verbs.h"
#include "client/commands/question_command.h"
#include "client/csv_text.h"
#include "client/table.h"
#include "registry/wire/case_wire.h"

namespace enthesis::client {
namespace {

struct CaseHistoryOptions {
  CaseNameOptions which;
  uint64_t as_of = 0;
  bool first = false;
};

// One version: what was done, and what it changed.
struct CaseStep {
  uint64_t commit = 0;
  std::string etag;    // empty for a withdrawal
  const char* action;  // "created", "corrected", "follow_up_added", "withdrawn"
  std::string reason;  // code; empty where none is asked for
  std::vector<FieldChange> changes;
};

// Until the registry knows identities, every caller is this one.
constexpr char kWho[] = "local";

absl::StatusOr<std::vector<CaseStep>> StepsOf(
    const v1::ListCaseRevisionsResponse& answer) {
  std::vector<CaseStep> steps;
  model::Case before;
  for (const v1::CaseRevision& revision : answer.revisions()) {
    CaseStep& step = steps.emplace_back();
    if (revision.has_withdrawal()) {
      step.commit = revision.withdrawal().commit_index();
      step.action = "withdrawn";
      step.reason = std::string(model::CodeOf(model::kWithdrawalReasonCodes,
                                              revision.withdrawal().reason()));
      continue;
    }
    absl::StatusOr<model::Case> record = wire::FromAnswer(revision.case_());
    if (!record.ok()) return record.status();
    step.commit = revision.case_().commit_index();
    step.etag = revision.case_().etag();
    step.reason = std::string(
        model::CodeOf(model::kCorrectionReasonCodes, revision.reason()));
    if (steps.size() == 1) {
      step.action = "created";
      step.changes = ChangesBetween(model::Case(), *record);
    } else {
      step.action = step.reason.empty() ? "follow_up_added" : "corrected";
      step.changes = ChangesBetween(before, *record);
    }
    before = *std::move(record);
  }
  return steps;
}

std::string HistoryTable(const std::vector<CaseStep>& steps, bool first) {
  Table table;
  table.AddColumn("commit", Align::kRight);
  for (const char* heading :
       {"who", "what", "reason", "field", "before", "after"}) {
    table.AddColumn(heading, Align::kLeft);
  }
  for (const CaseStep& step : steps) {
    std::vector<std::string> start = {absl::StrCat(step.commit), kWho,
                                      step.action, TextOrDash(step.reason)};
    const bool whole = &step == &steps.front() && !first;
    if (whole || step.changes.empty()) {
      if (!step.changes.empty()) {
        start.push_back(
            CountOf(static_cast<int64_t>(step.changes.size()), "value"));
      }
      start.resize(7);
      table.AddRow(std::move(start));
      continue;
    }
    for (const FieldChange& change : step.changes) {
      std::vector<std::string> row =
          std::exchange(start, std::vector<std::string>{"", "", "", ""});
      row.insert(row.end(), {change.path, TextOrDash(change.before),
                             TextOrDash(change.after)});
      table.AddRow(std::move(row));
    }
  }
  return table.Render();
}

std::string HistoryCsv(const std::vector<CaseStep>& steps) {
  std::string csv;
  AppendCsvRow({"commit_index", "etag", "who", "action", "reason", "field",
                "before", "after"},
               csv);
  for (const CaseStep& step : steps) {
    const std::vector<std::string> start = {
        absl::StrCat(step.commit), step.etag, kWho, step.action, step.reason};
    const auto add = [&](const FieldChange& change) {
      std::vector<std::string> row = start;
      row.insert(row.end(), {change.path, change.before, change.after});
      AppendCsvRow(row, csv);
    };
    if (step.changes.empty()) add({});
    for (const FieldChange& change : step.changes) add(change);
  }
  return csv;
}

std::string HistoryJson(const std::string& name, uint64_t as_of,
                        const std::vector<CaseStep>& steps) {
  JsonValue revisions = JsonValue::Array();
  for (const CaseStep& step : steps) {
    JsonValue one = JsonValue::Object();
    one.Set("commitIndex", static_cast<int64_t>(step.commit));
    one.Set("etag",
            step.etag.empty() ? JsonValue::Null() : JsonValue::Text(step.etag));
    one.Set("who", kWho);
    one.Set("action", step.action);
    one.Set("reason", step.reason.empty() ? JsonValue::Null()
                                          : JsonValue::Text(step.reason));
    one.Set("changes", ChangesJson(step.changes));
    revisions.Add(std::move(one));
  }
  JsonValue document = JsonValue::Object();
  document.Set("name", name);
  document.Set("asOf", static_cast<int64_t>(as_of));
  document.Set("revisions", std::move(revisions));
  return document.Print();
}

int ShowHistory(const CaseHistoryOptions& options, const Session& session) {
  v1::ListCaseRevisionsRequest request;
  const auto which = ReadCaseName(options.which, session);
  if (!which.ok()) return FailCaseName(which.status());
  request.set_name(wire::FormatCaseName(which->site, which->id));
  if (options.as_of != 0) request.set_as_of(options.as_of);
  const auto answer = session.Connect()->ListCaseRevisions(request);
  if (!answer.ok()) return FailQuestion(answer.status());
  const auto steps = StepsOf(*answer);
  if (!steps.ok()) return FailQuestion(steps.status());
  switch (session.format) {
    case Format::kTable:
      PrintText(HistoryTable(*steps, options.first));
      break;
    case Format::kCsv:
      PrintDocument(HistoryCsv(*steps));
      break;
    case Format::kJson:
      PrintDocument(HistoryJson(request.name(), answer->as_of(), *steps));
      break;
  }
  return kExitDone;
}

}  // namespace

void AddCaseHistoryVerb(CLI::App& verbs, Command& chosen) {
  CLI::App* history = verbs.add_subcommand(
      "history",
      "Show every version of a case: commit, who, why, and each value before "
      "and after.");
  history->fallthrough();
  const auto options = std::make_shared<CaseHistoryOptions>();
  AddCaseNameOptions(*history, options->which);
  history->add_option("--as-of", options->as_of, "Up to this commit")
      ->type_name("COMMIT");
  history->add_flag("--first", options->first,
                    "Show the values of the first version, too; json and csv "
                    "always have them");
  history->footer(
      "Who is `local` until the registry knows identities. Of a withdrawn case "
      "nothing is left but that\nit was withdrawn, and why.\n"
      "Examples:\n"
      "  enthesis case history sites/site-01/cases/"
      "0CMXYTHPAJG82DA8QPKJVKYW7HQ\n"
      "  enthesis case history --record 4711 --site site-01\n"
      "  enthesis case history NAME --format csv");
  RunWhenChosen(*history, options, ShowHistory, chosen);
}

}  // namespace enthesis::client
