// Every method against R on shipped data: tests/golden/README.md.

#include "support/golden.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/cumulative_incidence.h"
#include "stats/distributions.h"
#include "stats/event_table.h"
#include "stats/kaplan_meier.h"
#include "stats/proportion.h"
#include "stats/rank_test.h"
#include "stats/score_change.h"
#include "stats/score_table.h"

namespace enthesis::stats {
namespace {

using golden::Compare;
using golden::Csv;
using golden::EventData;
using golden::GroupTables;
using golden::ReadEventData;

using Tables = std::map<std::string, EventTable>;

// The tables of each data set, read once.
const Tables& TablesOf(const std::string& dataset, bool any_cause) {
  static auto& cache = *new std::map<std::string, Tables>;
  const std::string key = absl::StrCat(dataset, any_cause ? " any" : "");
  auto [it, is_new] = cache.try_emplace(key);
  if (is_new) it->second = GroupTables(ReadEventData(dataset), any_cause);
  return it->second;
}

IntervalTransform TransformOf(const std::string& name) {
  if (name == "log") return IntervalTransform::kLog;
  if (name == "plain") return IntervalTransform::kPlain;
  return IntervalTransform::kLogLog;
}

KaplanMeierCurve CurveOf(const std::string& dataset, const std::string& group,
                         const std::string& transform) {
  KaplanMeierOptions options;
  options.transform = TransformOf(transform);
  const auto curve =
      EstimateKaplanMeier(TablesOf(dataset, true).at(group), options);
  EXPECT_TRUE(curve.ok()) << curve.status();
  return curve.ok() ? *curve : KaplanMeierCurve();
}

// Curves by data set, group and transform: the files ask point by point.
const KaplanMeierCurve& CachedCurve(const std::string& dataset,
                                    const std::string& group,
                                    const std::string& transform) {
  static auto& cache = *new std::map<std::string, KaplanMeierCurve>;
  auto [it, is_new] =
      cache.try_emplace(absl::StrCat(dataset, "|", group, "|", transform));
  if (is_new) it->second = CurveOf(dataset, group, transform);
  return it->second;
}

// The points of a curve that survfit lists: not those where subjects only
// enter.
std::vector<SurvivalPoint> ListedPoints(const KaplanMeierCurve& curve) {
  std::vector<SurvivalPoint> listed;
  for (const SurvivalPoint& point : curve.points) {
    if (point.events + point.censored > 0) listed.push_back(point);
  }
  return listed;
}

TEST(Golden, KaplanMeierCurves) {
  const Csv csv("kaplan_meier.csv");
  std::map<std::string, size_t> next;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& set = csv.Text(i, "dataset");
    const std::string& group = csv.Text(i, "group");
    const size_t at = next[set + "|" + group]++;
    for (const std::string transform : {"loglog", "log", "plain"}) {
      const auto points = ListedPoints(CachedCurve(set, group, transform));
      ASSERT_LT(at, points.size()) << set << " " << group;
      const SurvivalPoint& point = points[at];
      const auto check = [&](const std::string& column,
                             std::optional<double> value) {
        Compare("kaplan_meier", set, value, csv.Number(i, column),
                absl::StrCat(group, " row ", at, " ", column));
      };
      check("time", point.time);
      check("at_risk", point.at_risk);
      check("events", point.events);
      check("censored", point.censored);
      check("survival", point.survival);
      check("cumulative_hazard", point.cumulative_hazard);
      check("std_error", point.std_error);
      check("lower_" + transform, point.lower);
      check("upper_" + transform, point.upper);
    }
  }
  for (const auto& [key, n] : next) {
    const size_t bar = key.find('|');
    const KaplanMeierCurve& curve =
        CachedCurve(key.substr(0, bar), key.substr(bar + 1), "log");
    EXPECT_EQ(ListedPoints(curve).size(), n) << key;
  }
}

TEST(Golden, SurvivalQuantiles) {
  const Csv csv("survival_quantiles.csv");
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& set = csv.Text(i, "dataset");
    const std::string& group = csv.Text(i, "group");
    const std::string& transform = csv.Text(i, "transform");
    const double probability = csv.Value(i, "probability");
    const TimeQuantile quantile =
        SurvivalQuantile(CachedCurve(set, group, transform), probability);
    const std::string where =
        absl::StrCat(group, " ", transform, " ", probability);
    Compare("survival_quantile", set, quantile.estimate,
            csv.Number(i, "estimate"), where);
    Compare("survival_quantile", set, quantile.lower, csv.Number(i, "lower"),
            where + " lower");
    Compare("survival_quantile", set, quantile.upper, csv.Number(i, "upper"),
            where + " upper");
  }
}

