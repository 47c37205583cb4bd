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

// The rows of one group; empty where there is but one.
std::vector<size_t> RowsOfGroup(const Groups& groups, int group) {
  std::vector<size_t> rows;
  for (size_t row = 0; row < groups.codes.size(); ++row) {
    if (groups.codes[row] == group) rows.push_back(row);
  }
  return rows;
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

class ChangeTables {
 public:
  void Add(const std::string& group, const stats::ScoreChange& change) {
    ReportRow(change_)
        .Add(group)
        .Add(static_cast<double>(change.change.n))
        .Add(change.baseline.mean)
        .Add(change.follow_up.mean)
        .Add(change.change.mean)
        .Add(change.change.std_dev)
        .Add(change.change.lower)
        .Add(change.change.upper);
    const stats::TTest& t_test = change.t_test;
    AddTest(group, "paired t", t_test.statistic,
            t_test.statistic ? std::optional<double>(t_test.df) : std::nullopt,
            {}, {}, t_test.p_value);
    const stats::SignedRank& ranks = change.signed_rank;
    AddTest(group, ranks.is_exact ? "signed rank V, exact" : "signed rank V",
            ranks.statistic, {}, static_cast<double>(ranks.n),
            static_cast<double>(ranks.n_zero), ranks.p_value);
    const stats::HodgesLehmann& shift = ranks.hodges_lehmann;
    AddEffect(group, "Hodges-Lehmann", shift.estimate, shift.lower, shift.upper,
              shift.conf_level);
    AddEffect(group, "standardized response mean",
              change.standardized_response_mean);
    AddEffect(group, "Hedges' g", change.hedges_g);
    for (const stats::Responders& one : change.responders) {
      ReportRow(responders_)
          .Add(group)
          .Add(one.threshold)
          .Add(static_cast<double>(one.proportion.count))
          .Add(static_cast<double>(one.proportion.n))
          .Add(one.proportion.estimate)
          .Add(one.proportion.lower)
          .Add(one.proportion.upper)
          .Add(one.exact.lower)
          .Add(one.exact.upper);
    }
  }

  void MoveTo(Report& report) {
    for (ReportTable* table : {&change_, &tests_, &effects_, &responders_}) {
      report.tables.push_back(std::move(*table));
    }
  }

 private:
  // Ranks have no degrees of freedom; they alone count zeros.
  void AddTest(const std::string& group, const char* test,
               std::optional<double> statistic, std::optional<double> df,
               std::optional<double> ranked, std::optional<double> zeros,
               std::optional<double> p_value) {
    ReportRow(tests_)
        .Add(group)
        .Add(test)
        .Add(statistic)
        .AddOrSkip(df)
        .AddOrSkip(ranked)
        .AddOrSkip(zeros)
        .Add(p_value);
  }

  void AddEffect(const std::string& group, const char* effect,
                 std::optional<double> estimate) {
    ReportRow(effects_)
        .Add(group)
        .Add(effect)
        .Add(estimate)
        .Skip()
        .Skip()
        .Skip();
  }
  void AddEffect(const std::string& group, const char* effect,
                 std::optional<double> estimate, std::optional<double> lower,
                 std::optional<double> upper, std::optional<double> level) {
    ReportRow(effects_)
        .Add(group)
        .Add(effect)
        .Add(estimate)
        .Add(lower)
        .Add(upper)
        .Add(level);
  }

  ReportTable change_ = {.kind = "change",
                         .columns = {"group", "n", "baseline_mean:baseline",
                                     "follow_up_mean:follow_up", "mean",
                                     "std_dev:sd", "lower", "upper"},
                         .figure = "mean"};
  ReportTable tests_ = {.kind = "test",
                        .title = "Tests of no change",
                        .columns = {"group", "test", "statistic", "df",
                                    "n:ranked", "zeros", "p_value:p"},
                        .figure = "p_value"};
  ReportTable effects_ = {.kind = "effect",
                          .title = "Size of the change",
                          .columns = {"group", "effect", "estimate", "lower",
                                      "upper", "conf_level"},
                          .figure = "estimate"};
  ReportTable responders_ = {
      .kind = "responders",
      .title = "Responders: improved by the threshold or more",
      .columns = {"group", "threshold", "count", "n", "estimate:share", "lower",
                  "upper", "exact_lower", "exact_upper"},
      .figure = "estimate"};
};

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
  // Without rows there is no group to speak of.
  if (!options.by.empty()) {
    if (absl::Status rows = CheckRows(frame); !rows.ok()) return rows;
  }
  const Groups groups = MakeGroups(frame, options.by);
  JsonValue json = JsonValue::Array();
  ChangeTables tables;
  for (int g = 0; g < groups.n_groups(); ++g) {
    const auto change = stats::EstimateScoreChange(
        OfGroup(*baseline, groups, g), OfGroup(*follow_up, groups, g), how);
    if (!change.ok()) {
      return frame.WithLine(change.status(), RowsOfGroup(groups, g));
    }
    const size_t group = static_cast<size_t>(g);
    json.Add(GroupJson(groups.Json(group), *change));
    tables.Add(groups.Name(group), *change);
  }
  report.json.Set("groups", std::move(json));
  tables.MoveTo(report);
  report.conventions = {
      {"change", "follow-up minus baseline"},
      {"interval", "Student's t"},
      {"confLevel", options.conf_level},
      {"signedRank",
       "zeros dropped; exact for n < 50 without ties, else normal with tie and "
       "continuity correction"},
      {"hedgesG", "exact gamma factor, n - 1 df"},
      {"responders", "Wilson; Clopper-Pearson beside it"},
      {"improvement", options.lower_is_better ? "a fall" : "a rise"}};
  return report;
}

}  // namespace enthesis::client
