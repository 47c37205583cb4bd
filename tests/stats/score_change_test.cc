#include "stats/score_change.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "stats/distributions.h"
#include "stats/score_table.h"
#include "support/naive.h"

namespace enthesis::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Pairs = std::vector<std::pair<int, int>>;

size_t Cell(const ScoreTable& table, int before, int after) {
  return static_cast<size_t>(before - table.min_score) *
             static_cast<size_t>(table.width()) +
         static_cast<size_t>(after - table.min_score);
}

void Add(int before, int after, int64_t n, ScoreTable& table) {
  table.paired[Cell(table, before, after)] += n;
  table.follow_up[static_cast<size_t>(after - table.min_score)] += n;
}

ScoreTable TableOf(const Pairs& pairs) {
  ScoreTable table = EmptyScoreTable(0, 100);
  for (const auto& [before, after] : pairs) Add(before, after, 1, table);
  return table;
}

ScoreChange Change(const ScoreTable& table,
                   const ScoreChangeOptions& options = {}) {
  const auto change = EstimateScoreChange(table, options);
  EXPECT_TRUE(change.ok()) << change.status();
  return change.ok() ? *change : ScoreChange();
}

// Changes 10, 20, -5: mean 25/3; 3 * 525 - 25^2 = 950, so variance 950/6 =
// 475/3 and t = 25 sqrt(2/950) = 25 / sqrt(475). A fourth subject has no
// baseline: follow-up mean (60 + 60 + 65 + 99) / 4 = 71.
TEST(ScoreChange, ThreePairsByHand) {
  ScoreTable table = TableOf({{50, 60}, {40, 60}, {70, 65}});
  ++table.follow_up[99];
  ScoreChangeOptions options;
  options.thresholds = {10, 10.5, -5};
  const ScoreChange change = Change(table, options);
  EXPECT_EQ(change.change.n, 3);
  EXPECT_DOUBLE_EQ(change.change.mean.value(), 25.0 / 3);
  EXPECT_DOUBLE_EQ(change.change.std_dev.value(), std::sqrt(475.0 / 3));
  const double reach = StudentTCriticalValue(0.95, 2) * std::sqrt(475.0 / 9);
  EXPECT_NEAR(change.change.lower.value(), 25.0 / 3 - reach, 1e-12);
  EXPECT_NEAR(change.change.upper.value(), 25.0 / 3 + reach, 1e-12);
  EXPECT_DOUBLE_EQ(change.t_test.statistic.value(), 25 / std::sqrt(475.0));
  EXPECT_EQ(change.t_test.df, 2);
  EXPECT_DOUBLE_EQ(change.baseline.mean.value(), 160.0 / 3);
  EXPECT_EQ(change.follow_up.n, 4);
  EXPECT_DOUBLE_EQ(change.follow_up.mean.value(), 71);
  ASSERT_EQ(change.responders.size(), 3u);
  EXPECT_EQ(change.responders[0].proportion.count, 2);
  EXPECT_EQ(change.responders[0].proportion.n, 3);
  EXPECT_EQ(change.responders[1].proportion.count, 1);
  EXPECT_EQ(change.responders[2].proportion.count, 3);
}

TEST(ScoreChange, LowerIsBetterCountsFalls) {
  ScoreChangeOptions options;
  options.higher_is_better = false;
  options.thresholds = {5};
  const ScoreChange change =
      Change(TableOf({{50, 60}, {40, 60}, {70, 65}}), options);
  EXPECT_EQ(change.responders[0].proportion.count, 1);
  EXPECT_DOUBLE_EQ(change.change.mean.value(), 25.0 / 3);
}

