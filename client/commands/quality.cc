// enthesis quality

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/analyze/json_value.h"
#include "client/care/data_quality.h"
#include "client/commands/case_content.h"
#include "client/commands/open_links.h"
#include "client/commands/question_command.h"
#include "client/csv_text.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

struct QualityOptions {
  std::string site, links, rules;
};

struct QualityAnswer {
  std::string site;
  uint64_t as_of = 0;
  size_t n_cases = 0;
  std::set<std::string> rules;  // that were looked for
  std::vector<QualityFinding> findings;
  std::map<model::Id, std::string> records;  // the clinic's keys
};

absl::StatusOr<std::set<std::string>> ReadRules(const std::string& text) {
  std::vector<std::string> names;
  for (const QualityRule& rule : QualityRules()) names.push_back(rule.name);
  const std::set<std::string> known(names.begin(), names.end());
  if (text.empty()) return known;
  std::set<std::string> rules;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    if (known.count(std::string(part)) == 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--rule: \"", part,
          "\" is not known; allowed: ", absl::StrJoin(names, ", ")));
    }
    rules.insert(std::string(part));
  }
  return rules;
}

std::string RecordOf(const QualityAnswer& answer,
                     const QualityFinding& finding) {
  if (!finding.case_id.has_value()) return "";
  const auto known = answer.records.find(*finding.case_id);
  return known == answer.records.end() ? "" : known->second;
}

std::string CaseOf(const QualityFinding& finding) {
  return finding.case_id.has_value() ? model::FormatId(*finding.case_id) : "";
}

int64_t CountOfRule(const QualityAnswer& answer, absl::string_view rule) {
  int64_t n = 0;
  for (const QualityFinding& finding : answer.findings) {
    if (finding.rule == rule) ++n;
  }
  return n;
}

std::string QualityTable(const QualityAnswer& answer) {
  Table table;
  table.AddColumn("rule", Align::kLeft);
  table.AddColumn(answer.records.empty() ? "case" : "record", Align::kLeft);
  table.AddColumn("day", Align::kRight);
  for (const char* heading : {"field", "value", "why"}) {
    table.AddColumn(heading, Align::kLeft);
  }
  for (const QualityFinding& finding : answer.findings) {
    const std::string record = RecordOf(answer, finding);
    const std::string name = record.empty() ? CaseOf(finding) : record;
    table.AddRow({finding.rule, name.empty() ? "(site)" : name,
                  finding.day.has_value() ? absl::StrCat(*finding.day) : "",
                  finding.field, finding.value, finding.why});
  }
  std::string text = table.empty() ? "" : table.Render() + "\n";
  absl::StrAppend(
      &text, CountOf(static_cast<int64_t>(answer.findings.size()), "finding"),
      " in ", CountOf(static_cast<int64_t>(answer.n_cases), "case"),
      " of site ", answer.site, ", as of commit ", answer.as_of, "\n");
  for (const QualityRule& rule : QualityRules()) {
    if (answer.rules.count(rule.name) == 0) continue;
    text += Wrap(absl::StrCat(rule.name, " (", CountOfRule(answer, rule.name),
                              "): ", rule.meaning, "."),
                 "  ", "    ");
  }
  return text;
}

std::string QualityCsv(const QualityAnswer& answer) {
  std::string csv;
  AppendCsvRow({"site", "rule", "case", "record_id", "day", "field", "value",
                "why", "as_of"},
               csv);
  for (const QualityFinding& finding : answer.findings) {
    AppendCsvRow(
        {answer.site, finding.rule, CaseOf(finding), RecordOf(answer, finding),
         CsvNumber(finding.day), finding.field, finding.value, finding.why,
         absl::StrCat(answer.as_of)},
        csv);
  }
  return csv;
}

