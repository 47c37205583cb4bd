// enthesis analyze mixed: linear mixed models of repeated scores.

#include "stats/mixed.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/analyze/caterpillar_plot.h"
#include "client/analyze/methods.h"
#include "client/analyze/regression_report.h"
#include "client/analyze/score_json.h"
#include "client/analyze/term_report.h"
#include "client/analyze/time_data.h"
#include "stats/distributions.h"

namespace enthesis::client {
namespace {

struct MixedData {
  std::vector<double> response, slope;
  Factor groups, sites;
  stats::DesignMatrix design;

  stats::MixedRows rows() const {
    return {response, groups.codes, slope, sites.codes};
  }
};

absl::Status CheckMixedFlags(const AnalyzeOptions& options) {
  if (options.response.empty()) {
    return absl::InvalidArgumentError("--response is required");
  }
  if (options.group.empty()) {
    return absl::InvalidArgumentError(
        "--group is required: the column that says whose measurement a row is");
  }
  for (const auto& [flag, column] : {std::pair("--group", options.group),
                                     {"--slope", options.slope},
                                     {"--site", options.site}}) {
    if (column != options.response) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(flag, " ", column, ": it is the response already"));
  }
  for (const auto& [flag, column] :
       {std::pair("--slope", options.slope), {"--site", options.site}}) {
    if (column != options.group) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(flag, " ", column, ": it is the group already"));
  }
  return absl::OkStatus();
}

absl::Status ReadMixedData(const AnalyzeOptions& options, const Frame& frame,
                           MixedData& data) {
  if (absl::Status status = CheckRows(frame); !status.ok()) return status;
  absl::StatusOr<std::vector<double>> response =
      frame.Numbers(options.response);
  if (!response.ok()) return response.status();
  data.response = *std::move(response);
  if (!options.slope.empty()) {
    absl::StatusOr<std::vector<double>> slope = frame.Numbers(options.slope);
    if (!slope.ok()) return slope.status();
    data.slope = *std::move(slope);
  }
  if (absl::Status status = frame.CheckFinite(options.group); !status.ok()) {
    return status;
  }
  data.groups = frame.FactorOf(options.group);
  if (options.site.empty()) return absl::OkStatus();
  if (absl::Status status = frame.CheckFinite(options.site); !status.ok()) {
    return status;
  }
  data.sites = frame.FactorOf(options.site);
  return absl::OkStatus();
}

// What the data leave open belongs to the flags that ask for it.
absl::Status WithFlags(const AnalyzeOptions& options,
                       const absl::Status& status) {
  if (!absl::IsFailedPrecondition(status)) return status;
  return absl::FailedPreconditionError(absl::StrCat(
      "--group ", options.group,
      options.slope.empty() ? "" : absl::StrCat(" --slope ", options.slope),
      options.site.empty() ? "" : absl::StrCat(" --site ", options.site), ": ",
      status.message()));
}

JsonValue MixedCoefficientsJson(const stats::MixedFit& fit) {
  JsonValue json = JsonValue::Array();
  for (const stats::Coefficient& one : fit.coefficients) {
    JsonValue row = JsonValue::Object();
    row.Set("name", one.name)
        .SetOrNull("estimate", one.estimate)
        .SetOrNull("stdError", one.std_error)
        .SetOrNull("df", one.df)
        .SetOrNull("statistic", one.statistic)
        .SetOrNull("pValue", one.p_value)
        .SetOrNull("lower", one.lower)
        .SetOrNull("upper", one.upper);
    json.Add(std::move(row));
  }
  return json;
}

void AddCoefficients(const stats::MixedFit& fit, Report& report) {
  report.json.Set("coefficients", MixedCoefficientsJson(fit));
  ReportTable table = {
      .kind = "coefficient",
      .columns = {"name:coefficient", "estimate", "std_error", "df",
                  "statistic:t", "p_value:p", "lower", "upper"},
      .figure = "estimate"};
  for (const stats::Coefficient& one : fit.coefficients) {
    ReportRow(table)
        .Add(one.name)
        .Add(one.estimate)
        .Add(one.std_error)
        .Add(one.df)
        .Add(one.statistic)
        .Add(one.p_value)
        .Add(one.lower)
        .Add(one.upper)
        .Because(kDropped);
  }
  report.tables.push_back(std::move(table));
}

void AddVariances(const stats::MixedFit& fit, Report& report) {
  JsonValue random = JsonValue::Object();
  random.Set("interceptVariance", fit.intercept_variance)
      .SetOrNull("slopeVariance", fit.slope_variance)
      .SetOrNull("covariance", fit.slope_covariance)
      .SetOrNull("correlation", fit.slope_correlation)
      .SetOrNull("siteVariance", fit.site_variance);
  report.json.Set("randomEffects", std::move(random))
      .Set("residualVariance", fit.residual_variance)
      .SetOrNull("intraclassCorrelation", fit.intraclass_correlation)
      .Set("singular", fit.singular);
  ReportTable table = {
      .kind = "random_effects",
      .title = "Variances",
      .columns = {"intercept_variance:intercept", "slope_variance:slope",
                  "covariance", "correlation", "site_variance:site",
                  "residual_variance:residual", "intraclass_correlation"},
      .figure = "intercept_variance"};
  ReportRow(table)
      .Add(fit.intercept_variance)
      .AddOrSkip(fit.slope_variance)
      .AddOrSkip(fit.slope_covariance)
      .AddOrSkip(fit.slope_correlation)
      .AddOrSkip(fit.site_variance)
      .Add(fit.residual_variance)
      .AddOrSkip(fit.intraclass_correlation);
  report.tables.push_back(std::move(table));
}

