// enthesis cox

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/prediction_answer.h"
#include "client/commands/question_command.h"
#include "client/commands/regression_answer.h"
#include "client/commands/regression_options.h"
#include "client/commands/session.h"
#include "client/figure_text.h"
#include "client/table.h"
#include "registry/model/endpoint.h"

namespace enthesis::client {
namespace {

struct CoxCommandOptions {
  RegressionText regression;
  std::string endpoint = "reoperation";
  std::string complication;
  bool zph = false;
};

absl::StatusOr<v1::FitCoxRequest> ReadCox(const CoxCommandOptions& options) {
  v1::FitCoxRequest request;
  absl::Status status = ReadRegression(options.regression, request);
  if (status.ok()) {
    status = ReadEvent(options.endpoint, options.complication, request);
  }
  if (!status.ok()) return status;
  request.set_test_proportional_hazards(options.zph);
  return request;
}

std::string CoxTable(const v1::FitCoxResponse& answer,
                     const CoxCommandOptions& options) {
  const FigureText figures(answer.provenance());
  std::string text = absl::StrCat(
      "Cox regression of the time from surgery to ",
      options.complication.empty() ? options.endpoint : options.complication,
      "\n", ModelHeading(answer, figures), "\n",
      HazardRatioTable(answer.coefficients(), figures),
      ModelTestsText(answer.tests()));
  if (answer.concordance().has_estimate()) {
    absl::StrAppendFormat(&text, "\nConcordance %.3f (error %.3f)\n",
                          answer.concordance().estimate(),
                          answer.concordance().std_error());
  }
  if (!answer.proportional_hazards().empty()) {
    Table table;
    table.AddColumn("proportional hazards", Align::kLeft);
    table.AddColumn("chi-square", Align::kRight);
    table.AddColumn("df", Align::kRight);
    table.AddColumn("p", Align::kRight);
    for (const v1::ProportionalHazardsTest& test :
         answer.proportional_hazards()) {
      table.AddRow({test.name(),
                    test.has_chi_square()
                        ? absl::StrFormat("%.2f", test.chi_square())
                        : figures.Absent(v1::ABSENCE_UNDEFINED),
                    absl::StrCat(test.df()),
                    test.has_p_value() ? PValueText(test.p_value()) : ""});
    }
    absl::StrAppend(&text, "\n", table.Render());
  }
  return absl::StrCat(
      text, PredictionsText(answer.predictions(), "survival", figures),
      figures.Footer());
}

std::string CoxCsv(const v1::FitCoxResponse& answer) {
  HazardCsv csv(answer.provenance());
  csv.AddModel(answer);
  if (answer.has_concordance()) {
    csv.AddEstimate("concordance", "",
                    ENTHESIS_OPTIONAL(answer.concordance(), estimate),
                    ENTHESIS_OPTIONAL(answer.concordance(), std_error));
  }
  for (const v1::ProportionalHazardsTest& test :
       answer.proportional_hazards()) {
    csv.AddTest("proportional_hazards", test.name(), test);
  }
  csv.AddPredictions("survival", answer.predictions());
  return csv.text();
}

int AskCox(const CoxCommandOptions& options, const Session& session) {
  return AskAndPrint(
      session, ReadCox(options), &RegistryClient::FitCox,
      [&options](const auto& answer) { return CoxTable(answer, options); },
      CoxCsv);
}

}  // namespace

void AddCoxCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "cox", "Cox regression of the time to an endpoint on covariates.");
  command->fallthrough();
  const auto options = std::make_shared<CoxCommandOptions>();
  AddEventOptions(*command, options->endpoint, options->complication);
  AddCovariateOptions(*command, options->regression);
  AddHazardOptions(*command, options->regression, "efron");
  AddPredictionOptions(*command, options->regression);
  command->add_flag("--zph", options->zph,
                    "Test whether hazards are proportional");
  command->footer(
      "Examples:\n"
      "  enthesis cox --covariates age_years,sex,bmi\n"
      "  enthesis cox --endpoint complication --covariates smoking,diabetes "
      "\\\n    --reference smoking=never --strata site --zph\n"
      "  enthesis cox --endpoint return_sport --covariates "
      "primary_procedure,baseline_visa_a \\\n    --cluster patient\n"
      "  enthesis cox --covariates age_years,sex --predict "
      "age_years=45,sex=male --at 180,365\n"
      "  enthesis cox --covariates \"factor(surgery_year)\" --where "
      "surgery_year=2018..2023");
  RunWhenChosen(*command, options, AskCox, chosen);
}

}  // namespace enthesis::client