std::string QualityJson(const QualityAnswer& answer) {
  const auto text = [](const std::string& value) {
    return value.empty() ? JsonValue::Null() : JsonValue::Text(value);
  };
  JsonValue rules = JsonValue::Array(), findings = JsonValue::Array();
  for (const QualityRule& rule : QualityRules()) {
    if (answer.rules.count(rule.name) == 0) continue;
    JsonValue one = JsonValue::Object();
    one.Set("rule", rule.name);
    one.Set("meaning", rule.meaning);
    one.Set("findings", CountOfRule(answer, rule.name));
    rules.Add(std::move(one));
  }
  for (const QualityFinding& finding : answer.findings) {
    JsonValue one = JsonValue::Object();
    one.Set("rule", finding.rule);
    one.Set("case", text(CaseOf(finding)));
    one.Set("record", text(RecordOf(answer, finding)));
    one.Set("day", finding.day.has_value() ? JsonValue::Number(*finding.day)
                                           : JsonValue::Null());
    one.Set("field", finding.field);
    one.Set("value", text(finding.value));
    one.Set("why", finding.why);
    findings.Add(std::move(one));
  }
  JsonValue document = JsonValue::Object();
  document.Set("site", answer.site);
  document.Set("asOf", static_cast<int64_t>(answer.as_of));
  document.Set("cases", static_cast<int64_t>(answer.n_cases));
  document.Set("rules", std::move(rules));
  document.Set("findings", std::move(findings));
  return document.Print();
}

int ShowQuality(const QualityOptions& options, const Session& session) {
  const auto rules = ReadRules(options.rules);
  if (!rules.ok()) return FailUsage(std::string(rules.status().message()));
  if (options.site.empty() && options.links.empty()) {
    return FailUsage("quality: --site or --links is required");
  }
  QualityAnswer answer;
  answer.site = options.site;
  answer.rules = *rules;
  if (!options.links.empty()) {
    const auto links = OpenKnownLinks(options.links, options.site, session);
    if (!links.ok()) return FailQuestion(links.status());
    answer.site = (*links)->links().site;
    for (const auto& [key, record] : (*links)->links().records) {
      answer.records[record.case_id] = key;
    }
  }
  const auto held =
      ReadSiteCases(*session.Connect(), answer.site, std::nullopt);
  if (!held.ok()) return FailContent(held.status());
  answer.as_of = held->as_of;
  answer.n_cases = held->cases.size();
  for (QualityFinding& finding : FindQualityProblems(*held)) {
    if (answer.rules.count(finding.rule) == 0) continue;
    answer.findings.push_back(std::move(finding));
  }
  switch (session.format) {
    case Format::kTable:
      PrintText(QualityTable(answer));
      break;
    case Format::kCsv:
      PrintDocument(QualityCsv(answer));
      break;
    case Format::kJson:
      PrintDocument(QualityJson(answer));
      break;
  }
  return kExitDone;
}

}  // namespace

void AddQualityCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "quality",
      "Show what looks wrong in the cases of one's own site, and the rule that "
      "says so.");
  command->fallthrough();
  const auto options = std::make_shared<QualityOptions>();
  command->add_option("--site", options->site,
                      "One's own site; needed where --links is not given");
  command
      ->add_option("--links,--link", options->links,
                   "Link file: the clinic's own keys beside the cases")
      ->type_name("FILE");
  command
      ->add_option("--rule", options->rules,
                   "Only these, by commas: implausible_change, "
                   "outlying_change, digit_preference, identical_rows, "
                   "odd_visit_day")
      ->type_name("RULES");
  command->footer(
      "A finding is a reason to look at the source, not to leave a case out; "
      "`enthesis case update` corrects\nwhat was wrong.\n"
      "Examples:\n"
      "  enthesis quality --site site-01\n"
      "  enthesis quality --site site-01 --links enthesis-link-site-01.tsv "
      "--rule implausible_change --format csv");
  RunWhenChosen(*command, options, ShowQuality, chosen);
}

}  // namespace enthesis::client
