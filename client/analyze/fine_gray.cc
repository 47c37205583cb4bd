// enthesis analyze fine-gray: regression of the cumulative incidence.

#include "stats/fine_gray.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "client/analyze/methods.h"
#include "client/analyze/regression_report.h"
#include "client/analyze/time_data.h"
#include "stats/fine_gray_curves.h"

namespace enthesis::client {
namespace {

struct FineGrayData {
  TimeData data;
  std::vector<int> clusters;
  std::vector<CovariateTerm> terms;
  stats::DesignMatrix design;

  stats::FineGrayRows rows() const {
    stats::FineGrayRows rows;
    rows.times = data.times;
    rows.causes = data.events;
    rows.clusters = clusters;
    rows.entries = data.entries;
    rows.weights = data.weights;
    rows.strata = data.strata;
    return rows;
  }
};

absl::StatusOr<stats::FineGrayOptions> ReadFineGrayOptions(
    const AnalyzeOptions& options) {
  stats::FineGrayOptions how;
  how.conf_level = options.conf_level;
  if (options.convention == "finegray") {
    how.convention = stats::FineGrayConvention::kFineGray;
  } else if (options.convention != "crr") {
    return absl::InvalidArgumentError(
        absl::StrCat("--convention \"", options.convention,
                     "\" is not known; allowed: crr, finegray"));
  } else if (!options.strata.empty() || !options.weights.empty() ||
             !options.entry.empty()) {
    return absl::InvalidArgumentError(
        "--strata, --weights and --entry need --convention finegray");
  }
  if (options.ties == "breslow") {
    how.ties = stats::FineGrayTies::kBreslow;
  } else if (options.ties != "efron") {
    return absl::InvalidArgumentError(absl::StrCat(
        "--ties \"", options.ties, "\" is not known; allowed: efron, breslow"));
  }
  return how;
}

// Where every row is censored there is no cause to choose from, and any is one
// without events.
absl::StatusOr<int> CauseOf(const AnalyzeOptions& options,
                            const TimeData& data) {
  if (options.cause.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--cause is required, one of ", absl::StrJoin(data.causes, ", ")));
  }
  if (data.causes.empty()) return 1;
  const std::optional<size_t> at = FindLevel(data.causes, options.cause);
  if (!at.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--cause \"", options.cause, "\" is not a value of ", options.event,
        "; there are ", absl::StrJoin(data.causes, ", ")));
  }
  return static_cast<int>(*at) + 1;
}

JsonValue CurvePointJson(const stats::FineGrayCurvePoint& point) {
  JsonValue json = JsonValue::Object();
  json.Set("time", point.time)
      .Set("incidence", point.incidence)
      .Set("stdError", point.std_error)
      .Set("lower", point.lower)
      .Set("upper", point.upper)
      .Set("cumulativeHazard", point.cumulative_hazard);
  return json;
}

void AddPointRow(const stats::FineGrayCurve& curve, std::optional<int> stratum,
                 const stats::FineGrayCurvePoint& point, ReportTable& table) {
  ReportRow row(table);
  StartCurveRow(curve.profile, stratum, row);
  row.Add(point.time)
      .Add(point.incidence)
      .Add(point.std_error)
      .Add(point.lower)
      .Add(point.upper)
      .Add(point.cumulative_hazard);
}

// The curve at each of `times`, in that order; beyond its last time it has no
// value.
JsonValue IncidenceAtJson(const std::vector<double>& times,
                          std::optional<int> stratum,
                          const stats::FineGrayCurve& curve,
                          ReportTable& table) {
  JsonValue json = JsonValue::Array();
  const auto found = stats::FineGrayCurveAt(curve, times);
  for (size_t i = 0; i < found.size(); ++i) {
    if (found[i].has_value()) {
      json.Add(CurvePointJson(*found[i]));
      AddPointRow(curve, stratum, *found[i], table);
      continue;
    }
    json.Add(std::move(JsonValue::Object().Set("time", times[i])));
    ReportRow row(table);
    StartCurveRow(curve.profile, stratum, row);
    row.Add(times[i]).Because(kBeyondFollowUp);
    for (int figure = 0; figure < 5; ++figure) row.Add(std::nullopt);
  }
  return json;
}

