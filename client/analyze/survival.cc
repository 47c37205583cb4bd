// enthesis analyze survival: Kaplan-Meier curves and rank tests.

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/analyze/methods.h"
#include "client/analyze/rank_tests.h"
#include "client/analyze/time_data.h"
#include "stats/event_columns.h"
#include "stats/follow_up.h"
#include "stats/restricted_mean.h"
#include "stats/survival_curves.h"

namespace enthesis::client {
namespace {

JsonValue PointJson(const stats::SurvivalPoint& point, bool with_counts) {
  JsonValue json = JsonValue::Object();
  json.Set("time", point.time).Set("atRisk", point.at_risk);
  if (with_counts) {
    json.Set("events", point.events).Set("censored", point.censored);
  }
  json.Set("survival", point.survival)
      .Set("stdError", point.std_error)
      .Set("lower", point.lower)
      .Set("upper", point.upper)
      .Set("cumulativeHazard", point.cumulative_hazard);
  return json;
}

JsonValue QuantileJson(const stats::TimeQuantile& quantile) {
  JsonValue json = JsonValue::Object();
  json.Set("p", quantile.probability)
      .Set("estimate", quantile.estimate)
      .Set("lower", quantile.lower)
      .Set("upper", quantile.upper);
  return json;
}

// What the flags ask of every curve.
struct CurveQuestions {
  std::vector<double> at, quantiles;
  std::optional<double> horizon;  // of the restricted mean
};

absl::StatusOr<CurveQuestions> ReadQuestions(const AnalyzeOptions& options) {
  CurveQuestions asked;
  absl::StatusOr<std::vector<double>> at = NumberList(options.at, "--at");
  if (!at.ok()) return at.status();
  asked.at = *std::move(at);
  absl::StatusOr<std::vector<double>> quantiles =
      NumberList(options.quantiles, "--quantiles");
  if (!quantiles.ok()) return quantiles.status();
  asked.quantiles = *std::move(quantiles);
  for (double p : asked.quantiles) {
    if (p > 0 && p < 1) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--quantiles: ", p, " is not a share between 0 and 1"));
  }
  if (!options.rmst.empty()) {
    const absl::StatusOr<double> horizon =
        ParseFlagNumber(options.rmst, "--rmst");
    if (!horizon.ok()) return horizon.status();
    if (!(*horizon > 0 && std::isfinite(*horizon))) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--rmst: ", options.rmst, " is not a time; allowed: above 0"));
    }
    asked.horizon = *horizon;
  }
  return asked;
}

JsonValue MeanJson(const stats::RestrictedMean& mean) {
  JsonValue json = JsonValue::Object();
  json.Set("horizon", mean.horizon)
      .Set("estimate", mean.estimate)
      .Set("stdError", mean.std_error)
      .Set("lower", mean.lower)
      .Set("upper", mean.upper);
  return json;
}

void AppendCurveRows(const std::string& name,
                     const std::vector<std::optional<stats::SurvivalPoint>>& at,
                     const std::vector<double>& times, ReportTable& table) {
  for (size_t i = 0; i < times.size(); ++i) {
    ReportRow row(table);
    row.Add(name).Add(times[i]);
    const stats::SurvivalPoint* point = at[i] ? &*at[i] : nullptr;
    const auto figure = [&](auto read) {
      return point == nullptr ? std::optional<double>() : read(*point);
    };
    using Point = stats::SurvivalPoint;
    using Figure = std::optional<double>;
    row.Add(figure([](const Point& p) { return Figure(p.at_risk); }))
        .Add(figure([](const Point& p) { return Figure(p.survival); }))
        .Add(figure([](const Point& p) { return p.std_error; }))
        .Add(figure([](const Point& p) { return p.lower; }))
        .Add(figure([](const Point& p) { return p.upper; }));
  }
}

StepCurve PlotOf(const std::string& name,
                 const stats::KaplanMeierCurve& curve) {
  StepCurve plot;
  plot.name = name;
  for (const stats::SurvivalPoint& point : curve.points) {
    plot.points.push_back({point.time, point.survival, point.lower, point.upper,
                           point.at_risk, point.censored > 0});
  }
  return plot;
}

// One curve into every form of the report.
class CurveWriter {
 public:
  CurveWriter(const CurveQuestions& asked, Report& report)
      : asked_(asked), report_(report) {
    summary_.columns = {"group", "n",     "events", "median",
                        "lower", "upper", "mean",   "std_error"};
    at_.title = "Survival at the times asked";
    at_.columns = {"group",     "time",  "at_risk", "survival",
                   "std_error", "lower", "upper"};
  }

