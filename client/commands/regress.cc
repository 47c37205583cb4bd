// enthesis regress

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/answer_csv.h"
#include "client/commands/outcome_options.h"
#include "client/commands/question_command.h"
#include "client/commands/regression_answer.h"
#include "client/commands/regression_options.h"
#include "client/commands/session.h"
#include "client/figure_text.h"
#include "client/table.h"
#include "registry/model/regression_question.h"

namespace enthesis::client {
namespace {

struct RegressCommandOptions {
  OutcomeText outcome;
  std::string family = "logistic";
  bool firth = false;
};

absl::StatusOr<v1::FitRegressionRequest> ReadRegress(
    const RegressCommandOptions& options) {
  v1::FitRegressionRequest request;
  const RegressionText& text = options.outcome.regression;
  absl::Status status = ReadQuestion(text.question, *request.mutable_options());
  if (status.ok()) status = ReadCovariates(text, *request.mutable_covariates());
  if (status.ok()) status = ReadOutcome(options.outcome, request);
  if (!status.ok()) return status;
  const absl::StatusOr<int32_t> family =
      ReadCode(options.family, model::kRegressionFamilyCodes, "--family");
  if (!family.ok()) return family.status();
  request.set_family(static_cast<v1::RegressionFamily>(*family));
  const absl::StatusOr<v1::RegressionCluster> cluster = ReadCluster(text);
  if (!cluster.ok()) return cluster.status();
  request.set_cluster(*cluster);
  request.set_firth(options.firth);
  return request;
}

const char* RatioHeading(const v1::FitRegressionResponse& answer,
                         const RegressCommandOptions& options) {
  if (answer.family() == v1::REGRESSION_FAMILY_LOGISTIC) return "odds ratio";
  return options.outcome.measure.empty() ? "rate ratio" : "ratio of means";
}

std::string RatioTable(const v1::FitRegressionResponse& answer,
                       const RegressCommandOptions& options,
                       const FigureText& figures) {
  Table table;
  table.AddColumn("coefficient", Align::kLeft);
  table.AddColumn(RatioHeading(answer, options), Align::kLeft);
  table.AddColumn("estimate", Align::kRight);
  const bool robust = !options.outcome.regression.cluster.empty();
  table.AddColumn(robust ? "robust error" : "error", Align::kRight);
  table.AddColumn("z", Align::kRight);
  table.AddColumn("p", Align::kRight);
  const auto number = [](std::optional<double> value, int decimals) {
    return value.has_value() ? absl::StrFormat("%.*f", decimals, *value) : "";
  };
  for (const v1::GlmCoefficient& one : answer.coefficients()) {
    // The intercept is no ratio, but the odds or the rate without covariates.
    const bool is_intercept = one.covariate().empty() && one.has_estimate();
    table.AddRow({one.name(),
                  is_intercept ? ""
                               : figures.Number(ENTHESIS_OPTIONAL(one, ratio),
                                                ENTHESIS_OPTIONAL(one, lower),
                                                ENTHESIS_OPTIONAL(one, upper),
                                                3, one.absence()),
                  number(ENTHESIS_OPTIONAL(one, estimate), 4),
                  number(robust ? ENTHESIS_OPTIONAL(one, robust_std_error)
                                : ENTHESIS_OPTIONAL(one, std_error),
                         4),
                  number(ENTHESIS_OPTIONAL(one, z), 2),
                  one.has_p_value() ? PValueText(one.p_value()) : ""});
  }
  return table.empty() ? "" : table.Render();
}

std::string FitText(const v1::FitRegressionResponse& answer) {
  std::string text;
  if (answer.has_deviance()) {
    absl::StrAppendFormat(&text,
                          "deviance %.2f, of the intercept alone %.2f, AIC "
                          "%.2f\n",
                          answer.deviance(), answer.null_deviance(),
                          answer.aic());
  }
  if (answer.has_theta()) {
    absl::StrAppendFormat(&text, "theta %.4f", answer.theta());
    if (answer.has_theta_std_error()) {
      absl::StrAppendFormat(&text, " (error %.4f)", answer.theta_std_error());
    }
    absl::StrAppend(&text, ": variance = mean + mean^2 / theta\n");
  }
  if (answer.likelihood_ratio().has_p_value()) {
    const v1::ChiSquareTest& test = answer.likelihood_ratio();
    absl::StrAppendFormat(
        &text,
        "All coefficients 0? Likelihood ratio: chi-square %.2f on %d df, %s\n",
        test.chi_square(), test.df(), PValuePhrase(test.p_value()));
  }
  const v1::OutcomeDiscrimination& fit = answer.discrimination();
  if (fit.has_auc()) {
    absl::StrAppendFormat(&text,
                          "Discrimination: area under the curve %.3f, Brier "
                          "score %.4f\n",
                          fit.auc(), fit.brier());
  }
  if (fit.hosmer_lemeshow().has_p_value()) {
    const v1::ChiSquareTest& test = fit.hosmer_lemeshow();
    absl::StrAppendFormat(
        &text, "Calibration: Hosmer-Lemeshow chi-square %.2f on %d df, %s\n",
        test.chi_square(), test.df(), PValuePhrase(test.p_value()));
  }
  return text.empty() ? "" : absl::StrCat("\n", text);
}

std::string RegressTable(const v1::FitRegressionResponse& answer,
                         const RegressCommandOptions& options) {
  const FigureText figures(answer.provenance());
  const std::string family(
      model::kRegressionFamilyCodes.Find(options.family)->label);
  std::string text = absl::StrCat("Regression (", family, ") of ",
                                  OutcomeName(options.outcome), "\n");
  const bool counts =
      !options.outcome.measure.empty() && options.family != "logistic";
  if (counts && answer.withheld_for().empty()) {
    absl::StrAppend(
        &text, "n ",
        figures.Count(ENTHESIS_OPTIONAL(answer, n), v1::ABSENCE_SUPPRESSED),
        ", dropped for want of a covariate ",
        figures.Count(ENTHESIS_OPTIONAL(answer, dropped),
                      v1::ABSENCE_SUPPRESSED),
        "\n");
  } else {
    absl::StrAppend(&text, ModelHeading(answer, figures));
  }
  return absl::StrCat(text, "\n", RatioTable(answer, options, figures),
                      FitText(answer), figures.Footer());
}

std::string RegressCsv(const v1::FitRegressionResponse& answer) {
  const std::vector<std::string> columns = {
      "kind",      "name",     "n",         "events",
      "dropped",   "estimate", "std_error", "robust_std_error",
      "statistic", "df",       "p_value",   "ratio",
      "lower",     "upper"};
  AnswerCsv csv(columns, answer.provenance());
  const auto add_row = [&](std::vector<std::string> cells,
                           v1::Absence absence) {
    cells.resize(columns.size());  // those at the end that say nothing
    csv.Add(google::protobuf::RepeatedPtrField<v1::GroupValue>(),
            std::move(cells), absence);
  };
  add_row({"model", "", CsvNumber(ENTHESIS_OPTIONAL(answer, n)),
           CsvNumber(ENTHESIS_OPTIONAL(answer, events)),
           CsvNumber(ENTHESIS_OPTIONAL(answer, dropped))},
          answer.absence());
  for (const v1::GlmCoefficient& one : answer.coefficients()) {
    add_row({"coefficient", one.name(), "", "", "",
             CsvNumber(ENTHESIS_OPTIONAL(one, estimate)),
             CsvNumber(ENTHESIS_OPTIONAL(one, std_error)),
             CsvNumber(ENTHESIS_OPTIONAL(one, robust_std_error)),
             CsvNumber(ENTHESIS_OPTIONAL(one, z)), "",
             CsvNumber(ENTHESIS_OPTIONAL(one, p_value)),
             CsvNumber(ENTHESIS_OPTIONAL(one, ratio)),
             CsvNumber(ENTHESIS_OPTIONAL(one, lower)),
             CsvNumber(ENTHESIS_OPTIONAL(one, upper))},
            one.absence());
  }
  const auto add = [&](const char* kind, const char* name,
                       std::optional<double> estimate,
                       std::optional<double> std_error = std::nullopt) {
    add_row({kind, name, "", "", "", CsvNumber(estimate), CsvNumber(std_error)},
            answer.absence());
  };
  const v1::LogLikelihood& likelihood = answer.log_likelihood();
  add("log_likelihood", "null", ENTHESIS_OPTIONAL(likelihood, null));
  add("log_likelihood", "model", ENTHESIS_OPTIONAL(likelihood, model));
  add("deviance", "null", ENTHESIS_OPTIONAL(answer, null_deviance));
  add("deviance", "model", ENTHESIS_OPTIONAL(answer, deviance));
  add("aic", "", ENTHESIS_OPTIONAL(answer, aic));
  if (answer.family() == v1::REGRESSION_FAMILY_NEGATIVE_BINOMIAL) {
    add("theta", "", ENTHESIS_OPTIONAL(answer, theta),
        ENTHESIS_OPTIONAL(answer, theta_std_error));
  }
  const auto test = [&](const char* name, const v1::ChiSquareTest& found) {
    add_row({"test", name, "", "", "", "", "", "",
             CsvNumber(ENTHESIS_OPTIONAL(found, chi_square)),
             CsvNumber(ENTHESIS_OPTIONAL(found, df)),
             CsvNumber(ENTHESIS_OPTIONAL(found, p_value))},
            answer.absence());
  };
  if (answer.has_likelihood_ratio()) {
    test("likelihood_ratio", answer.likelihood_ratio());
  }
  if (answer.has_discrimination()) {
    const v1::OutcomeDiscrimination& fit = answer.discrimination();
    add("discrimination", "auc", ENTHESIS_OPTIONAL(fit, auc));
    add("discrimination", "brier", ENTHESIS_OPTIONAL(fit, brier));
    test("hosmer_lemeshow", fit.hosmer_lemeshow());
  }
  return csv.text();
}

int AskRegress(const RegressCommandOptions& options, const Session& session) {
  return AskAndPrint(
      session, ReadRegress(options), &RegistryClient::FitRegression,
      [&options](const auto& answer) { return RegressTable(answer, options); },
      RegressCsv);
}

}  // namespace

void AddRegressCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "regress",
      "Logistic, Poisson or negative binomial regression of an event by a day, "
      "of its rate, of improvement, or of a count.");
  command->fallthrough();
  const auto options = std::make_shared<RegressCommandOptions>();
  command
      ->add_option("--family", options->family,
                   model::kRegressionFamilyCodes.Allowed())
      ->capture_default_str();
  AddOutcomeOptions(*command, options->outcome);
  AddClusterOption(*command, options->outcome.regression);
  command->add_flag("--firth", options->firth,
                    "Firth's penalized likelihood: finite odds ratios where a "
                    "covariate separates the outcomes");
  command->footer(
      "Examples:\n"
      "  enthesis regress --endpoint complication --by-day 90 --covariates "
      "age_years,smoking,approach\n"
      "  enthesis regress --family poisson --endpoint reoperation --covariates "
      "primary_procedure\n"
      "  enthesis regress --measure visa_a --threshold 14 --covariates "
      "baseline_visa_a,sex --cluster site");
  RunWhenChosen(*command, options, AskRegress, chosen);
}

}  // namespace enthesis::client