StepCurve PlotOf(const stats::FineGrayCurve& curve) {
  StepCurve plot;
  plot.name = absl::StrCat("profile ", curve.profile + 1);
  plot.start = 0;
  for (const stats::FineGrayCurvePoint& point : curve.points) {
    plot.points.push_back(
        {point.time, point.incidence, point.lower, point.upper, 0, false});
  }
  return plot;
}

// Incidence for the profiles of --predict: at the times of --at, and at every
// event of the cause where no times are asked or the curve is drawn (which
// takes long for many rows: each time costs a pass over them).
absl::Status AddCurves(const AnalyzeOptions& options, const Frame& frame,
                       const FineGrayData& data, const stats::FineGrayFit& fit,
                       PredictionTables& tables, Report& report) {
  if (options.predict.empty() ||
      IsLeftOut(fit, "predicted incidence", report)) {
    return absl::OkStatus();
  }
  const auto asked = ReadProfiles(options, frame, data.terms, data.design);
  if (!asked.ok()) return asked.status();
  stats::FineGrayCurveOptions how;
  how.conf_level = options.conf_level;
  how.transform = asked->transform;
  const auto predict = [&](absl::Span<const double> times) {
    return stats::PredictFineGrayIncidence(data.rows(), data.design, fit,
                                           asked->profiles, times, how);
  };
  const bool whole = asked->times.empty() || options.draws || options.points;
  const auto at = predict(asked->times);
  if (!at.ok()) return at.status();
  const auto curves = whole && !asked->times.empty() ? predict({}) : at;
  if (!curves.ok()) return curves.status();
  JsonValue json = JsonValue::Array();
  for (size_t c = 0; c < curves->size(); ++c) {
    const stats::FineGrayCurve& curve = (*curves)[c];
    JsonValue row = JsonValue::Object();
    row.Set("profile", static_cast<int64_t>(curve.profile) + 1);
    std::optional<int> stratum;
    if (data.data.n_strata > 1) {
      stratum = curve.stratum;
      row.Set("stratum", int64_t{curve.stratum});
    }
    JsonValue points = JsonValue::Array();
    if (whole) {
      for (const stats::FineGrayCurvePoint& point : curve.points) {
        points.Add(CurvePointJson(point));
      }
      report.plot.curves.push_back(PlotOf(curve));
    }
    if (options.points || asked->times.empty()) {
      for (const size_t i : ShownPoints(curve.points.size(), options.points)) {
        AddPointRow(curve, stratum, curve.points[i], tables.points);
      }
    }
    row.Set("at", IncidenceAtJson(asked->times, stratum, (*at)[c], tables.at))
        .Set("points", std::move(points));
    json.Add(std::move(row));
  }
  report.plot.x_title = options.time;
  report.plot.y_title = "Predicted incidence";
  report.plot.at_risk = false;
  report.json.Set("curves", std::move(json));
  report.conventions.emplace_back("curveInterval", options.conf_type);
  return absl::OkStatus();
}