  void Add(const std::string& name, JsonValue group,
           const stats::KaplanMeierCurve& curve,
           const std::optional<stats::RestrictedMean>& mean) {
    JsonValue json = JsonValue::Object();
    json.Set("group", std::move(group))
        .Set("n", curve.n)
        .Set("events", curve.events)
        .Set("median", EstimateJson(curve.median.estimate, curve.median.lower,
                                    curve.median.upper));
    JsonValue quantiles = JsonValue::Array();
    for (double p : asked_.quantiles) {
      quantiles.Add(QuantileJson(stats::SurvivalQuantile(curve, p)));
    }
    json.Set("quantiles", std::move(quantiles));
    if (mean.has_value()) json.Set("restrictedMean", MeanJson(*mean));
    const auto found = stats::SurvivalAt(curve, asked_.at);
    JsonValue at = JsonValue::Array();
    for (size_t i = 0; i < asked_.at.size(); ++i) {
      if (found[i].has_value()) {
        at.Add(PointJson(*found[i], false));
      } else {
        at.Add(std::move(JsonValue::Object().Set("time", asked_.at[i])));
      }
    }
    JsonValue points = JsonValue::Array();
    for (const stats::SurvivalPoint& point : curve.points) {
      // Times at which subjects only enter are no steps.
      if (point.events > 0 || point.censored > 0) {
        points.Add(PointJson(point, true));
      }
    }
    json.Set("at", std::move(at)).Set("points", std::move(points));
    curves_.Add(std::move(json));
    ReportRow(summary_)
        .Add(name)
        .Add(curve.n)
        .Add(curve.events)
        .Add(curve.median.estimate)
        .Add(curve.median.lower)
        .Add(curve.median.upper)
        .Add(mean ? std::optional<double>(mean->estimate) : std::nullopt)
        .Add(mean ? std::optional<double>(mean->std_error) : std::nullopt);
    AppendCurveRows(name, found, asked_.at, at_);
    report_.plot.curves.push_back(PlotOf(name == "all" ? "" : name, curve));
  }

  void Finish() {
    report_.json.Set("curves", std::move(curves_));
    report_.tables.push_back(std::move(summary_));
    report_.tables.push_back(std::move(at_));
    report_.plot.y_title = "Survival";
  }

