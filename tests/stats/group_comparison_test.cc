#include "stats/group_comparison.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "stats/value_counts.h"
#include "support/naive_scores.h"

namespace enthesis::stats {
namespace {

using Samples = std::vector<std::vector<double>>;

GroupComparison Of(const Samples& groups, double conf_level = 0.95) {
  std::vector<ValueCounts> counts;
  for (const std::vector<double>& group : groups) {
    counts.push_back(CountValues(group).value());
  }
  const auto result = CompareGroups(counts, conf_level);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : GroupComparison();
}

// 1 2 3 and 4 6 8: means 2 and 6, variances 1 and 4. Pooled 5/2, error
// sqrt(5/2 * 2/3) = sqrt(5/3); Welch's error is the same, its df
// (5/3)^2 / (1/18 + 16/18) = 50/17. F = 6 * 2^2 / (5/2) = 48/5.
TEST(GroupComparison, TwoGroupsByHand) {
  const GroupComparison result = Of({{1, 2, 3}, {4, 6, 8}});
  EXPECT_EQ(result.pooled->difference, -4);
  EXPECT_DOUBLE_EQ(result.pooled->test.statistic.value(),
                   -4 / std::sqrt(5.0 / 3));
  EXPECT_EQ(result.pooled->test.df, 4);
  EXPECT_DOUBLE_EQ(result.welch->std_error.value(), std::sqrt(5.0 / 3));
  EXPECT_DOUBLE_EQ(result.welch->test.df, 50.0 / 17);
  EXPECT_DOUBLE_EQ(result.anova.statistic.value(), 48.0 / 5);
  EXPECT_EQ(result.anova.df, 1);
  EXPECT_EQ(result.anova.residual_df, 4);
  // The square of t, in both forms.
  EXPECT_NEAR(result.anova.p_value.value(), result.pooled->test.p_value.value(),
              1e-15);
  EXPECT_NEAR(result.welch_anova.p_value.value(),
              result.welch->test.p_value.value(), 1e-15);
  // Rank sums 6 and 15 of 21: H = 12 / 42 * (36 + 225) / 3 - 21 = 27/7.
  EXPECT_DOUBLE_EQ(result.kruskal_wallis.statistic.value(), 27.0 / 7);
  EXPECT_DOUBLE_EQ(result.kruskal_wallis.epsilon_squared.value(), 27.0 / 35);
  EXPECT_EQ(result.mann_whitney->statistic, 0);
}

TEST(GroupComparison, GroupsChangePlaces) {
  const Samples groups = {naive::RandomValues(1, 30, 0, 0.5),
                          naive::RandomValues(2, 20, 1, 0.5),
                          naive::RandomValues(3, 50, 0, 0.1)};
  const GroupComparison a = Of(groups);
  const GroupComparison b = Of({groups[2], groups[0], groups[1]});
  EXPECT_NEAR(a.anova.statistic.value() / b.anova.statistic.value(), 1, 1e-14);
  EXPECT_NEAR(a.welch_anova.p_value.value() / b.welch_anova.p_value.value(), 1,
              1e-12);
  EXPECT_NEAR(
      a.kruskal_wallis.statistic.value() / b.kruskal_wallis.statistic.value(),
      1, 1e-14);
  const GroupComparison c = Of({groups[0], groups[1]});
  const GroupComparison d = Of({groups[1], groups[0]});
  EXPECT_EQ(c.welch->test.statistic.value(), -d.welch->test.statistic.value());
  EXPECT_EQ(c.welch->lower.value(), -d.welch->upper.value());
}

// Whole numbers and multiples of 1/64 are exact beside 10^9.
TEST(GroupComparison, OffsetChangesNothing) {
  Samples groups = {naive::RandomValues(4, 40, 0, 0x1p-6),
                    naive::RandomValues(5, 60, 0.5, 0x1p-6),
                    naive::RandomValues(6, 30, 0.2, 0x1p-6)};
  const GroupComparison a = Of(groups);
  for (std::vector<double>& group : groups) {
    for (double& x : group) x += 1e9;
  }
  const GroupComparison b = Of(groups);
  EXPECT_NEAR(a.anova.statistic.value() / b.anova.statistic.value(), 1, 1e-13);
  EXPECT_NEAR(a.welch_anova.statistic.value() / b.welch_anova.statistic.value(),
              1, 1e-13);
  EXPECT_EQ(a.kruskal_wallis.statistic, b.kruskal_wallis.statistic);
}

TEST(GroupComparison, EmptyGroupsTakeNoPart) {
  const GroupComparison with = Of({{1, 2, 4}, {}, {3, 5, 9}});
  const GroupComparison without = Of({{1, 2, 4}, {3, 5, 9}});
  EXPECT_EQ(with.groups[1].n, 0);
  EXPECT_EQ(with.anova.p_value, without.anova.p_value);
  EXPECT_EQ(with.welch_anova.p_value, without.welch_anova.p_value);
  EXPECT_EQ(with.kruskal_wallis.p_value, without.kruskal_wallis.p_value);
  EXPECT_FALSE(with.welch.has_value());

  const GroupComparison one = Of({{1, 2, 4}, {}});
  EXPECT_FALSE(one.welch->difference.has_value());
  EXPECT_FALSE(one.pooled->test.statistic.has_value());
  EXPECT_FALSE(one.anova.statistic.has_value());
  EXPECT_FALSE(one.mann_whitney->p_value.has_value());
  EXPECT_EQ(one.kruskal_wallis.df, 0);
}

TEST(GroupComparison, NoSpread) {
  const GroupComparison equal = Of({{2, 2}, {2, 2, 2}});
  EXPECT_EQ(equal.welch->difference, 0);
  EXPECT_FALSE(equal.welch->test.p_value.has_value());
  EXPECT_FALSE(equal.pooled->test.p_value.has_value());
  EXPECT_FALSE(equal.anova.p_value.has_value());
  EXPECT_FALSE(equal.welch_anova.p_value.has_value());
  EXPECT_FALSE(equal.kruskal_wallis.p_value.has_value());
  // Two levels without spread inside: no t, no F, but ranks.
  const GroupComparison apart = Of({{2, 2}, {3, 3, 3}});
  EXPECT_EQ(apart.welch->difference, -1);
  EXPECT_FALSE(apart.welch->test.statistic.has_value());
  EXPECT_FALSE(apart.anova.statistic.has_value());
  EXPECT_TRUE(apart.kruskal_wallis.statistic.has_value());
  // One constant group is enough for Welch's F to be undefined, not for his t.
  const GroupComparison half = Of({{2, 2}, {3, 4, 5}});
  EXPECT_TRUE(half.welch->test.p_value.has_value());
  EXPECT_TRUE(half.anova.p_value.has_value());
  EXPECT_FALSE(half.welch_anova.p_value.has_value());
}

TEST(GroupComparison, SingleValues) {
  const GroupComparison ones = Of({{1}, {2}});
  EXPECT_FALSE(ones.pooled->test.statistic.has_value());
  EXPECT_FALSE(ones.anova.statistic.has_value());
  const GroupComparison one = Of({{1}, {2, 3, 4}});
  EXPECT_FALSE(one.welch->test.statistic.has_value());
  EXPECT_TRUE(one.pooled->test.statistic.has_value());
  EXPECT_TRUE(one.anova.statistic.has_value());
}

TEST(GroupComparison, RefusesBadInput) {
  EXPECT_FALSE(CompareGroups({}).ok());
  const std::vector<ValueCounts> bad = {ValueCounts{{1}, {0}}};
  EXPECT_FALSE(CompareGroups(bad).ok());
  const std::vector<ValueCounts> good = {ValueCounts{{1}, {2}}};
  EXPECT_FALSE(CompareGroups(good, 2).ok());
}

}  // namespace
}  // namespace enthesis::stats
