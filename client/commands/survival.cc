// enthesis survival

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/answer_csv.h"
#include "client/commands/question_command.h"
#include "client/commands/question_options.h"
#include "client/commands/session.h"
#include "client/figure_text.h"
#include "client/table.h"
#include "client/time_text.h"
#include "registry/model/endpoint.h"

namespace enthesis::client {
namespace {

struct SurvivalOptions {
  QuestionText question;
  std::string endpoint = "reoperation";
  std::string complication;
  bool points = false;
};

absl::StatusOr<v1::EstimateSurvivalRequest> ReadSurvival(
    const SurvivalOptions& options) {
  v1::EstimateSurvivalRequest request;
  absl::Status status =
      ReadQuestion(options.question, *request.mutable_options());
  if (status.ok()) {
    status = ReadTimes(options.question, *request.mutable_at_days());
  }
  if (!status.ok()) return status;
  const absl::StatusOr<v1::Endpoint> endpoint = ReadEndpoint(
      options.endpoint,
      [](model::Endpoint asked) { return !model::IsReturn(asked); },
      "reoperation, complication, rupture, full_weight_bearing, daily_life, "
      "osteotomy_union (return to play: `enthesis return-to-play`)");
  if (!endpoint.ok()) return endpoint.status();
  request.set_endpoint(*endpoint);
  const absl::StatusOr<v1::ComplicationKind> kind =
      ReadComplication(options.complication);
  if (!kind.ok()) return kind.status();
  request.set_complication(*kind);
  const absl::StatusOr<v1::IntervalTransform> transform =
      ReadTransform(options.question.conf_type);
  if (!transform.ok()) return transform.status();
  request.set_transform(*transform);
  return request;
}

std::string SurvivalTable(const v1::EstimateSurvivalResponse& answer,
                          const SurvivalOptions& options) {
  const FigureText figures(answer.provenance());
  const std::string event =
      options.complication.empty() ? options.endpoint : options.complication;
  std::string text = absl::StrCat("Time from surgery to ", event, "\n\n");
  Table curves;
  curves.AddColumn("group", Align::kLeft);
  curves.AddColumn("n", Align::kRight);
  curves.AddColumn("events", Align::kRight);
  curves.AddColumn("median", Align::kLeft);
  Table at;
  at.AddColumn("group", Align::kLeft);
  at.AddColumn("time", Align::kRight);
  at.AddColumn("at risk", Align::kRight);
  at.AddColumn(absl::StrCat("free of ", event), Align::kLeft);
  for (const v1::SurvivalCurve& curve : answer.curves()) {
    const std::string group = GroupText(curve.group());
    curves.AddRow(
        {group, figures.Count(ENTHESIS_OPTIONAL(curve, n), curve.absence()),
         figures.Count(ENTHESIS_OPTIONAL(curve, events), curve.absence()),
         figures.Time(curve.median())});
    bool first = true;
    for (const v1::SurvivalPoint& point :
         options.points ? curve.points() : curve.at()) {
      at.AddRow(
          {std::exchange(first, false) ? group : "", FormatDays(point.day()),
           figures.Count(ENTHESIS_OPTIONAL(point, at_risk), point.absence()),
           figures.Percent(ENTHESIS_OPTIONAL(point, survival),
                           ENTHESIS_OPTIONAL(point, lower),
                           ENTHESIS_OPTIONAL(point, upper), point.absence())});
    }
  }
  absl::StrAppend(&text, curves.Render());
  if (!at.empty()) absl::StrAppend(&text, "\n", at.Render());
  if (answer.has_test()) {
    const v1::CurveTest& test = answer.test();
    absl::StrAppend(&text, "\nEqual curves (", test.name(), "): ",
                    test.has_p_value()
                        ? absl::StrFormat("chi-square %.2f on %d df, p = %s",
                                          test.chi_square(), test.df(),
                                          PValueText(test.p_value()))
                        : figures.Absent(test.absence()),
                    "\n");
  }
  return absl::StrCat(text, figures.Footer());
}

std::string SurvivalCsv(const v1::EstimateSurvivalResponse& answer) {
  AnswerCsv csv(
      {"kind", "day", "n", "events", "at_risk", "censored", "estimate",
       "std_error", "lower", "upper", "cumulative_hazard"},
      answer.provenance());
  for (const v1::SurvivalCurve& curve : answer.curves()) {
    csv.Add(curve.group(),
            {"curve", "", CsvNumber(ENTHESIS_OPTIONAL(curve, n)),
             CsvNumber(ENTHESIS_OPTIONAL(curve, events)), "", "", "", "", "",
             "", ""},
            curve.absence());
    const v1::TimeEstimate& median = curve.median();
    csv.Add(curve.group(),
            {"median_day", "", "", "", "", "",
             CsvNumber(ENTHESIS_OPTIONAL(median, estimate)), "",
             CsvNumber(ENTHESIS_OPTIONAL(median, lower)),
             CsvNumber(ENTHESIS_OPTIONAL(median, upper)), ""},
            median.absence());
    const auto add = [&](const char* kind, const v1::SurvivalPoint& point) {
      csv.Add(curve.group(),
              {kind, CsvNumber(ENTHESIS_OPTIONAL(point, day)), "",
               CsvNumber(ENTHESIS_OPTIONAL(point, events)),
               CsvNumber(ENTHESIS_OPTIONAL(point, at_risk)),
               CsvNumber(ENTHESIS_OPTIONAL(point, censored)),
               CsvNumber(ENTHESIS_OPTIONAL(point, survival)),
               CsvNumber(ENTHESIS_OPTIONAL(point, std_error)),
               CsvNumber(ENTHESIS_OPTIONAL(point, lower)),
               CsvNumber(ENTHESIS_OPTIONAL(point, upper)),
               CsvNumber(ENTHESIS_OPTIONAL(point, cumulative_hazard))},
              point.absence());
    };
    for (const v1::SurvivalPoint& point : curve.at()) add("at", point);
    for (const v1::SurvivalPoint& point : curve.points()) add("point", point);
  }
  return csv.text();
}

int AskSurvival(const SurvivalOptions& options, const Session& session) {
  return AskAndPrint(
      session, ReadSurvival(options), &RegistryClient::EstimateSurvival,
      [&options](const auto& answer) { return SurvivalTable(answer, options); },
      SurvivalCsv);
}

}  // namespace

void AddSurvivalCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "survival",
      "Kaplan-Meier survival free of an endpoint; with --by the log-rank "
      "test.");
  command->fallthrough();
  const auto options = std::make_shared<SurvivalOptions>();
  command
      ->add_option("--endpoint", options->endpoint,
                   "reoperation, complication, rupture, full_weight_bearing, "
                   "daily_life or osteotomy_union")
      ->capture_default_str();
  command->add_option("--complication", options->complication,
                      "With --endpoint complication: one kind");
  command->add_flag("--points", options->points,
                    "Table of every day of the curve instead of --at");
  AddCohortOptions(*command, options->question);
  AddCurveOptions(*command, options->question);
  options->question.at = "3m,6m,12m,24m,60m";
  command->footer(
      "Examples:\n"
      "  enthesis survival --endpoint reoperation --at 6m,12m,24m\n"
      "  enthesis survival --endpoint complication --by approach\n"
      "  enthesis survival --endpoint complication --complication sural_nerve\n"
      "  enthesis survival --by site --where surgery_year=2020..2023");
  RunWhenChosen(*command, options, AskSurvival, chosen);
}

}  // namespace enthesis::client
