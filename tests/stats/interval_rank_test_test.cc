#include "stats/interval_rank_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "stats/event_columns.h"
#include "stats/interval_times.h"
#include "stats/rank_test.h"

namespace enthesis::stats {
namespace {

struct Rows {
  std::vector<double> lower, upper, weights;
  std::vector<int> groups;
  IntervalTimes View() const { return {lower, upper, weights}; }
};

IntervalRankTest TestOf(const Rows& rows, int n_groups) {
  const auto test = TestIntervalGroups(rows.View(), rows.groups, n_groups);
  EXPECT_TRUE(test.ok()) << test.status();
  return test.ok() ? *test : IntervalRankTest();
}

// Whole days; a third exact, a third right-censored where `mixed` is false.
Rows DrawRows(uint64_t seed, size_t n, int n_groups, bool mixed) {
  std::mt19937_64 random(seed);
  Rows rows;
  for (size_t i = 0; i < n; ++i) {
    const double time = static_cast<double>(1 + random() % 30);
    const uint64_t kind = random() % 3;
    const double after = static_cast<double>(1 + random() % 9);
    rows.lower.push_back(mixed && kind == 0 ? std::max(0.0, time - after)
                                            : time);
    rows.upper.push_back(kind == 1 ? kOpenUpper : time);
    rows.groups.push_back(
        static_cast<int>(random() % static_cast<uint64_t>(n_groups)));
  }
  return rows;
}

// With right-censored rows a score is a martingale residual.
TEST(IntervalRankTest, ScoresAreObservedLessExpected) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const Rows rows = DrawRows(seed, 60, 3, false);
    std::vector<int> events;
    for (const double upper : rows.upper) {
      events.push_back(upper < kOpenUpper ? 1 : 0);
    }
    const auto tables = TabulateEventColumns(
        {.times = rows.lower, .causes = events, .groups = rows.groups}, 3, 1);
    ASSERT_TRUE(tables.ok()) << tables.status();
    const auto expected = TestLogRank({*tables});
    ASSERT_TRUE(expected.ok()) << expected.status();
    const IntervalRankTest test = TestOf(rows, 3);
    for (size_t g = 0; g < 3; ++g) {
      EXPECT_EQ(test.groups[g].n, expected->groups[g].n);
      EXPECT_NEAR(test.groups[g].score,
                  expected->groups[g].observed - expected->groups[g].expected,
                  1e-11);
    }
    EXPECT_EQ(test.test.df, 2);
  }
}

// The statistic over all ways to choose the first group has the mean of its
// chi-square distribution, and its scores have mean 0.
TEST(IntervalRankTest, VarianceIsThatOfPermutations) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    Rows rows = DrawRows(seed + 50, 9, 1, true);
    double sum = 0, scores = 0;
    int ways = 0;
    for (unsigned chosen = 0; chosen < 512; ++chosen) {
      int size = 0;
      for (size_t i = 0; i < 9; ++i) {
        rows.groups[i] = static_cast<int>(chosen >> i & 1U);
        size += rows.groups[i];
      }
      if (size != 4) continue;
      const IntervalRankTest test = TestOf(rows, 2);
      ASSERT_TRUE(test.test.chi_square.has_value());
      sum += *test.test.chi_square;
      scores += test.groups[0].score;
      EXPECT_NEAR(test.groups[0].score, -test.groups[1].score, 1e-12);
      ++ways;
    }
    EXPECT_EQ(ways, 126);
    EXPECT_NEAR(sum / ways, 1, 1e-12);
    EXPECT_NEAR(scores, 0, 1e-10);
  }
}

// Rows (0, 2], (1, 3], (2, 4] have mass 1/2 in (1, 2] and in (2, 3]; the
// cumulated hazard is 1/2 and 3/2, so the scores are 1/2, 0 and -1/2, their
// squares add up to 1/2, over two 1/4. First row against the others:
// (1/4 / 1 + 1/4 / 2) / (1/4) = 3/2.
TEST(IntervalRankTest, ByHand) {
  const IntervalRankTest test =
      TestOf({{0, 1, 2}, {2, 3, 4}, {}, {0, 1, 1}}, 2);
  EXPECT_NEAR(test.groups[0].score, 0.5, 1e-14);
  EXPECT_NEAR(test.groups[1].score, -0.5, 1e-14);
  ASSERT_TRUE(test.test.chi_square.has_value());
  EXPECT_NEAR(*test.test.chi_square, 1.5, 1e-13);
  EXPECT_NEAR(*test.test.p_value, std::erfc(std::sqrt(0.75)), 1e-13);
}

TEST(IntervalRankTest, OrderAndWeights) {
  const Rows rows = DrawRows(3, 200, 3, true);
  const IntervalRankTest test = TestOf(rows, 3);
  std::vector<size_t> order(200);
  std::iota(order.begin(), order.end(), size_t{0});
  std::shuffle(order.begin(), order.end(), std::mt19937_64(4));
  Rows shuffled, twice, weighted = rows;
  for (const size_t i : order) {
    shuffled.lower.push_back(rows.lower[i]);
    shuffled.upper.push_back(rows.upper[i]);
    shuffled.groups.push_back(rows.groups[i]);
    for (int copy = 0; copy < 2; ++copy) {
      twice.lower.push_back(rows.lower[i]);
      twice.upper.push_back(rows.upper[i]);
      twice.groups.push_back(rows.groups[i]);
    }
  }
  weighted.weights.assign(200, 2);
  EXPECT_EQ(*test.test.chi_square, *TestOf(shuffled, 3).test.chi_square);
  EXPECT_NEAR(*TestOf(weighted, 3).test.chi_square,
              *TestOf(twice, 3).test.chi_square, 1e-12);
}

TEST(IntervalRankTest, NothingToCompare) {
  const auto none = [](const Rows& rows, int n_groups) {
    const IntervalRankTest test = TestOf(rows, n_groups);
    EXPECT_EQ(test.test.df, 0);
    EXPECT_FALSE(test.test.chi_square.has_value());
    EXPECT_FALSE(test.test.p_value.has_value());
  };
  none({{1, 2}, {2, 3}, {}, {0, 0}}, 1);
  none({{1, 2}, {2, 3}, {}, {1, 1}}, 2);                    // one is empty
  none({{1, 2}, {kOpenUpper, kOpenUpper}, {}, {0, 1}}, 2);  // all censored
  none({{1, 1, 1}, {2, 2, 2}, {}, {0, 1, 1}}, 2);           // all equal
  none({{1}, {2}, {}, {0}}, 1);
  const std::vector<double> lower = {1, 2}, upper = {2, 3}, half = {1, 0.5};
  const std::vector<int> groups = {0, 1}, strange = {0, 2};
  EXPECT_EQ(
      TestIntervalGroups({lower, upper, half}, groups, 2).status().message(),
      "row 1: the test takes whole weights only, not 0.5");
  EXPECT_FALSE(TestIntervalGroups({lower, upper, {}}, strange, 2).ok());
  EXPECT_FALSE(TestIntervalGroups({lower, upper, {}}, {}, 2).ok());
}

}  // namespace
}  // namespace enthesis::stats
