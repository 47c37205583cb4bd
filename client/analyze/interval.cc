// enthesis analyze interval: Turnbull's estimate from intervals.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/analyze/interval_data.h"
#include "client/analyze/methods.h"
#include "client/analyze/time_data.h"
#include "stats/interval_rank_test.h"
#include "stats/interval_times.h"
#include "stats/turnbull.h"

namespace enthesis::client {
namespace {

// Absent where it is open.
std::optional<double> RightEnd(const stats::TurnbullInterval& interval) {
  if (std::isinf(interval.right)) return std::nullopt;
  return interval.right;
}

JsonValue IntervalsJson(const stats::TurnbullCurve& curve) {
  JsonValue json = JsonValue::Array();
  for (const stats::TurnbullInterval& interval : curve.intervals) {
    JsonValue row = JsonValue::Object();
    row.Set("left", interval.left)
        .Set("right", RightEnd(interval))
        .Set("mass", interval.mass);
    json.Add(std::move(row));
  }
  return json;
}

// The line falls where an interval ends; the band shows how much earlier it may
// have fallen.
StepCurve BoundsPlot(const std::string& name,
                     const stats::TurnbullCurve& curve) {
  StepCurve plot;
  plot.name = name;
  double survival = 1;
  for (const stats::TurnbullInterval& interval : curve.intervals) {
    const double after = std::max(0.0, survival - interval.mass);
    if (interval.left < interval.right) {
      plot.points.push_back(
          {interval.left, survival, after, survival, 0, false});
    }
    if (std::isinf(interval.right)) break;
    plot.points.push_back({interval.right, after, after, after, 0, false});
    survival = after;
  }
  return plot;
}

// One curve into every form of the report.
class TurnbullWriter {
 public:
  TurnbullWriter(const std::vector<double>& times, Report& report)
      : times_(times), report_(report) {
    masses_ = {.kind = "interval",
               .columns = {"group", "left", "right", "mass"}};
    at_ = {.kind = "at",
           .title = "Survival at the times asked lies between",
           .columns = {"group", "time", "survival_lower", "survival_upper"},
           .figure = "survival_lower"};
    fits_ = {.kind = "fit",
             .title = "Fit",
             .columns = {"group", "n", "log_likelihood",
                         "innermost_intervals:innermost", "iterations",
                         "max_violation"},
             .figure = "log_likelihood"};
  }

  void Add(const std::string& name, JsonValue group,
           const stats::TurnbullCurve& curve) {
    JsonValue json = JsonValue::Object();
    json.Set("group", std::move(group)).Set("n", curve.n);
    if (curve.n > 0) {
      json.Set("logLikelihood", curve.log_likelihood)
          .Set("innermostIntervals", static_cast<int64_t>(curve.n_innermost))
          .Set("maxViolation", curve.max_violation);
    }
    json.Set("intervals", IntervalsJson(curve)).Set("at", AtJson(name, curve));
    curves_.Add(std::move(json));
    for (const stats::TurnbullInterval& interval : curve.intervals) {
      ReportRow(masses_)
          .Add(name)
          .Add(interval.left)
          .Add(RightEnd(interval))
          .Add(interval.mass);
    }
    const auto figure = [&curve](double value) {
      return curve.n > 0 ? std::optional<double>(value) : std::nullopt;
    };
    ReportRow(fits_)
        .Add(name)
        .Add(curve.n)
        .Add(figure(curve.log_likelihood))
        .Add(figure(static_cast<double>(curve.n_innermost)))
        .Add(figure(curve.iterations))
        .Add(figure(curve.max_violation));
    report_.plot.curves.push_back(BoundsPlot(name == "all" ? "" : name, curve));
  }

  void Finish() {
    report_.json.Set("curves", std::move(curves_));
    report_.tables.push_back(std::move(masses_));
    report_.tables.push_back(std::move(at_));
    report_.tables.push_back(std::move(fits_));
    report_.plot.y_title = "Survival";
    report_.plot.at_risk = false;
    report_.plot.note =
        "Bands: where in an interval the curve falls is unknown";
  }

 private:
  JsonValue AtJson(const std::string& name, const stats::TurnbullCurve& curve) {
    const auto found = stats::SurvivalBoundsAt(curve, times_);
    JsonValue json = JsonValue::Array();
    for (size_t i = 0; i < times_.size(); ++i) {
      std::optional<double> lower, upper;
      if (found[i].has_value()) {
        lower = found[i]->lower;
        upper = found[i]->upper;
      }
      JsonValue row = JsonValue::Object();
      row.Set("time", times_[i])
          .Set("survivalLower", lower)
          .Set("survivalUpper", upper);
      json.Add(std::move(row));
      ReportRow(at_).Add(name).Add(times_[i]).Add(lower).Add(upper).Because(
          kBeyondFollowUp);
    }
    return json;
  }

