// enthesis fine-gray

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/commands/prediction_answer.h"
#include "client/commands/question_command.h"
#include "client/commands/regression_answer.h"
#include "client/commands/regression_options.h"
#include "client/commands/session.h"
#include "client/figure_text.h"
#include "registry/model/endpoint.h"

namespace enthesis::client {
namespace {

struct FineGrayCommandOptions {
  RegressionText regression;
  std::string endpoint = "return_sport";
  std::string complication;
  std::string cause = "event";
  std::string convention = "crr";
};

bool IsOfEvent(const FineGrayCommandOptions& options) {
  return options.cause == "event" || options.cause == options.endpoint;
}

// The event, by its endpoint's code, too, or what competes with it.
absl::StatusOr<v1::FineGrayCause> ReadCause(
    const FineGrayCommandOptions& options, model::Endpoint endpoint) {
  if (IsOfEvent(options)) return v1::FINE_GRAY_CAUSE_EVENT;
  std::vector<absl::string_view> allowed = {"event"};
  for (const model::Exit exit : model::CompetingExits(endpoint)) {
    allowed.push_back(model::CompetingName(exit));
    if (options.cause == allowed.back()) {
      return static_cast<v1::FineGrayCause>(exit);
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--cause: \"", options.cause, "\" is not known; allowed with ",
      options.endpoint, ": ", absl::StrJoin(allowed, ", ")));
}

absl::StatusOr<v1::FitFineGrayRequest> ReadFineGray(
    const FineGrayCommandOptions& options) {
  v1::FitFineGrayRequest request;
  absl::Status status = ReadRegression(options.regression, request);
  if (status.ok()) {
    status = ReadEvent(options.endpoint, options.complication, request);
  }
  if (!status.ok()) return status;
  const absl::StatusOr<v1::FineGrayCause> cause =
      ReadCause(options, static_cast<model::Endpoint>(request.endpoint()));
  if (!cause.ok()) return cause.status();
  request.set_cause(*cause);
  if (options.convention == "finegray") {
    request.set_convention(v1::FINE_GRAY_CONVENTION_FINEGRAY);
  } else if (options.convention == "crr") {
    request.set_convention(v1::FINE_GRAY_CONVENTION_CRR);
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat("--convention: \"", options.convention,
                     "\" is not known; allowed: crr, finegray"));
  }
  return request;
}

std::string FineGrayTable(const v1::FitFineGrayResponse& answer,
                          const FineGrayCommandOptions& options) {
  const FigureText figures(answer.provenance());
  const std::string& event =
      options.complication.empty() ? options.endpoint : options.complication;
  std::string text = absl::StrCat(
      "Fine-Gray regression of ",
      IsOfEvent(options) ? event
                         : absl::StrCat(options.cause, " before ", event),
      "\n", ModelHeading(answer, figures));
  if (answer.has_competing()) {
    absl::StrAppend(&text, "competing events ", answer.competing(), "\n");
  }
  return absl::StrCat(
      text, "\n", HazardRatioTable(answer.coefficients(), figures),
      ModelTestsText(answer.tests()),
      PredictionsText(answer.predictions(), "incidence", figures),
      figures.Footer());
}

std::string FineGrayCsv(const v1::FitFineGrayResponse& answer) {
  HazardCsv csv(answer.provenance());
  csv.AddModel(answer);
  csv.AddPredictions("incidence", answer.predictions());
  return csv.text();
}

int AskFineGray(const FineGrayCommandOptions& options, const Session& session) {
  return AskAndPrint(
      session, ReadFineGray(options), &RegistryClient::FitFineGray,
      [&options](const auto& answer) { return FineGrayTable(answer, options); },
      FineGrayCsv);
}

}  // namespace

void AddFineGrayCommand(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("fine-gray",
                         "Fine-Gray regression of the incidence of an endpoint "
                         "or of what competes "
                         "with it.");
  command->fallthrough();
  const auto options = std::make_shared<FineGrayCommandOptions>();
  AddEventOptions(*command, options->endpoint, options->complication);
  command
      ->add_option("--cause", options->cause,
                   "event, or what competes with it: death, and with a return "
                   "stage reoperation or retirement, too")
      ->capture_default_str();
  command
      ->add_option("--convention", options->convention,
                   "crr (of cmprsk) or finegray (of survival, with coxph)")
      ->capture_default_str();
  AddCovariateOptions(*command, options->regression);
  AddHazardOptions(*command, options->regression,
                   "efron, but breslow with the convention crr");
  AddPredictionOptions(*command, options->regression);
  command->footer(
      "Examples:\n"
      "  enthesis fine-gray --covariates age_years,sex,baseline_visa_a\n"
      "  enthesis fine-gray --cause retirement --covariates sport_level\n"
      "  enthesis fine-gray --endpoint reoperation --covariates age_years,sex "
      "\\\n    --predict \"age_years=45,sex=male;age_years=65,sex=male\" "
      "--at 180,365\n"
      "  enthesis fine-gray --endpoint return_performance --covariates "
      "primary_procedure \\\n    --convention finegray --strata site");
  RunWhenChosen(*command, options, AskFineGray, chosen);
}

}  // namespace enthesis::client
