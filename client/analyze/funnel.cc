// enthesis analyze funnel: sites beside each other, within limits.

#include "stats/funnel.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/analyze/funnel_plot.h"
#include "client/analyze/methods.h"
#include "client/analyze/time_data.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

struct FunnelData {
  std::string size_column;
  std::vector<double> events, sizes;
  std::vector<std::string> labels;
};

absl::StatusOr<stats::FunnelOptions> ParseFunnelOptions(
    const AnalyzeOptions& options) {
  if (options.events.empty() ||
      options.size.empty() == options.expected.empty()) {
    return absl::InvalidArgumentError(
        "--events and either --n or --expected are required");
  }
  stats::FunnelOptions how;
  how.measure = options.size.empty() ? stats::FunnelMeasure::kRatio
                                     : stats::FunnelMeasure::kProportion;
  static const auto* const kLimits =
      new std::map<std::string, stats::FunnelLimitKind>{
          {"prediction", stats::FunnelLimitKind::kPrediction},
          {"ci", stats::FunnelLimitKind::kConfidence},
          {"normal", stats::FunnelLimitKind::kNormal}};
  static const auto* const kSpreads =
      new std::map<std::string, stats::FunnelOverdispersion>{
          {"none", stats::FunnelOverdispersion::kNone},
          {"multiplicative", stats::FunnelOverdispersion::kMultiplicative},
          {"additive", stats::FunnelOverdispersion::kAdditive}};
  const auto limits = kLimits->find(options.limits);
  if (limits == kLimits->end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--limits \"", options.limits,
                     "\" is not known; allowed: prediction, ci, normal"));
  }
  how.limits = limits->second;
  const auto spread = kSpreads->find(options.overdispersion);
  if (spread == kSpreads->end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--overdispersion \"", options.overdispersion,
        "\" is not known; allowed: none, multiplicative, additive"));
  }
  how.overdispersion = spread->second;
  if (!options.target.empty()) {
    const auto target = ParseFlagNumber(options.target, "--target");
    if (!target.ok()) return target.status();
    how.target = *target;
  }
  return how;
}

absl::StatusOr<FunnelData> ReadSites(const AnalyzeOptions& options,
                                     const Frame& frame,
                                     stats::FunnelMeasure measure,
                                     Report& report) {
  FunnelData data;
  data.size_column = options.size.empty() ? options.expected : options.size;
  absl::StatusOr<std::vector<double>> events = frame.Numbers(options.events);
  if (!events.ok()) return events.status();
  absl::StatusOr<std::vector<double>> sizes = frame.Numbers(data.size_column);
  if (!sizes.ok()) return sizes.status();
  data.events = *std::move(events);
  data.sizes = *std::move(sizes);
  std::map<std::string, size_t> named;
  for (size_t row = 0; row < frame.n_rows(); ++row) {
    if (const auto fault = stats::FindFunnelFault(data.events[row],
                                                  data.sizes[row], measure)) {
      return frame.Refuse(fault->in_events ? options.events : data.size_column,
                          row, fault->why);
    }
    data.labels.push_back(options.label.empty()
                              ? absl::StrCat("line ", frame.LineOf(row))
                              : std::string(frame.Text(options.label, row)));
    const auto [first, is_new] = named.emplace(data.labels.back(), row);
    if (is_new) continue;
    report.warnings.push_back(
        absl::StrCat(options.label, " \"", data.labels.back(), "\" is on line ",
                     frame.LineOf(first->second), " and on line ",
                     frame.LineOf(row), ": each row is taken as a site"));
  }
  return data;
}

const char* FlagText(stats::FunnelFlag flag) {
  switch (flag) {
    case stats::FunnelFlag::kIn:
      return "in";
    case stats::FunnelFlag::kAlertLow:
      return "alert-low";
    case stats::FunnelFlag::kAlarmLow:
      return "alarm-low";
    case stats::FunnelFlag::kAlertHigh:
      return "alert-high";
    case stats::FunnelFlag::kAlarmHigh:
      return "alarm-high";
  }
  return "";
}

