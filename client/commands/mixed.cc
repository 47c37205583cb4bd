// enthesis mixed

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/analyze/frame.h"
#include "client/commands/answer_csv.h"
#include "client/commands/question_command.h"
#include "client/commands/regression_options.h"
#include "client/commands/session.h"
#include "client/figure_text.h"
#include "client/table.h"
#include "registry/model/mixed_question.h"

namespace enthesis::client {
namespace {

struct MixedCommandOptions {
  RegressionText regression;
  std::string measure = "visa_a";
  std::string visits = "3_months,6_months,12_months,24_months";
  std::string structure = "intercept";
  std::string df = "satterthwaite";
  bool maximum_likelihood = false;
};

absl::StatusOr<v1::FitMixedModelRequest> ReadMixed(
    const MixedCommandOptions& options) {
  const RegressionText& text = options.regression;
  v1::FitMixedModelRequest request;
  absl::Status status = ReadQuestion(text.question, *request.mutable_options());
  if (status.ok()) status = ReadCovariates(text, *request.mutable_covariates());
  if (!status.ok()) return status;
  const absl::StatusOr<std::string> reference = ReadGroupReference(text);
  if (!reference.ok()) return reference.status();
  request.set_reference(*reference);
  const absl::StatusOr<v1::Measure> measure = ReadMeasure(options.measure);
  if (!measure.ok()) return measure.status();
  request.set_measure(*measure);
  for (const std::string& visit : SplitList(options.visits)) {
    status = CheckVisit(visit);
    if (!status.ok()) return status;
    request.add_visits(visit);
  }
  const absl::StatusOr<int32_t> structure =
      ReadCode(options.structure, model::kMixedStructureCodes, "--structure");
  if (!structure.ok()) return structure.status();
  request.set_structure(static_cast<v1::MixedStructure>(*structure));
  const absl::StatusOr<int32_t> df =
      ReadCode(options.df, model::kMixedDfCodes, "--df");
  if (!df.ok()) return df.status();
  request.set_df(static_cast<v1::MixedDf>(*df));
  request.set_maximum_likelihood(options.maximum_likelihood);
  return request;
}

std::string FixedText(std::optional<double> value, int decimals) {
  return value.has_value() ? absl::StrFormat("%.*f", decimals, *value) : "";
}

std::string CoefficientsTable(const v1::FitMixedModelResponse& answer,
                              const FigureText& figures) {
  Table table;
  table.AddColumn("coefficient", Align::kLeft);
  table.AddColumn("estimate", Align::kLeft);
  table.AddColumn("error", Align::kRight);
  table.AddColumn("df", Align::kRight);
  table.AddColumn("t", Align::kRight);
  table.AddColumn("p", Align::kRight);
  for (const v1::MixedCoefficient& one : answer.coefficients()) {
    table.AddRow(
        {one.name(),
         figures.Number(ENTHESIS_OPTIONAL(one, estimate),
                        ENTHESIS_OPTIONAL(one, lower),
                        ENTHESIS_OPTIONAL(one, upper), 2, one.absence()),
         FixedText(ENTHESIS_OPTIONAL(one, std_error), 3),
         FixedText(ENTHESIS_OPTIONAL(one, df), 1),
         FixedText(ENTHESIS_OPTIONAL(one, statistic), 2),
         one.has_p_value() ? PValueText(one.p_value()) : ""});
  }
  return table.empty() ? "" : absl::StrCat("\n", table.Render());
}

std::string MeansTable(const v1::FitMixedModelResponse& answer,
                       const FigureText& figures) {
  Table table;
  table.AddColumn("visit", Align::kLeft);
  table.AddColumn("group", Align::kLeft);
  table.AddColumn("n", Align::kRight);
  table.AddColumn("adjusted mean", Align::kLeft);
  for (const v1::VisitMean& mean : answer.means()) {
    table.AddRow(
        {mean.visit(), GroupText(mean.group()),
         figures.Count(ENTHESIS_OPTIONAL(mean, n), v1::ABSENCE_SUPPRESSED),
         figures.Number(ENTHESIS_OPTIONAL(mean, estimate),
                        ENTHESIS_OPTIONAL(mean, lower),
                        ENTHESIS_OPTIONAL(mean, upper), 1, mean.absence())});
  }
  return table.empty() ? "" : absl::StrCat("\n", table.Render());
}

std::string VisitContrastsTable(const v1::FitMixedModelResponse& answer,
                                const FigureText& figures) {
  Table table;
  table.AddColumn("visit", Align::kLeft);
  table.AddColumn("group", Align::kLeft);
  table.AddColumn("reference", Align::kLeft);
  table.AddColumn("group minus reference", Align::kLeft);
  table.AddColumn("df", Align::kRight);
  table.AddColumn("p", Align::kRight);
  for (const v1::VisitContrast& one : answer.contrasts()) {
    table.AddRow(
        {one.visit(), GroupText(one.group()), GroupText(one.reference()),
         figures.Number(
             ENTHESIS_OPTIONAL(one, estimate), ENTHESIS_OPTIONAL(one, lower),
             ENTHESIS_OPTIONAL(one, upper), 1, v1::ABSENCE_UNDEFINED),
         FixedText(ENTHESIS_OPTIONAL(one, df), 1),
         one.has_p_value() ? PValueText(one.p_value()) : ""});
  }
  return table.empty() ? "" : absl::StrCat("\n", table.Render());
}

std::string VariancesText(const v1::FitMixedModelResponse& answer) {
  std::string text;
  if (answer.has_random_effects()) {
    const v1::RandomEffects& effects = answer.random_effects();
    absl::StrAppendFormat(&text, "\nVariance between cases: level %.3f",
                          effects.intercept_variance());
    if (effects.has_slope_variance()) {
      absl::StrAppendFormat(&text, ", slope by month %.5f, covariance %.4f",
                            effects.slope_variance(), effects.covariance());
    }
    absl::StrAppendFormat(&text, "; of the residuals %.3f%s\n",
                          answer.residual_variance(),
                          answer.singular() ? " (singular)" : "");
  }
  if (!answer.covariance().empty()) {
    Table table;
    table.AddColumn("covariance", Align::kLeft);
    for (const v1::VisitCovarianceRow& row : answer.covariance()) {
      table.AddColumn(row.visit(), Align::kRight);
    }
    for (const v1::VisitCovarianceRow& row : answer.covariance()) {
      std::vector<std::string> cells = {row.visit()};
      for (const double value : row.values()) {
        cells.push_back(absl::StrFormat("%.2f", value));
      }
      table.AddRow(cells);
    }
    absl::StrAppend(&text, "\n", table.Render());
  }
  return text;
}

std::string MixedTable(const v1::FitMixedModelResponse& answer,
                       const MixedCommandOptions& options) {
  const FigureText figures(answer.provenance());
  const std::string& by = options.regression.question.by;
  std::string text = absl::StrCat(options.measure, " over visits",
                                  by.empty() ? "" : absl::StrCat(" by ", by),
                                  ": ", options.structure, "\n");
  if (!answer.withheld_for().empty()) {
    absl::StrAppend(&text, Wrap(absl::StrCat(figures.Absent(answer.absence()),
                                             ": ", answer.withheld_for()),
                                "", "  "));
    return absl::StrCat(text, figures.Footer());
  }
  const auto count = [&](std::optional<int32_t> n) {
    return figures.Count(n, v1::ABSENCE_SUPPRESSED);
  };
  absl::StrAppend(&text, "n ", count(ENTHESIS_OPTIONAL(answer, n)),
                  ", measurements ",
                  count(ENTHESIS_OPTIONAL(answer, n_measurements)),
                  ", dropped for want of a value ",
                  count(ENTHESIS_OPTIONAL(answer, dropped)), "\n");
  return absl::StrCat(text, MeansTable(answer, figures),
                      VisitContrastsTable(answer, figures),
                      CoefficientsTable(answer, figures), VariancesText(answer),
                      figures.Footer());
}

std::string MixedCsv(const v1::FitMixedModelResponse& answer) {
  AnswerCsv csv(
      {"kind", "name", "visit", "reference", "n", "measurements", "dropped",
       "estimate", "std_error", "df", "statistic", "p_value", "lower", "upper"},
      answer.provenance());
  const google::protobuf::RepeatedPtrField<v1::GroupValue> all;
  csv.Add(all,
          {"model", "", "", "", CsvNumber(ENTHESIS_OPTIONAL(answer, n)),
           CsvNumber(ENTHESIS_OPTIONAL(answer, n_measurements)),
           CsvNumber(ENTHESIS_OPTIONAL(answer, dropped)), "", "", "", "", "",
           "", ""},
          answer.absence());
  const auto add = [&csv](const auto& group, const char* kind,
                          const std::string& name, const std::string& visit,
                          const std::string& reference, const std::string& n,
                          const auto& row, const std::string& statistic,
                          const std::string& p, v1::Absence absence) {
    csv.Add(group,
            {kind, name, visit, reference, n, "", "",
             CsvNumber(ENTHESIS_OPTIONAL(row, estimate)),
             CsvNumber(ENTHESIS_OPTIONAL(row, std_error)),
             CsvNumber(ENTHESIS_OPTIONAL(row, df)), statistic, p,
             CsvNumber(ENTHESIS_OPTIONAL(row, lower)),
             CsvNumber(ENTHESIS_OPTIONAL(row, upper))},
            absence);
  };
  for (const v1::MixedCoefficient& one : answer.coefficients()) {
    add(all, "coefficient", one.name(), "", "", "", one,
        CsvNumber(ENTHESIS_OPTIONAL(one, statistic)),
        CsvNumber(ENTHESIS_OPTIONAL(one, p_value)), one.absence());
  }
  for (const v1::VisitMean& mean : answer.means()) {
    add(mean.group(), "mean", "", mean.visit(), "",
        CsvNumber(ENTHESIS_OPTIONAL(mean, n)), mean, "", "", mean.absence());
  }
  for (const v1::VisitContrast& one : answer.contrasts()) {
    add(one.group(), "contrast", "", one.visit(), GroupText(one.reference()),
        "", one, CsvNumber(ENTHESIS_OPTIONAL(one, statistic)),
        CsvNumber(ENTHESIS_OPTIONAL(one, p_value)), v1::ABSENCE_UNSPECIFIED);
  }
  const auto variance = [&](const char* kind, const std::string& name,
                            const std::string& visit,
                            std::optional<double> value) {
    if (!value.has_value()) return;
    csv.Add(all,
            {kind, name, visit, "", "", "", "", CsvNumber(value), "", "", "",
             "", "", ""},
            v1::ABSENCE_UNSPECIFIED);
  };
  const v1::RandomEffects& effects = answer.random_effects();
  variance("variance", "intercept", "",
           ENTHESIS_OPTIONAL(effects, intercept_variance));
  variance("variance", "slope", "", ENTHESIS_OPTIONAL(effects, slope_variance));
  variance("variance", "intercept and slope", "",
           ENTHESIS_OPTIONAL(effects, covariance));
  variance("variance", "residual", "",
           ENTHESIS_OPTIONAL(answer, residual_variance));
  for (const v1::VisitCovarianceRow& row : answer.covariance()) {
    for (int v = 0; v < row.values_size(); ++v) {
      variance("covariance", answer.covariance(v).visit(), row.visit(),
               row.values(v));
    }
  }
  variance("log_likelihood", "", "", ENTHESIS_OPTIONAL(answer, log_likelihood));
  return csv.text();
}

int AskMixed(const MixedCommandOptions& options, const Session& session) {
  return AskAndPrint(
      session, ReadMixed(options), &RegistryClient::FitMixedModel,
      [&options](const auto& answer) { return MixedTable(answer, options); },
      MixedCsv);
}

}  // namespace

void AddMixedCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "mixed",
      "A measure over repeated visits: mixed model with random effects of the "
      "case, or with a covariance of the visits (MMRM).");
  command->fallthrough();
  const auto options = std::make_shared<MixedCommandOptions>();
  AddMeasureOption(*command, options->measure);
  command
      ->add_option(
          "--visits", options->visits,
          "Comma list, two at least, of: " + model::kVisitCodes.Allowed())
      ->type_name("VISITS")
      ->capture_default_str();
  AddGroupOption(*command, options->regression.question);
  AddCovariateOptions(*command, options->regression);
  command
      ->add_option("--structure", options->structure,
                   model::kMixedStructureCodes.Allowed() +
                       ": random effects of the case, or covariances of the "
                       "visits")
      ->capture_default_str();
  command
      ->add_option("--df", options->df,
                   model::kMixedDfCodes.Allowed() +
                       "; the second with a covariance of the visits")
      ->capture_default_str();
  command->add_flag("--ml", options->maximum_likelihood,
                    "Maximum likelihood instead of the restricted one");
  command->footer(
      "Examples:\n"
      "  enthesis mixed --structure slope --covariates age_years,"
      "baseline_visa_a\n"
      "  enthesis mixed --by approach --structure un --df kenward-roger "
      "--covariates baseline_visa_a");
  RunWhenChosen(*command, options, AskMixed, chosen);
}

}  // namespace enthesis::client
