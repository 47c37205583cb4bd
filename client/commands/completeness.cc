// enthesis completeness

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/analyze/json_value.h"
#include "client/calendar_day.h"
#include "client/care/item_completeness.h"
#include "client/commands/answer_csv.h"
#include "client/commands/case_content.h"
#include "client/commands/question_command.h"
#include "client/csv_text.h"
#include "client/figure_text.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

struct CompletenessOptions {
  std::string site, on;
  bool items = false;
};

struct CompletenessRow {
  std::string site, visit, item;
  std::optional<int64_t> due, completed;
  std::optional<double> share;
  std::string absence;  // code; empty where the figures are there
};

struct CompletenessAnswer {
  uint64_t as_of = 0;
  std::string on;  // the day; empty where the registry's own counts
  std::vector<CompletenessRow> rows;
};

// Of one's own site, from its cases: nothing is withheld.
absl::StatusOr<CompletenessAnswer> OfOwnSite(const CompletenessOptions& options,
                                             RegistryClient& client) {
  const absl::StatusOr<Date> on = DateOrToday(options.on, "--on");
  if (!on.ok()) return on.status();
  const auto held = ReadSiteCases(client, options.site, std::nullopt);
  if (!held.ok()) return held.status();
  CompletenessAnswer answer;
  answer.as_of = held->as_of;
  answer.on = FormatDate(*on);
  for (const ItemCompleteness& row :
       CompletenessOf(*held, DayNumber(*on), options.items)) {
    const size_t window = static_cast<size_t>(row.visit) - 1;
    answer.rows.push_back({options.site, model::kVisitWindows[window].code,
                           row.item, row.due, row.completed, row.Share(),
                           row.due == 0 ? "undefined" : ""});
  }
  return answer;
}

// Of every site, as the registry releases it.
absl::StatusOr<CompletenessAnswer> OfAllSites(RegistryClient& client) {
  v1::DescribeCohortRequest request;
  request.mutable_options()->set_group_by(v1::DIMENSION_SITE);
  const auto described = client.DescribeCohort(request);
  if (!described.ok()) return described.status();
  CompletenessAnswer answer;
  answer.as_of = described->provenance().as_of();
  for (const v1::CohortGroup& group : described->groups()) {
    const std::string site = GroupText(group.group());
    if (group.visits().empty()) {
      answer.rows.push_back({site, "", "follow_up", std::nullopt, std::nullopt,
                             std::nullopt, AbsenceCode(group.absence())});
    }
    for (const v1::VisitCompleteness& visit : group.visits()) {
      answer.rows.push_back({site, visit.visit(), "follow_up",
                             ENTHESIS_OPTIONAL(visit, due),
                             ENTHESIS_OPTIONAL(visit, completed),
                             ENTHESIS_OPTIONAL(visit, completeness),
                             AbsenceCode(visit.absence())});
    }
  }
  return answer;
}

std::string CountText(const std::optional<int64_t>& n) {
  return n.has_value() ? absl::StrCat(*n) : "";
}

std::string CompletenessTable(const CompletenessAnswer& answer) {
  Table table;
  for (const char* heading : {"site", "visit", "item"}) {
    table.AddColumn(heading, Align::kLeft);
  }
  for (const char* heading : {"due", "completed", "completeness"}) {
    table.AddColumn(heading, Align::kRight);
  }
  std::string site, visit;
  for (const CompletenessRow& row : answer.rows) {
    const bool new_site = row.site != site;
    const bool new_visit = new_site || row.visit != visit;
    site = row.site;
    visit = row.visit;
    const std::string share =
        row.share.has_value()
            ? absl::StrFormat("%.1f %%", 100 * *row.share)
            : (row.absence == "suppressed" ? "withheld" : "-");
    table.AddRow({new_site ? row.site : "", new_visit ? row.visit : "",
                  row.item, TextOrDash(CountText(row.due)),
                  TextOrDash(CountText(row.completed)), share});
  }
  const std::string note = absl::StrCat(
      "As of commit ", answer.as_of,
      answer.on.empty() ? ", visits due by the day of that commit"
                        : absl::StrCat(", visits due on ", answer.on),
      ". A visit is due once 31 December of the year of surgery plus the last "
      "day of its window has passed; died and withdrawn cases leave, lost and "
      "declined stay. follow_up: a VISA-A total, at 2 weeks any assessment.");
  return absl::StrCat(table.empty() ? "" : table.Render() + "\n",
                      Wrap(note, "", ""));
}