 private:
  const CurveQuestions& asked_;
  Report& report_;
  JsonValue curves_ = JsonValue::Array();
  ReportTable summary_, at_;
};

JsonValue ContrastJson(const stats::RestrictedMeanContrast& contrast) {
  JsonValue json = JsonValue::Object();
  json.Set("estimate", contrast.estimate)
      .Set("stdError", contrast.std_error)
      .Set("lower", contrast.lower)
      .Set("upper", contrast.upper)
      .Set("z", contrast.z)
      .Set("pValue", contrast.p_value);
  return json;
}

// Each group against the first.
absl::Status AddMeanContrasts(
    const AnalyzeOptions& options, const Groups& groups,
    const std::vector<std::optional<stats::RestrictedMean>>& means,
    Report& report) {
  JsonValue json = JsonValue::Array();
  for (size_t g = 1; g < means.size(); ++g) {
    if (!means[0].has_value() || !means[g].has_value()) continue;
    const auto contrast =
        stats::CompareRestrictedMeans(*means[g], *means[0], options.conf_level);
    if (!contrast.ok()) return contrast.status();
    JsonValue row = JsonValue::Object();
    row.Set("group", groups.Json(g))
        .Set("reference", groups.Json(0))
        .Set("difference", ContrastJson(contrast->difference));
    if (contrast->ratio) row.Set("ratio", ContrastJson(*contrast->ratio));
    if (contrast->lost_ratio) {
      row.Set("lostRatio", ContrastJson(*contrast->lost_ratio));
    }
    json.Add(std::move(row));
  }
  report.json.Set("restrictedMeanContrasts", std::move(json));
  return absl::OkStatus();
}

// The means up to the horizon asked, else to the longest time of all groups.
absl::StatusOr<std::vector<std::optional<stats::RestrictedMean>>> MeansOf(
    const std::vector<stats::KaplanMeierCurve>& curves,
    std::optional<double> horizon) {
  const double end = horizon.value_or(stats::CommonHorizon(curves));
  std::vector<std::optional<stats::RestrictedMean>> means;
  for (const stats::KaplanMeierCurve& curve : curves) {
    if (curve.n <= 0 || end <= 0) {
      means.emplace_back();
      continue;
    }
    const auto mean = stats::EstimateRestrictedMean(curve, end);
    if (!mean.ok()) return mean.status();
    means.push_back(*mean);
  }
  return means;
}

void WarnOfExtended(
    const std::vector<std::optional<stats::RestrictedMean>>& means,
    const Groups& groups, Report& report) {
  for (size_t g = 0; g < means.size(); ++g) {
    if (!means[g].has_value() || !means[g]->extended) continue;
    report.warnings.push_back(absl::StrCat(
        "restricted mean of ", groups.Name(g),
        ": the curve ends before the horizon above 0; its last value was "
        "carried on"));
  }
}

absl::Status AddFollowUp(const stats::SurvivalCurves& fitted,
                         const Groups& groups,
                         const stats::KaplanMeierOptions& how, Report& report) {
  JsonValue json = JsonValue::Array();
  for (size_t g = 0; g < fitted.tables.size(); ++g) {
    const auto curve = stats::EstimateFollowUp(fitted.tables[g], how);
    if (absl::IsFailedPrecondition(curve.status())) continue;  // nobody in it
    if (!curve.ok()) return curve.status();
    JsonValue row = JsonValue::Object();
    row.Set("group", groups.Json(g))
        .Set("median", EstimateJson(curve->median.estimate, curve->median.lower,
                                    curve->median.upper));
    json.Add(std::move(row));
  }
  report.json.Set("followUp", std::move(json));
  report.conventions.emplace_back("followUp", "reverse Kaplan-Meier");
  return absl::OkStatus();
}

void AddConventions(const AnalyzeOptions& options, bool robust,
                    Report& report) {
  report.conventions.emplace_back("method", "Kaplan-Meier");
  report.conventions.emplace_back("interval", options.conf_type);
  report.conventions.emplace_back("confLevel", FigureOf(options.conf_level));
  report.conventions.emplace_back(
      "variance",
      robust ? "infinitesimal jackknife, a row a subject" : "Greenwood");
  report.conventions.emplace_back("ties",
                                  "event before censoring before entry");
  report.conventions.emplace_back("timeTolerance", "R's timefix");
  report.conventions.emplace_back("quantiles", "Brookmeyer-Crowley");
  report.conventions.emplace_back("hazard", options.hazard);
  if (!options.strata.empty()) {
    report.conventions.emplace_back("strata", options.strata);
  }
}

// `at` may not ask for times before it.
absl::StatusOr<std::optional<double>> ReadLandmark(
    const AnalyzeOptions& options, absl::Span<const double> at) {
  if (options.landmark.empty()) return std::nullopt;
  const absl::StatusOr<double> landmark =
      ParseFlagNumber(options.landmark, "--landmark");
  if (!landmark.ok()) return landmark.status();
  for (const double time : at) {
    if (time >= *landmark) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--at: ", time, " is before the landmark ", *landmark));
  }
  return *landmark;
}

// Who is still there at the landmark, from then on.
absl::Status ApplyLandmark(std::optional<double> landmark,
                           stats::SurvivalCurves& fitted,
                           const stats::KaplanMeierOptions& how,
                           Report& report) {
  if (!landmark.has_value()) return absl::OkStatus();
  if (fitted.robust) {
    return absl::InvalidArgumentError("--landmark takes whole weights only");
  }
  for (size_t g = 0; g < fitted.tables.size(); ++g) {
    fitted.tables[g] = stats::AfterLandmark(fitted.tables[g], *landmark);
    const auto curve = stats::EstimateKaplanMeier(fitted.tables[g], how);
    if (curve.ok()) {
      fitted.curves[g] = *curve;
    } else if (absl::IsFailedPrecondition(curve.status())) {
      fitted.curves[g] = {};
    } else {
      return curve.status();
    }
  }
  report.conventions.emplace_back(
      "landmark", absl::StrCat("those at risk after ", FigureOf(*landmark)));
  return absl::OkStatus();
}

absl::StatusOr<stats::KaplanMeierOptions> CurveOptions(
    const AnalyzeOptions& options) {
  stats::KaplanMeierOptions how;
  const absl::StatusOr<stats::IntervalTransform> transform =
      ParseTransform(options.conf_type);
  if (!transform.ok()) return transform.status();
  how.transform = *transform;
  how.conf_level = options.conf_level;
  if (options.hazard == "fleming-harrington") {
    how.hazard_ties = stats::HazardTies::kFlemingHarrington;
  } else if (options.hazard != "nelson-aalen") {
    return absl::InvalidArgumentError(
        absl::StrCat("--hazard \"", options.hazard,
                     "\" is not known; allowed: nelson-aalen, "
                     "fleming-harrington"));
  }
  return how;
}

}  // namespace

