// enthesis analyze ancova: groups compared on a response, adjusted for its
// baseline.

#include "stats/ancova.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/analyze/methods.h"
#include "client/analyze/score_json.h"
#include "client/analyze/time_data.h"

namespace enthesis::client {
namespace {

JsonValue AdjustedMeansJson(const std::string& column, const Factor& groups,
                            const stats::Ancova& fit) {
  JsonValue json = JsonValue::Array();
  for (size_t g = 0; g < fit.adjusted_means.size(); ++g) {
    const stats::AdjustedMean& mean = fit.adjusted_means[g];
    JsonValue row = JsonValue::Object();
    JsonValue group = JsonValue::Object();
    group.Set(column, groups.levels[g]);
    row.Set("group", std::move(group))
        .Set("estimate", mean.estimate)
        .Set("stdError", mean.std_error)
        .Set("lower", mean.lower)
        .Set("upper", mean.upper);
    json.Add(std::move(row));
  }
  return json;
}

JsonValue ContrastsJson(const Factor& groups, const stats::Ancova& fit) {
  JsonValue json = JsonValue::Array();
  for (const stats::GroupContrast& contrast : fit.contrasts) {
    JsonValue row = JsonValue::Object();
    row.Set("first", groups.levels[static_cast<size_t>(contrast.first)])
        .Set("second", groups.levels[static_cast<size_t>(contrast.second)])
        .Set("estimate", contrast.estimate)
        .Set("stdError", contrast.std_error)
        .Set("statistic", contrast.statistic)
        .Set("pValue", contrast.p_value)
        .Set("lower", contrast.lower)
        .Set("upper", contrast.upper);
    json.Add(std::move(row));
  }
  return json;
}

void AddFitTables(const Factor& groups, const stats::Ancova& fit,
                  Report& report) {
  ReportTable contrasts = {
      .kind = "contrast",
      .title = "Differences of adjusted means, first minus second",
      .columns = {"group:first", "second", "estimate", "std_error",
                  "statistic:t", "p_value:p", "lower", "upper"},
      .figure = "estimate"};
  for (const stats::GroupContrast& contrast : fit.contrasts) {
    ReportRow(contrasts)
        .Add(groups.levels[static_cast<size_t>(contrast.first)])
        .Add(groups.levels[static_cast<size_t>(contrast.second)])
        .Add(contrast.estimate)
        .Add(contrast.std_error)
        .Add(contrast.statistic)
        .Add(contrast.p_value)
        .Add(contrast.lower)
        .Add(contrast.upper);
  }
  ReportTable test = {
      .kind = "group_test",
      .title = "Groups alike, given baseline and covariates",
      .columns = {"statistic:F", "df", "residual_df", "p_value:p"},
      .figure = "p_value"};
  ReportRow(test)
      .Add(fit.group_test.statistic)
      .Add(fit.group_test.df)
      .Add(fit.group_test.residual_df)
      .Add(fit.group_test.p_value);
  ReportTable whole = {
      .kind = "fit",
      .title = "Fit",
      .columns = {"residual_variance", "residual_df", "r_squared"},
      .figure = "residual_variance"};
  ReportRow(whole)
      .Add(fit.residual_variance)
      .Add(fit.residual_df)
      .Add(fit.r_squared);
  for (ReportTable* table : {&contrasts, &test, &whole}) {
    report.tables.push_back(std::move(*table));
  }
}

// The reference of --group among its levels; taken out of `references`.
absl::StatusOr<int> ReferenceOf(const std::string& column, const Factor& groups,
                                References& references) {
  const auto chosen = references.find(column);
  if (chosen == references.end()) return 0;
  const std::optional<size_t> at = FindLevel(groups.levels, chosen->second);
  if (!at.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--reference ", column, "=", chosen->second,
                     ": the levels are ", absl::StrJoin(groups.levels, ", ")));
  }
  references.erase(chosen);
  return static_cast<int>(*at);
}

}  // namespace

absl::StatusOr<Report> AnalyzeAncova(const AnalyzeOptions& options,
                                     std::string text) {
  if (options.response.empty() || options.baseline.empty() ||
      options.group.empty()) {
    return absl::InvalidArgumentError(
        "--response, --baseline and --group are required");
  }
  const auto terms = ParseCovariates(options.covariates);
  if (!terms.ok()) return terms.status();
  absl::StatusOr<References> references = ParseReferences(options.references);
  if (!references.ok()) return references.status();
  std::vector<std::string> names = ColumnsOf(*terms);
  names.insert(names.end(),
               {options.response, options.baseline, options.group});
  const auto file = DataFile::Parse(std::move(text), names, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, names);
  if (absl::Status rows = CheckRows(frame); !rows.ok()) return rows;
  const auto response = frame.Numbers(options.response);
  if (!response.ok()) return response.status();
  const auto baseline = frame.Numbers(options.baseline);
  if (!baseline.ok()) return baseline.status();
  const Factor groups = frame.FactorOf(options.group);
  stats::AncovaOptions how;
  how.conf_level = options.conf_level;
  const auto reference = ReferenceOf(options.group, groups, *references);
  if (!reference.ok()) return reference.status();
  how.reference = *reference;
  stats::AncovaData data;
  data.response = *response;
  data.baseline = *baseline;
  data.groups = groups.codes;
  for (const std::string& level : groups.levels) {
    data.group_names.push_back(options.group + level);
  }
  data.baseline_name = options.baseline;
  Report report;
  absl::StatusOr<stats::DesignMatrix> design =
      MakeDesign(frame, *terms, *references, report.warnings);
  if (!design.ok()) return design.status();
  data.covariates = *std::move(design);
  const absl::StatusOr<stats::Ancova> fit = stats::FitAncova(data, how);
  if (!fit.ok()) return frame.WithLine(fit.status());

  report.method =
      absl::StrCat("ANCOVA of ", options.response, " by ", options.group);
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  WarnOfDropped(fit->coefficients, report);
  report.json.Set("n", report.n)
      .Set("dropped", report.dropped)
      .Set("coefficients", CoefficientsJson(fit->coefficients))
      .Set("residualVariance", fit->residual_variance)
      .Set("residualDf", fit->residual_df)
      .Set("rSquared", fit->r_squared)
      .Set("adjustedMeans", AdjustedMeansJson(options.group, groups, *fit))
      .Set("contrasts", ContrastsJson(groups, *fit))
      .Set("groupTest", FTestJson(fit->group_test));
  report.tables.push_back(CoefficientTable(fit->coefficients));
  ReportTable means = {
      .kind = "adjusted_mean",
      .title = "Adjusted means",
      .columns = {"group", "estimate", "std_error", "lower", "upper"},
      .figure = "estimate"};
  for (size_t g = 0; g < fit->adjusted_means.size(); ++g) {
    const stats::AdjustedMean& mean = fit->adjusted_means[g];
    ReportRow(means)
        .Add(groups.levels[g])
        .Add(mean.estimate)
        .Add(mean.std_error)
        .Add(mean.lower)
        .Add(mean.upper);
  }
  report.tables.push_back(std::move(means));
  AddFitTables(groups, *fit, report);
  report.conventions = {
      {"method", "least squares, as lm"},
      {"interval", "Student's t"},
      {"confLevel", options.conf_level},
      {"adjustedMeans",
       "numeric covariates at their mean, levels of factors weighted equally, "
       "as emmeans"},
      {"contrasts", "first minus second, unadjusted"}};
  return report;
}

}  // namespace enthesis::client
