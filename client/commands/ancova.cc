// enthesis ancova

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/answer_csv.h"
#include "client/commands/question_command.h"
#include "client/commands/regression_options.h"
#include "client/commands/session.h"
#include "client/figure_text.h"
#include "client/table.h"
#include "registry/model/measure.h"

namespace enthesis::client {
namespace {

struct AncovaCommandOptions {
  RegressionText regression;
  std::string measure = "visa_a";
  std::string visit = "12_months";
};

absl::StatusOr<v1::FitAncovaRequest> ReadAncova(
    const AncovaCommandOptions& options) {
  const RegressionText& text = options.regression;
  v1::FitAncovaRequest request;
  absl::Status status = CheckGroups(text.question);
  if (status.ok()) status = CheckVisit(options.visit);
  if (status.ok()) {
    status = ReadQuestion(text.question, *request.mutable_options());
  }
  if (status.ok()) status = ReadCovariates(text, *request.mutable_covariates());
  if (!status.ok()) return status;
  const absl::StatusOr<std::string> reference = ReadGroupReference(text);
  if (!reference.ok()) return reference.status();
  request.set_reference(*reference);
  const absl::StatusOr<v1::Measure> measure = ReadMeasure(options.measure);
  if (!measure.ok()) return measure.status();
  request.set_measure(*measure);
  request.set_visit(options.visit);
  return request;
}

std::string EstimateText(std::optional<double> value) {
  return value.has_value() ? absl::StrFormat("%.3f", *value) : "";
}

std::string LinearTable(const v1::FitAncovaResponse& answer,
                        const FigureText& figures) {
  Table table;
  table.AddColumn("coefficient", Align::kLeft);
  table.AddColumn("estimate", Align::kLeft);
  table.AddColumn("error", Align::kRight);
  table.AddColumn("t", Align::kRight);
  table.AddColumn("p", Align::kRight);
  for (const v1::LinearCoefficient& one : answer.coefficients()) {
    table.AddRow(
        {one.name(),
         figures.Number(ENTHESIS_OPTIONAL(one, estimate),
                        ENTHESIS_OPTIONAL(one, lower),
                        ENTHESIS_OPTIONAL(one, upper), 2, one.absence()),
         EstimateText(ENTHESIS_OPTIONAL(one, std_error)),
         EstimateText(ENTHESIS_OPTIONAL(one, statistic)),
         one.has_p_value() ? PValueText(one.p_value()) : ""});
  }
  return table.Render();
}

std::string AdjustedMeansTable(const v1::FitAncovaResponse& answer,
                               const FigureText& figures) {
  Table table;
  table.AddColumn("group", Align::kLeft);
  table.AddColumn("n", Align::kRight);
  table.AddColumn("adjusted mean", Align::kLeft);
  for (const v1::AdjustedMean& mean : answer.adjusted_means()) {
    table.AddRow(
        {GroupText(mean.group()),
         figures.Count(ENTHESIS_OPTIONAL(mean, n), mean.absence()),
         figures.Number(ENTHESIS_OPTIONAL(mean, estimate),
                        ENTHESIS_OPTIONAL(mean, lower),
                        ENTHESIS_OPTIONAL(mean, upper), 1, mean.absence())});
  }
  return table.Render();
}

std::string ContrastsTable(const v1::FitAncovaResponse& answer,
                           const FigureText& figures) {
  Table table;
  table.AddColumn("first", Align::kLeft);
  table.AddColumn("second", Align::kLeft);
  table.AddColumn("first minus second", Align::kLeft);
  table.AddColumn("p", Align::kRight);
  for (const v1::AdjustedDifference& one : answer.contrasts()) {
    table.AddRow({GroupText(one.first()), GroupText(one.second()),
                  figures.Number(ENTHESIS_OPTIONAL(one, estimate),
                                 ENTHESIS_OPTIONAL(one, lower),
                                 ENTHESIS_OPTIONAL(one, upper), 1,
                                 v1::ABSENCE_UNDEFINED),
                  one.has_p_value() ? PValueText(one.p_value()) : ""});
  }
  return table.Render();
}

std::string AncovaTable(const v1::FitAncovaResponse& answer,
                        const AncovaCommandOptions& options) {
  const FigureText figures(answer.provenance());
  std::string text = absl::StrCat(options.measure, " at ", answer.visit(),
                                  " by ", options.regression.question.by,
                                  ", adjusted for its baseline\n");
  if (!answer.withheld_for().empty()) {
    absl::StrAppend(&text, Wrap(absl::StrCat(figures.Absent(answer.absence()),
                                             ": ", answer.withheld_for()),
                                "", "  "));
    return absl::StrCat(text, figures.Footer());
  }
  absl::StrAppend(&text, "n ", answer.n(), ", dropped for want of a value ",
                  answer.dropped(), "\n");
  if (answer.coefficients().empty()) {
    return absl::StrCat(text, figures.Footer());
  }
  absl::StrAppend(&text, "\n", AdjustedMeansTable(answer, figures));
  if (!answer.contrasts().empty()) {
    absl::StrAppend(&text, "\n", ContrastsTable(answer, figures));
  }
  absl::StrAppend(&text, "\n", LinearTable(answer, figures));
  const v1::FTest& test = answer.group_test();
  if (test.has_p_value()) {
    absl::StrAppendFormat(&text,
                          "\nGroups alike? F %.2f on %.0f and %.0f df, %s\n",
                          test.statistic(), test.df(), test.residual_df(),
                          PValuePhrase(test.p_value()));
  }
  return absl::StrCat(text, figures.Footer());
}

std::string AncovaCsv(const v1::FitAncovaResponse& answer) {
  AnswerCsv csv(
      {"kind", "name", "second", "n", "dropped", "estimate", "std_error",
       "statistic", "df", "residual_df", "p_value", "lower", "upper"},
      answer.provenance());
  const google::protobuf::RepeatedPtrField<v1::GroupValue> all;
  csv.Add(all,
          {"model", "", "", CsvNumber(ENTHESIS_OPTIONAL(answer, n)),
           CsvNumber(ENTHESIS_OPTIONAL(answer, dropped)), "", "", "", "", "",
           "", "", ""},
          answer.absence());
  const auto add = [&csv](const auto& group, const char* kind,
                          const std::string& name, const std::string& second,
                          const std::string& n, const auto& row,
                          const std::string& statistic, const std::string& p,
                          v1::Absence absence) {
    csv.Add(
        group,
        {kind, name, second, n, "", CsvNumber(ENTHESIS_OPTIONAL(row, estimate)),
         CsvNumber(ENTHESIS_OPTIONAL(row, std_error)), statistic, "", "", p,
         CsvNumber(ENTHESIS_OPTIONAL(row, lower)),
         CsvNumber(ENTHESIS_OPTIONAL(row, upper))},
        absence);
  };
  for (const v1::LinearCoefficient& one : answer.coefficients()) {
    add(all, "coefficient", one.name(), "", "", one,
        CsvNumber(ENTHESIS_OPTIONAL(one, statistic)),
        CsvNumber(ENTHESIS_OPTIONAL(one, p_value)), one.absence());
  }
  for (const v1::AdjustedMean& mean : answer.adjusted_means()) {
    add(mean.group(), "adjusted_mean", "", "",
        CsvNumber(ENTHESIS_OPTIONAL(mean, n)), mean, "", "", mean.absence());
  }
  for (const v1::AdjustedDifference& one : answer.contrasts()) {
    add(one.first(), "contrast", "", GroupText(one.second()), "", one,
        CsvNumber(ENTHESIS_OPTIONAL(one, statistic)),
        CsvNumber(ENTHESIS_OPTIONAL(one, p_value)), v1::ABSENCE_UNSPECIFIED);
  }
  const v1::FTest& test = answer.group_test();
  csv.Add(all,
          {"group_test", "", "", "", "", "", "",
           CsvNumber(ENTHESIS_OPTIONAL(test, statistic)),
           CsvNumber(ENTHESIS_OPTIONAL(test, df)),
           CsvNumber(ENTHESIS_OPTIONAL(test, residual_df)),
           CsvNumber(ENTHESIS_OPTIONAL(test, p_value)), "", ""},
          answer.absence());
  for (const auto& [kind, value] :
       {std::pair("residual_variance",
                  ENTHESIS_OPTIONAL(answer, residual_variance)),
        std::pair("residual_df", ENTHESIS_OPTIONAL(answer, residual_df)),
        std::pair("r_squared", ENTHESIS_OPTIONAL(answer, r_squared))}) {
    csv.Add(
        all,
        {kind, "", "", "", "", CsvNumber(value), "", "", "", "", "", "", ""},
        answer.absence());
  }
  return csv.text();
}

int AskAncova(const AncovaCommandOptions& options, const Session& session) {
  return AskAndPrint(
      session, ReadAncova(options), &RegistryClient::FitAncova,
      [&options](const auto& answer) { return AncovaTable(answer, options); },
      AncovaCsv);
}

}  // namespace

void AddAncovaCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "ancova",
      "Analysis of covariance: groups compared on a measure at a visit, "
      "adjusted for its baseline and covariates.");
  command->fallthrough();
  const auto options = std::make_shared<AncovaCommandOptions>();
  AddMeasureOption(*command, options->measure);
  AddVisitOption(*command, options->visit);
  AddGroupOption(*command, options->regression.question);
  AddCovariateOptions(*command, options->regression);
  command->footer(
      "Examples:\n"
      "  enthesis ancova --by primary_procedure\n"
      "  enthesis ancova --by approach --reference approach=open --covariates "
      "age_years,sex\n"
      "  enthesis ancova --by site --measure pain_activity --visit 6_months "
      "--format json");
  RunWhenChosen(*command, options, AskAncova, chosen);
}

}  // namespace enthesis::client
