// enthesis analyze incidence: cumulative incidence of competing causes.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/analyze/methods.h"
#include "client/analyze/time_data.h"
#include "stats/cumulative_incidence.h"
#include "stats/event_columns.h"
#include "stats/gray_test.h"
#include "stats/incidence_curves.h"

namespace enthesis::client {
namespace {

JsonValue PointJson(const stats::IncidencePoint& point, bool with_counts) {
  JsonValue json = JsonValue::Object();
  json.Set("time", point.time);
  json.Set("atRisk", point.at_risk);
  if (with_counts) json.Set("events", point.events);
  json.Set("incidence", point.incidence)
      .Set("stdError", point.std_error)
      .Set("lower", point.lower)
      .Set("upper", point.upper);
  return json;
}

StepCurve PlotOf(const std::string& name,
                 const std::vector<stats::IncidencePoint>& points) {
  StepCurve curve;
  curve.name = name;
  curve.start = 0;
  for (const stats::IncidencePoint& point : points) {
    curve.points.push_back({point.time, point.incidence, point.lower,
                            point.upper, point.at_risk, false});
  }
  return curve;
}

struct IncidenceTables {
  ReportTable curves = {.kind = "curve",
                        .columns = {"group", "cause", "n", "events"}};
  ReportTable at = {.kind = "at",
                    .title = "Incidence at the times asked",
                    .columns = {"group", "cause", "time", "at_risk",
                                "incidence", "std_error", "lower", "upper"},
                    .figure = "incidence"};
  ReportTable points = {
      .kind = "point",
      .columns = {"group", "cause", "time", "at_risk", "events", "incidence",
                  "std_error", "lower", "upper"},
      .csv_only = true};
};

// The curves of one group into every form of the report.
JsonValue GroupJson(const TimeData& data, size_t group,
                    const stats::CumulativeIncidence& curve,
                    const std::vector<double>& times, bool points_too,
                    IncidenceTables& tables, Report& report) {
  JsonValue causes = JsonValue::Array();
  for (size_t cause = 0; cause < data.causes.size(); ++cause) {
    const auto found =
        stats::IncidenceAt(curve, static_cast<int>(cause), times);
    JsonValue at = JsonValue::Array();
    for (size_t i = 0; i < times.size(); ++i) {
      JsonValue none = JsonValue::Object();
      none.Set("time", times[i]);
      at.Add(found[i] ? PointJson(*found[i], false) : std::move(none));
      ReportRow(tables.at)
          .Add(data.groups.Name(group))
          .Add(data.causes[cause])
          .Add(times[i])
          .Add(found[i] ? std::optional<double>(found[i]->at_risk)
                        : std::nullopt)
          .Add(found[i] ? std::optional<double>(found[i]->incidence)
                        : std::nullopt)
          .Add(found[i] ? found[i]->std_error : std::nullopt)
          .Add(found[i] ? found[i]->lower : std::nullopt)
          .Add(found[i] ? found[i]->upper : std::nullopt)
          .Because(kBeyondFollowUp);
    }
    double events = 0;
    JsonValue points = JsonValue::Array();
    for (const stats::IncidencePoint& point : curve.causes[cause]) {
      events += point.events;
      if (point.events <= 0) continue;
      points.Add(PointJson(point, true));
      if (!points_too) continue;
      ReportRow(tables.points)
          .Add(data.groups.Name(group))
          .Add(data.causes[cause])
          .Add(point.time)
          .Add(point.at_risk)
          .Add(point.events)
          .Add(point.incidence)
          .Add(point.std_error)
          .Add(point.lower)
          .Add(point.upper);
    }
    ReportRow(tables.curves)
        .Add(data.groups.Name(group))
        .Add(data.causes[cause])
        .Add(curve.n)
        .Add(events);
    JsonValue json = JsonValue::Object();
    json.Set("cause", data.causes[cause])
        .Set("events", events)
        .Set("at", std::move(at))
        .Set("points", std::move(points));
    causes.Add(std::move(json));
    report.plot.curves.push_back(PlotOf(
        absl::StrCat(
            data.groups.columns.empty() ? "" : data.groups.Name(group) + " ",
            data.causes[cause]),
        curve.causes[cause]));
    report.plot.curves.back().same_group = cause > 0;
  }
  JsonValue json = JsonValue::Object();
  json.Set("group", data.groups.Json(group))
      .Set("n", curve.n)
      .Set("causes", std::move(causes));
  return json;
}

absl::StatusOr<stats::IncidenceOptions> ReadIncidenceOptions(
    const AnalyzeOptions& options) {
  stats::IncidenceOptions how;
  how.conf_level = options.conf_level;
  const auto transform = ParseTransform(options.conf_type);
  if (!transform.ok()) return transform.status();
  how.transform = *transform;
  if (options.variance == "jackknife") {
    how.variance = stats::IncidenceVariance::kJackknife;
  } else if (options.variance != "aalen") {
    return absl::InvalidArgumentError(
        absl::StrCat("--variance \"", options.variance,
                     "\" is not known; allowed: aalen, jackknife"));
  }
  return how;
}

// Gray's test of each cause.
absl::Status AddTests(const AnalyzeOptions& options, const TimeData& data,
                      Report& report) {
  ReportTable table = {.kind = "test",
                       .title = "Gray's test",
                       .columns = {"cause", "chi_square", "df", "p_value:p"},
                       .figure = "p_value"};
  JsonValue json = JsonValue::Array();
  const int n_groups = data.groups.n_groups();
  const bool late = std::any_of(data.entries.begin(), data.entries.end(),
                                [](double entry) { return entry > 0; });
  if (data.causes.empty()) {
    // Nothing to compare.
  } else if (n_groups > 1 && late) {
    report.warnings.push_back("no test: Gray's test takes no late entry");
  } else if (n_groups > 1) {
    stats::GrayTestOptions how;
    if (!options.rho.empty()) {
      const auto rho = ParseFlagNumber(options.rho, "--rho");
      if (!rho.ok()) return rho.status();
      how.rho = *rho;
    }
    const auto strata = stats::TabulateStrata(
        {data.times, data.events, data.groups.codes, {}, {}}, data.strata,
        data.n_strata, n_groups, static_cast<int>(data.causes.size()),
        options.pool);
    if (!strata.ok()) return strata.status();
    const auto tests = stats::TestGray(*strata, how, options.pool);
    if (!tests.ok()) return tests.status();
    for (size_t cause = 0; cause < tests->size(); ++cause) {
      const stats::GrayTest& test = (*tests)[cause];
      JsonValue row = JsonValue::Object();
      row.Set("cause", data.causes[cause])
          .Set("name", "gray")
          .Set("chiSquare", test.chi_square)
          .Set("df", int64_t{test.df})
          .Set("pValue", test.p_value);
      json.Add(std::move(row));
      ReportRow(table)
          .Add(data.causes[cause])
          .Add(test.chi_square)
          .Add(static_cast<double>(test.df))
          .Add(test.p_value);
    }
    report.conventions.emplace_back("test", "Gray, as cmprsk::cuminc");
  }
  report.tables.push_back(std::move(table));
  report.json.Set("tests", std::move(json));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Report> AnalyzeIncidence(const AnalyzeOptions& options,
                                        std::string text) {
  const auto names = TimeColumns(options);
  if (!names.ok()) return names.status();
  const auto how = ReadIncidenceOptions(options);
  if (!how.ok()) return how.status();
  const auto times = TimeList(options.at, "--at");
  if (!times.ok()) return times.status();
  const auto file = DataFile::Parse(std::move(text), *names, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, *names);
  Report report;
  report.method = "Cumulative incidence";
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  report.json.Set("n", report.n).Set("dropped", report.dropped);
  const absl::StatusOr<TimeData> data = ReadCauses(options, frame, report);
  if (!data.ok()) return data.status();
  const auto fitted = stats::EstimateIncidenceCurves(
      {data->times, data->events, data->groups.codes, data->entries,
       data->weights},
      data->groups.n_groups(),
      std::max(1, static_cast<int>(data->causes.size())), *how, options.pool);
  if (!fitted.ok()) return frame.WithLine(fitted.status());
  IncidenceTables tables;
  JsonValue curves = JsonValue::Array();
  for (size_t g = 0; g < fitted->curves.size(); ++g) {
    curves.Add(GroupJson(*data, g, fitted->curves[g], *times, options.points,
                         tables, report));
  }
  for (ReportTable* table : {&tables.curves, &tables.at, &tables.points}) {
    report.tables.push_back(std::move(*table));
  }
  report.json.Set("curves", std::move(curves));
  report.plot.x_title = options.time;
  report.plot.y_title = "Cumulative incidence";
  report.conventions = {{"method", "Aalen-Johansen"},
                        {"variance", options.variance},
                        {"interval", options.conf_type},
                        {"confLevel", options.conf_level},
                        {"ties", "event before censoring before entry"},
                        {"timeTolerance", "R's timefix"}};
  const absl::Status status = AddTests(options, *data, report);
  if (!status.ok()) return frame.WithLine(status);
  return report;
}

}  // namespace enthesis::client
