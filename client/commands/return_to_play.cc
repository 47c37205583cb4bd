// enthesis return-to-play

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/commands/curve_figures.h"
#include "client/commands/incidence_text.h"
#include "client/commands/plot_option.h"
#include "client/commands/question_command.h"
#include "client/commands/question_options.h"
#include "client/commands/session.h"
#include "client/figure_text.h"
#include "client/table.h"
#include "client/time_text.h"
#include "registry/model/codes.h"

namespace enthesis::client {
namespace {

struct ReturnOptions {
  QuestionText question;
  std::string stage = "sport";
  CurvePlotText plot;
};

absl::StatusOr<v1::EstimateReturnToPlayRequest> ReadReturn(
    const ReturnOptions& options) {
  v1::EstimateReturnToPlayRequest request;
  absl::Status status =
      ReadQuestion(options.question, *request.mutable_options());
  if (status.ok()) {
    status = ReadTimes(options.question, *request.mutable_at_days());
  }
  if (!status.ok()) return status;
  const model::Code* stage = model::kReturnStageCodes.Find(options.stage);
  if (stage == nullptr || options.stage == "none") {
    return absl::InvalidArgumentError(
        absl::StrCat("--stage: \"", options.stage,
                     "\" is not known; allowed: participation, sport, "
                     "performance"));
  }
  request.set_stage(static_cast<v1::ReturnStage>(stage->value));
  const absl::StatusOr<v1::IntervalTransform> transform =
      ReadTransform(options.question.conf_type);
  if (!transform.ok()) return transform.status();
  request.set_transform(*transform);
  return request;
}

std::string ReturnTable(const v1::EstimateReturnToPlayResponse& answer,
                        const ReturnOptions& options,
                        const std::string& drawing) {
  const FigureText figures(answer.provenance());
  Table curves, at, shares;
  for (Table* table : {&curves, &at, &shares}) {
    table->AddColumn("group", Align::kLeft);
  }
  curves.AddColumn("athletes", Align::kRight);
  for (const char* cause : {"back", "reoperated", "retired", "died"}) {
    curves.AddColumn(cause, Align::kRight);
  }
  curves.AddColumn("half are back", Align::kLeft);
  at.AddColumn("time", Align::kRight);
  at.AddColumn("at risk", Align::kRight);
  at.AddColumn("back", Align::kLeft);
  shares.AddColumn("day known by visit only", Align::kLeft);
  shares.AddColumn("still back from 24 months on", Align::kLeft);
  for (const v1::ReturnCurve& curve : answer.curves()) {
    const std::string group = GroupText(curve.group());
    if (!curve.has_n()) {  // nothing of the group is there: said once
      curves.AddRow({group, figures.Absent(curve.absence())});
      continue;
    }
    std::vector<std::string> row = {
        group, figures.Count(ENTHESIS_OPTIONAL(curve, n), curve.absence())};
    for (int i = 0; i < 4; ++i) {
      row.push_back(
          i < curve.causes_size()
              ? figures.Count(ENTHESIS_OPTIONAL(curve.causes(i), events),
                              curve.absence())
              : figures.Absent(curve.absence()));
    }
    row.push_back(figures.Time(curve.median()));
    curves.AddRow(std::move(row));
    shares.AddRow({group, figures.Share(curve.known_by_visit()),
                   figures.Share(curve.sustained())});
    if (curve.causes_size() == 0) continue;
    bool first = true;
    for (const v1::IncidencePoint& point : curve.causes(0).at()) {
      at.AddRow(
          {std::exchange(first, false) ? group : "", FormatDays(point.day()),
           figures.Count(ENTHESIS_OPTIONAL(point, at_risk), point.absence()),
           figures.Percent(ENTHESIS_OPTIONAL(point, incidence),
                           ENTHESIS_OPTIONAL(point, lower),
                           ENTHESIS_OPTIONAL(point, upper), point.absence())});
    }
  }
  return absl::StrCat("Return to ", options.stage,
                      ", reoperation, retirement and death competing\n\n",
                      drawing, curves.Render(), "\n", at.Render(), "\n",
                      shares.Render(), GrayText(answer.tests(), figures),
                      figures.Footer());
}

int AskReturn(const ReturnOptions& options, const Session& session) {
  return AskCurves(
      session, ReadReturn(options), &RegistryClient::EstimateReturnToPlay,
      options.plot, options.stage,
      [&](const auto& answer, const std::string& drawing) {
        return ReturnTable(answer, options, drawing);
      },
      ReturnCsv);
}

}  // namespace

void AddReturnToPlayCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "return-to-play",
      "Share of athletes back to play by time (Aalen-Johansen); reoperation, "
      "retirement from sport and death compete.");
  command->fallthrough();
  const auto options = std::make_shared<ReturnOptions>();
  command
      ->add_option("--stage", options->stage,
                   "participation, sport or performance")
      ->capture_default_str();
  AddCohortOptions(*command, options->question);
  AddCurveOptions(*command, options->question);
  AddCurvePlotOptions(*command, options->plot);
  command->footer(
      "Without --at: 3, 4, 6, 9 and 12 months.\n"
      "Examples:\n"
      "  enthesis return-to-play --by primary_procedure\n"
      "  enthesis return-to-play --stage performance --at 6m,12m,24m\n"
      "  enthesis return-to-play --where sport_level=competitive,professional\n"
      "  enthesis return-to-play --by sex --plot return.png");
  RunWhenChosen(*command, options, AskReturn, chosen);
}

}  // namespace enthesis::client