TEST(Golden, SurvivalAtTimes) {
  const Csv csv("survival_at_times.csv");
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& set = csv.Text(i, "dataset");
    const std::string& group = csv.Text(i, "group");
    const double time = csv.Value(i, "time");
    const std::optional<SurvivalPoint> point =
        SurvivalAt(CachedCurve(set, group, "loglog"), {time})[0];
    const auto check = [&](const std::string& column,
                           std::optional<double> value) {
      Compare("survival_at_times", set, value, csv.Number(i, column),
              absl::StrCat(group, " at ", time, " ", column));
    };
    if (!point.has_value()) {
      check("survival", std::nullopt);
      continue;
    }
    check("time", point->time);
    check("at_risk", point->at_risk);
    check("survival", point->survival);
    check("std_error", point->std_error);
    check("lower", point->lower);
    check("upper", point->upper);
  }
}

// strata[s][g] of a data set, all causes one event.
std::vector<std::vector<EventTable>> StrataOf(const EventData& data,
                                              bool stratified) {
  const int n_groups = static_cast<int>(data.labels.size());
  const int n_strata = stratified ? data.n_strata : 1;
  std::vector<int> cells;
  for (size_t i = 0; i < data.rows.size(); ++i) {
    cells.push_back((stratified ? data.strata[i] * n_groups : 0) +
                    data.groups[i]);
  }
  const auto tables =
      TabulateEventGroups(data.rows, cells, n_strata * n_groups, data.n_causes);
  EXPECT_TRUE(tables.ok()) << tables.status();
  std::vector<std::vector<EventTable>> strata(static_cast<size_t>(n_strata));
  for (size_t cell = 0; tables.ok() && cell < tables->size(); ++cell) {
    strata[cell / static_cast<size_t>(n_groups)].push_back(
        CollapseCauses((*tables)[cell], -1));
  }
  return strata;
}

TEST(Golden, LogRank) {
  const Csv csv("log_rank.csv");
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& set = csv.Text(i, "dataset");
    const bool stratified = csv.Value(i, "stratified") > 0;
    const EventData data = ReadEventData(set);
    const auto test = TestLogRank(StrataOf(data, stratified));
    ASSERT_TRUE(test.ok()) << test.status();
    const std::string& group = csv.Text(i, "group");
    size_t g = 0;
    while (data.labels[g] != group) ++g;
    const std::string method = stratified ? "log_rank strata" : "log_rank";
    const auto check = [&](const std::string& column,
                           std::optional<double> value) {
      Compare(method, set, value, csv.Number(i, column), group + " " + column);
    };
    check("n", test->groups[g].n);
    check("observed", test->groups[g].observed);
    check("expected", test->groups[g].expected);
    check("df", test->df);
    check("chi_square", test->chi_square);
    check("p_value", test->p_value);
  }
}

TEST(Golden, CumulativeIncidence) {
  const Csv csv("cumulative_incidence.csv");
  std::map<std::string, CumulativeIncidence> curves;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& set = csv.Text(i, "dataset");
    const std::string& group = csv.Text(i, "group");
    auto [it, is_new] = curves.try_emplace(set + "|" + group);
    if (is_new) {
      const auto curve =
          EstimateCumulativeIncidence(TablesOf(set, false).at(group));
      ASSERT_TRUE(curve.ok()) << curve.status();
      it->second = *curve;
    }
    const int cause = static_cast<int>(csv.Value(i, "cause")) - 1;
    const double time = csv.Value(i, "time");
    const auto point = IncidenceAt(it->second, cause, {time})[0];
    const std::string where =
        absl::StrCat(group, " cause ", cause + 1, " at ", time);
    ASSERT_TRUE(point.has_value()) << set << " " << where;
    Compare("incidence", set, point->incidence, csv.Number(i, "incidence"),
            where);
    const double se = point->std_error.value_or(-1);
    Compare("incidence variance", set, se * se, csv.Number(i, "variance"),
            where + " variance");
  }
}

