#include "client/analyze/mmrm_report.h"

#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/analyze/term_report.h"

namespace enthesis::client {
namespace {

using stats::MmrmEstimate;

// In the order of the contract; a mean has no test.
void SetEstimate(const MmrmEstimate& value, bool has_test, JsonValue& json) {
  json.Set("estimate", value.estimate)
      .Set("stdError", value.std_error)
      .Set("df", value.df);
  if (has_test) {
    json.Set("statistic", value.statistic).Set("pValue", value.p_value);
  }
  json.Set("lower", value.lower).Set("upper", value.upper);
}

void AddEstimate(const MmrmEstimate& value, bool has_test, ReportRow& row) {
  row.Add(value.estimate).Add(value.std_error).Add(value.df);
  if (has_test) row.Add(value.statistic).Add(value.p_value);
  row.Add(value.lower).Add(value.upper);
}

std::vector<std::string> EstimateColumns(std::vector<std::string> columns,
                                         bool has_test) {
  columns.insert(columns.end(), {"estimate", "std_error", "df"});
  if (has_test) columns.insert(columns.end(), {"statistic:t", "p_value:p"});
  columns.insert(columns.end(), {"lower", "upper"});
  return columns;
}

void AddMmrmCoefficients(const stats::MmrmFit& fit, Report& report) {
  JsonValue json = JsonValue::Array();
  ReportTable table = {.kind = "coefficient",
                       .columns = EstimateColumns({"name:coefficient"}, true),
                       .figure = "estimate"};
  for (const stats::MmrmCoefficient& one : fit.coefficients) {
    JsonValue row = JsonValue::Object();
    row.Set("name", one.name);
    SetEstimate(one.value, true, row);
    json.Add(std::move(row));
    ReportRow cells(table);
    cells.Add(one.name).Because(kDropped);
    AddEstimate(one.value, true, cells);
  }
  report.json.Set("coefficients", std::move(json));
  report.tables.push_back(std::move(table));
}

// One line a pair in CSV, a square for people.
void AddVisitCovariance(const stats::MmrmFit& fit,
                        const std::vector<std::string>& visits,
                        Report& report) {
  const size_t n = visits.size();
  JsonValue json = JsonValue::Array();
  ReportTable pairs = {.kind = "covariance",
                       .columns = {"visit", "other_visit", "covariance"},
                       .figure = "covariance",
                       .csv_only = true};
  ReportTable square = {.kind = "covariance",
                        .title = absl::StrCat("Covariance of visits (",
                                              FlagOf(fit.covariance), ")"),
                        .columns = {"visit"},
                        .people_only = true};
  square.columns.insert(square.columns.end(), visits.begin(), visits.end());
  for (size_t a = 0; a < n; ++a) {
    JsonValue values = JsonValue::Array();
    ReportRow line(square);
    line.Add(visits[a]);
    for (size_t b = 0; b < n; ++b) {
      const double value = fit.visit_covariance[a * n + b];
      values.Add(JsonValue::Number(value));
      line.Add(value);
      ReportRow(pairs).Add(visits[a]).Add(visits[b]).Add(value);
    }
    JsonValue row = JsonValue::Object();
    row.Set("visit", visits[a]).Set("values", std::move(values));
    json.Add(std::move(row));
  }
  report.json.Set("covariance", std::move(json));
  report.tables.push_back(std::move(pairs));
  report.tables.push_back(std::move(square));
}

void AddMmrmMeans(const stats::MmrmFit& fit,
                  const std::vector<std::string>& visits, const Groups& groups,
                  Report& report) {
  JsonValue json = JsonValue::Array();
  ReportTable table = {.kind = "least_squares_mean",
                       .title = "Least squares means",
                       .columns = EstimateColumns({"visit", "group"}, false),
                       .figure = "estimate"};
  for (const stats::MmrmMean& mean : fit.means) {
    const std::string& visit = visits[static_cast<size_t>(mean.visit)];
    const size_t group = static_cast<size_t>(mean.group);
    JsonValue row = JsonValue::Object();
    row.Set("visit", visit)
        .Set("group",
             mean.group < 0 ? JsonValue::Object() : groups.Json(group));
    SetEstimate(mean.value, false, row);
    json.Add(std::move(row));
    ReportRow cells(table);
    cells.Add(visit).Add(groups.Name(group));
    AddEstimate(mean.value, false, cells);
  }
  report.json.Set("leastSquaresMeans", std::move(json));
  report.tables.push_back(std::move(table));
}

void AddMmrmContrasts(const stats::MmrmFit& fit,
                      const std::vector<std::string>& visits,
                      const Groups& groups, size_t reference, Report& report) {
  JsonValue json = JsonValue::Array();
  ReportTable table = {
      .kind = "contrast",
      .title = "Differences of means, group minus reference",
      .columns = EstimateColumns({"visit", "group", "reference"}, true),
      .figure = "estimate"};
  for (const stats::MmrmContrast& contrast : fit.contrasts) {
    const std::string& visit = visits[static_cast<size_t>(contrast.visit)];
    const size_t group = static_cast<size_t>(contrast.group);
    JsonValue row = JsonValue::Object();
    row.Set("visit", visit)
        .Set("group", groups.Json(group))
        .Set("reference", groups.Json(reference));
    SetEstimate(contrast.value, true, row);
    json.Add(std::move(row));
    ReportRow cells(table);
    cells.Add(visit).Add(groups.Name(group)).Add(groups.Name(reference));
    AddEstimate(contrast.value, true, cells);
  }
  report.json.Set("contrasts", std::move(json));
  report.tables.push_back(std::move(table));
}

void WarnOfMmrm(const stats::MmrmFit& fit,
                const std::vector<std::string>& visits, const Groups& groups,
                Report& report) {
  for (const std::string& name : fit.dropped) {
    report.warnings.push_back(absl::StrCat(
        name,
        " was dropped: it is constant or a combination of columns before it"));
  }
  for (const stats::MmrmFailure& failure : fit.failures) {
    report.warnings.push_back(absl::StrCat(
        "the ", NameOf(failure.covariance), " covariance did not converge: ",
        failure.why, "; the ", NameOf(fit.covariance), " one is used instead"));
  }
  if (!fit.log_likelihood.has_value()) {
    report.warnings.push_back(absl::StrCat(
        fit.n <= fit.rank ? "as many coefficients as rows"
                          : "the fixed effects meet every response",
        ": there is nothing left to estimate a covariance from; it is 0, and "
        "there are no errors, intervals and tests"));
  }
  for (const stats::MmrmMean& mean : fit.means) {
    if (mean.value.estimate.has_value()) continue;
    const std::string where = absl::StrCat(
        "visit ", visits[static_cast<size_t>(mean.visit)],
        mean.group < 0
            ? ""
            : absl::StrCat(", ", groups.Name(static_cast<size_t>(mean.group))));
    report.warnings.push_back(absl::StrCat(
        where, ": no least squares mean, ",
        mean.has_rows ? "the rows do not determine it" : "there are no rows"));
  }
}

const char* DfText(const stats::MmrmOptions& options) {
  if (options.df == stats::MmrmDf::kKenwardRoger) {
    return "Kenward-Roger, linear form, with its adjusted standard errors, as "
           "SAS and mmrm's Kenward-Roger-Linear";
  }
  return "Satterthwaite, by the observed information of the covariance, as "
         "mmrm";
}

void AddMmrmConventions(const stats::MmrmFit& fit, Report& report) {
  report.conventions = {
      {"covariance",
       absl::StrCat(FlagOf(fit.covariance), ": ", NameOf(fit.covariance),
                    ", visits in order of their levels")},
      {"estimator", fit.options.restricted
                        ? "REML; logLikelihood without log |X'X|, as nlme::gls "
                          "and lme4"
                        : "maximum likelihood"},
      {"df", DfText(fit.options)},
      {"interval", "Student's t with the df of each estimate"},
      {"confLevel", fit.options.conf_level},
      {"leastSquaresMeans",
       "numeric covariates at their mean over the rows used, levels of factors "
       "weighted equally, as emmeans; only where visits are a factor"},
      {"contrasts", "group minus reference, unadjusted"},
      {"terms",
       "F, type III: means over the other factor weighted equally; denominator "
       "df as those of estimates"}};
}

}  // namespace

const char* FlagOf(stats::VisitCovariance covariance) {
  switch (covariance) {
    case stats::VisitCovariance::kUnstructured:
      return "un";
    case stats::VisitCovariance::kCompoundSymmetry:
      return "cs";
    case stats::VisitCovariance::kHeterogeneousCompoundSymmetry:
      return "csh";
    case stats::VisitCovariance::kAutoregressive:
      return "ar1";
    case stats::VisitCovariance::kHeterogeneousAutoregressive:
      return "ar1h";
    case stats::VisitCovariance::kToeplitz:
      return "toep";
  }
  return "";
}

void DescribeMmrm(const stats::MmrmFit& fit,
                  const std::vector<std::string>& visits, const Groups& groups,
                  size_t reference, Report& report) {
  report.method = "Mixed model for repeated measures";
  const double subjects = static_cast<double>(fit.n_subjects);
  const double parameters = static_cast<double>(fit.n_covariance_parameters);
  report.json.Set("method", report.method)
      .Set("n", report.n)
      .Set("dropped", report.dropped)
      .Set("subjects", subjects)
      .Set("covarianceStructure", FlagOf(fit.covariance));
  AddMmrmCoefficients(fit, report);
  AddTermTests(fit.terms, report);
  AddVisitCovariance(fit, visits, report);
  AddMmrmMeans(fit, visits, groups, report);
  AddMmrmContrasts(fit, visits, groups, reference, report);
  report.json.Set("logLikelihood", fit.log_likelihood)
      .Set("covarianceParameters", parameters);
  ReportTable whole = {.kind = "fit",
                       .title = "Fit",
                       .columns = {"subjects", "covariance_structure",
                                   "covariance_parameters", "log_likelihood"},
                       .figure = "log_likelihood"};
  ReportRow(whole)
      .Add(subjects)
      .Add(FlagOf(fit.covariance))
      .Add(parameters)
      .Add(fit.log_likelihood);
  report.tables.push_back(std::move(whole));
  WarnOfMmrm(fit, visits, groups, report);
  AddMmrmConventions(fit, report);
}

}  // namespace enthesis::client