TEST(ScoreChange, MergedTablesEqualTheWhole) {
  const auto before = naive::RandomLabels(1, 300, 101);
  const auto after = naive::RandomLabels(2, 300, 101);
  Pairs all;
  for (size_t i = 0; i < before.size(); ++i) {
    all.push_back({before[i], after[i]});
  }
  ScoreTable merged = TableOf({all.begin(), all.begin() + 99});
  ASSERT_TRUE(
      AddScoreTable(TableOf({all.begin() + 99, all.end()}), merged).ok());
  const ScoreChange a = Change(TableOf(all));
  const ScoreChange b = Change(merged);
  EXPECT_EQ(a.change.std_dev, b.change.std_dev);
  EXPECT_EQ(a.t_test.p_value, b.t_test.p_value);

  // By definition, in long double.
  long double sum = 0;
  for (const auto& [x, y] : all) sum += y - x;
  const long double mean = sum / 300;
  long double squares = 0;
  for (const auto& [x, y] : all) squares += (y - x - mean) * (y - x - mean);
  EXPECT_DOUBLE_EQ(a.change.mean.value(), static_cast<double>(mean));
  EXPECT_DOUBLE_EQ(a.change.std_dev.value(),
                   static_cast<double>(std::sqrt(squares / 299)));
}

TEST(ScoreChange, SwappedVisitsChangeTheSign) {
  const Pairs pairs = {{10, 40}, {20, 22}, {90, 80}, {55, 100}};
  Pairs swapped;
  for (const auto& [x, y] : pairs) swapped.push_back({y, x});
  const ScoreChange a = Change(TableOf(pairs));
  const ScoreChange b = Change(TableOf(swapped));
  EXPECT_EQ(a.change.mean.value(), -b.change.mean.value());
  EXPECT_EQ(a.change.lower.value(), -b.change.upper.value());
  EXPECT_EQ(a.t_test.statistic.value(), -b.t_test.statistic.value());
  EXPECT_EQ(a.t_test.p_value, b.t_test.p_value);
}

