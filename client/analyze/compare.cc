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
             std::optional<double> df, std::optional<double> residual_df,
             std::optional<double> p, ReportTable& table) {
  ReportRow(table)
      .Add(name)
      .Add(statistic)
      .AddOrSkip(df)
      .AddOrSkip(residual_df)
      .Add(p);
}

void AddTTest(const char* name, const stats::TTest& test, ReportTable& table) {
  AddTest(name, test.statistic, test.df, {}, test.p_value, table);
}

void AddFTest(const char* name, const stats::FTest& test, ReportTable& table) {
  AddTest(name, test.statistic, test.df, test.residual_df, test.p_value, table);
}

ReportTable TestTable(const stats::GroupComparison& comparison) {
  ReportTable table = {
      .kind = "test",
      .title = "Tests",
      .columns = {"test", "statistic", "df", "residual_df", "p_value:p"},
      .figure = "p_value"};
  if (comparison.welch) AddTTest("Welch t", comparison.welch->test, table);
  if (comparison.pooled) AddTTest("pooled t", comparison.pooled->test, table);
  if (comparison.mann_whitney) {
    AddTest(comparison.mann_whitney->is_exact ? "Mann-Whitney W, exact"
                                              : "Mann-Whitney W",
            comparison.mann_whitney->statistic, {}, {},
            comparison.mann_whitney->p_value, table);
  }
  AddFTest("ANOVA F", comparison.anova, table);
  AddFTest("Welch ANOVA F", comparison.welch_anova, table);
  const stats::KruskalWallis& kruskal = comparison.kruskal_wallis;
  AddTest("Kruskal-Wallis", kruskal.statistic, kruskal.df, {}, kruskal.p_value,
          table);
  return table;
}

ReportTable EffectTable(const stats::GroupComparison& comparison) {
  ReportTable table = {.kind = "effect",
                       .title = "Size of the difference",
                       .columns = {"effect", "estimate", "std_error", "lower",
                                   "upper", "conf_level"},
                       .figure = "estimate"};
  const auto add_means = [&](const char* name,
                             const std::optional<stats::TwoSampleTTest>& test) {
    if (!test.has_value()) return;
    ReportRow(table)
        .Add(name)
        .Add(test->difference)
        .Add(test->std_error)
        .Add(test->lower)
        .Add(test->upper)
        .Skip();
  };
  add_means("difference of means, Welch", comparison.welch);
  add_means("difference of means, pooled", comparison.pooled);
  if (comparison.mann_whitney) {
    const stats::HodgesLehmann& shift = comparison.mann_whitney->shift;
    ReportRow(table)
        .Add("Hodges-Lehmann")
        .Add(shift.estimate)
        .Skip()
        .Add(shift.lower)
        .Add(shift.upper)
        .Add(shift.conf_level);
  }
  ReportRow(table)
      .Add("epsilon squared of ranks")
      .Add(comparison.kruskal_wallis.epsilon_squared)
      .Skip()
      .Skip()
      .Skip()
      .Skip();
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
  ReportTable table = {.kind = "group",
                       .columns = {"group", "n", "mean", "std_dev:sd", "lower",
                                   "upper", "median", "q1", "q3"},
                       .figure = "mean"};
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
  report.tables.push_back(EffectTable(*comparison));
  if (groups.n_groups() < 2) {
    report.warnings.push_back("there is one group only: no test");
  }
  report.conventions = {
      {"difference", "first group minus second"},
      {"confLevel", options.conf_level},
      {"mannWhitney",
       "W of the first group; exact below 50 a group without ties, else normal "
       "with tie and continuity correction"},
      {"kruskalWallis", "corrected for ties"},
      {"quantiles", "type 7"}};
  return report;
}

}  // namespace enthesis::client
