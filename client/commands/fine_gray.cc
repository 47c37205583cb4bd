// enthesis fine-gray

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
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
  std::string cause = "return";
  std::string convention = "crr";
};

absl::StatusOr<v1::FitFineGrayRequest> ReadFineGray(
    const FineGrayCommandOptions& options) {
  static const auto* const kCauses = new std::map<std::string, v1::ReturnCause>{
      {"return", v1::RETURN_CAUSE_RETURN},
      {"reoperation", v1::RETURN_CAUSE_REOPERATION},
      {"retirement", v1::RETURN_CAUSE_RETIREMENT},
      {"death", v1::RETURN_CAUSE_DEATH}};
  v1::FitFineGrayRequest request;
  const absl::Status status = ReadRegression(options.regression, request);
  if (!status.ok()) return status;
  const absl::StatusOr<v1::Endpoint> endpoint = ReadEndpoint(
      options.endpoint, [](model::Endpoint) { return true; },
      "return_participation, return_sport, return_performance");
  if (!endpoint.ok()) return endpoint.status();
  request.set_endpoint(*endpoint);
  const auto cause = kCauses->find(options.cause);
  if (cause == kCauses->end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--cause: \"", options.cause,
                     "\" is not known; allowed: return, reoperation, "
                     "retirement, death"));
  }
  request.set_cause(cause->second);
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
  std::string text = absl::StrCat("Fine-Gray regression of ", options.cause,
                                  ", with ", options.endpoint, " asked for\n",
                                  ModelHeading(answer, figures));
  if (answer.has_competing()) {
    absl::StrAppend(&text, "competing events ", answer.competing(), "\n");
  }
  return absl::StrCat(text, "\n",
                      HazardRatioTable(answer.coefficients(), figures),
                      ModelTestsText(answer.tests()), figures.Footer());
}

std::string FineGrayCsv(const v1::FitFineGrayResponse& answer) {
  HazardCsv csv(answer.provenance());
  csv.AddModel(answer);
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
  CLI::App* command = app.add_subcommand(
      "fine-gray",
      "Fine-Gray regression of the incidence of return to play or of what "
      "competes with it.");
  command->fallthrough();
  const auto options = std::make_shared<FineGrayCommandOptions>();
  command
      ->add_option("--endpoint", options->endpoint,
                   "return_participation, return_sport or return_performance")
      ->capture_default_str();
  command
      ->add_option("--cause", options->cause,
                   "return, reoperation, retirement or death; the others "
                   "compete")
      ->capture_default_str();
  command
      ->add_option("--convention", options->convention,
                   "crr (of cmprsk) or finegray (of survival, with coxph)")
      ->capture_default_str();
  AddCovariateOptions(*command, options->regression);
  AddHazardOptions(*command, options->regression);
  command->footer(
      "Examples:\n"
      "  enthesis fine-gray --covariates age_years,sex,baseline_visa_a\n"
      "  enthesis fine-gray --cause retirement --covariates sport_level\n"
      "  enthesis fine-gray --endpoint return_performance --covariates "
      "primary_procedure \\\n    --convention finegray --strata site");
  RunWhenChosen(*command, options, AskFineGray, chosen);
}

}  // namespace enthesis::client
