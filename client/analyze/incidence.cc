// enthesis analyze incidence: cumulative incidence of competing causes.

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/analyze/methods.h"
#include "client/analyze/time_data.h"
#include "stats/cumulative_incidence.h"
#include "stats/event_columns.h"

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

// The curves of one group into every form of the report.
JsonValue GroupJson(const TimeData& data, size_t group,
                    const stats::CumulativeIncidence& curve,
                    const std::vector<double>& times, Report& report) {
  JsonValue causes = JsonValue::Array();
  for (size_t cause = 0; cause < data.causes.size(); ++cause) {
    const auto found =
        stats::IncidenceAt(curve, static_cast<int>(cause), times);
    JsonValue at = JsonValue::Array();
    for (size_t i = 0; i < times.size(); ++i) {
      JsonValue none = JsonValue::Object();
      none.Set("time", times[i]);
      at.Add(found[i] ? PointJson(*found[i], false) : std::move(none));
      ReportRow(report.tables[0])
          .Add(data.groups.Name(group))
          .Add(data.causes[cause])
          .Add(times[i])
          .Add(found[i] ? std::optional<double>(found[i]->incidence)
                        : std::nullopt)
          .Add(found[i] ? found[i]->std_error : std::nullopt)
          .Add(found[i] ? found[i]->lower : std::nullopt)
          .Add(found[i] ? found[i]->upper : std::nullopt);
    }
    double events = 0;
    JsonValue points = JsonValue::Array();
    for (const stats::IncidencePoint& point : curve.causes[cause]) {
      events += point.events;
      if (point.events > 0) points.Add(PointJson(point, true));
    }
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
  }
  JsonValue json = JsonValue::Object();
  json.Set("group", data.groups.Json(group))
      .Set("n", curve.n)
      .Set("causes", std::move(causes));
  return json;
}

}  // namespace

absl::StatusOr<Report> AnalyzeIncidence(const AnalyzeOptions& options,
                                        std::string text) {
  const auto names = TimeColumns(options);
  if (!names.ok()) return names.status();
  stats::IncidenceOptions how;
  how.conf_level = options.conf_level;
  const auto transform = ParseTransform(options.conf_type);
  if (!transform.ok()) return transform.status();
  how.transform = *transform;
  const auto times = NumberList(options.at, "--at");
  if (!times.ok()) return times.status();
  const auto file = DataFile::Parse(std::move(text), *names);
  if (!file.ok()) return file.status();
  const Frame frame(*file, *names);
  Report report;
  report.method = "Cumulative incidence";
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  report.json.Set("n", report.n).Set("dropped", report.dropped);
  const absl::StatusOr<TimeData> data = ReadCauses(options, frame, report);
  if (!data.ok()) return data.status();
  const int n_causes = static_cast<int>(data->causes.size());
  const auto tables = stats::TabulateEventColumns(
      {data->times, data->events, data->groups.codes, data->entries, {}},
      data->groups.n_groups(), n_causes);
  if (!tables.ok()) return frame.WithLine(tables.status());
  ReportTable at;
  at.columns = {"group",     "cause", "time", "incidence",
                "std_error", "lower", "upper"};
  report.tables.push_back(std::move(at));
  JsonValue curves = JsonValue::Array();
  for (size_t g = 0; g < tables->size(); ++g) {
    const auto curve = stats::EstimateCumulativeIncidence((*tables)[g], how);
    if (!curve.ok()) return curve.status();
    curves.Add(GroupJson(*data, g, *curve, *times, report));
  }
  report.json.Set("curves", std::move(curves));
  report.plot.x_title = options.time;
  report.plot.y_title = "Cumulative incidence";
  report.conventions = {{"method", "Aalen-Johansen"},
                        {"variance", options.variance},
                        {"interval", options.conf_type},
                        {"confLevel", FigureOf(options.conf_level)},
                        {"ties", "event before censoring before entry"},
                        {"timeTolerance", "R's timefix"}};
  return report;
}

}  // namespace enthesis::client
