// enthesis analyze parametric: accelerated failure time models.

#include "stats/parametric.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/analyze/interval_data.h"
#include "client/analyze/methods.h"
#include "client/analyze/regression_report.h"
#include "client/analyze/score_json.h"
#include "client/analyze/time_data.h"

namespace enthesis::client {
namespace {

absl::StatusOr<stats::ParametricDistribution> ParseDistribution(
    const std::string& name) {
  using stats::ParametricDistribution;
  static const auto* const kNames =
      new std::map<std::string, ParametricDistribution>{
          {"weibull", ParametricDistribution::kWeibull},
          {"exponential", ParametricDistribution::kExponential},
          {"lognormal", ParametricDistribution::kLogNormal},
          {"loglogistic", ParametricDistribution::kLogLogistic}};
  const auto found = kNames->find(name);
  if (found != kNames->end()) return found->second;
  return absl::InvalidArgumentError(
      absl::StrCat("--distribution \"", name,
                   "\" is not known; allowed: weibull, exponential, lognormal, "
                   "loglogistic"));
}

// Rows known by --lower and --upper, or by --time and --event.
struct ParametricData {
  std::vector<double> lower, upper, weights;

  stats::IntervalTimes times() const { return {lower, upper, weights}; }
  // Rows, whatever their weight, as `n` counts them.
  int64_t n_events() const {
    return std::count_if(upper.begin(), upper.end(),
                         [](double end) { return end < stats::kOpenUpper; });
  }
};

bool ByIntervals(const AnalyzeOptions& options) {
  return !options.lower.empty() || !options.upper.empty();
}

absl::Status ReadExactTimes(const AnalyzeOptions& options, const Frame& frame,
                            Report& report, ParametricData& data) {
  absl::StatusOr<TimeData> read = ReadTimeData(options, frame, report);
  if (!read.ok()) return read.status();
  data.lower = std::move(read->times);
  data.weights = std::move(read->weights);
  for (size_t i = 0; i < data.lower.size(); ++i) {
    const bool event = read->events[i] != 0;
    if (event && data.lower[i] == 0) {
      return frame.Refuse(options.time, i,
                          "an event at time 0 has no density; give it an upper "
                          "end with --lower and --upper");
    }
    data.upper.push_back(event ? data.lower[i] : stats::kOpenUpper);
  }
  return absl::OkStatus();
}

absl::Status ReadIntervals(const AnalyzeOptions& options, const Frame& frame,
                           ParametricData& data) {
  absl::StatusOr<IntervalData> read = ReadIntervalData(options, frame);
  if (!read.ok()) return read.status();
  data.lower = std::move(read->lower);
  data.upper = std::move(read->upper);
  for (size_t i = 0; i < data.lower.size(); ++i) {
    if (data.upper[i] > 0) continue;
    return frame.Refuse(options.upper, i,
                        "an event at time 0 has no density; must be above 0");
  }
  if (options.weights.empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<double>> weights = frame.Numbers(options.weights);
  if (!weights.ok()) return weights.status();
  data.weights = *std::move(weights);
  for (size_t i = 0; i < data.weights.size(); ++i) {
    if (data.weights[i] < 0) {
      return frame.Refuse(options.weights, i, "must be 0 or more");
    }
  }
  return absl::OkStatus();
}

JsonValue LogScaleJson(const stats::ParametricFit& fit) {
  JsonValue json = JsonValue::Object();
  if (fit.scale.has_value()) json.Set("estimate", std::log(*fit.scale));
  json.Set("stdError", fit.log_scale_std_error);
  return json;
}

void AddFitTables(const ParametricData& data, const stats::ParametricFit& fit,
                  Report& report) {
  ReportTable whole = {.kind = "fit",
                       .title = "Fit",
                       .columns = {"scale", "log_scale", "log_scale_std_error",
                                   "log_likelihood_null", "log_likelihood",
                                   "chi_square", "df", "p_value:p"},
                       .figure = "scale"};
  ReportRow(whole)
      .Add(fit.scale)
      .Add(fit.scale ? std::optional<double>(std::log(*fit.scale))
                     : std::nullopt)
      .Add(fit.log_scale_std_error)
      .Add(fit.log_likelihood_null)
      .Add(fit.log_likelihood)
      .Add(fit.likelihood_ratio.chi_square)
      .Add(std::optional<double>(fit.likelihood_ratio.df))
      .Add(fit.likelihood_ratio.p_value);
  ReportTable counts = {.kind = "events",
                        .title = "What is known of the times",
                        .columns = {"events", "exact", "right_censored",
                                    "left_censored", "interval_censored"}};
  ReportRow row(counts);
  row.Add(static_cast<double>(data.n_events()))
      .Add(fit.exact)
      .Add(fit.right_censored)
      .Add(fit.left_censored)
      .Add(fit.interval);
  report.tables.push_back(std::move(whole));
  report.tables.push_back(std::move(counts));
}

void AddFit(const AnalyzeOptions& options, const ParametricData& data,
            const stats::ParametricFit& fit, Report& report) {
  WarnOfColumns(fit.dropped, fit.separated, report);
  if (fit.outcome != stats::ParametricOutcome::kEstimated) {
    report.warnings.emplace_back(stats::ExplainOutcome(fit.outcome));
  }
  JsonValue tests = JsonValue::Object();
  tests.Set("likelihoodRatio", ChiSquareJson(fit.likelihood_ratio));
  report.json.Set("n", report.n)
      .Set("dropped", report.dropped)
      .Set("events", data.n_events())
      .Set("exact", fit.exact)
      .Set("rightCensored", fit.right_censored)
      .Set("leftCensored", fit.left_censored)
      .Set("intervalCensored", fit.interval)
      .Set("coefficients", CoefficientsJson(fit.coefficients, "z"))
      .Set("scale", fit.scale)
      .Set("logScale", LogScaleJson(fit))
      .Set("logLikelihood", fit.log_likelihood)
      .Set("logLikelihoodNull", fit.log_likelihood_null)
      .Set("tests", std::move(tests));
  report.tables.push_back(
      CoefficientTable(fit.coefficients, "z", fit.separated));
  AddFitTables(data, fit, report);
  const bool fixed =
      fit.options.distribution == stats::ParametricDistribution::kExponential;
  report.conventions = {
      {"distribution", options.distribution},
      {"parametrization",
       "log time = intercept + covariates + scale * error, as survreg"},
      {"scale", fixed ? "1" : "estimated; its error is that of the logarithm"},
      {"variance", "inverse of the observed information"},
      {"interval", "normal, on the coefficient"},
      {"confLevel", options.conf_level},
      {"rows", "exact, right-, left- and interval-censored"}};
}

// What is predicted for whom.
struct PredictionQuestion {
  stats::DesignMatrix profiles;  // one row each
  std::vector<double> times, shares;
};

// Without covariates there is one profile, that of everybody. The median where
// nothing else is asked of a profile.
absl::StatusOr<PredictionQuestion> ReadPredictions(
    const AnalyzeOptions& options, const Frame& frame,
    const std::vector<CovariateTerm>& terms,
    const stats::DesignMatrix& design) {
  PredictionQuestion asked;
  absl::StatusOr<std::vector<double>> shares =
      NumberList(options.quantiles, "--quantiles");
  if (!shares.ok()) return shares.status();
  asked.shares = *std::move(shares);
  if (!options.predict.empty()) {
    absl::StatusOr<ProfileQuestion> read =
        ReadProfiles(options, frame, terms, design);
    if (!read.ok()) return read.status();
    asked.profiles = std::move(read->profiles);
    asked.times = std::move(read->times);
    if (asked.times.empty() && asked.shares.empty()) asked.shares = {0.5};
    return asked;
  }
  absl::StatusOr<std::vector<double>> times = TimeList(options.at, "--at");
  if (!times.ok()) return times.status();
  asked.times = *std::move(times);
  const bool wanted = !asked.times.empty() || !asked.shares.empty();
  if (wanted && !terms.empty()) {
    return absl::InvalidArgumentError(
        "--at and --quantiles need --predict with a value of each covariate");
  }
  if (wanted) asked.profiles.n_rows = 1;
  return asked;
}

JsonValue PredictionsJson(
    const std::vector<stats::ParametricPrediction>& predictions, const char* at,
    const char* figure, size_t profile, ReportTable& table) {
  JsonValue json = JsonValue::Array();
  for (const stats::ParametricPrediction& one : predictions) {
    JsonValue row = JsonValue::Object();
    row.Set(at, one.at)
        .Set(figure, one.estimate)
        .Set("stdError", one.std_error)
        .Set("lower", one.lower)
        .Set("upper", one.upper);
    json.Add(std::move(row));
    ReportRow(table)
        .Add(std::optional<double>(static_cast<double>(profile + 1)))
        .Add(one.at)
        .Add(one.estimate)
        .Add(one.std_error)
        .Add(one.lower)
        .Add(one.upper);
  }
  return json;
}

absl::Status AddPredictions(const PredictionQuestion& asked,
                            const stats::ParametricFit& fit, Report& report) {
  ReportTable survival = {
      .kind = "at",
      .title = "Predicted survival",
      .columns = {"profile", "time", "survival", "std_error", "lower", "upper"},
      .figure = "survival"};
  ReportTable quantiles = {
      .kind = "quantile",
      .title = "Predicted time by which a share has the event",
      .columns = {"profile", "p:share", "estimate:time", "std_error", "lower",
                  "upper"},
      .figure = "estimate"};
  if (asked.profiles.n_rows == 0) {
    report.tables.push_back(std::move(survival));
    report.tables.push_back(std::move(quantiles));
    return absl::OkStatus();
  }
  JsonValue json = JsonValue::Array();
  for (size_t profile = 0; profile < asked.profiles.n_rows; ++profile) {
    const auto at = stats::PredictParametricSurvival(fit, asked.profiles,
                                                     profile, asked.times);
    if (!at.ok()) return at.status();
    const auto times = stats::PredictParametricQuantiles(fit, asked.profiles,
                                                         profile, asked.shares);
    if (!times.ok()) return times.status();
    JsonValue row = JsonValue::Object();
    row.Set("profile", static_cast<int64_t>(profile) + 1)
        .Set("at", PredictionsJson(*at, "time", "survival", profile, survival))
        .Set("quantiles",
             PredictionsJson(*times, "p", "estimate", profile, quantiles));
    json.Add(std::move(row));
  }
  report.json.Set("predictions", std::move(json));
  report.tables.push_back(std::move(survival));
  report.tables.push_back(std::move(quantiles));
  report.conventions.emplace_back(
      "predictions",
      "delta method; limits from (log time - predictor) / scale, those of "
      "quantiles from log time");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Report> AnalyzeParametric(const AnalyzeOptions& options,
                                         std::string text) {
  const auto distribution = ParseDistribution(options.distribution);
  if (!distribution.ok()) return distribution.status();
  const bool intervals = ByIntervals(options);
  if (intervals && !(options.time.empty() && options.event.empty())) {
    return absl::InvalidArgumentError(
        "give --time and --event, or --lower and --upper");
  }
  absl::StatusOr<std::vector<CovariateTerm>> terms =
      options.covariates.empty() ? std::vector<CovariateTerm>()
                                 : ParseCovariates(options.covariates);
  if (!terms.ok()) return terms.status();
  const auto references = ParseReferences(options.references);
  if (!references.ok()) return references.status();
  std::vector<std::string> required, ends;
  if (intervals) {
    const auto columns = IntervalColumns(options);
    if (!columns.ok()) return columns.status();
    ends = *columns;
    required = WithoutEmpty({options.weights});
  } else {
    const auto columns = TimeColumns(options);
    if (!columns.ok()) return columns.status();
    required = *columns;
  }
  for (std::string& name : ColumnsOf(*terms)) {
    required.push_back(std::move(name));
  }
  std::vector<std::string> wanted = required;
  wanted.insert(wanted.end(), ends.begin(), ends.end());
  const auto file = DataFile::Parse(std::move(text), wanted, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, required, ends);
  Report report;
  report.method = "Parametric regression";
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  ParametricData data;
  const absl::Status read = intervals
                                ? ReadIntervals(options, frame, data)
                                : ReadExactTimes(options, frame, report, data);
  if (!read.ok()) return read;
  absl::StatusOr<stats::DesignMatrix> design =
      MakeDesign(frame, *terms, *references, report.warnings);
  if (!design.ok()) return design.status();
  const absl::StatusOr<PredictionQuestion> asked =
      ReadPredictions(options, frame, *terms, *design);
  if (!asked.ok()) return asked.status();
  stats::ParametricOptions how;
  how.distribution = *distribution;
  how.conf_level = options.conf_level;
  const auto fit = stats::FitParametric(data.times(), *design, how);
  if (!fit.ok()) return frame.WithLine(fit.status());
  AddFit(options, data, *fit, report);
  const absl::Status predicted = AddPredictions(*asked, *fit, report);
  if (!predicted.ok()) return predicted;
  return report;
}

}  // namespace enthesis::client
