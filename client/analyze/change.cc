// enthesis analyze change: paired change of a score.

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/analyze/methods.h"
#include "client/analyze/score_json.h"
#include "client/analyze/time_data.h"
#include "stats/score_change.h"

namespace enthesis::client {
namespace {

// The values of the rows of one group.
std::vector<double> OfGroup(const std::vector<double>& values,
                            const Groups& groups, int group) {
  if (groups.codes.empty()) return values;
  std::vector<double> kept;
  for (size_t row = 0; row < values.size(); ++row) {
    if (groups.codes[row] == group) kept.push_back(values[row]);
  }
  return kept;
}

JsonValue RespondersJson(const stats::ScoreChange& change) {
  JsonValue json = JsonValue::Array();
  for (const stats::Responders& responders : change.responders) {
    JsonValue row = JsonValue::Object();
    row.Set("threshold", responders.threshold)
        .Set("count", responders.proportion.count)
        .Set("n", responders.proportion.n)
        .Set("estimate", responders.proportion.estimate)
        .Set("lower", responders.proportion.lower)
        .Set("upper", responders.proportion.upper);
    JsonValue exact = JsonValue::Object();
    exact.Set("lower", responders.exact.lower)
        .Set("upper", responders.exact.upper);
    row.Set("clopperPearson", std::move(exact));
    json.Add(std::move(row));
  }
  return json;
}

JsonValue SignedRankJson(const stats::SignedRank& test) {
  JsonValue json = JsonValue::Object();
  json.Set("statistic", test.statistic)
      .Set("pValue", test.p_value)
      .Set("n", test.n)
      .Set("zeros", test.n_zero)
      .Set("exact", test.is_exact);
  return json;
}

JsonValue GroupJson(JsonValue group, const stats::ScoreChange& change) {
  JsonValue json = JsonValue::Object();
  json.Set("group", std::move(group))
      .Set("n", change.change.n)
      .Set("mean", change.change.mean)
      .Set("stdDev", change.change.std_dev)
      .Set("lower", change.change.lower)
      .Set("upper", change.change.upper)
      .Set("tTest", TTestJson(change.t_test))
      .Set("signedRank", SignedRankJson(change.signed_rank))
      .Set("hodgesLehmann",
           HodgesLehmannJson(change.signed_rank.hodges_lehmann))
      .Set("responders", RespondersJson(change))
      .Set("standardizedResponseMean", change.standardized_response_mean)
      .Set("hedgesG", change.hedges_g)
      .Set("baselineMean", change.baseline.mean)
      .Set("followUpMean", change.follow_up.mean);
  return json;
}

}  // namespace

absl::StatusOr<Report> AnalyzeChange(const AnalyzeOptions& options,
                                     std::string text) {
  if (options.baseline.empty() || options.follow_up.empty()) {
    return absl::InvalidArgumentError(
        "--baseline and --follow-up are required");
  }
  stats::ScoreChangeOptions how;
  how.conf_level = options.conf_level;
  how.higher_is_better = !options.lower_is_better;
  const auto thresholds = NumberList(options.mcid, "--mcid");
  if (!thresholds.ok()) return thresholds.status();
  how.thresholds = *thresholds;
  std::vector<std::string> names = {options.baseline, options.follow_up};
  for (std::string& name : SplitList(options.by)) names.push_back(name);
  const auto file = DataFile::Parse(std::move(text), names, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, names);
  const auto baseline = frame.Numbers(options.baseline);
  if (!baseline.ok()) return baseline.status();
  const auto follow_up = frame.Numbers(options.follow_up);
  if (!follow_up.ok()) return follow_up.status();

  Report report;
  report.method =
      absl::StrCat("Change from ", options.baseline, " to ", options.follow_up);
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  report.json.Set("n", report.n).Set("dropped", report.dropped);
  const Groups groups = MakeGroups(frame, options.by);
  JsonValue json = JsonValue::Array();
  ReportTable table;
  table.columns = {"group", "n", "mean", "sd", "lower",
                   "upper", "t", "p",    "V",  "p_signed_rank"};
  for (int g = 0; g < groups.n_groups(); ++g) {
    const auto change = stats::EstimateScoreChange(
        OfGroup(*baseline, groups, g), OfGroup(*follow_up, groups, g), how);
    if (!change.ok()) return change.status();
    const size_t group = static_cast<size_t>(g);
    json.Add(GroupJson(groups.Json(group), *change));
    ReportRow(table)
        .Add(groups.Name(group))
        .Add(static_cast<double>(change->change.n))
        .Add(change->change.mean)
        .Add(change->change.std_dev)
        .Add(change->change.lower)
        .Add(change->change.upper)
        .Add(change->t_test.statistic)
        .Add(change->t_test.p_value)
        .Add(change->signed_rank.statistic)
        .Add(change->signed_rank.p_value);
  }
  report.json.Set("groups", std::move(json));
  report.tables.push_back(std::move(table));
  report.conventions = {
      {"change", "follow-up minus baseline"},
      {"interval", "Student's t"},
      {"confLevel", FigureOf(options.conf_level)},
      {"signedRank",
       "zeros dropped; exact for n < 50 without ties, else normal with tie and "
       "continuity correction"},
      {"hedgesG", "exact gamma factor, n - 1 df"},
      {"responders", "Wilson; Clopper-Pearson beside it"},
      {"improvement", options.lower_is_better ? "a fall" : "a rise"}};
  return report;
}

}  // namespace enthesis::client
