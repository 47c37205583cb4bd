// enthesis describe

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/answer_csv.h"
#include "client/commands/question_command.h"
#include "client/commands/question_options.h"
#include "client/commands/session.h"
#include "client/figure_text.h"
#include "client/table.h"
#include "client/time_text.h"

namespace enthesis::client {
namespace {

struct DescribeOptions {
  QuestionText question;
};

// A share of a whole, where both are shown.
std::string PartText(std::optional<int32_t> part,
                     std::optional<int32_t> whole) {
  if (!part.has_value() || !whole.has_value() || *whole == 0) return "";
  return absl::StrFormat("%.1f %%", 100.0 * *part / *whole);
}

std::string GroupsTable(const v1::DescribeCohortResponse& answer,
                        const FigureText& figures) {
  Table table;
  table.AddColumn("group", Align::kLeft);
  for (const char* heading : {"cases", "patients", "sites", "athletes"}) {
    table.AddColumn(heading, Align::kRight);
  }
  table.AddColumn("mean age", Align::kRight);
  table.AddColumn("median follow-up", Align::kRight);
  for (const v1::CohortGroup& group : answer.groups()) {
    const std::string name = GroupText(group.group());
    if (!group.has_n_cases()) {  // nothing of the group is there: said once
      table.AddRow({name, figures.Absent(group.absence())});
      continue;
    }
    const auto count = [&](std::optional<int32_t> n) {
      return figures.Count(n, v1::ABSENCE_SUPPRESSED);
    };
    table.AddRow({name, count(group.n_cases()),
                  count(ENTHESIS_OPTIONAL(group, n_patients)),
                  count(ENTHESIS_OPTIONAL(group, n_sites)),
                  count(ENTHESIS_OPTIONAL(group, n_athletes)),
                  group.has_mean_age_years()
                      ? absl::StrFormat("%.1f y", group.mean_age_years())
                      : figures.Absent(group.absence()),
                  group.has_median_follow_up_days()
                      ? FormatDays(group.median_follow_up_days())
                      : figures.Absent(group.absence())});
  }
  return table.Render();
}

std::string VisitsTable(const v1::DescribeCohortResponse& answer,
                        const FigureText& figures) {
  Table table;
  table.AddColumn("group", Align::kLeft);
  table.AddColumn("visit", Align::kLeft);
  table.AddColumn("due", Align::kRight);
  table.AddColumn("completed", Align::kRight);
  table.AddColumn("completeness", Align::kRight);
  for (const v1::CohortGroup& group : answer.groups()) {
    bool first = true;
    for (const v1::VisitCompleteness& visit : group.visits()) {
      table.AddRow(
          {std::exchange(first, false) ? GroupText(group.group()) : "",
           visit.visit(),
           figures.Count(ENTHESIS_OPTIONAL(visit, due), visit.absence()),
           figures.Count(ENTHESIS_OPTIONAL(visit, completed), visit.absence()),
           figures.Percent(ENTHESIS_OPTIONAL(visit, completeness), std::nullopt,
                           std::nullopt, visit.absence())});
    }
  }
  return table.empty() ? "" : absl::StrCat("\n", table.Render());
}

std::string DimensionsTable(const v1::CohortGroup& group,
                            const FigureText& figures) {
  Table table;
  table.AddColumn("dimension", Align::kLeft);
  table.AddColumn("value", Align::kLeft);
  table.AddColumn("cases", Align::kRight);
  table.AddColumn("share", Align::kRight);
  for (const v1::DimensionCounts& dimension : group.dimensions()) {
    bool first = true;
    for (const v1::ValueCount& value : dimension.values()) {
      table.AddRow({first ? dimension.dimension() : "", value.value(),
                    figures.Count(ENTHESIS_OPTIONAL(value, n), value.absence()),
                    PartText(ENTHESIS_OPTIONAL(value, n),
                             ENTHESIS_OPTIONAL(group, n_cases))});
      first = false;
    }
  }
  return table.empty() ? "" : absl::StrCat("\n", table.Render());
}

std::string DescribeTable(const v1::DescribeCohortResponse& answer) {
  const FigureText figures(answer.provenance());
  std::string text =
      absl::StrCat(GroupsTable(answer, figures), VisitsTable(answer, figures));
  // Of many groups the distributions would fill pages: csv and json have them.
  if (answer.groups_size() == 1) {
    absl::StrAppend(&text, DimensionsTable(answer.groups(0), figures));
  }
  return absl::StrCat(text, figures.Footer());
}

std::string DescribeCsv(const v1::DescribeCohortResponse& answer) {
  AnswerCsv csv({"kind", "name", "value", "n", "of", "estimate"},
                answer.provenance());
  for (const v1::CohortGroup& group : answer.groups()) {
    const auto add = [&](const char* name, std::optional<int32_t> n,
                         std::optional<double> estimate) {
      csv.Add(group.group(),
              {"summary", name, "", CsvNumber(n), "", CsvNumber(estimate)},
              n.has_value() || estimate.has_value() ? v1::ABSENCE_UNSPECIFIED
                                                    : group.absence());
    };
    add("cases", ENTHESIS_OPTIONAL(group, n_cases), std::nullopt);
    add("patients", ENTHESIS_OPTIONAL(group, n_patients), std::nullopt);
    add("sites", ENTHESIS_OPTIONAL(group, n_sites), std::nullopt);
    add("athletes", ENTHESIS_OPTIONAL(group, n_athletes), std::nullopt);
    add("mean_age_years", std::nullopt,
        ENTHESIS_OPTIONAL(group, mean_age_years));
    add("median_follow_up_days", std::nullopt,
        ENTHESIS_OPTIONAL(group, median_follow_up_days));
    for (const v1::VisitCompleteness& visit : group.visits()) {
      csv.Add(group.group(),
              {"visit", visit.visit(), "",
               CsvNumber(ENTHESIS_OPTIONAL(visit, completed)),
               CsvNumber(ENTHESIS_OPTIONAL(visit, due)),
               CsvNumber(ENTHESIS_OPTIONAL(visit, completeness))},
              visit.absence());
    }
    for (const v1::DimensionCounts& dimension : group.dimensions()) {
      for (const v1::ValueCount& value : dimension.values()) {
        csv.Add(group.group(),
                {"dimension", dimension.dimension(), value.value(),
                 CsvNumber(ENTHESIS_OPTIONAL(value, n)), "", ""},
                value.absence());
      }
    }
  }
  return csv.text();
}

absl::StatusOr<v1::DescribeCohortRequest> ReadDescription(
    const DescribeOptions& options) {
  v1::DescribeCohortRequest request;
  const absl::Status status =
      ReadQuestion(options.question, *request.mutable_options());
  if (!status.ok()) return status;
  return request;
}

int AskDescription(const DescribeOptions& options, const Session& session) {
  return AskAndPrint(session, ReadDescription(options),
                     &RegistryClient::DescribeCohort, DescribeTable,
                     DescribeCsv);
}

}  // namespace

void AddDescribeCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "describe", "Count the cases of a cohort and its follow-up.");
  command->fallthrough();
  const auto options = std::make_shared<DescribeOptions>();
  AddCohortOptions(*command, options->question);
  command->footer(
      "Examples:\n"
      "  enthesis describe\n"
      "  enthesis describe --by site\n"
      "  enthesis describe --where age_band=40-49..60-69 --format csv");
  RunWhenChosen(*command, options, AskDescription, chosen);
}

}  // namespace enthesis::client