int LevelOf(stats::FunnelFlag flag) {
  switch (flag) {
    case stats::FunnelFlag::kIn:
      return 0;
    case stats::FunnelFlag::kAlertLow:
    case stats::FunnelFlag::kAlertHigh:
      return 1;
    case stats::FunnelFlag::kAlarmLow:
    case stats::FunnelFlag::kAlarmHigh:
      return 2;
  }
  return 0;
}

// In words what limits they are, once it is known whether overdispersion
// applies.
std::string LimitsText(const stats::Funnel& funnel) {
  const bool is_ratio = funnel.options.measure == stats::FunnelMeasure::kRatio;
  const char* const normal =
      is_ratio ? "normal, on the square root of the ratio (CQC); not below 0"
               : "normal, on the arcsine of the square root; the angle is kept "
                 "within 0 and 90 degrees";
  if (funnel.dispersion.is_applied &&
      funnel.options.limits != stats::FunnelLimitKind::kNormal) {
    return absl::StrCat(normal, "; exact limits cannot hold overdispersion");
  }
  switch (funnel.options.limits) {
    case stats::FunnelLimitKind::kPrediction:
      return is_ratio
                 ? "prediction: Poisson quantiles, interpolated (Spiegelhalter "
                   "2005); none where no count lies below"
                 : "prediction: binomial quantiles, interpolated "
                   "(Spiegelhalter "
                   "2005); none where no count lies below, 1 where none lies "
                   "above";
    case stats::FunnelLimitKind::kConfidence:
      return is_ratio ? "ci: chi-square (Garwood) about the target"
                      : "ci: beta (Clopper-Pearson) about the target";
    case stats::FunnelLimitKind::kNormal:
      break;
  }
  return normal;
}

std::string DispersionText(const stats::Funnel& funnel) {
  const char* how = "";
  switch (funnel.options.overdispersion) {
    case stats::FunnelOverdispersion::kNone:
      return "not allowed for; phi and tau2 from z winsorized at 10 % of each "
             "tail";
    case stats::FunnelOverdispersion::kMultiplicative:
      how = funnel.dispersion.is_applied
                ? "multiplicative: errors times the square root of phi"
                : "multiplicative: does not apply, phi is not above 1";
      break;
    case stats::FunnelOverdispersion::kAdditive:
      how = funnel.dispersion.is_applied
                ? "additive: tau2 is added to the squared error"
                : "additive: does not apply, tau2 is 0";
      break;
  }
  return absl::StrCat(how, "; from z winsorized at 10 % of each tail");
}

void ExplainFunnel(const AnalyzeOptions& options, const FunnelData& data,
                   const stats::Funnel& funnel, Report& report) {
  const bool is_ratio = funnel.options.measure == stats::FunnelMeasure::kRatio;
  report.conventions = {
      {"estimate", is_ratio ? "observed over expected events; n is the "
                              "expected number"
                            : "events over cases"},
      {"target", funnel.options.target.has_value() ? "as given"
                 : is_ratio                        ? "1"
                            : "all events over all cases"},
      {"limits", LimitsText(funnel)},
      {"overdispersion", DispersionText(funnel)},
      {"z", is_ratio ? "2 sqrt(n) times the difference from the target of "
                       "square roots"
                     : "2 sqrt(n) times the difference from the target of "
                       "arcsines of square roots"},
      {"flag",
       "alert: beyond the limits of 95 %, alarm: of 99.8 %; -high or -low"}};
  if (funnel.dispersion.k == 1) {
    report.warnings.emplace_back(
        is_ratio ? "one site: no overdispersion can be seen"
                 : "one site: unless --target is given it is held to itself");
  }
  int64_t empty = 0, contradicted = 0;
  for (size_t i = 0; i < data.sizes.size(); ++i) {
    if (data.sizes[i] > 0) continue;
    ++(data.events[i] > 0 ? contradicted : empty);
  }
  if (empty > 0) {
    report.warnings.push_back(
        absl::StrCat(CountOf(empty, "site"), " without ",
                     is_ratio ? "expected events" : "cases", ": no estimate"));
  }
  if (contradicted > 0) {
    report.warnings.push_back(absl::StrCat(
        CountOf(contradicted, "site"), " with events where ", options.expected,
        " is 0: no estimate; the model says they cannot happen"));
  }
  if (!is_ratio && (funnel.target == 0 || funnel.target == 1)) {
    report.warnings.emplace_back(
        funnel.target == 0
            ? "no site has an event: the target is 0, and all are on it"
            : "every case has the event: the target is 1, and all are on it");
  }
}

