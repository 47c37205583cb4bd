// enthesis analyze logistic, poisson, negbin: generalized linear models.

#include "stats/glm.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/analyze/binary_column.h"
#include "client/analyze/methods.h"
#include "client/analyze/regression_report.h"
#include "client/analyze/time_data.h"
#include "stats/binary_prediction.h"

namespace enthesis::client {
namespace {

constexpr size_t kCalibrationGroups = 10;

struct GlmData {
  std::vector<double> response, weights, offsets;
  std::vector<int> clusters;
  stats::DesignMatrix design;

  stats::GlmRows rows() const { return {response, weights, offsets, clusters}; }
};

// A column of numbers, or none.
absl::Status ReadColumn(const Frame& frame, const std::string& column,
                        std::vector<double>& into) {
  if (column.empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<double>> numbers = frame.Numbers(column);
  if (!numbers.ok()) return numbers.status();
  into = *std::move(numbers);
  return absl::OkStatus();
}

absl::Status ReadCounts(const Frame& frame, const std::string& column,
                        stats::GlmFamily family, GlmData& data) {
  absl::Status status = ReadColumn(frame, column, data.response);
  if (!status.ok()) return status;
  for (size_t i = 0; i < data.response.size(); ++i) {
    const absl::Span<const double> one(&data.response[i], 1);
    if (stats::CheckGlmRows({one, {}, {}, {}}, family).ok()) continue;
    return frame.Refuse(column, i,
                        "the response must be a count: a whole number from 0");
  }
  return absl::OkStatus();
}

const char* LinkOf(stats::GlmFamily family) {
  switch (family) {
    case stats::GlmFamily::kLogistic:
      return "logit; ratio: odds ratio";
    case stats::GlmFamily::kPoisson:
      return "log; ratio: rate ratio";
    case stats::GlmFamily::kNegativeBinomial:
      return "log, variance mu + mu^2 / theta; ratio: rate ratio";
  }
  return "";
}

std::string RobustText(const AnalyzeOptions& options,
                       const stats::GlmFit& fit) {
  if (options.cluster.empty()) {
    return "robust: HC0 sandwich of rows, as sandwich::sandwich";
  }
  if (options.no_cluster_factor) {
    return absl::StrCat("robust: HC0 sandwich of the sums of ", fit.n_clusters,
                        " clusters, no factor, as sandwich::vcovCL(type = "
                        "\"HC0\", cadjust = FALSE)");
  }
  return absl::StrCat("robust: HC0 sandwich of the sums of ", fit.n_clusters,
                      " clusters times G / (G - 1), as sandwich::vcovCL(type "
                      "= \"HC0\")");
}

void AddGlmConventions(const AnalyzeOptions& options, const stats::GlmFit& fit,
                       Report& report) {
  report.conventions = {
      {"link", LinkOf(fit.options.family)},
      {"estimator",
       fit.options.firth
           ? "Firth's penalized likelihood (brglm2's AS_mean); logLikelihood, "
             "deviance and aic are those of the likelihood without penalty"
           : "maximum likelihood"},
      {"variance", fit.robust_covariance.empty()
                       ? "inverse of the expected information, dispersion 1"
                       : RobustText(options, fit)},
      {"interval",
       "normal (Wald), on the coefficient; lower and upper are "
       "those of its exponential"},
      {"confLevel", options.conf_level}};
  if (!options.weights.empty()) {
    report.conventions.emplace_back(
        "weights", "a row of weight w counts as w rows; df counts rows");
  }
  if (fit.options.family == stats::GlmFamily::kNegativeBinomial) {
    report.conventions.emplace_back(
        "theta",
        "maximum likelihood, as MASS::glm.nb; errors of coefficients hold it "
        "fixed, nullDeviance and tests keep it");
  }
  if (fit.options.family == stats::GlmFamily::kLogistic) {
    report.conventions.emplace_back(
        "calibration",
        "of the rows fitted; groups by quantiles (R's type 7) of the "
        "predictions, Hosmer-Lemeshow with groups - 2 df");
  }
}

void WarnOfGlm(const AnalyzeOptions& options, const stats::GlmFit& fit,
               Report& report) {
  for (const std::string& name : fit.dropped) {
    report.warnings.push_back(absl::StrCat(
        name,
        " was dropped: it is constant or a combination of columns before it"));
  }
  const bool logistic = fit.options.family == stats::GlmFamily::kLogistic;
  for (const std::string& name : fit.separated) {
    report.warnings.push_back(absl::StrCat(
        name,
        logistic ? " separates the responses"
                 : " depends on counts that are all 0",
        ": its estimate is infinite, and the others are those at that limit",
        logistic ? "; --firth gives finite estimates" : ""));
  }
  if (fit.n_clusters == 1) {
    report.warnings.emplace_back(
        "one cluster: there is no robust variance, errors are model-based");
  }
  if (fit.theta_infinite) {
    report.warnings.emplace_back(
        "no overdispersion: theta is infinite, and all is as of the Poisson "
        "model, its limit");
  }
  if (fit.options.firth && options.robust) {
    report.warnings.emplace_back(
        "--robust with --firth: the sandwich is made of scores without the "
        "penalty");
  }
}

JsonValue CalibrationJson(const stats::BinaryAssessment& assessed) {
  JsonValue groups = JsonValue::Array();
  for (const stats::PredictionGroup& group : assessed.groups) {
    JsonValue row = JsonValue::Object();
    row.Set("n", group.n)
        .Set("observed", group.observed)
        .Set("expected", group.expected)
        .Set("lowest", group.lowest)
        .Set("highest", group.highest);
    groups.Add(std::move(row));
  }
  JsonValue json = JsonValue::Object();
  json.Set("intercept", assessed.calibration_intercept)
      .Set("slope", assessed.calibration_slope)
      .Set("hosmerLemeshow", ChiSquareJson(assessed.hosmer_lemeshow))
      .Set("groups", std::move(groups));
  return json;
}

absl::Status AddAssessment(const AnalyzeOptions& options, const GlmData& data,
                           const stats::GlmFit& fit, Report& report) {
  const auto assessed = stats::AssessBinaryPredictions(
      {data.response, fit.predictors, data.weights}, kCalibrationGroups,
      options.pool);
  if (!assessed.ok()) return assessed.status();
  report.json.Set("auc", assessed->auc)
      .Set("brier", assessed->brier)
      .Set("calibration", CalibrationJson(*assessed));
  ReportTable prediction = {
      .kind = "prediction",
      .title = "Prediction",
      .columns = {"auc", "brier", "calibration_intercept", "calibration_slope"},
      .figure = "auc"};
  ReportRow(prediction)
      .Add(assessed->auc)
      .Add(assessed->brier)
      .Add(assessed->calibration_intercept)
      .Add(assessed->calibration_slope);
  AddChiSquareRow("Hosmer-Lemeshow", assessed->hosmer_lemeshow,
                  report.tables.back());
  report.tables.push_back(std::move(prediction));
  ReportTable groups = {
      .kind = "calibration",
      .title = "Calibration by predicted probability",
      .columns = {"n", "observed", "expected", "lowest", "highest"}};
  for (const stats::PredictionGroup& group : assessed->groups) {
    ReportRow(groups)
        .Add(group.n)
        .Add(group.observed)
        .Add(group.expected)
        .Add(group.lowest)
        .Add(group.highest);
  }
  report.tables.push_back(std::move(groups));
  return absl::OkStatus();
}

void AddGlmFit(const stats::GlmFit& fit, Report& report) {
  JsonValue tests = JsonValue::Object();
  tests.Set("likelihoodRatio", ChiSquareJson(fit.likelihood_ratio));
  report.json.Set("n", report.n)
      .Set("dropped", report.dropped)
      .Set("coefficients", RatiosJson(fit.coefficients, "ratio"))
      .Set("deviance", fit.deviance)
      .Set("nullDeviance", fit.null_deviance)
      .Set("df", fit.residual_df)
      .Set("nullDf", fit.null_df)
      .Set("logLikelihood", fit.log_likelihood)
      .Set("logLikelihoodNull", fit.log_likelihood_null)
      .Set("penalizedLogLikelihood", fit.penalized_log_likelihood)
      .Set("aic", fit.aic)
      .Set("pearsonChiSquare", fit.pearson)
      .Set("tests", std::move(tests));
  ReportTable whole = {
      .kind = "fit",
      .title = "Fit",
      .columns = {"deviance", "null_deviance", "df", "null_df",
                  "log_likelihood", "log_likelihood_null",
                  "penalized_log_likelihood", "aic", "pearson_chi_square"},
      .figure = "log_likelihood"};
  ReportRow(whole)
      .Add(fit.deviance)
      .Add(fit.null_deviance)
      .Add(fit.residual_df)
      .Add(fit.null_df)
      .Add(fit.log_likelihood)
      .Add(fit.log_likelihood_null)
      .AddOrSkip(fit.penalized_log_likelihood)
      .Add(fit.aic)
      .Add(fit.pearson);
  if (fit.options.family == stats::GlmFamily::kNegativeBinomial) {
    std::optional<double> estimate, error;
    if (fit.theta.has_value()) {
      estimate = fit.theta->estimate;
      error = fit.theta->std_error;
    }
    JsonValue theta = JsonValue::Object();
    theta.Set("estimate", estimate).Set("stdError", error);
    report.json.Set("theta", std::move(theta));
    whole.columns.insert(whole.columns.end(), {"theta", "theta_std_error"});
    whole.rows[0].cells.push_back(ReportTable::Number(estimate));
    whole.rows[0].cells.push_back(ReportTable::Number(error));
  }
  report.tables.push_back(RatioTable(fit.coefficients, fit.separated, "ratio"));
  report.tables.push_back(std::move(whole));
  ReportTable test = ChiSquareTable("Tests");
  AddChiSquareRow("likelihood ratio", fit.likelihood_ratio, test);
  report.tables.push_back(std::move(test));
}

absl::Status ReadGlmData(const AnalyzeOptions& options, const Frame& frame,
                         const EventFlag& flag, stats::GlmFamily family,
                         GlmData& data) {
  absl::Status status = CheckRows(frame);
  if (status.ok() && family == stats::GlmFamily::kLogistic) {
    absl::StatusOr<std::vector<double>> response =
        ReadBinary(frame, flag, "--response", "a logistic response");
    if (!response.ok()) return response.status();
    data.response = *std::move(response);
  } else if (status.ok()) {
    status = ReadCounts(frame, options.response, family, data);
  }
  if (status.ok()) status = ReadColumn(frame, options.offset, data.offsets);
  if (status.ok()) status = ReadColumn(frame, options.weights, data.weights);
  if (!status.ok()) return status;
  for (size_t i = 0; i < data.weights.size(); ++i) {
    if (data.weights[i] < 0) {
      return frame.Refuse(options.weights, i, "must be 0 or more");
    }
  }
  data.clusters = CodesOf(frame, options.cluster);
  return absl::OkStatus();
}

absl::StatusOr<Report> AnalyzeGlm(const AnalyzeOptions& options,
                                  std::string text, const char* method,
                                  stats::GlmFamily family) {
  EventFlag flag{options.response, ""};
  if (family == stats::GlmFamily::kLogistic && !options.response.empty()) {
    const absl::StatusOr<EventFlag> parsed = ParseEvent(options.response);
    if (parsed.ok()) flag = *parsed;
  }
  if (flag.column.empty()) {
    return absl::InvalidArgumentError("--response is required");
  }
  const auto terms = ParseTerms(options.covariates);
  if (!terms.ok()) return terms.status();
  const auto references = ParseReferences(options.references);
  if (!references.ok()) return references.status();
  std::vector<std::string> names = ColumnsOf(*terms);
  names.insert(names.end(), {flag.column, options.offset, options.weights});
  for (std::string& name : SplitList(options.cluster)) names.push_back(name);
  names = WithoutEmpty(std::move(names));
  const auto file = DataFile::Parse(std::move(text), names, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, names);
  Report report;
  report.method = method;
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  GlmData data;
  absl::Status status = ReadGlmData(options, frame, flag, family, data);
  if (!status.ok()) return status;
  absl::StatusOr<stats::DesignMatrix> design =
      MakeDesign(frame, *terms, *references, report.warnings);
  if (!design.ok()) return design.status();
  data.design = *std::move(design);
  stats::GlmOptions how;
  how.family = family;
  how.firth = options.firth;
  how.robust = options.robust;
  how.cluster_factor = !options.no_cluster_factor;
  how.conf_level = options.conf_level;
  const auto fit = stats::FitGlm(data.rows(), data.design, how, options.pool);
  if (!fit.ok()) return frame.WithLine(fit.status());
  WarnOfGlm(options, *fit, report);
  AddGlmFit(*fit, report);
  AddGlmConventions(options, *fit, report);
  if (family == stats::GlmFamily::kLogistic) {
    status = AddAssessment(options, data, *fit, report);
    if (!status.ok()) return status;
  }
  return report;
}

}  // namespace

absl::StatusOr<Report> AnalyzeLogistic(const AnalyzeOptions& options,
                                       std::string text) {
  return AnalyzeGlm(options, std::move(text), "Logistic regression",
                    stats::GlmFamily::kLogistic);
}

absl::StatusOr<Report> AnalyzePoisson(const AnalyzeOptions& options,
                                      std::string text) {
  return AnalyzeGlm(options, std::move(text), "Poisson regression",
                    stats::GlmFamily::kPoisson);
}

absl::StatusOr<Report> AnalyzeNegativeBinomial(const AnalyzeOptions& options,
                                               std::string text) {
  return AnalyzeGlm(options, std::move(text), "Negative binomial regression",
                    stats::GlmFamily::kNegativeBinomial);
}

}  // namespace enthesis::client
