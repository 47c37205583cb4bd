// enthesis analyze standardize: observed over expected events of groups.

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/analyze/binary_column.h"
#include "client/analyze/methods.h"
#include "client/analyze/regression_report.h"
#include "client/analyze/shrunken_report.h"
#include "client/analyze/time_data.h"
#include "client/table.h"
#include "stats/binary_prediction.h"
#include "stats/indirect_standardization.h"
#include "stats/outlier_screen.h"

namespace enthesis::client {
namespace {

constexpr size_t kGroupsOfCalibration = 10;
constexpr char kRatioTitle[] = "Observed / expected events";

struct StandardizeData {
  std::vector<double> outcome, expected, exposure;
  Groups groups;
};

absl::StatusOr<StandardizeData> ReadStandardizeData(
    const AnalyzeOptions& options, const EventFlag& flag, const Frame& frame) {
  StandardizeData data;
  absl::StatusOr<std::vector<double>> outcome =
      flag.value.empty() ? frame.Numbers(flag.column)
                         : ReadBinary(frame, flag, "--outcome", "an outcome");
  if (!outcome.ok()) return outcome.status();
  absl::StatusOr<std::vector<double>> expected =
      frame.Numbers(options.expected);
  if (!expected.ok()) return expected.status();
  data.outcome = *std::move(outcome);
  data.expected = *std::move(expected);
  for (size_t row = 0; row < data.outcome.size(); ++row) {
    const double events = data.outcome[row];
    if (!(events >= 0 && events <= 9007199254740992) ||
        events != std::floor(events)) {
      return frame.Refuse(flag.column, row,
                          "an outcome is a whole number from 0 to 2^53");
    }
    if (data.expected[row] < 0 ||
        data.expected[row] > stats::kLargestExpectedOfCase) {
      return frame.Refuse(options.expected, row,
                          "what a case expects is from 0 to 1e9");
    }
  }
  data.groups = MakeGroups(frame, options.by);
  if (options.exposure.empty()) return data;
  absl::StatusOr<std::vector<double>> exposure =
      frame.Numbers(options.exposure);
  if (!exposure.ok()) return exposure.status();
  data.exposure = *std::move(exposure);
  for (size_t row = 0; row < data.outcome.size(); ++row) {
    if (!(data.exposure[row] >= 0 && data.exposure[row] <= 1e9)) {
      return frame.Refuse(options.exposure, row,
                          "an exposure is from 0 to 1e9");
    }
    if (data.outcome[row] > 1) {
      return frame.Refuse(flag.column, row,
                          "with --exposure an outcome is 0 or 1");
    }
  }
  return data;
}

const char* RatioFlag(const stats::RatioInterval& interval) {
  if (interval.lower > 1) return "high";
  return interval.upper < 1 ? "low" : "in";
}

JsonValue IntervalJson(const std::optional<stats::RatioInterval>& interval) {
  JsonValue json = JsonValue::Object();
  json.SetOrNull("lower",
                 interval ? std::optional(interval->lower) : std::nullopt)
      .SetOrNull("upper",
                 interval ? std::optional(interval->upper) : std::nullopt);
  return json;
}

void AddRatioCells(const stats::StandardizedRatio& one, bool byar,
                   JsonValue& json, ReportRow& row) {
  const auto& interval = byar ? one.byar : one.exact;
  const std::string flag = interval ? RatioFlag(*interval) : "";
  const auto end = [](const std::optional<stats::RatioInterval>& of,
                      double stats::RatioInterval::*side) {
    return of ? std::optional<double>((*of).*side) : std::nullopt;
  };
  const auto lower = &stats::RatioInterval::lower;
  const auto upper = &stats::RatioInterval::upper;
  json.Set("n", static_cast<int64_t>(one.n))
      .Set("observed", one.observed)
      .Set("expected", one.expected)
      .SetOrNull("ratio", one.ratio)
      .SetOrNull("lower", end(interval, lower))
      .SetOrNull("upper", end(interval, upper))
      .Set("flag", interval ? JsonValue::Text(flag) : JsonValue::Null())
      .Set("exact", IntervalJson(one.exact))
      .Set("byar", IntervalJson(one.byar));
  row.Add(static_cast<double>(one.n))
      .Add(one.observed)
      .Add(one.expected)
      .Add(one.ratio)
      .Add(end(one.exact, lower))
      .Add(end(one.exact, upper))
      .Add(end(one.byar, lower))
      .Add(end(one.byar, upper))
      .Add(flag);
}

ReportTable RatioTableOf(const char* kind, const char* title) {
  return {
      .kind = kind,
      .title = title,
      .columns = {"group", "n", "observed", "expected", "ratio", "exact_lower",
                  "exact_upper", "byar_lower", "byar_upper", "flag"},
      .figure = "ratio"};
}

void AddScreenTable(const std::vector<stats::OutlierScreen>& screens,
                    const std::vector<stats::ScreenedGroup>& screened,
                    const Groups& groups, std::vector<JsonValue>& rows,
                    Report& report) {
  ReportTable table = {
      .kind = "screen",
      .title = "Screen of outliers by rates",
      .columns = {"group", "exposure", "rate", "comparator_rate", "rate_ratio",
                  "p_value:p", "left_out_of_comparator", "outlier"},
      .figure = "rate"};
  const auto said = [](bool yes) { return yes ? "yes" : "no"; };
  for (size_t g = 0; g < screens.size(); ++g) {
    const stats::OutlierScreen& screen = screens[g];
    JsonValue json = JsonValue::Object();
    json.Set("exposure", screened[g].exposure)
        .SetOrNull("rate", screen.rate)
        .SetOrNull("comparatorRate", screen.comparator_rate)
        .SetOrNull("rateRatio", screen.rate_ratio)
        .SetOrNull("pValue", screen.p_value)
        .Set("leftOutOfComparator", screen.is_left_out)
        .Set("outlier", screen.is_outlier ? JsonValue::Bool(*screen.is_outlier)
                                          : JsonValue::Null());
    rows[g].Set("outlierScreen", std::move(json));
    ReportRow(table)
        .Add(groups.Name(g))
        .Add(screened[g].exposure)
        .Add(screen.rate)
        .Add(screen.comparator_rate)
        .Add(screen.rate_ratio)
        .Add(screen.p_value)
        .Add(said(screen.is_left_out))
        .Add(screen.is_outlier ? said(*screen.is_outlier) : "");
  }
  report.tables.push_back(std::move(table));
}

absl::Status AddScreen(const StandardizeData& data,
                       const std::vector<stats::StandardizedRatio>& ratios,
                       std::vector<JsonValue>& rows, Report& report) {
  if (data.exposure.empty()) {
    AddScreenTable({}, {}, data.groups, rows, report);  // for its columns
    return absl::OkStatus();
  }
  // Summed as expected numbers are, so that order does not matter.
  const auto sums = stats::StandardizeIndirectly(
      {data.outcome, data.exposure, data.groups.codes, data.groups.n_groups()},
      0.95);
  if (!sums.ok()) return sums.status();
  std::vector<stats::ScreenedGroup> screened;
  for (size_t g = 0; g < ratios.size(); ++g) {
    screened.push_back({static_cast<double>(ratios[g].n), ratios[g].observed,
                        (*sums)[g].expected});
  }
  const auto screens = stats::ScreenOutliers(screened);
  if (!screens.ok()) return screens.status();
  AddScreenTable(*screens, screened, data.groups, rows, report);
  report.conventions.emplace_back(
      "outlierScreen",
      "AOANJRR, first stage: rate by 100 of exposure above twice that of all "
      "groups (without a group of more than a quarter of the cases, for "
      "itself), Poisson P(so many or more) below 0.05, and 10 cases, or 75 % "
      "of them with an event and two events");
  return absl::OkStatus();
}

void AddMean(const stats::MetaAnalysis& meta, ReportTable mean,
             Report& report) {
  const auto ratio = [](std::optional<double> x) {
    return x ? std::optional(std::exp(*x)) : std::nullopt;
  };
  JsonValue tau_limits = JsonValue::Object();
  tau_limits.SetOrNull("lower", meta.tau_squared_lower)
      .SetOrNull("upper", meta.tau_squared_upper);
  JsonValue json = JsonValue::Object();
  json.Set("k", static_cast<int64_t>(meta.k))
      .Set("ratio", std::exp(meta.estimate))
      .SetOrNull("lower", ratio(meta.lower))
      .SetOrNull("upper", ratio(meta.upper))
      .Set("tau2", meta.tau_squared)
      .Set("tau2Interval", std::move(tau_limits))
      .Set("i2", meta.i_squared);
  report.json.Set("mean", std::move(json));
  ReportRow(mean)
      .Add(static_cast<double>(meta.k))
      .Add(std::exp(meta.estimate))
      .Add(ratio(meta.lower))
      .Add(ratio(meta.upper))
      .Add(meta.tau_squared)
      .Add(meta.tau_squared_lower)
      .Add(meta.tau_squared_upper)
      .Add(meta.i_squared);
  report.tables.push_back(std::move(mean));
  report.conventions.emplace_back("mean",
                                  "random effects of log(O / E), variance 1 / "
                                  "O (1/2 for no event), tau2 by "
                                  "REML");
}

// Of groups by one column its name stands above them.
std::string TitleOf(const Groups& groups) {
  return groups.columns.size() == 1 ? groups.columns[0] : "";
}
std::string LabelOfGroup(const Groups& groups, size_t group) {
  return groups.columns.size() == 1 ? groups.labels[group][0]
                                    : groups.Name(group);
}

// Ratios with their exact intervals, where nothing is shrunken.
CaterpillarPlot PlotRatios(
    const Groups& groups, const std::vector<stats::StandardizedRatio>& ratios) {
  CaterpillarPlot plot;
  plot.x_title = kRatioTitle;
  plot.y_title = TitleOf(groups);
  plot.estimate_name = "ratio";
  plot.reference_name = "1";
  plot.reference = 1;
  plot.is_ratio = true;
  for (size_t g = 0; g < ratios.size(); ++g) {
    const stats::StandardizedRatio& one = ratios[g];
    if (!one.ratio.has_value()) continue;
    plot.rows.push_back({LabelOfGroup(groups, g), *one.ratio, one.exact->lower,
                         one.exact->upper, *one.ratio});
  }
  plot.Arrange();
  return plot;
}

void Draw(const CaterpillarPlot& plot, const AnalyzeOptions& options,
          Report& report) {
  if (options.draws) report.figure = plot.Svg();
  report.drawing = plot.Text();
}

// Shrunken ratios, and the figure of them.
absl::Status AddSiteEffects(const AnalyzeOptions& options,
                            const StandardizeData& data,
                            const std::vector<stats::StandardizedRatio>& ratios,
                            Report& report) {
  ShrunkenSites sites;
  sites.is_ratio = true;
  for (size_t g = 0; g < ratios.size(); ++g) {
    const auto log_ratio = stats::LogRatioOf(ratios[g]);
    if (!log_ratio.has_value()) continue;
    sites.labels.push_back(LabelOfGroup(data.groups, g));
    JsonValue key = JsonValue::Object();
    key.Set("group", data.groups.Json(g));
    sites.keys.push_back(std::move(key));
    sites.estimates.push_back(log_ratio->estimate);
    sites.std_errors.push_back(log_ratio->std_error);
  }
  ReportTable mean = {.kind = "mean",
                      .title = "Mean of the ratios",
                      .columns = {"k", "ratio", "lower", "upper", "tau2",
                                  "tau2_lower", "tau2_upper", "i2"},
                      .figure = "ratio"};
  stats::MetaOptions how;
  how.conf_level = options.conf_level;
  absl::StatusOr<stats::MetaAnalysis> meta =
      sites.estimates.size() < 2
          ? absl::FailedPreconditionError("fewer than two groups have a ratio")
          : stats::EstimateMeta(sites.effects(), how);
  if (!meta.ok()) {
    if (!absl::IsFailedPrecondition(meta.status())) return meta.status();
    report.warnings.push_back(
        absl::StrCat("nothing is shrunken: ", meta.status().message()));
    report.json.Set("shrunken", JsonValue::Array());
    report.tables.push_back(std::move(mean));
    report.tables.push_back(ShrunkenTable());
    Draw(PlotRatios(data.groups, ratios), options, report);
    return absl::OkStatus();
  }
  AddMean(*meta, std::move(mean), report);
  AddShrunken(sites, *meta, report);
  Draw(PlotShrunken(sites, *meta, kRatioTitle, TitleOf(data.groups)), options,
       report);
  return absl::OkStatus();
}

// How well the expected numbers fit, where they are probabilities of 0 or 1.
absl::Status AddFitOfModel(const AnalyzeOptions& options,
                           const StandardizeData& data, Report& report) {
  ReportTable table = {
      .kind = "calibration",
      .title = "The model that expects them",
      .columns = {"auc", "brier", "calibration_intercept", "calibration_slope"},
      .figure = "auc"};
  std::vector<double> log_odds;
  for (size_t i = 0; i < data.outcome.size(); ++i) {
    if (data.outcome[i] > 1 || data.expected[i] > 1) {
      report.tables.push_back(std::move(table));
      return absl::OkStatus();
    }
    log_odds.push_back(std::log(data.expected[i]) -
                       std::log1p(-data.expected[i]));
  }
  const auto fit = stats::AssessBinaryPredictions(
      {data.outcome, log_odds, {}}, kGroupsOfCalibration, options.pool);
  if (!fit.ok()) return fit.status();
  JsonValue json = JsonValue::Object();
  json.SetOrNull("auc", fit->auc)
      .Set("brier", fit->brier)
      .SetOrNull("intercept", fit->calibration_intercept)
      .SetOrNull("slope", fit->calibration_slope);
  report.json.Set("calibration", std::move(json));
  ReportRow(table)
      .Add(fit->auc)
      .Add(fit->brier)
      .Add(fit->calibration_intercept)
      .Add(fit->calibration_slope);
  report.tables.push_back(std::move(table));
  return absl::OkStatus();
}

absl::Status AddRatios(const AnalyzeOptions& options,
                       const StandardizeData& data, Report& report) {
  const bool byar = options.interval == "byar";
  const auto ratios = stats::StandardizeIndirectly(
      {data.outcome, data.expected, data.groups.codes, data.groups.n_groups()},
      options.conf_level);
  if (!ratios.ok()) return ratios.status();
  const auto total = stats::StandardizeIndirectly(
      {data.outcome, data.expected, {}, 1}, options.conf_level);
  if (!total.ok()) return total.status();
  std::vector<JsonValue> rows;
  ReportTable table = RatioTableOf("group", "Groups");
  int64_t without = 0;
  for (size_t g = 0; g < ratios->size(); ++g) {
    JsonValue json = JsonValue::Object();
    json.Set("group", data.groups.Json(g));
    ReportRow row(table);
    row.Add(data.groups.Name(g));
    AddRatioCells((*ratios)[g], byar, json, row);
    rows.push_back(std::move(json));
    if (!(*ratios)[g].ratio.has_value()) ++without;
  }
  if (without > 0) {
    report.warnings.push_back(
        absl::StrCat(CountOf(without, "group"),
                     " of which the model expects no event: no "
                     "ratio"));
  }
  report.tables.push_back(std::move(table));
  ReportTable all = RatioTableOf("total", "All");
  JsonValue sum = JsonValue::Object();
  ReportRow row(all);
  row.Add("all");
  AddRatioCells(total->front(), byar, sum, row);
  report.tables.push_back(std::move(all));
  if (absl::Status status = AddScreen(data, *ratios, rows, report);
      !status.ok()) {
    return status;
  }
  JsonValue json = JsonValue::Array();
  for (JsonValue& one : rows) json.Add(std::move(one));
  report.json.Set("groups", std::move(json)).Set("total", std::move(sum));
  return AddSiteEffects(options, data, *ratios, report);
}

}  // namespace

absl::StatusOr<Report> AnalyzeStandardize(const AnalyzeOptions& options,
                                          std::string text) {
  if (options.outcome.empty() || options.expected.empty()) {
    return absl::InvalidArgumentError("--outcome and --expected are required");
  }
  if (options.interval != "exact" && options.interval != "byar") {
    return absl::InvalidArgumentError(
        absl::StrCat("--interval \"", options.interval,
                     "\" is not known; allowed: exact, byar"));
  }
  const absl::StatusOr<EventFlag> flag = ParseEvent(options.outcome);
  if (!flag.ok()) return flag.status();
  std::vector<std::string> names =
      WithoutEmpty({flag->column, options.expected, options.exposure});
  for (const std::string& column : SplitList(options.by)) {
    names.push_back(column);
  }
  const auto file = DataFile::Parse(std::move(text), names, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, names);
  if (absl::Status status = CheckRows(frame); !status.ok()) return status;
  const auto data = ReadStandardizeData(options, *flag, frame);
  if (!data.ok()) return data.status();
  Report report;
  report.method = "Indirect standardization";
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  report.json.Set("method", "standardize")
      .Set("n", report.n)
      .Set("dropped", report.dropped);
  report.conventions = {
      {"ratio",
       "observed over expected events; the expected are taken as "
       "known"},
      {"interval", options.interval == "byar"
                       ? "Byar's approximation of the Poisson interval"
                       : "exact Poisson (Garwood)"},
      {"confLevel", options.conf_level},
      {"flag", "high or low where the interval lies above or below 1"}};
  absl::Status status = AddRatios(options, *data, report);
  if (status.ok()) status = AddFitOfModel(options, *data, report);
  if (!status.ok()) return status;
  return report;
}

}  // namespace enthesis::client