void AddFit(const AnalyzeOptions& options, const stats::FineGrayFit& fit,
            Report& report) {
  WarnOfFit(fit, report);
  JsonValue likelihood = JsonValue::Object();
  likelihood.Set("null", fit.log_likelihood_null)
      .Set("model", fit.log_likelihood);
  JsonValue tests = JsonValue::Object();
  tests.Set("likelihoodRatio", ChiSquareJson(fit.tests.likelihood_ratio))
      .Set("wald", ChiSquareJson(fit.tests.wald))
      .Set("score", ChiSquareJson(fit.tests.score));
  report.json.Set("n", static_cast<int64_t>(fit.n))
      .Set("dropped", report.dropped)
      .Set("events", static_cast<int64_t>(fit.events))
      .Set("competing", static_cast<int64_t>(fit.competing))
      .Set("coefficients", RatiosJson(fit.coefficients))
      .Set("logLikelihood", std::move(likelihood))
      .Set("tests", std::move(tests));
  report.tables.push_back(RatioTable(fit.coefficients, fit.separated));
  ReportTable whole = {.kind = "fit",
                       .title = "Fit",
                       .columns = {"events", "competing", "log_likelihood_null",
                                   "log_likelihood"},
                       .figure = "log_likelihood"};
  ReportRow(whole)
      .Add(static_cast<double>(fit.events))
      .Add(static_cast<double>(fit.competing))
      .Add(fit.log_likelihood_null)
      .Add(fit.log_likelihood);
  report.tables.push_back(std::move(whole));
  report.tables.push_back(ModelTestTable(fit.tests));
  const bool crr = fit.options.convention == stats::FineGrayConvention::kCrr;
  report.conventions = {
      {"convention", crr ? "cmprsk::crr" : "survival::finegray with coxph"},
      {"cause", options.cause},
      {"ties", crr ? "breslow" : options.ties},
      {"censoringTies",
       crr ? "whoever has an event is at risk of censoring at its time"
           : "whoever has an event is not at risk of censoring at its time"},
      {"variance", crr ? "sandwich, the censoring distribution estimated"
                       : "sandwich, the censoring distribution given"},
      {"clusters", options.cluster.empty() ? "each row" : options.cluster},
      {"interval", "normal, on the log hazard ratio"},
      {"confLevel", options.conf_level},
      {"timeTolerance", "R's timefix"}};
}

}  // namespace

absl::StatusOr<Report> AnalyzeFineGray(const AnalyzeOptions& options,
                                       std::string text) {
  absl::StatusOr<std::vector<std::string>> names = TimeColumns(options);
  if (!names.ok()) return names.status();
  if (!options.at.empty() && options.predict.empty()) {
    return absl::InvalidArgumentError(
        "--at has the times of --predict, which is not given");
  }
  FineGrayData data;
  absl::StatusOr<std::vector<CovariateTerm>> terms =
      ParseCovariates(options.covariates);
  if (!terms.ok()) return terms.status();
  data.terms = *std::move(terms);
  for (std::string& name : ColumnsOf(data.terms)) names->push_back(name);
  for (std::string& name : SplitList(options.cluster)) names->push_back(name);
  const absl::StatusOr<References> references =
      ParseReferences(options.references);
  if (!references.ok()) return references.status();
  absl::StatusOr<stats::FineGrayOptions> how = ReadFineGrayOptions(options);
  if (!how.ok()) return how.status();
  const auto file = DataFile::Parse(std::move(text), *names, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, *names);
  Report report;
  report.method = "Fine-Gray regression";
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  absl::StatusOr<TimeData> read = ReadCauses(options, frame, report);
  if (!read.ok()) return read.status();
  data.data = *std::move(read);
  const absl::StatusOr<int> cause = CauseOf(options, data.data);
  if (!cause.ok()) return cause.status();
  how->cause = *cause;
  data.clusters = CodesOf(frame, options.cluster);
  absl::StatusOr<stats::DesignMatrix> design =
      MakeDesign(frame, data.terms, *references, report.warnings);
  if (!design.ok()) return design.status();
  data.design = *std::move(design);
  const absl::StatusOr<stats::FineGrayFit> fit =
      stats::FitFineGray(data.rows(), data.design, *how);
  if (!fit.ok()) return frame.WithLine(fit.status());
  AddFit(options, *fit, report);
  PredictionTables curves("incidence", {});
  const absl::Status status =
      AddCurves(options, frame, data, *fit, curves, report);
  report.tables.push_back(std::move(curves.at));
  report.tables.push_back(std::move(curves.points));
  if (!status.ok()) return status;
  return report;
}

}  // namespace enthesis::client
