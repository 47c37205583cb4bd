#include "stats/mann_whitney.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "stats/distributions.h"
#include "stats/value_counts.h"
#include "support/naive_scores.h"

namespace enthesis::stats {
namespace {

MannWhitney Of(const std::vector<double>& first,
               const std::vector<double>& second, double conf_level = 0.95) {
  const auto test = TestMannWhitney(CountValues(first).value(),
                                    CountValues(second).value(), conf_level);
  EXPECT_TRUE(test.ok()) << test.status();
  return test.ok() ? *test : MannWhitney();
}

// 5 and 4 are above 1 and 3: W = 4 of 4, P = 1/6 on either side.
TEST(MannWhitney, ExactByHand) {
  const MannWhitney test = Of({4, 5}, {1, 3});
  EXPECT_TRUE(test.is_exact);
  EXPECT_EQ(test.statistic, 4);
  EXPECT_EQ(test.p_value, 2.0 / 6);
  EXPECT_EQ(test.shift.estimate, 2.5);  // of 1 2 3 4
  EXPECT_EQ(test.shift.lower, 1);
  EXPECT_EQ(test.shift.upper, 4);
  EXPECT_DOUBLE_EQ(test.shift.conf_level.value(), 1 - 2.0 / 6);
}

// 1 2 2 against 2 3: W = 1/2 + 1/2 = 1, mean 3. Ties of 3: variance 6 / 12
// (6 - 24 / 20) = 2.4; z = (-2 + 1/2) / sqrt 2.4.
TEST(MannWhitney, TiesByHand) {
  const MannWhitney test = Of({1, 2, 2}, {2, 3});
  EXPECT_FALSE(test.is_exact);
  EXPECT_EQ(test.statistic, 1);
  EXPECT_DOUBLE_EQ(test.p_value.value(),
                   2 * NormalUpperTail(1.5 / std::sqrt(2.4)));
}

TEST(MannWhitney, GroupsChangePlaces) {
  const std::vector<double> x = naive::RandomValues(1, 60, 1, 0.5);
  const std::vector<double> y = naive::RandomValues(2, 70, 0, 0.5);
  const MannWhitney a = Of(x, y);
  const MannWhitney b = Of(y, x);
  EXPECT_EQ(a.statistic.value() + b.statistic.value(), 60 * 70);
  EXPECT_EQ(a.p_value, b.p_value);
  EXPECT_EQ(a.shift.lower.value(), -b.shift.upper.value());
  EXPECT_EQ(a.shift.upper.value(), -b.shift.lower.value());
}

TEST(MannWhitney, HostileSamples) {
  EXPECT_FALSE(Of({}, {1, 2}).statistic.has_value());
  EXPECT_FALSE(Of({1}, {}).p_value.has_value());
  const MannWhitney equal = Of({2, 2}, {2, 2, 2});
  EXPECT_EQ(equal.statistic, 3);
  EXPECT_FALSE(equal.p_value.has_value());
  EXPECT_EQ(equal.shift.estimate, 0);
  EXPECT_FALSE(equal.shift.lower.has_value());
  const MannWhitney one = Of({3}, {1});
  EXPECT_EQ(one.p_value, 1);
  EXPECT_EQ(one.shift.estimate, 2);
  // One constant group, ties throughout.
  const MannWhitney half = Of({1, 1, 1, 1}, {1, 2, 3, 4});
  EXPECT_TRUE(half.p_value.has_value());
  EXPECT_TRUE(half.shift.lower.has_value());
}

TEST(MannWhitney, RefusesBadInput) {
  const ValueCounts good{{1}, {1}};
  EXPECT_FALSE(TestMannWhitney(good, ValueCounts{{1}, {0}}).ok());
  EXPECT_FALSE(TestMannWhitney(ValueCounts{{1}, {}}, good).ok());
  EXPECT_FALSE(TestMannWhitney(good, good, 0).ok());
}

}  // namespace
}  // namespace enthesis::stats