std::optional<double> SitesOf(const stats::MixedFit& fit) {
  if (fit.n_sites == 0) return std::nullopt;
  return static_cast<double>(fit.n_sites);
}

void AddLikelihood(const stats::MixedFit& fit, Report& report) {
  std::optional<double> reml, deviance;
  if (fit.log_likelihood.has_value()) {
    (fit.options.reml ? reml : deviance) = -2 * *fit.log_likelihood;
  }
  report.json.SetOrNull("logLikelihood", fit.log_likelihood)
      .SetOrNull("remlCriterion", reml)
      .SetOrNull("deviance", deviance)
      .SetOrNull("aic", fit.aic)
      .SetOrNull("bic", fit.bic);
  ReportTable table = {.kind = "fit",
                       .title = "Fit",
                       .columns = {"groups", "sites", "log_likelihood",
                                   "reml_criterion", "deviance", "aic", "bic"},
                       .figure = "log_likelihood"};
  ReportRow(table)
      .Add(static_cast<double>(fit.n_groups))
      .AddOrSkip(SitesOf(fit))
      .Add(fit.log_likelihood)
      .AddOrSkip(reml)
      .AddOrSkip(deviance)
      .Add(fit.aic)
      .Add(fit.bic);
  report.tables.push_back(std::move(table));
}

void AddGroupEffects(const stats::MixedFit& fit, const MixedData& data,
                     bool asked, Report& report) {
  JsonValue json = JsonValue::Array();
  ReportTable table = {
      .kind = "group_effect",
      .title = "Predicted random effects",
      .columns = {"group", "n", "intercept", "intercept_std_error", "slope",
                  "slope_std_error"},
      .figure = "intercept"};
  for (const stats::GroupEffect& effect : fit.effects) {
    if (!asked) break;
    const std::string& name =
        data.groups.levels[static_cast<size_t>(effect.group)];
    JsonValue row = JsonValue::Object();
    row.Set("group", name)
        .Set("n", static_cast<int64_t>(effect.n))
        .Set("intercept", effect.intercept)
        .Set("interceptStdError", effect.intercept_std_error)
        .SetOrNull("slope", effect.slope)
        .SetOrNull("slopeStdError", effect.slope_std_error);
    json.Add(std::move(row));
    ReportRow(table)
        .Add(name)
        .Add(static_cast<double>(effect.n))
        .Add(effect.intercept)
        .Add(effect.intercept_std_error)
        .AddOrSkip(effect.slope)
        .AddOrSkip(effect.slope_std_error);
  }
  if (asked) report.json.Set("groupEffects", std::move(json));
  report.tables.push_back(std::move(table));
}

void AddPredictedSites(const stats::MixedFit& fit, const MixedData& data,
                       bool asked, Report& report) {
  JsonValue json = JsonValue::Array();
  ReportTable table = {.kind = "site_effect",
                       .title = "Predicted effects of sites",
                       .columns = {"site", "n", "estimate", "std_error"},
                       .figure = "estimate"};
  for (const stats::SiteEffect& effect : fit.site_effects) {
    if (!asked) break;
    const std::string& name =
        data.sites.levels[static_cast<size_t>(effect.site)];
    JsonValue row = JsonValue::Object();
    row.Set("site", name)
        .Set("n", static_cast<int64_t>(effect.n))
        .Set("estimate", effect.estimate)
        .Set("stdError", effect.std_error);
    json.Add(std::move(row));
    ReportRow(table)
        .Add(name)
        .Add(static_cast<double>(effect.n))
        .Add(effect.estimate)
        .Add(effect.std_error);
  }
  if (asked && fit.n_sites > 0) report.json.Set("siteEffects", std::move(json));
  report.tables.push_back(std::move(table));
}

// Intervals of the predictions alone, normal.
void DrawGroupEffects(const AnalyzeOptions& options, const stats::MixedFit& fit,
                      const MixedData& data, Report& report) {
  const double z = stats::NormalCriticalValue(options.conf_level);
  CaterpillarPlot plot;
  plot.x_title = "random intercept";
  plot.y_title = options.group;
  plot.estimate_name = "predicted";
  plot.reference_name = "0";
  plot.note = absl::StrCat("Predicted effects by ", options.group, " with ",
                           FigureOf(100 * options.conf_level),
                           " % intervals given coefficients and variances");
  for (const stats::GroupEffect& effect : fit.effects) {
    const double reach = z * effect.intercept_std_error;
    plot.rows.push_back({data.groups.levels[static_cast<size_t>(effect.group)],
                         effect.intercept, effect.intercept - reach,
                         effect.intercept + reach});
  }
  plot.Arrange();
  if (plot.rows.empty()) return;
  if (options.draws) report.figure = plot.Svg();
  report.drawing = plot.Text();
}

