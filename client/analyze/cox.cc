// enthesis analyze cox: proportional hazards regression.

#include "stats/cox.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/analyze/methods.h"
#include "client/analyze/regression_report.h"
#include "client/analyze/time_data.h"
#include "client/csv_text.h"
#include "client/output_file.h"
#include "stats/cox_curves.h"
#include "stats/cox_residuals.h"
#include "stats/proportional_hazards.h"

namespace enthesis::client {
namespace {

struct CoxData {
  TimeData data;
  std::vector<int> clusters;
  std::vector<CovariateTerm> terms;
  stats::DesignMatrix design;

  stats::CoxRows rows() const {
    stats::CoxRows rows;
    rows.times = data.times;
    rows.events = data.events;
    rows.entries = data.entries;
    rows.weights = data.weights;
    rows.strata = data.strata;
    rows.clusters = clusters;
    return rows;
  }
};

absl::StatusOr<stats::CoxOptions> ReadCoxOptions(
    const AnalyzeOptions& options) {
  stats::CoxOptions how;
  how.conf_level = options.conf_level;
  if (options.ties == "breslow") {
    how.ties = stats::CoxTies::kBreslow;
  } else if (options.ties != "efron") {
    return absl::InvalidArgumentError(absl::StrCat(
        "--ties \"", options.ties, "\" is not known; allowed: efron, breslow"));
  }
  if (options.robust) how.robust = true;
  return how;
}

absl::StatusOr<stats::TimeTransform> ReadTransform(const std::string& name) {
  static const auto* const kNames =
      new std::map<std::string, stats::TimeTransform>{
          {"km", stats::TimeTransform::kKaplanMeier},
          {"rank", stats::TimeTransform::kRank},
          {"identity", stats::TimeTransform::kIdentity},
          {"log", stats::TimeTransform::kLog}};
  const auto found = kNames->find(name);
  if (found != kNames->end()) return found->second;
  return absl::InvalidArgumentError(
      absl::StrCat("--transform \"", name,
                   "\" is not known; allowed: km, rank, identity, log"));
}

absl::Status AddProportionalHazards(const AnalyzeOptions& options,
                                    const CoxData& data,
                                    const stats::CoxFit& fit,
                                    ReportTable& table, Report& report) {
  stats::ProportionalHazardsOptions how;
  const auto transform = ReadTransform(options.transform);
  if (!transform.ok()) return transform.status();
  how.transform = *transform;
  how.by_term = options.terms;
  const auto tested =
      stats::TestProportionalHazards(data.rows(), data.design, fit, how);
  if (!tested.ok()) return tested.status();
  JsonValue json = JsonValue::Array();
  for (const stats::ProportionalHazardsTest& one : tested->tests) {
    JsonValue row = JsonValue::Object();
    row.Set("name", one.name)
        .Set("chiSquare", one.test.chi_square)
        .Set("df", one.test.df)
        .Set("pValue", one.test.p_value);
    json.Add(std::move(row));
    ReportRow(table)
        .Add(one.name)
        .Add(one.test.chi_square)
        .Add(one.test.df)
        .Add(one.test.p_value);
  }
  report.json.Set("proportionalHazards", std::move(json));
  report.conventions.emplace_back(
      "proportionalHazards",
      absl::StrCat("score test as cox.zph, transform ", options.transform));
  return absl::OkStatus();
}

JsonValue CurvePointJson(const stats::CoxCurvePoint& point) {
  JsonValue json = JsonValue::Object();
  json.Set("time", point.time)
      .Set("atRisk", point.at_risk)
      .Set("events", point.events)
      .Set("survival", point.survival)
      .Set("stdError", point.std_error)
      .Set("lower", point.lower)
      .Set("upper", point.upper)
      .Set("cumulativeHazard", point.cumulative_hazard);
  return json;
}

void AddPointRow(const stats::CoxCurve& curve, bool stratified,
                 const stats::CoxCurvePoint& point, ReportTable& table) {
  ReportRow row(table);
  StartCurveRow(curve.profile,
                stratified ? std::optional<int>(curve.stratum) : std::nullopt,
                row);
  row.Add(point.time)
      .Add(point.at_risk)
      .Add(point.events)
      .Add(point.survival)
      .Add(point.std_error)
      .Add(point.lower)
      .Add(point.upper)
      .Add(point.cumulative_hazard);
}

JsonValue AtJson(const stats::CoxCurve& curve, bool stratified,
                 const std::vector<double>& times, ReportTable& table) {
  JsonValue json = JsonValue::Array();
  const auto found = stats::CoxCurveAt(curve, times);
  for (size_t i = 0; i < found.size(); ++i) {
    if (found[i].has_value()) {
      json.Add(CurvePointJson(*found[i]));
      AddPointRow(curve, stratified, *found[i], table);
      continue;
    }
    json.Add(std::move(JsonValue::Object().Set("time", times[i])));
    ReportRow row(table);
    StartCurveRow(curve.profile,
                  stratified ? std::optional<int>(curve.stratum) : std::nullopt,
                  row);
    row.Add(times[i]).Because(kBeyondFollowUp);
    for (int figure = 0; figure < 7; ++figure) row.Add(std::nullopt);
  }
  return json;
}

// Curves for the profiles of --predict.
absl::Status AddCurves(const AnalyzeOptions& options, const Frame& frame,
                       const CoxData& data, const stats::CoxFit& fit,
                       PredictionTables& tables, Report& report) {
  const auto asked = ReadProfiles(options, frame, data.terms, data.design);
  if (!asked.ok()) return asked.status();
  stats::CoxCurveOptions how;
  how.conf_level = options.conf_level;
  how.transform = asked->transform;
  const auto curves = stats::PredictCoxSurvival(data.rows(), data.design, fit,
                                                asked->profiles, how);
  if (!curves.ok()) return curves.status();
  const bool stratified = data.data.n_strata > 1;
  JsonValue json = JsonValue::Array();
  for (const stats::CoxCurve& curve : *curves) {
    JsonValue row = JsonValue::Object();
    row.Set("profile", static_cast<int64_t>(curve.profile) + 1);
    if (stratified) row.Set("stratum", int64_t{curve.stratum});
    JsonValue at = AtJson(curve, stratified, asked->times, tables.at);
    if (options.points || asked->times.empty()) {
      for (const size_t i : ShownPoints(curve.points.size(), options.points)) {
        AddPointRow(curve, stratified, curve.points[i], tables.points);
      }
    }
    JsonValue points = JsonValue::Array();
    StepCurve plot;
    plot.name = absl::StrCat(
        "profile ", curve.profile + 1,
        stratified ? absl::StrCat(", stratum ", curve.stratum) : "");
    // All of a stratum are at risk, whatever profile the curve is of.
    plot.same_group =
        &curve != curves->data() && (&curve)[-1].stratum == curve.stratum;
    for (const stats::CoxCurvePoint& point : curve.points) {
      points.Add(CurvePointJson(point));
      plot.points.push_back({point.time, point.survival, point.lower,
                             point.upper, point.at_risk, point.censored > 0});
    }
    row.Set("at", std::move(at)).Set("points", std::move(points));
    json.Add(std::move(row));
    report.plot.curves.push_back(std::move(plot));
  }
  report.plot.x_title = options.time;
  report.plot.y_title = "Predicted survival";
  report.json.Set("curves", std::move(json));
  report.conventions.emplace_back("curveInterval", options.conf_type);
  return absl::OkStatus();
}

// One line a row of the file that was used, in its order.
absl::Status WriteResiduals(const AnalyzeOptions& options, const Frame& frame,
                            const CoxData& data, const stats::CoxFit& fit) {
  const auto residuals =
      stats::ComputeCoxResiduals(data.rows(), data.design, fit);
  if (!residuals.ok()) return residuals.status();
  const auto events =
      stats::ComputeSchoenfeldResiduals(data.rows(), data.design, fit);
  if (!events.ok()) return events.status();
  // [row] its place among the events, and 1; 0 for rows without.
  std::vector<size_t> place(residuals->n, 0);
  for (size_t e = 0; e < events->n_events; ++e) place[events->rows[e]] = e + 1;
  std::vector<std::string> header = {"line", "martingale", "deviance"};
  for (const char* kind : {"dfbeta_", "schoenfeld_", "scaled_schoenfeld_"}) {
    for (const std::string& name : data.design.names) {
      header.push_back(kind + name);
    }
  }
  std::string csv;
  AppendCsvRow(header, csv);
  for (size_t row = 0; row < residuals->n; ++row) {
    std::vector<std::string> cells = {
        absl::StrCat(frame.LineOf(row)),
        CsvNumber(std::optional<double>(residuals->martingale[row])),
        CsvNumber(std::optional<double>(residuals->deviance[row]))};
    for (size_t c = 0; c < residuals->p; ++c) {
      cells.push_back(CsvNumber(
          std::optional<double>(residuals->dfbeta[c * residuals->n + row])));
    }
    for (const std::vector<double>* values :
         {&events->residuals, &events->scaled}) {
      for (size_t c = 0; c < events->p; ++c) {
        const size_t at = c * events->n_events + place[row] - 1;
        cells.push_back(place[row] == 0
                            ? ""
                            : CsvNumber(std::optional<double>((*values)[at])));
      }
    }
    AppendCsvRow(cells, csv);
  }
  return WriteOutput(options.residuals, csv, 0644);
}

void AddFit(const AnalyzeOptions& options, const stats::CoxFit& fit,
            Report& report) {
  WarnOfFit(fit, report);
  JsonValue likelihood = JsonValue::Object();
  likelihood.Set("null", fit.log_likelihood_null)
      .Set("model", fit.log_likelihood);
  JsonValue tests = JsonValue::Object();
  tests.Set("likelihoodRatio", ChiSquareJson(fit.tests.likelihood_ratio))
      .Set("wald", ChiSquareJson(fit.tests.wald))
      .Set("score", ChiSquareJson(fit.tests.score));
  report.json.Set("events", static_cast<int64_t>(fit.events))
      .Set("coefficients", RatiosJson(fit.coefficients))
      .Set("logLikelihood", std::move(likelihood));
  // Of a null model there is nothing to test.
  if (!fit.coefficients.empty()) report.json.Set("tests", std::move(tests));
  if (fit.concordance.has_value()) {
    JsonValue json = JsonValue::Object();
    json.Set("estimate", fit.concordance->estimate)
        .Set("stdError", fit.concordance->std_error);
    report.json.Set("concordance", std::move(json));
  }
  report.tables.push_back(RatioTable(fit.coefficients, fit.separated));
  report.conventions = {
      {"ties", options.ties},
      {"variance", fit.robust ? "robust (sandwich)" : "model-based"},
      {"interval", "normal, on the log hazard ratio"},
      {"confLevel", options.conf_level},
      {"timeTolerance", "R's timefix"}};
  if (fit.robust) {
    report.conventions.emplace_back(
        "clusters", options.cluster.empty() ? "each row" : options.cluster);
    report.conventions.emplace_back(
        "tests", "Wald robust; likelihood-ratio and score model-based");
  }
}

ReportTable FitTable(const stats::CoxFit& fit) {
  ReportTable table = {
      .kind = "fit",
      .title = "Fit",
      .columns = {"events", "log_likelihood_null", "log_likelihood",
                  "concordance", "concordance_std_error"},
      .figure = "concordance"};
  ReportRow(table)
      .Add(static_cast<double>(fit.events))
      .Add(fit.log_likelihood_null)
      .Add(fit.log_likelihood)
      .Add(fit.concordance ? fit.concordance->estimate : std::nullopt)
      .Add(fit.concordance ? fit.concordance->std_error : std::nullopt);
  return table;
}

}  // namespace

absl::StatusOr<Report> AnalyzeCox(const AnalyzeOptions& options,
                                  std::string text) {
  absl::StatusOr<std::vector<std::string>> names = TimeColumns(options);
  if (!names.ok()) return names.status();
  if (!options.at.empty() && options.predict.empty()) {
    return absl::InvalidArgumentError(
        "--at has the times of --predict, which is not given");
  }
  CoxData data;
  absl::StatusOr<std::vector<CovariateTerm>> terms =
      ParseCovariates(options.covariates);
  if (!terms.ok()) return terms.status();
  data.terms = *std::move(terms);
  for (std::string& name : ColumnsOf(data.terms)) names->push_back(name);
  for (std::string& name : SplitList(options.cluster)) names->push_back(name);
  const absl::StatusOr<References> references =
      ParseReferences(options.references);
  if (!references.ok()) return references.status();
  const absl::StatusOr<stats::CoxOptions> how = ReadCoxOptions(options);
  if (!how.ok()) return how.status();
  const auto file = DataFile::Parse(std::move(text), *names, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, *names);
  Report report;
  report.method = "Cox regression";
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  absl::StatusOr<TimeData> read = ReadTimeData(options, frame, report);
  if (!read.ok()) return read.status();
  data.data = *std::move(read);
  data.clusters = CodesOf(frame, options.cluster);
  absl::StatusOr<stats::DesignMatrix> design =
      MakeDesign(frame, data.terms, *references, report.warnings);
  if (!design.ok()) return design.status();
  data.design = *std::move(design);
  const absl::StatusOr<stats::CoxFit> fit =
      stats::FitCox(data.rows(), data.design, *how, options.pool);
  if (!fit.ok()) return frame.WithLine(fit.status());
  report.json.Set("n", static_cast<int64_t>(fit->n))
      .Set("dropped", report.dropped);
  AddFit(options, *fit, report);
  report.tables.push_back(FitTable(*fit));
  if (!fit->coefficients.empty()) {
    report.tables.push_back(ModelTestTable(fit->tests));
  }
  ReportTable hazards = {
      .kind = "proportional_hazards",
      .title = "Proportional hazards",
      .columns = {"name:coefficient", "chi_square", "df", "p_value:p"},
      .figure = "p_value"};
  absl::Status status;
  if (options.zph && !IsLeftOut(*fit, "proportional hazards", report)) {
    status = AddProportionalHazards(options, data, *fit, hazards, report);
  }
  report.tables.push_back(std::move(hazards));
  PredictionTables curves("survival", {"at_risk", "events"});
  if (status.ok() && !options.predict.empty() &&
      !IsLeftOut(*fit, "predicted survival", report)) {
    status = AddCurves(options, frame, data, *fit, curves, report);
  }
  report.tables.push_back(std::move(curves.at));
  report.tables.push_back(std::move(curves.points));
  if (status.ok() && !options.residuals.empty() &&
      !IsLeftOut(*fit, "residuals", report)) {
    status = WriteResiduals(options, frame, data, *fit);
  }
  if (!status.ok()) return status;
  return report;
}

}  // namespace enthesis::client
