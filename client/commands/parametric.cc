// enthesis parametric

#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/answer_csv.h"
#include "client/commands/prediction_answer.h"
#include "client/commands/question_command.h"
#include "client/commands/regression_answer.h"
#include "client/commands/regression_options.h"
#include "client/commands/session.h"
#include "client/figure_text.h"
#include "client/table.h"
#include "registry/model/endpoint.h"
#include "registry/model/regression_question.h"

namespace enthesis::client {
namespace {

struct ParametricCommandOptions {
  RegressionText regression;
  std::string endpoint = "return_sport";
  std::string complication;
  std::string distribution = "weibull";
};

absl::StatusOr<v1::FitParametricRequest> ReadParametric(
    const ParametricCommandOptions& options) {
  v1::FitParametricRequest request;
  const RegressionText& text = options.regression;
  absl::Status status = ReadQuestion(text.question, *request.mutable_options());
  if (status.ok()) status = ReadCovariates(text, *request.mutable_covariates());
  if (status.ok()) {
    status = ReadEvent(options.endpoint, options.complication, request);
  }
  if (status.ok()) status = ReadPredictions(text, request);
  if (!status.ok()) return status;
  const absl::StatusOr<int32_t> distribution =
      ReadCode(options.distribution, model::kParametricDistributionCodes,
               "--distribution");
  if (!distribution.ok()) return distribution.status();
  request.set_distribution(
      static_cast<v1::ParametricDistribution>(*distribution));
  return request;
}

std::string TimeRatioTable(const v1::FitParametricResponse& answer,
                           const FigureText& figures) {
  Table table;
  table.AddColumn("coefficient", Align::kLeft);
  table.AddColumn("time ratio", Align::kLeft);
  table.AddColumn("estimate", Align::kRight);
  table.AddColumn("error", Align::kRight);
  table.AddColumn("z", Align::kRight);
  table.AddColumn("p", Align::kRight);
  const auto number = [](std::optional<double> value, int decimals) {
    return value.has_value() ? absl::StrFormat("%.*f", decimals, *value) : "";
  };
  for (const v1::ParametricCoefficient& one : answer.coefficients()) {
    const bool is_intercept = one.covariate().empty();
    table.AddRow(
        {one.name(),
         is_intercept && one.has_estimate()
             ? ""
             : figures.Number(ENTHESIS_OPTIONAL(one, time_ratio),
                              ENTHESIS_OPTIONAL(one, lower),
                              ENTHESIS_OPTIONAL(one, upper), 3, one.absence()),
         number(ENTHESIS_OPTIONAL(one, estimate), 4),
         number(ENTHESIS_OPTIONAL(one, std_error), 4),
         number(ENTHESIS_OPTIONAL(one, z), 2),
         one.has_p_value() ? PValueText(one.p_value()) : ""});
  }
  return table.empty() ? "" : table.Render();
}

std::string ParametricTable(const v1::FitParametricResponse& answer,
                            const ParametricCommandOptions& options) {
  const FigureText figures(answer.provenance());
  std::string text = absl::StrCat(
      "Parametric (", options.distribution,
      ") regression of the time from surgery to ",
      options.complication.empty() ? options.endpoint : options.complication,
      "\n", ModelHeading(answer, figures));
  if (answer.has_known_by_visit()) {
    absl::StrAppend(&text, "events on a known day ", answer.exact(),
                    ", known by a visit ", answer.known_by_visit(), "\n");
  }
  absl::StrAppend(&text, "\n", TimeRatioTable(answer, figures));
  if (answer.has_scale()) {
    absl::StrAppendFormat(&text, "scale %.4f", answer.scale());
    if (answer.has_log_scale_std_error()) {
      absl::StrAppendFormat(&text, ", error of its logarithm %.4f",
                            answer.log_scale_std_error());
    }
    absl::StrAppend(&text, "\n");
  }
  const v1::ChiSquareTest& test = answer.likelihood_ratio();
  if (test.has_p_value()) {
    absl::StrAppendFormat(
        &text,
        "\nAll coefficients 0? Likelihood ratio: chi-square %.2f on %d df, "
        "%s\n",
        test.chi_square(), test.df(), PValuePhrase(test.p_value()));
  }
  return absl::StrCat(
      text, PredictionsText(answer.predictions(), "survival", figures),
      figures.Footer());
}

std::string ParametricCsv(const v1::FitParametricResponse& answer) {
  const std::vector<std::string> columns = {
      "kind",       "name",      "n",         "events", "dropped",
      "estimate",   "std_error", "statistic", "df",     "p_value",
      "time_ratio", "lower",     "upper",     "day",    "at_risk"};
  AnswerCsv csv(columns, answer.provenance());
  // Cells at the end that say nothing may be left out.
  const auto add_row = [&](std::vector<std::string> cells,
                           v1::Absence absence) {
    cells.resize(columns.size());
    csv.Add(google::protobuf::RepeatedPtrField<v1::GroupValue>(),
            std::move(cells), absence);
  };
  add_row({"model", "", CsvNumber(ENTHESIS_OPTIONAL(answer, n)),
           CsvNumber(ENTHESIS_OPTIONAL(answer, events)),
           CsvNumber(ENTHESIS_OPTIONAL(answer, dropped))},
          answer.absence());
  for (const auto& [name, n] :
       {std::pair("exact", ENTHESIS_OPTIONAL(answer, exact)),
        std::pair("known_by_visit",
                  ENTHESIS_OPTIONAL(answer, known_by_visit))}) {
    add_row({"events", name, "", CsvNumber(n)},
            n.has_value() ? v1::ABSENCE_UNSPECIFIED : v1::ABSENCE_SUPPRESSED);
  }
  for (const v1::ParametricCoefficient& one : answer.coefficients()) {
    add_row({"coefficient", one.name(), "", "", "",
             CsvNumber(ENTHESIS_OPTIONAL(one, estimate)),
             CsvNumber(ENTHESIS_OPTIONAL(one, std_error)),
             CsvNumber(ENTHESIS_OPTIONAL(one, z)), "",
             CsvNumber(ENTHESIS_OPTIONAL(one, p_value)),
             CsvNumber(ENTHESIS_OPTIONAL(one, time_ratio)),
             CsvNumber(ENTHESIS_OPTIONAL(one, lower)),
             CsvNumber(ENTHESIS_OPTIONAL(one, upper))},
            one.absence());
  }
  const auto add = [&](const char* kind, const char* name,
                       std::optional<double> estimate,
                       std::optional<double> std_error) {
    add_row({kind, name, "", "", "", CsvNumber(estimate), CsvNumber(std_error)},
            answer.absence());
  };
  add("scale", "", ENTHESIS_OPTIONAL(answer, scale), std::nullopt);
  add("log_scale", "",
      answer.has_scale() ? std::optional(std::log(answer.scale()))
                         : std::nullopt,
      ENTHESIS_OPTIONAL(answer, log_scale_std_error));
  add("log_likelihood", "null",
      ENTHESIS_OPTIONAL(answer.log_likelihood(), null), std::nullopt);
  add("log_likelihood", "model",
      ENTHESIS_OPTIONAL(answer.log_likelihood(), model), std::nullopt);
  const v1::ChiSquareTest& test = answer.likelihood_ratio();
  add_row({"test", "likelihood_ratio", "", "", "", "", "",
           CsvNumber(ENTHESIS_OPTIONAL(test, chi_square)),
           CsvNumber(ENTHESIS_OPTIONAL(test, df)),
           CsvNumber(ENTHESIS_OPTIONAL(test, p_value))},
          answer.absence());
  for (const v1::Prediction& one : answer.predictions()) {
    for (const v1::PredictedPoint& point : one.at()) {
      const PredictionCells cells = CellsOf(one, point);
      add_row({"survival", cells.profile, "", "", "", cells.estimate,
               cells.std_error, "", "", "", "", cells.lower, cells.upper,
               cells.day, cells.at_risk},
              point.absence());
    }
  }
  return csv.text();
}

int AskParametric(const ParametricCommandOptions& options,
                  const Session& session) {
  return AskAndPrint(
      session, ReadParametric(options), &RegistryClient::FitParametric,
      [&options](const auto& answer) {
        return ParametricTable(answer, options);
      },
      ParametricCsv);
}

}  // namespace

void AddParametricCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "parametric",
      "Parametric regression of the time to an endpoint, which may be known "
      "between two visits only.");
  command->fallthrough();
  const auto options = std::make_shared<ParametricCommandOptions>();
  AddEventOptions(*command, options->endpoint, options->complication);
  command
      ->add_option("--distribution", options->distribution,
                   model::kParametricDistributionCodes.Allowed())
      ->capture_default_str();
  AddCovariateOptions(*command, options->regression);
  AddPredictionOptions(*command, options->regression);
  command->footer(
      "Examples:\n"
      "  enthesis parametric --covariates age_years,sex --predict "
      "age_years=45,sex=male --at 6m,1y\n"
      "  enthesis parametric --endpoint rupture --distribution lognormal "
      "--covariates primary_procedure");
  RunWhenChosen(*command, options, AskParametric, chosen);
}

}  // namespace enthesis::client