void AddMixedConventions(const AnalyzeOptions& options, Report& report) {
  report.conventions = {
      {"estimator", options.ml ? "maximum likelihood, as lmer(REML = FALSE)"
                               : "restricted maximum likelihood, as lmer"},
      {"randomEffects",
       options.slope.empty()
           ? absl::StrCat("normal intercepts by ", options.group)
           : absl::StrCat("normal intercepts and slopes of ", options.slope,
                          " by ", options.group,
                          ", correlated; the intercept is where ",
                          options.slope, " is 0")},
      {"df", "Satterthwaite, as lmerTest"},
      {"interval", "Student's t with those df"},
      {"terms",
       "F, all coefficients of a term 0; denominator df of "
       "Satterthwaite, as anova of lmerTest"},
      {"confLevel", options.conf_level},
      {"aic", "counts coefficients, variances, covariance, residual variance"}};
  if (!options.site.empty()) {
    report.conventions.emplace_back(
        "site", absl::StrCat("normal intercepts by ", options.site,
                             ", independent of those by ", options.group,
                             ", as (1 | ", options.site, ") of lmer"));
  }
  if (options.random_effects) {
    report.conventions.emplace_back(
        "groupEffects",
        "best linear unbiased predictions; errors hold coefficients and "
        "variances fixed, as ranef(condVar = TRUE)");
  }
}

void WarnOfMixed(const AnalyzeOptions& options, const stats::MixedFit& fit,
                 const std::vector<CovariateTerm>& terms, Report& report) {
  WarnOfDropped(fit.coefficients, report);
  if (fit.perfect) {
    report.warnings.emplace_back(
        "the covariates meet every response: variances and errors are 0, there "
        "are no tests");
  } else if (fit.singular) {
    std::vector<std::string> none;
    if (fit.intercept_variance == 0 && fit.slope_variance.value_or(0) == 0) {
      none.push_back(
          absl::StrCat("no variance between groups of ", options.group));
    } else if (fit.slope_variance.has_value() &&
               std::abs(fit.slope_correlation.value_or(1)) == 1) {
      none.emplace_back(
          "intercepts and slopes are as good as one random "
          "effect");
    }
    if (fit.site_variance == 0.0) {
      none.push_back(
          absl::StrCat("no variance between sites of ", options.site));
    }
    report.warnings.push_back(absl::StrCat(
        "the fit is singular (boundary): ", absl::StrJoin(none, ", "),
        "; tests hold that fixed"));
  }
  const bool fixed = std::any_of(
      terms.begin(), terms.end(),
      [&](const CovariateTerm& term) { return term.column == options.slope; });
  if (!options.slope.empty() && !fixed) {
    report.warnings.push_back(
        absl::StrCat(options.slope,
                     " has random slopes but is no covariate: their mean is "
                     "taken to be 0"));
  }
}

}  // namespace

absl::StatusOr<Report> AnalyzeMixed(const AnalyzeOptions& options,
                                    std::string text) {
  absl::Status status = CheckMixedFlags(options);
  if (!status.ok()) return status;
  const auto terms = ParseTerms(options.covariates);
  if (!terms.ok()) return terms.status();
  const auto references = ParseReferences(options.references);
  if (!references.ok()) return references.status();
  std::vector<std::string> names = ColumnsOf(*terms);
  names.insert(names.end(),
               {options.response, options.group, options.slope, options.site});
  names = WithoutEmpty(std::move(names));
  const auto file = DataFile::Parse(std::move(text), names, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, names);
  Report report;
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  MixedData data;
  status = ReadMixedData(options, frame, data);
  if (!status.ok()) return status;
  absl::StatusOr<stats::DesignMatrix> design =
      MakeDesign(frame, *terms, *references, report.warnings);
  if (!design.ok()) return design.status();
  data.design = *std::move(design);
  stats::MixedOptions how;
  how.reml = !options.ml;
  how.conf_level = options.conf_level;
  const auto fit = stats::FitMixed(data.rows(), data.design, how, options.pool);
  if (!fit.ok()) return WithFlags(options, frame.WithLine(fit.status()));
  report.method = absl::StrCat("Linear mixed model of ", options.response,
                               " by ", options.group);
  report.json.Set("n", report.n)
      .Set("dropped", report.dropped)
      .Set("groups", static_cast<int64_t>(fit->n_groups));
  if (fit->n_sites > 0) {
    report.json.Set("sites", static_cast<int64_t>(fit->n_sites));
  }
  AddCoefficients(*fit, report);
  AddTermTests(fit->terms, report);
  AddVariances(*fit, report);
  AddLikelihood(*fit, report);
  AddGroupEffects(*fit, data, options.random_effects, report);
  AddPredictedSites(*fit, data, options.random_effects, report);
  if (options.draws || options.random_effects)
    DrawGroupEffects(options, *fit, data, report);
  AddMixedConventions(options, report);
  WarnOfMixed(options, *fit, *terms, report);
  return report;
}

}  // namespace enthesis::client
