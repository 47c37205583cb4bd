// enthesis incidence

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/commands/curve_figures.h"
#include "client/commands/incidence_text.h"
#include "client/commands/plot_option.h"
#include "client/commands/question_command.h"
#include "client/commands/question_options.h"
#include "client/commands/session.h"
#include "registry/model/endpoint.h"
#include "registry/model/question.h"

namespace enthesis::client {
namespace {

struct IncidenceText {
  QuestionText question;
  std::string endpoint = "reoperation";
  std::string complication;
  std::string variance = "aalen";
  double rho = 0;
  std::string strata;
  CurvePlotText plot;
};

absl::StatusOr<v1::EstimateIncidenceRequest> ReadIncidence(
    const IncidenceText& options) {
  v1::EstimateIncidenceRequest request;
  absl::Status status =
      ReadQuestion(options.question, *request.mutable_options());
  if (status.ok()) {
    status = ReadTimes(options.question, *request.mutable_at_days());
  }
  if (!status.ok()) return status;
  status = ReadEvent(options.endpoint, options.complication, request);
  if (!status.ok()) return status;
  const absl::StatusOr<v1::IntervalTransform> transform =
      ReadTransform(options.question.conf_type);
  if (!transform.ok()) return transform.status();
  request.set_transform(*transform);
  const model::Code* variance =
      model::kIncidenceVarianceCodes.Find(options.variance);
  if (variance == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--variance: \"", options.variance, "\" is not known; allowed: ",
        model::kIncidenceVarianceCodes.Allowed()));
  }
  request.set_variance(static_cast<v1::IncidenceVariance>(variance->value));
  status = CheckTestFlag(options.question, "--rho", absl::StrCat(options.rho));
  if (status.ok()) {
    status = CheckTestFlag(options.question, "--strata", options.strata);
  }
  if (!status.ok()) return status;
  request.set_rho(options.rho);
  if (!options.strata.empty()) {
    const absl::StatusOr<v1::Dimension> strata =
        ReadDimension(options.strata, "--strata");
    if (!strata.ok()) return strata.status();
    request.set_strata(*strata);
  }
  return request;
}

int AskIncidence(const IncidenceText& options, const Session& session) {
  const std::string& event =
      options.complication.empty() ? options.endpoint : options.complication;
  return AskCurves(
      session, ReadIncidence(options), &RegistryClient::EstimateIncidence,
      options.plot, event,
      [&](const auto& answer, const std::string& drawing) {
        return IncidenceTable(answer, event, drawing);
      },
      IncidenceCsv);
}

}  // namespace

void AddIncidenceCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "incidence",
      "Cumulative incidence of an endpoint and of what competes with it; with "
      "--by Gray's test of each.");
  command->fallthrough();
  const auto options = std::make_shared<IncidenceText>();
  AddEventOptions(*command, options->endpoint, options->complication);
  command
      ->add_option("--variance", options->variance,
                   "Of the curves: aalen or jackknife")
      ->capture_default_str();
  command->add_option("--rho", options->rho,
                      "With --by: weight (1 - F)^rho of Gray's test");
  command
      ->add_option("--strata", options->strata,
                   "Test the groups within each value of this dimension, such "
                   "as site")
      ->type_name("DIM");
  AddCohortOptions(*command, options->question);
  AddCurveOptions(*command, options->question);
  AddCurvePlotOptions(*command, options->plot);
  options->question.at = "3m,6m,12m,24m,60m";
  command->footer(
      "Examples:\n"
      "  enthesis incidence --endpoint reoperation --at 12m,24m\n"
      "  enthesis incidence --endpoint daily_life --by approach\n"
      "  enthesis incidence --endpoint return_sport --by sex --strata site\n"
      "  enthesis incidence --endpoint complication --by approach --plot "
      "complications.svg");
  RunWhenChosen(*command, options, AskIncidence, chosen);
}

}  // namespace enthesis::client