// The sleep data in whole tenths of an hour, first drug before second.
ScoreTable SleepTable() {
  const Csv csv("data/sleep.csv");
  std::map<std::string, std::map<std::string, int>> tenths;  // [id][group]
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    tenths[csv.Text(i, "id")][csv.Text(i, "group")] =
        static_cast<int>(std::lround(10 * csv.Value(i, "extra")));
  }
  ScoreTable table = EmptyScoreTable(-60, 60);
  for (auto& [id, score] : tenths) {
    const auto before = static_cast<size_t>(score["1"] - table.min_score);
    const auto after = static_cast<size_t>(score["2"] - table.min_score);
    ++table.paired[before * static_cast<size_t>(table.width()) + after];
    ++table.follow_up[after];
  }
  return table;
}

TEST(Golden, ScoreChange) {
  const Csv csv("score_change.csv");
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    ScoreChangeOptions options;
    options.conf_level = csv.Value(i, "conf_level");
    const auto change = EstimateScoreChange(SleepTable(), options);
    ASSERT_TRUE(change.ok()) << change.status();
    // The file holds hours too: the same numbers in tenths, but for scale.
    const std::string& unit = csv.Text(i, "unit");
    const double scale = unit == "hours" ? 0.1 : 1;
    const auto check = [&](const std::string& column,
                           std::optional<double> value) {
      Compare("score_change", "sleep " + unit, value, csv.Number(i, column),
              column);
    };
    check("n", static_cast<double>(change->change.n));
    check("mean", scale * change->change.mean.value());
    check("std_dev", scale * change->change.std_dev.value());
    check("lower", scale * change->change.lower.value());
    check("upper", scale * change->change.upper.value());
    check("statistic", change->t_test.statistic);
    check("df", change->t_test.df);
    check("p_value", change->t_test.p_value);
  }
}

TEST(Golden, Proportion) {
  const Csv csv("proportion.csv");
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const auto count = static_cast<int64_t>(csv.Value(i, "count"));
    const auto n = static_cast<int64_t>(csv.Value(i, "n"));
    const auto result =
        EstimateProportion(count, n, csv.Value(i, "conf_level"));
    ASSERT_TRUE(result.ok()) << result.status();
    const std::string where = absl::StrCat(count, " of ", n);
    Compare("proportion", "grid", result->estimate, csv.Number(i, "estimate"),
            where);
    Compare("proportion", "grid", result->lower, csv.Number(i, "lower"),
            where + " lower");
    Compare("proportion", "grid", result->upper, csv.Number(i, "upper"),
            where + " upper");
  }
}

double Distribution(const std::string& name, double x, double df) {
  if (name == "normal_quantile") return NormalQuantile(x);
  if (name == "normal_upper_tail") return NormalUpperTail(x);
  if (name == "t_quantile") return StudentTQuantile(x, df);
  if (name == "t_upper_tail") return StudentTUpperTail(x, df);
  if (name == "chi_square_quantile") return ChiSquareQuantile(x, df);
  if (name == "chi_square_upper_tail") return ChiSquareUpperTail(x, df);
  ADD_FAILURE() << name;
  return 0;
}

TEST(Golden, Distributions) {
  const Csv csv("distributions.csv");
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& name = csv.Text(i, "name");
    const double x = csv.Value(i, "argument");
    const double df = csv.Value(i, "df");
    Compare("distribution", name, Distribution(name, x, df),
            csv.Number(i, "value"), absl::StrCat(x, " df ", df));
  }
}

}  // namespace
}  // namespace enthesis::stats
