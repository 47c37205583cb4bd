// enthesis mixed

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/analyze/frame.h"
#include "client/analyze/means_plot.h"
#include "client/commands/answer_csv.h"
#include "client/commands/question_command.h"
#include "client/commands/regression_options.h"
#include "client/commands/session.h"
#include "client/figure_text.h"
#include "client/output_file.h"
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
  bool random_site = false;
  std::string plot;
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
  if (options.random_site &&
      model::IsVisitCovariance(
          static_cast<model::MixedStructure>(*structure))) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--random-site is not of a covariance of the visits (--structure ",
        options.structure, "); allowed: with --structure intercept or slope"));
  }
  request.set_random_site(options.random_site);
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

std::string MixedTermsTable(const v1::FitMixedModelResponse& answer) {
  Table table;
  table.AddColumn("term", Align::kLeft);
  table.AddColumn("F", Align::kRight);
  table.AddColumn("df", Align::kRight);
  table.AddColumn("residual df", Align::kRight);
  table.AddColumn("p", Align::kRight);
  for (const v1::MixedTerm& one : answer.terms()) {
    table.AddRow({one.name(), FixedText(ENTHESIS_OPTIONAL(one, statistic), 2),
                  absl::StrCat(one.numerator_df()),
                  FixedText(ENTHESIS_OPTIONAL(one, df), 1),
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
    if (effects.has_site_variance()) {
      absl::StrAppendFormat(&text, "; between sites %.3f",
                            effects.site_variance());
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

// Adjusted means over the visits, at the target days of these.
MeansPlot PlotOfMeans(const v1::FitMixedModelResponse& answer,
                      const std::string& measure) {
  MeansPlot plot;
  plot.x_title = "visit";
  plot.y_title = absl::StrCat("adjusted mean of ", measure);
  std::vector<std::string> labels;
  for (const v1::VisitMean& mean : answer.means()) {
    if (plot.visits.empty() || plot.visits.back() != mean.visit()) {
      plot.visits.push_back(mean.visit());
    }
    if (!mean.has_estimate()) continue;
    const std::string label = GroupText(mean.group());
    size_t at = static_cast<size_t>(
        std::find(labels.begin(), labels.end(), label) - labels.begin());
    if (at == labels.size()) {
      labels.push_back(label);
      plot.series.push_back({mean.group().empty() ? "" : label, {}});
    }
    plot.series[at].means.push_back({plot.visits.size() - 1, mean.estimate(),
                                     ENTHESIS_OPTIONAL(mean, lower),
                                     ENTHESIS_OPTIONAL(mean, upper)});
  }
  return plot;
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
  if (!answer.means().empty()) {
    absl::StrAppend(&text, "\n", PlotOfMeans(answer, options.measure).Text());
  }
  return absl::StrCat(
      text, MeansTable(answer, figures), VisitContrastsTable(answer, figures),
      CoefficientsTable(answer, figures), MixedTermsTable(answer),
      VariancesText(answer), figures.Footer());
}

void AddTermLines(const v1::FitMixedModelResponse& answer, AnswerCsv& csv) {
  const google::protobuf::RepeatedPtrField<v1::GroupValue> all;
  for (const v1::MixedTerm& one : answer.terms()) {
    csv.Add(
        all,
        {"term", one.name(), "", "", "", "", "", "", "",
         CsvNumber(ENTHESIS_OPTIONAL(one, df)),
         CsvNumber(ENTHESIS_OPTIONAL(one, statistic)),
         CsvNumber(ENTHESIS_OPTIONAL(one, p_value)), "", ""},
        one.has_statistic() ? v1::ABSENCE_UNSPECIFIED : v1::ABSENCE_UNDEFINED);
  }
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
  AddTermLines(answer, csv);
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
  variance("variance", "site", "", ENTHESIS_OPTIONAL(effects, site_variance));
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
  absl::Status drawn;
  const auto ask = [&](RegistryClient& client,
                       const v1::FitMixedModelRequest& request) {
    auto answer = client.FitMixedModel(request);
    if (!answer.ok() || options.plot.empty()) return answer;
    drawn =
        answer->means().empty()
            ? absl::FailedPreconditionError(
                  "--plot: there are no means of visits to draw; they are "
                  "of a covariance of the visits (--structure un, csh, "
                  "ar1, ar1h, toep)")
            : WriteOutput(options.plot,
                          PlotOfMeans(*answer, options.measure).Svg(), 0644);
    return answer;
  };
  const int code = AskAndPrint(
      session, ReadMixed(options), ask,
      [&options](const auto& answer) { return MixedTable(answer, options); },
      MixedCsv);
  if (drawn.ok()) return code;
  FailUsage(drawn.message());
  return kExitServer;
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
  command->add_flag("--random-site", options->random_site,
                    "A random intercept by site, too, with --structure "
                    "intercept or slope");
  command
      ->add_option("--plot", options->plot,
                   "Draws the adjusted means over the visits, of a covariance "
                   "of these")
      ->type_name("FILE.svg");
  command->footer(
      "Examples:\n"
      "  enthesis mixed --structure slope --covariates age_years,"
      "baseline_visa_a\n"
      "  enthesis mixed --by approach --structure un --df kenward-roger "
      "--covariates baseline_visa_a");
  RunWhenChosen(*command, options, AskMixed, chosen);
}

}  // namespace enthesis::client