absl::StatusOr<Report> AnalyzeSurvival(const AnalyzeOptions& options,
                                       std::string text) {
  const auto names = TimeColumns(options);
  if (!names.ok()) return names.status();
  const absl::StatusOr<TestFlag> flag = ReadTest(options);
  if (!flag.ok()) return flag.status();
  const absl::StatusOr<CurveQuestions> asked = ReadQuestions(options);
  if (!asked.ok()) return asked.status();
  const auto landmark = ReadLandmark(options, asked->at);
  if (!landmark.ok()) return landmark.status();
  const auto how = CurveOptions(options);
  if (!how.ok()) return how.status();
  const auto file = DataFile::Parse(std::move(text), *names, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, *names);
  Report report;
  report.method = "Kaplan-Meier survival";
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  report.json.Set("n", report.n).Set("dropped", report.dropped);
  const absl::StatusOr<TimeData> data = ReadTimeData(options, frame, report);
  if (!data.ok()) return data.status();
  const stats::EventColumns columns = {data->times, data->events,
                                       data->groups.codes, data->entries,
                                       data->weights};
  absl::StatusOr<stats::SurvivalCurves> fitted = stats::EstimateSurvivalCurves(
      columns, data->groups.n_groups(), 1, *how, options.pool);
  if (!fitted.ok()) return frame.WithLine(fitted.status());
  AddConventions(options, fitted->robust, report);
  absl::Status status = ApplyLandmark(*landmark, *fitted, *how, report);
  if (!status.ok()) return status;
  const auto means = MeansOf(fitted->curves, asked->horizon);
  if (!means.ok()) return means.status();
  CurveWriter writer(*asked, report);
  for (size_t g = 0; g < fitted->curves.size(); ++g) {
    writer.Add(data->groups.Name(g), data->groups.Json(g), fitted->curves[g],
               (*means)[g]);
  }
  writer.Finish();
  if (asked->horizon.has_value()) {
    WarnOfExtended(*means, data->groups, report);
  }
  report.plot.x_title = options.time;
  status = AddRankTests(options, *flag, *data, columns, *landmark, report);
  if (status.ok() && data->groups.n_groups() > 1) {
    status = AddMeanContrasts(options, data->groups, *means, report);
  }
  if (!status.ok()) return frame.WithLine(status);
  if (!fitted->robust) {
    status = AddFollowUp(*fitted, data->groups, *how, report);
    if (!status.ok()) return status;
  }
  return report;
}

}  // namespace enthesis::client