std::string CompletenessCsv(const CompletenessAnswer& answer) {
  std::string csv;
  AppendCsvRow({"site", "visit", "item", "due", "completed", "completeness",
                "absence", "as_of"},
               csv);
  for (const CompletenessRow& row : answer.rows) {
    AppendCsvRow({row.site, row.visit, row.item, CountText(row.due),
                  CountText(row.completed), CsvNumber(row.share), row.absence,
                  absl::StrCat(answer.as_of)},
                 csv);
  }
  return csv;
}

std::string CompletenessJson(const CompletenessAnswer& answer) {
  const auto text = [](const std::string& value) {
    return value.empty() ? JsonValue::Null() : JsonValue::Text(value);
  };
  const auto count = [](const std::optional<int64_t>& n) {
    return n.has_value() ? JsonValue::Number(static_cast<double>(*n))
                         : JsonValue::Null();
  };
  JsonValue rows = JsonValue::Array();
  for (const CompletenessRow& row : answer.rows) {
    JsonValue one = JsonValue::Object();
    one.Set("site", row.site);
    one.Set("visit", text(row.visit));
    one.Set("item", row.item);
    one.Set("due", count(row.due));
    one.Set("completed", count(row.completed));
    one.SetOrNull("completeness", row.share);
    one.Set("absence", text(row.absence));
    rows.Add(std::move(one));
  }
  JsonValue document = JsonValue::Object();
  document.Set("asOf", static_cast<int64_t>(answer.as_of));
  document.Set("on", text(answer.on));
  document.Set("rows", std::move(rows));
  return document.Print();
}

int ShowCompleteness(const CompletenessOptions& options,
                     const Session& session) {
  if (options.site.empty() && (options.items || !options.on.empty())) {
    return FailUsage(
        "--items and --on are about one's own --site; of other sites the "
        "registry releases the visits alone, by the day of its last commit");
  }
  const std::unique_ptr<RegistryClient> client = session.Connect();
  const absl::StatusOr<CompletenessAnswer> answer =
      options.site.empty() ? OfAllSites(*client) : OfOwnSite(options, *client);
  if (!answer.ok()) return FailContent(answer.status());
  switch (session.format) {
    case Format::kTable:
      PrintText(CompletenessTable(*answer));
      break;
    case Format::kCsv:
      PrintDocument(CompletenessCsv(*answer));
      break;
    case Format::kJson:
      PrintDocument(CompletenessJson(*answer));
      break;
  }
  return kExitDone;
}

}  // namespace

void AddCompletenessCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "completeness",
      "Tell how complete follow-up is: of one's own site by visit and item, of "
      "all sites by visit.");
  command->fallthrough();
  const auto options = std::make_shared<CompletenessOptions>();
  command->add_option("--site", options->site,
                      "One's own site, from its cases; without it all sites, "
                      "small counts withheld");
  command->add_flag("--items", options->items,
                    "Also each field of an assessment, and at the baseline "
                    "what is known before surgery");
  command
      ->add_option("--on", options->on,
                   "The day on which visits are due; without it today (UTC)")
      ->type_name("YYYY-MM-DD");
  command->footer(
      "Which cases lack a visit: `enthesis case list --missing VISIT`.\n"
      "Examples:\n"
      "  enthesis completeness\n"
      "  enthesis completeness --site site-01 --items\n"
      "  enthesis completeness --site site-01 --items --format csv");
  RunWhenChosen(*command, options, ShowCompleteness, chosen);
}

}  // namespace enthesis::client
