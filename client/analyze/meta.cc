// enthesis analyze meta: effects of studies or sites, pooled.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/analyze/meta_data.h"
#include "client/analyze/meta_tables.h"
#include "client/analyze/methods.h"
#include "client/analyze/score_json.h"
#include "client/analyze/shrunken_report.h"
#include "client/analyze/time_data.h"
#include "stats/distributions.h"
#include "stats/meta_analysis.h"

namespace enthesis::client {
namespace {

// An estimator of tau^2 by its flag, and what a statement of methods says.
struct TauMethod {
  stats::TauSquared method;
  const char* name;
};

absl::StatusOr<TauMethod> ParseTau(const std::string& name) {
  static const auto* const kMethods = new std::map<std::string, TauMethod>{
      {"fe", {stats::TauSquared::kFixedEffect, "fixed effect"}},
      {"dl", {stats::TauSquared::kDerSimonianLaird, "DerSimonian-Laird"}},
      {"reml", {stats::TauSquared::kReml, "restricted maximum likelihood"}},
      {"ml", {stats::TauSquared::kMl, "maximum likelihood"}},
      {"pm", {stats::TauSquared::kPauleMandel, "Paule-Mandel"}},
      {"hs", {stats::TauSquared::kHunterSchmidt, "Hunter-Schmidt"}},
      {"sj", {stats::TauSquared::kSidikJonkman, "Sidik-Jonkman"}}};
  const auto found = kMethods->find(name);
  if (found != kMethods->end()) return found->second;
  return absl::InvalidArgumentError(
      absl::StrCat("--tau2 \"", name,
                   "\" is not known; allowed: fe, dl, reml, ml, pm, hs, sj"));
}

JsonValue LimitsJson(std::optional<double> lower, std::optional<double> upper) {
  JsonValue json = JsonValue::Object();
  json.Set("lower", lower).Set("upper", upper);
  return json;
}

// What a pooled estimate without or up to a study has.
JsonValue PooledJson(const std::string& label,
                     const stats::MetaAnalysis& meta) {
  JsonValue json = JsonValue::Object();
  json.Set("label", label)
      .Set("k", static_cast<int64_t>(meta.k))
      .Set("estimate", meta.estimate)
      .Set("stdError", meta.std_error)
      .Set("lower", meta.lower)
      .Set("upper", meta.upper)
      .Set("pValue", meta.p_value)
      .Set("tau2", meta.tau_squared)
      .Set("i2", meta.i_squared);
  return json;
}

void AddPooledTables(const stats::MetaAnalysis& meta, Report& report) {
  ReportTable pooled = {.kind = "pooled",
                        .title = "Pooled",
                        .columns = {"k", "estimate", "std_error", "lower",
                                    "upper", "statistic", "df", "p_value:p"},
                        .figure = "estimate"};
  ReportRow(pooled)
      .Add(static_cast<double>(meta.k))
      .Add(meta.estimate)
      .Add(meta.std_error)
      .Add(meta.lower)
      .Add(meta.upper)
      .Add(meta.p_value ? std::optional<double>(meta.statistic) : std::nullopt)
      .AddOrSkip(meta.df)  // none where it is normal
      .Add(meta.p_value);
  ReportTable spread = {.kind = "heterogeneity",
                        .title = "Heterogeneity",
                        .columns = {"q", "df", "p_value:p", "i2", "h2", "tau2",
                                    "tau2_lower", "tau2_upper"},
                        .figure = "q"};
  ReportRow(spread)
      .Add(meta.heterogeneity.chi_square)
      .Add(static_cast<double>(meta.k - 1))
      .Add(meta.heterogeneity.p_value)
      .Add(meta.i_squared)
      .Add(meta.h_squared)
      .Add(meta.tau_squared)
      .Add(meta.tau_squared_lower)
      .Add(meta.tau_squared_upper);
  ReportTable next = {.kind = "prediction",
                      .title = "The effect in a new study lies between",
                      .columns = {"lower", "upper"},
                      .figure = "lower"};
  ReportRow(next).Add(meta.prediction_lower).Add(meta.prediction_upper);
  for (ReportTable* table : {&pooled, &spread, &next}) {
    report.tables.push_back(std::move(*table));
  }
}

void AddMeta(const stats::MetaAnalysis& meta, Report& report) {
  JsonValue q = JsonValue::Object();
  q.Set("statistic", meta.heterogeneity.chi_square)
      .Set("df", static_cast<int64_t>(meta.k - 1))
      .Set("pValue", meta.heterogeneity.p_value);
  report.json.Set("k", static_cast<int64_t>(meta.k))
      .Set("dropped", report.dropped)
      .Set("estimate", meta.estimate)
      .Set("stdError", meta.std_error)
      .Set("lower", meta.lower)
      .Set("upper", meta.upper);
  if (meta.p_value.has_value()) report.json.Set("statistic", meta.statistic);
  if (meta.df.has_value()) report.json.Set("df", *meta.df);
  report.json.Set("pValue", meta.p_value)
      .Set("q", std::move(q))
      .Set("i2", meta.i_squared)
      .Set("h2", meta.h_squared)
      .Set("tau2", meta.tau_squared)
      .Set("tau2Interval",
           LimitsJson(meta.tau_squared_lower, meta.tau_squared_upper))
      .Set("prediction",
           LimitsJson(meta.prediction_lower, meta.prediction_upper));
  AddPooledTables(meta, report);
}

// The pooled effect as people read it, where studies have logarithms.
void AddTransformed(const MetaQuestion& question,
                    const stats::MetaAnalysis& meta, Report& report) {
  ReportTable table = {
      .kind = "transformed",
      .title = absl::StrCat("Pooled ", question.Transformed()),
      .columns = {"transformed", "transformed_lower", "transformed_upper"},
      .figure = "transformed"};
  if (question.Transformed()[0] != '\0') {
    const double estimate = question.Transform(meta.estimate);
    std::optional<double> lower, upper;
    if (meta.lower.has_value()) lower = question.Transform(*meta.lower);
    if (meta.upper.has_value()) upper = question.Transform(*meta.upper);
    report.json.Set("transformed", TransformedJson(question, meta.estimate,
                                                   meta.lower, meta.upper));
    ReportRow(table).Add(estimate).Add(lower).Add(upper);
  }
  report.tables.push_back(std::move(table));
}

void AddStudies(const MetaQuestion& question, const StudyData& data,
                const stats::MetaAnalysis& meta, Report& report) {
  const double critical = stats::NormalCriticalValue(meta.options.conf_level);
  JsonValue json = JsonValue::Array();
  ReportTable table = {
      .kind = "study",
      .title = "Studies",
      .columns = {"label:study", "estimate", "std_error", "lower", "upper",
                  "weight:weight_percent", "correction"},
      .figure = "estimate"};
  for (size_t i = 0; i < data.estimates.size(); ++i) {
    const double reach = critical * data.std_errors[i];
    const ForestRow study{data.labels[i], data.estimates[i],
                          data.estimates[i] - reach, data.estimates[i] + reach,
                          meta.weights[i]};
    JsonValue row = JsonValue::Object();
    row.Set("label", study.label)
        .Set("estimate", study.estimate)
        .Set("stdError", data.std_errors[i])
        .Set("lower", study.lower)
        .Set("upper", study.upper)
        .Set("weight", study.weight);
    if (question.measure != StudyMeasure::kGiven) {
      row.Set("corrected", static_cast<bool>(data.corrected[i]));
    }
    json.Add(std::move(row));
    ReportRow(table)
        .Add(study.label)
        .Add(study.estimate)
        .Add(data.std_errors[i])
        .Add(study.lower)
        .Add(study.upper)
        .Add(study.weight)
        .Add(data.corrected[i] ? FigureOf(question.correction) : "");
    report.forest.studies.push_back(study);
  }
  report.json.Set("studies", std::move(json));
  report.tables.push_back(std::move(table));
}

void AddSeries(const char* key, const char* kind, const char* title,
               const StudyData& data,
               const std::vector<stats::MetaAnalysis>& series, Report& report) {
  JsonValue json = JsonValue::Array();
  ReportTable table = {.kind = kind,
                       .title = title,
                       .columns = {"label:study", "k", "estimate", "std_error",
                                   "lower", "upper", "p_value:p", "tau2", "i2"},
                       .figure = "estimate"};
  for (size_t i = 0; i < series.size(); ++i) {
    const stats::MetaAnalysis& meta = series[i];
    json.Add(PooledJson(data.labels[i], meta));
    ReportRow(table)
        .Add(data.labels[i])
        .Add(static_cast<double>(meta.k))
        .Add(meta.estimate)
        .Add(meta.std_error)
        .Add(meta.lower)
        .Add(meta.upper)
        .Add(meta.p_value)
        .Add(meta.tau_squared)
        .Add(meta.i_squared);
  }
  report.json.Set(key, std::move(json));
  report.tables.push_back(std::move(table));
}

ReportTable EggerTable() {
  return {.kind = "egger",
          .title = "Egger's regression on the standard error",
          .columns = {"estimate", "std_error", "lower", "upper", "statistic:t",
                      "df", "p_value:p", "limit_estimate:limit", "limit_lower",
                      "limit_upper"},
          .figure = "estimate"};
}

absl::Status AddEgger(const StudyData& data, double conf_level,
                      Report& report) {
  const absl::StatusOr<stats::EggerTest> test =
      stats::TestEgger(data.effects(), conf_level);
  if (absl::IsFailedPrecondition(test.status())) {
    report.warnings.emplace_back(test.status().message());
    report.json.Set("egger", JsonValue::Object());
    return absl::OkStatus();
  }
  if (!test.ok()) return test.status();
  JsonValue limit = LimitsJson(test->limit_lower, test->limit_upper);
  JsonValue json = JsonValue::Object();
  json.Set("estimate", test->estimate)
      .Set("stdError", test->std_error)
      .Set("lower", test->lower)
      .Set("upper", test->upper)
      .Set("statistic", test->statistic)
      .Set("df", test->df)
      .Set("pValue", test->p_value)
      .Set("limitEstimate", test->limit)
      .Set("limit", std::move(limit));
  report.json.Set("egger", std::move(json));
  ReportTable table = EggerTable();
  ReportRow(table)
      .Add(test->estimate)
      .Add(test->std_error)
      .Add(test->lower)
      .Add(test->upper)
      .Add(test->statistic)
      .Add(test->df)
      .Add(test->p_value)
      .Add(test->limit)
      .Add(test->limit_lower)
      .Add(test->limit_upper);
  report.tables.push_back(std::move(table));
  report.conventions.emplace_back(
      "egger",
      "weighted least squares with a dispersion, t; as regtest(model = lm)");
  return absl::OkStatus();
}

// What was made of the counts of studies.
void ExplainStudies(const MetaQuestion& question, const StudyData& data,
                    Report& report) {
  if (question.measure == StudyMeasure::kGiven) return;
  report.conventions.emplace_back("measure", question.Scale());
  if (question.Transformed()[0] != '\0') {
    report.conventions.emplace_back("transformed", question.Transformed());
  }
  const bool moments = question.measure == StudyMeasure::kMean ||
                       question.measure == StudyMeasure::kMeanDifference;
  if (!moments) {
    report.conventions.emplace_back(
        "correction",
        question.correction == 0
            ? "none: a study whose zero cell leaves it undefined is left out"
            : absl::StrCat(FigureOf(question.correction),
                           " to each cell of a study with a zero cell"));
  }
  if (question.HasTables() || question.measure == StudyMeasure::kRateRatio) {
    report.conventions.emplace_back(
        "mantelHaenszel",
        question.measure == StudyMeasure::kOddsRatio
            ? "of all studies, without correction, also peto and exact (given "
              "all margins)"
            : "of all studies, without correction");
  }
  std::vector<std::string> corrected;
  for (size_t i = 0; i < data.labels.size(); ++i) {
    if (data.corrected[i]) corrected.push_back(data.labels[i]);
  }
  if (!corrected.empty()) {
    report.warnings.push_back(
        absl::StrCat(absl::StrJoin(corrected, ", "), ": a cell is 0, so ",
                     FigureOf(question.correction), " was added to each"));
  }
  for (const std::string& absence : data.absences) {
    report.warnings.push_back(absl::StrCat(absence, ", left out"));
  }
}

void Explain(const AnalyzeOptions& options, const MetaQuestion& question,
             const TauMethod& tau, const stats::MetaAnalysis& meta,
             Report& report) {
  report.conventions = {
      {"tau2", tau.name},
      {"interval", options.hksj ? "Hartung-Knapp, t with k - 1 df, not modified"
                                : "normal"},
      {"confLevel", options.conf_level},
      {"tau2Interval", "Q profile"},
      {"i2",
       tau.method == stats::TauSquared::kFixedEffect ? "from Q" : "from tau^2"},
      {"prediction", options.hksj ? "t with k - 1 df" : "normal"},
      {"studies", "normal intervals; weights in percent"}};
  if (meta.k == 1) report.warnings.emplace_back("one study: nothing is pooled");
  if (meta.k == 2) {
    report.warnings.emplace_back(
        options.hksj
            ? "two studies: the Hartung-Knapp interval has 1 df and says next "
              "to nothing; a pooled estimate of two is no conclusion"
            : "two studies: tau^2 is hardly known; a pooled estimate of two is "
              "no conclusion");
  }
  if (meta.interval_is_empty) {
    report.warnings.emplace_back(
        "the studies scatter by less than their errors: both limits of tau^2 "
        "fall below 0");
  }
  report.forest.x_title = question.measure == StudyMeasure::kGiven
                              ? options.estimate
                              : question.Scale();
  report.forest.pooled = {absl::StrCat("pooled, ", tau.name), meta.estimate,
                          meta.lower, meta.upper, 0};
  report.forest.prediction_lower = meta.prediction_lower;
  report.forest.prediction_upper = meta.prediction_upper;
  report.forest.note = absl::StrFormat("tau^2 = %.4g, I^2 = %.0f %%",
                                       meta.tau_squared, 100 * meta.i_squared);
  if (meta.heterogeneity.p_value.has_value()) {
    absl::StrAppendFormat(&report.forest.note, ", Q = %.2f on %d df, p = %.3g",
                          *meta.heterogeneity.chi_square,
                          static_cast<int>(meta.k) - 1,
                          *meta.heterogeneity.p_value);
  }
}

void AddBlup(const AnalyzeOptions& options, const StudyData& data,
             const stats::MetaAnalysis& meta, Report& report) {
  ShrunkenSites sites;
  sites.labels = data.labels;
  sites.estimates = data.estimates;
  sites.std_errors = data.std_errors;
  for (const std::string& label : data.labels) {
    JsonValue key = JsonValue::Object();
    key.Set("label", label);
    sites.keys.push_back(std::move(key));
  }
  AddShrunken(sites, meta, report);
  const CaterpillarPlot plot =
      PlotShrunken(sites, meta, options.estimate,
                   options.label.empty() ? "study" : options.label);
  if (options.draws) report.figure = plot.Svg();
  report.drawing = plot.Text();
}

}  // namespace

absl::StatusOr<Report> AnalyzeMeta(const AnalyzeOptions& options,
                                   std::string text) {
  const absl::StatusOr<MetaQuestion> question = ParseMeta(options);
  if (!question.ok()) return question.status();
  const absl::StatusOr<TauMethod> tau = ParseTau(options.tau2);
  if (!tau.ok()) return tau.status();
  const auto file =
      DataFile::Parse(std::move(text), question->columns, options.pool);
  if (!file.ok()) return file.status();
  Frame frame(*file, question->columns);
  // Whatever the order of rows, but where it is the subject.
  if (!options.label.empty() && !options.cumulative) {
    frame.SortBy(options.label);
  }
  const absl::StatusOr<StudyData> data = ReadStudies(options, *question, frame);
  if (!data.ok()) return data.status();
  if (data->estimates.empty() && !data->absences.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "no study is left: ", absl::StrJoin(data->absences, "; ")));
  }
  stats::MetaOptions how;
  how.tau_squared = tau->method;
  how.hartung_knapp = options.hksj;
  how.conf_level = options.conf_level;
  const auto meta = stats::EstimateMeta(data->effects(), how);
  if (!meta.ok()) return meta.status();

  Report report;
  report.method = "Meta-analysis";
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  Explain(options, *question, *tau, *meta, report);
  ExplainStudies(*question, *data, report);
  AddMeta(*meta, report);
  AddTransformed(*question, *meta, report);
  const absl::Status added =
      AddTableEstimates(*question, *data, options.conf_level, report);
  if (!added.ok()) return added;
  AddStudies(*question, *data, *meta, report);
  report.drawing = report.forest.Text();
  if (options.leave_one_out && meta->k > 1) {
    const auto series = stats::LeaveOneOut(data->effects(), how);
    if (!series.ok()) return series.status();
    AddSeries("leaveOneOut", "leave_one_out", "Without each study", *data,
              *series, report);
  }
  if (options.cumulative) {
    const auto series = stats::Cumulate(data->effects(), how);
    if (!series.ok()) return series.status();
    AddSeries("cumulative", "cumulative", "Up to each study", *data, *series,
              report);
  }
  if (options.blup) {
    AddBlup(options, *data, *meta, report);
  } else {
    report.tables.push_back(ShrunkenTable());
  }
  if (options.egger) {
    const absl::Status tested = AddEgger(*data, options.conf_level, report);
    if (!tested.ok()) return tested;
  } else {
    report.tables.push_back(EggerTable());  // its columns are in every CSV
  }
  return report;
}

}  // namespace enthesis::client