JsonValue LimitsOfJson(const stats::FunnelLimits& limits) {
  JsonValue json = JsonValue::Object();
  json.Set("n", limits.size)
      .SetOrNull("lower95", limits.lower95)
      .SetOrNull("upper95", limits.upper95)
      .SetOrNull("lower998", limits.lower998)
      .SetOrNull("upper998", limits.upper998);
  return json;
}

void AddLimitCells(const stats::FunnelLimits& limits, ReportRow& row) {
  row.AddOrSkip(limits.lower95)
      .AddOrSkip(limits.upper95)
      .AddOrSkip(limits.lower998)
      .AddOrSkip(limits.upper998);
}

void AddDispersion(const AnalyzeOptions& options, const stats::Funnel& funnel,
                   Report& report) {
  const stats::FunnelDispersion& spread = funnel.dispersion;
  JsonValue winsorized = JsonValue::Object();
  winsorized.Set("share", 0.1)
      .SetOrNull("lower", spread.lowest_z)
      .SetOrNull("upper", spread.highest_z);
  JsonValue json = JsonValue::Object();
  json.Set("method", options.overdispersion)
      .Set("applied", spread.is_applied)
      .Set("sites", static_cast<int64_t>(spread.k))
      .SetOrNull("phi", spread.phi)
      .SetOrNull("tau2", spread.tau_squared)
      .Set("winsorized", std::move(winsorized));
  report.json.Set("overdispersion", std::move(json));
  ReportTable table = {
      .kind = "target",
      .title = "Target, and how sites scatter about it",
      .columns = {"target", "sites", "phi", "tau2", "winsorized_share",
                  "winsorized_lower", "winsorized_upper"},
      .figure = "phi"};
  ReportRow(table)
      .Add(funnel.target)
      .Add(static_cast<double>(spread.k))
      .Add(spread.phi)
      .Add(spread.tau_squared)
      .Add(0.1)
      .Add(spread.lowest_z)
      .Add(spread.highest_z);
  report.tables.push_back(std::move(table));
}

const stats::FunnelLimits* LimitsOf(const stats::Funnel& funnel, double size) {
  const auto found =
      std::lower_bound(funnel.limits.begin(), funnel.limits.end(), size,
                       [](const stats::FunnelLimits& limits, double at) {
                         return limits.size < at;
                       });
  return found != funnel.limits.end() && found->size == size ? &*found
                                                             : nullptr;
}

void AddSites(const FunnelData& data, const stats::Funnel& funnel,
              Report& report) {
  const bool is_ratio = funnel.options.measure == stats::FunnelMeasure::kRatio;
  JsonValue json = JsonValue::Array();
  ReportTable table = {
      .kind = "site",
      .title = "Sites",
      .columns = {"label:site", "events", is_ratio ? "n:expected" : "n",
                  "estimate", "lower95", "upper95", "lower998", "upper998", "z",
                  "adjusted_z", "flag"},
      .figure = "estimate"};
  for (size_t i = 0; i < data.sizes.size(); ++i) {
    const stats::FunnelSite& site = funnel.sites[i];
    const std::string flag = site.flag ? FlagText(*site.flag) : "";
    JsonValue row = JsonValue::Object();
    row.Set("label", data.labels[i])
        .Set("events", data.events[i])
        .Set("n", data.sizes[i]);
    if (is_ratio) row.Set("expected", data.sizes[i]);
    row.SetOrNull("estimate", site.estimate).SetOrNull("z", site.z);
    if (funnel.dispersion.is_applied) {
      row.SetOrNull("adjustedZ", site.adjusted_z);
    }
    row.Set("flag", site.flag ? JsonValue::Text(flag) : JsonValue::Null());
    json.Add(std::move(row));
    ReportRow cells(table);
    cells.Add(data.labels[i])
        .Add(data.events[i])
        .Add(data.sizes[i])
        .Add(site.estimate);
    const stats::FunnelLimits* limits = LimitsOf(funnel, data.sizes[i]);
    AddLimitCells(limits == nullptr ? stats::FunnelLimits() : *limits, cells);
    cells.Add(site.z).AddOrSkip(site.adjusted_z).Add(flag);
  }
  report.json.Set("sites", std::move(json));
  report.tables.push_back(std::move(table));
}