  const std::vector<double>& times_;
  Report& report_;
  JsonValue curves_ = JsonValue::Array();
  ReportTable masses_, at_, fits_;
};

bool AllWhole(const std::vector<double>& weights) {
  return std::all_of(weights.begin(), weights.end(),
                     [](double w) { return std::floor(w) == w; });
}

// The test that the groups do not differ.
absl::Status AddIntervalTest(const stats::IntervalTimes& rows,
                             const Groups& groups, ReportTable& whole,
                             ReportTable& table, Report& report) {
  const auto test =
      stats::TestIntervalGroups(rows, groups.codes, groups.n_groups());
  if (!test.ok()) return test.status();
  JsonValue json = JsonValue::Object();
  json.Set("name", "log-rank")
      .Set("chiSquare", test->test.chi_square)
      .Set("df", static_cast<int64_t>(test->test.df))
      .Set("pValue", test->test.p_value);
  ReportRow(whole)
      .Add(test->test.chi_square)
      .Add(test->test.df)
      .Add(test->test.p_value);
  JsonValue scores = JsonValue::Array();
  for (size_t g = 0; g < test->groups.size(); ++g) {
    JsonValue row = JsonValue::Object();
    row.Set("group", groups.Json(g))
        .Set("n", test->groups[g].n)
        .Set("score", test->groups[g].score);
    scores.Add(std::move(row));
    ReportRow(table)
        .Add(groups.Name(g))
        .Add(test->groups[g].n)
        .Add(test->groups[g].score);
  }
  json.Set("groups", std::move(scores));
  report.json.Set("test", std::move(json));
  report.conventions.emplace_back(
      "test", "scores of Sun (1996), variance by permutation (Fay)");
  return absl::OkStatus();
}

void AddTurnbullConventions(Report& report) {
  report.conventions.emplace_back(
      "method", "nonparametric maximum likelihood (Turnbull)");
  report.conventions.emplace_back(
      "rows",
      "event in (lower, upper]; exact where equal; blank lower or 0: by upper; "
      "blank upper: after lower");
  report.conventions.emplace_back(
      "intervals",
      "innermost with mass, (left, right]; a point where equal; without right: "
      "after left");
  report.conventions.emplace_back("at",
                                  "within an interval the values at its ends");
  report.conventions.emplace_back("confidenceInterval", "none");
  report.conventions.emplace_back("timeTolerance", "R's timefix");
}

}  // namespace

absl::StatusOr<Report> AnalyzeInterval(const AnalyzeOptions& options,
                                       std::string text) {
  const auto ends = IntervalColumns(options);
  if (!ends.ok()) return ends.status();
  const absl::StatusOr<std::vector<double>> at = TimeList(options.at, "--at");
  if (!at.ok()) return at.status();
  std::vector<std::string> required = WithoutEmpty({options.weights});
  for (std::string& name : SplitList(options.by)) {
    required.push_back(std::move(name));
  }
  std::vector<std::string> wanted = required;
  wanted.insert(wanted.end(), ends->begin(), ends->end());
  const auto file = DataFile::Parse(std::move(text), wanted, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, required, *ends);
  Report report;
  report.method = "Interval-censored survival";
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  report.json.Set("n", report.n).Set("dropped", report.dropped);
  const absl::StatusOr<IntervalData> data = ReadIntervalData(options, frame);
  if (!data.ok()) return data.status();
  std::vector<double> weights;
  if (!options.weights.empty()) {
    absl::StatusOr<std::vector<double>> numbers =
        frame.Numbers(options.weights);
    if (!numbers.ok()) return numbers.status();
    weights = *std::move(numbers);
  }
  const Groups groups = MakeGroups(frame, options.by);
  const stats::IntervalTimes rows = {data->lower, data->upper, weights};
  const auto curves =
      stats::EstimateTurnbullGroups(rows, groups.codes, groups.n_groups());
  if (!curves.ok()) return frame.WithLine(curves.status());
  AddTurnbullConventions(report);
  TurnbullWriter writer(*at, report);
  for (size_t g = 0; g < curves->size(); ++g) {
    writer.Add(groups.Name(g), groups.Json(g), (*curves)[g]);
  }
  writer.Finish();
  ReportTable test = {.kind = "test",
                      .title = "Log-rank test",
                      .columns = {"chi_square", "df", "p_value:p"},
                      .figure = "p_value"};
  ReportTable scores = {.kind = "test_group",
                        .columns = {"group", "n", "score"}};
  if (groups.n_groups() > 1 && AllWhole(weights)) {
    const absl::Status status =
        AddIntervalTest(rows, groups, test, scores, report);
    if (!status.ok()) return frame.WithLine(status);
  } else if (groups.n_groups() > 1) {
    report.warnings.push_back(
        "no test of the groups: weights that are not whole count no subjects");
  }
  report.tables.push_back(std::move(test));
  report.tables.push_back(std::move(scores));
  report.plot.x_title = absl::StrCat(options.lower, " to ", options.upper);
  return report;
}

}  // namespace enthesis::client