// A spread of 1 around 10^9 subjects of mean 50 loses nothing.
TEST(ScoreChange, HugeCountsKeepASmallSpread) {
  ScoreTable table = EmptyScoreTable(0, 100);
  Add(50, 100, 1'000'000'000, table);
  Add(50, 99, 1, table);
  const ScoreChange change = Change(table);
  const double n = 1e9 + 1;
  // One value 1 below the rest: variance 1/n * (n - 1)/(n - 1).
  EXPECT_DOUBLE_EQ(change.change.std_dev.value(), 1 / std::sqrt(n));
}

TEST(ScoreChange, NoSubject) {
  ScoreChangeOptions options;
  options.thresholds = {12};
  const ScoreChange change = Change(EmptyScoreTable(0, 100), options);
  EXPECT_EQ(change.change.n, 0);
  EXPECT_FALSE(change.change.mean.has_value());
  EXPECT_FALSE(change.t_test.p_value.has_value());
  EXPECT_EQ(change.t_test.df, 0);
  EXPECT_FALSE(change.responders[0].proportion.estimate.has_value());
}

TEST(ScoreChange, OneSubject) {
  const ScoreChange change = Change(TableOf({{30, 80}}));
  EXPECT_EQ(change.change.mean, 50);
  EXPECT_FALSE(change.change.std_dev.has_value());
  EXPECT_FALSE(change.change.lower.has_value());
  EXPECT_FALSE(change.t_test.statistic.has_value());
}

TEST(ScoreChange, NoSpread) {
  const ScoreChange change = Change(TableOf({{30, 80}, {40, 90}}));
  EXPECT_EQ(change.change.std_dev, 0);
  EXPECT_EQ(change.change.lower, 50);
  EXPECT_EQ(change.change.upper, 50);
  EXPECT_FALSE(change.t_test.statistic.has_value());
  EXPECT_FALSE(change.t_test.p_value.has_value());
}

TEST(ScoreChange, RefusesBadInput) {
  ScoreTable misfit = EmptyScoreTable(0, 100);
  misfit.paired.pop_back();
  ScoreTable negative = EmptyScoreTable(0, 100);
  negative.follow_up[3] = -1;
  ScoreTable more_pairs = EmptyScoreTable(0, 100);
  more_pairs.paired[7] = 1;
  ScoreTable too_many = EmptyScoreTable(0, 100);
  too_many.follow_up[0] = std::numeric_limits<int64_t>::max();
  for (const ScoreTable& table :
       {misfit, negative, more_pairs, too_many, EmptyScoreTable(5, 4)}) {
    EXPECT_EQ(EstimateScoreChange(table, {}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  ScoreChangeOptions options;
  options.thresholds = {kNaN};
  EXPECT_FALSE(EstimateScoreChange(EmptyScoreTable(0, 1), options).ok());
  options.thresholds.clear();
  options.conf_level = 0;
  EXPECT_FALSE(EstimateScoreChange(EmptyScoreTable(0, 1), options).ok());
}

// Mean 25/3 and SD sqrt(475/3), df 2: J = Gamma(1) / (sqrt(1) Gamma(1/2)) =
// 1 / sqrt(pi). Ranks of 10, 20, -5 are 2, 3, 1: V = 5.
TEST(ScoreChange, EffectSizesAndRanksByHand) {
  const ScoreChange change = Change(TableOf({{50, 60}, {40, 60}, {70, 65}}));
  const double ratio = 25.0 / 3 / std::sqrt(475.0 / 3);
  EXPECT_DOUBLE_EQ(change.standardized_response_mean.value(), ratio);
  EXPECT_NEAR(change.hedges_g.value(), ratio / std::sqrt(std::acos(-1)), 1e-15);
  EXPECT_EQ(change.signed_rank.statistic, 5);
  // P(V >= 5) = 2/8.
  EXPECT_EQ(change.signed_rank.p_value, 0.5);
  // Walsh averages -5, 2.5, 7.5, 10, 15, 20.
  EXPECT_EQ(change.signed_rank.hodges_lehmann.estimate, 8.75);
}

TEST(ScoreChange, TwoSubjectsHaveNoHedgesG) {
  const ScoreChange change = Change(TableOf({{50, 60}, {40, 45}}));
  EXPECT_TRUE(change.standardized_response_mean.has_value());
  EXPECT_FALSE(change.hedges_g.has_value());
}

TEST(ScoreChange, RowsEqualTheirTable) {
  const auto before = naive::RandomLabels(5, 500, 101);
  const auto after = naive::RandomLabels(6, 500, 101);
  Pairs pairs;
  for (size_t i = 0; i < before.size(); ++i) {
    pairs.push_back({before[i], after[i]});
  }
  ScoreChangeOptions options;
  options.thresholds = {12};
  const ScoreChange table = Change(TableOf(pairs), options);
  const std::vector<double> x(before.begin(), before.end());
  const std::vector<double> y(after.begin(), after.end());
  const auto rows = EstimateScoreChange(x, y, options);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->change.mean, table.change.mean);
  EXPECT_EQ(rows->change.lower, table.change.lower);
  EXPECT_EQ(rows->baseline.std_dev, table.baseline.std_dev);
  EXPECT_EQ(rows->follow_up.std_dev, table.follow_up.std_dev);
  EXPECT_EQ(rows->t_test.p_value, table.t_test.p_value);
  EXPECT_EQ(rows->hedges_g, table.hedges_g);
  EXPECT_EQ(rows->signed_rank.p_value, table.signed_rank.p_value);
  EXPECT_EQ(rows->signed_rank.hodges_lehmann.lower,
            table.signed_rank.hodges_lehmann.lower);
  EXPECT_EQ(rows->responders[0].exact.upper, table.responders[0].exact.upper);
}

TEST(ScoreChange, RefusesRowsByNumber) {
  const std::vector<double> x = {1, 2, kNaN};
  const std::vector<double> y = {1, 2, 3};
  const auto bad = EstimateScoreChange(x, y, {});
  EXPECT_EQ(bad.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(bad.status().message().find("row 2"), std::string::npos);
  EXPECT_FALSE(EstimateScoreChange({}, y, {}).ok());
  EXPECT_EQ(EstimateScoreChange({}, {}, {})->change.n, 0);
}

TEST(ScoreTable, RefusesToAddAnotherRange) {
  ScoreTable into = EmptyScoreTable(0, 100);
  EXPECT_EQ(AddScoreTable(EmptyScoreTable(0, 10), into).code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace enthesis::stats