void AddLimits(const stats::Funnel& funnel, Report& report) {
  JsonValue json = JsonValue::Array();
  ReportTable table = {
      .kind = "limit",
      .columns = {"n", "lower95", "upper95", "lower998", "upper998"},
      .csv_only = true};
  for (const stats::FunnelLimits& limits : funnel.limits) {
    json.Add(LimitsOfJson(limits));
    ReportRow row(table);
    row.Add(limits.size);
    AddLimitCells(limits, row);
  }
  report.json.Set("limits", std::move(json));
  report.tables.push_back(std::move(table));
}

FunnelPlot FunnelPlotOf(const AnalyzeOptions& options, const FunnelData& data,
                        const stats::Funnel& funnel) {
  const bool is_ratio = funnel.options.measure == stats::FunnelMeasure::kRatio;
  FunnelPlot plot;
  plot.target = funnel.target;
  plot.ceiling = is_ratio ? 0 : 1;
  plot.x_title = is_ratio
                     ? absl::StrCat("Expected events (", options.expected, ")")
                     : absl::StrCat("Cases (", options.size, ")");
  plot.y_title =
      is_ratio ? absl::StrCat("Observed / expected (", options.events, ")")
               : absl::StrCat("Events / cases (", options.events, ")");
  plot.note = absl::StrFormat("Target %.4g", funnel.target);
  if (funnel.dispersion.phi.has_value()) {
    absl::StrAppendFormat(
        &plot.note, ", phi %.3g, tau^2 %.3g%s", *funnel.dispersion.phi,
        *funnel.dispersion.tau_squared,
        funnel.dispersion.is_applied ? ", allowed for in the limits" : "");
  }
  for (size_t i = 0; i < data.sizes.size(); ++i) {
    const stats::FunnelSite& site = funnel.sites[i];
    if (!site.estimate.has_value()) continue;
    plot.sites.push_back({data.labels[i], data.sizes[i], *site.estimate,
                          LevelOf(*site.flag), *site.z});
  }
  for (const stats::FunnelLimits& limits : funnel.limits) {
    plot.limits.push_back({limits.size, limits.lower95, limits.upper95,
                           limits.lower998, limits.upper998});
  }
  return plot;
}

}  // namespace

absl::StatusOr<Report> AnalyzeFunnel(const AnalyzeOptions& options,
                                     std::string text) {
  const auto how = ParseFunnelOptions(options);
  if (!how.ok()) return how.status();
  const std::vector<std::string> names = WithoutEmpty(
      {options.events, options.size, options.expected, options.label});
  const auto file = DataFile::Parse(std::move(text), names, options.pool);
  if (!file.ok()) return file.status();
  Frame frame(*file, names);
  if (!options.label.empty()) frame.SortBy(options.label);
  if (absl::Status status = CheckRows(frame); !status.ok()) return status;
  Report report;
  const auto data = ReadSites(options, frame, how->measure, report);
  if (!data.ok()) return data.status();
  const auto funnel =
      stats::EstimateFunnel({data->events, data->sizes}, *how, options.pool);
  if (!funnel.ok()) return funnel.status();
  report.method = "Funnel plot";
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  report.json.Set("method", "funnel")
      .Set("n", report.n)
      .Set("dropped", report.dropped)
      .Set("target", funnel->target);
  ExplainFunnel(options, *data, *funnel, report);
  AddDispersion(options, *funnel, report);
  AddLimits(*funnel, report);
  AddSites(*data, *funnel, report);
  const FunnelPlot plot = FunnelPlotOf(options, *data, *funnel);
  if (options.draws) report.figure = plot.Svg();
  report.drawing = plot.Text();
  return report;
}

}  // namespace enthesis::client
