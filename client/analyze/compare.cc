// enthesis analyze compare: a value between groups.

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/analyze/methods.h"
#include "client/analyze/score_json.h"
#include "client/analyze/time_data.h"
#include "stats/group_comparison.h"
#include "stats/value_counts.h"

namespace enthesis::client {
namespace {

JsonValue TwoSampleJson(const stats::TwoSampleTTest& test) {
  JsonValue json = TTestJson(test.test);
  json.Set("difference", test.difference)
      .Set("stdError", test.std_error)
      .Set("lower", test.lower)
      .Set("upper", test.upper);
  return json;
}

JsonValue MannWhitneyJson(const stats::MannWhitney& test) {
  JsonValue json = JsonValue::Object();
  json.Set("statistic", test.statistic)
      .Set("pValue", test.p_value)
      .Set("exact", test.is_exact)
      .Set("hodgesLehmann", HodgesLehmannJson(test.shift));
  return json;
}

JsonValue TestsJson(const stats::GroupComparison& comparison) {
  JsonValue json = JsonValue::Object();
  if (comparison.welch) json.Set("welch", TwoSampleJson(*comparison.welch));
  if (comparison.pooled) json.Set("pooled", TwoSampleJson(*comparison.pooled));
  json.Set("anova", FTestJson(comparison.anova))
      .Set("welchAnova", FTestJson(comparison.welch_anova));
  if (comparison.mann_whitney) {
    json.Set("mannWhitney", MannWhitneyJson(*comparison.mann_whitney));
  }
  JsonValue kruskal = JsonValue::Object();
  kruskal.Set("statistic", comparison.kruskal_wallis.statistic);
  if (comparison.kruskal_wallis.statistic.has_value()) {
    kruskal.Set("df", comparison.kruskal_wallis.df);
  }
  kruskal.Set("pValue", comparison.kruskal_wallis.p_value)
      .Set("epsilonSquared", comparison.kruskal_wallis.epsilon_squared);
  json.Set("kruskalWallis", std::move(kruskal));
  return json;
}

void AddTest(const char* name, std::optional<double> statistic,
             std::optional<double> df, std::optional<double> p,
             ReportTable& table) {
  ReportRow(table).Add(name).Add(statistic).Add(df).Add(p);
}

ReportTable TestTable(const stats::GroupComparison& comparison) {
  ReportTable table;
  table.title = "Tests";
  table.columns = {"test", "statistic", "df", "p"};
  if (comparison.welch) {
    const stats::TTest& test = comparison.welch->test;
    AddTest("Welch t", test.statistic, test.df, test.p_value, table);
  }
  if (comparison.pooled) {
    const stats::TTest& test = comparison.pooled->test;
    AddTest("pooled t", test.statistic, test.df, test.p_value, table);
  }
  if (comparison.mann_whitney) {
    AddTest("Mann-Whitney W", comparison.mann_whitney->statistic, {},
            comparison.mann_whitney->p_value, table);
  }
  const stats::FTest& anova = comparison.anova;
  AddTest("ANOVA F", anova.statistic, anova.df, anova.p_value, table);
  const stats::FTest& welch = comparison.welch_anova;
  AddTest("Welch ANOVA F", welch.statistic, welch.df, welch.p_value, table);
  const stats::KruskalWallis& kruskal = comparison.kruskal_wallis;
  AddTest("Kruskal-Wallis", kruskal.statistic, kruskal.df, kruskal.p_value,
          table);
  return table;
}

}  // namespace

absl::StatusOr<Report> AnalyzeCompare(const AnalyzeOptions& options,
                                      std::string text) {
  if (options.value.empty() || options.by.empty()) {
    return absl::InvalidArgumentError("--value and --by are required");
  }
  std::vector<std::string> names = {options.value};
  for (std::string& name : SplitList(options.by)) names.push_back(name);
  const auto file = DataFile::Parse(std::move(text), names, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, names);
  const auto values = frame.Numbers(options.value);
  if (!values.ok()) return values.status();
  if (values->empty()) {
    return absl::FailedPreconditionError("no row has a value and a group");
  }
  const Groups groups = MakeGroups(frame, options.by);
  const auto counts =
      stats::CountValuesByGroup(*values, groups.codes, groups.n_groups());
  if (!counts.ok()) return frame.WithLine(counts.status());
  const auto comparison = stats::CompareGroups(*counts, options.conf_level);
  if (!comparison.ok()) return comparison.status();

  Report report;
  report.method = absl::StrCat(options.value, " by ", options.by);
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  report.json.Set("n", report.n).Set("dropped", report.dropped);
  JsonValue json = JsonValue::Array();
  ReportTable table;
  table.columns = {"group", "n",      "mean", "sd", "lower",
                   "upper", "median", "q1",   "q3"};
  for (size_t g = 0; g < comparison->groups.size(); ++g) {
    const stats::Description& one = comparison->groups[g];
    JsonValue row = JsonValue::Object();
    row.Set("group", groups.Json(g))
        .Set("n", one.n)
        .Set("mean", one.mean.mean)
        .Set("stdDev", one.mean.std_dev)
        .Set("lower", one.mean.lower)
        .Set("upper", one.mean.upper)
        .Set("median", one.median)
        .Set("q1", one.q1)
        .Set("q3", one.q3);
    json.Add(std::move(row));
    ReportRow(table)
        .Add(groups.Name(g))
        .Add(static_cast<double>(one.n))
        .Add(one.mean.mean)
        .Add(one.mean.std_dev)
        .Add(one.mean.lower)
        .Add(one.mean.upper)
        .Add(one.median)
        .Add(one.q1)
        .Add(one.q3);
  }
  report.json.Set("groups", std::move(json))
      .Set("tests", TestsJson(*comparison));
  report.tables.push_back(std::move(table));
  report.tables.push_back(TestTable(*comparison));
  if (groups.n_groups() < 2) {
    report.warnings.push_back("there is one group only: no test");
  }
  report.conventions = {
      {"difference", "first group minus second"},
      {"confLevel", FigureOf(options.conf_level)},
      {"mannWhitney",
       "W of the first group; exact below 50 a group without ties, else normal "
       "with tie and continuity correction"},
      {"kruskalWallis", "corrected for ties"},
      {"quantiles", "type 7"}};
  return report;
}

}  // namespace enthesis::client
