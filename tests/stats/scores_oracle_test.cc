// The statistics of scores against their definitions on random data.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "stats/distributions.h"
#include "stats/group_comparison.h"
#include "stats/mann_whitney.h"
#include "stats/score_change.h"
#include "stats/signed_rank.h"
#include "stats/value_counts.h"
#include "support/naive_scores.h"

namespace enthesis::stats {
namespace {

using naive::Values;

TEST(ScoresOracle, ExactPValues) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const int n = 4 + static_cast<int>(seed);
    const Values x = naive::RandomValues(seed, n, 0.5, 0);
    const auto signed_rank = TestSignedRank(CountValues(x).value());
    ASSERT_TRUE(signed_rank->is_exact);
    EXPECT_EQ(signed_rank->statistic, naive::SignedRankStatistic(x));
    EXPECT_NEAR(signed_rank->p_value.value(), naive::SignedRankP(x), 1e-15);
    const Values first(x.begin(), x.begin() + 3);
    const Values second(x.begin() + 3, x.end());
    const auto rank_sum = TestMannWhitney(CountValues(first).value(),
                                          CountValues(second).value());
    ASSERT_TRUE(rank_sum->is_exact);
    EXPECT_EQ(rank_sum->statistic, naive::MannWhitneyStatistic(first, second));
    EXPECT_NEAR(rank_sum->p_value.value(), naive::MannWhitneyP(first, second),
                1e-14);
  }
}

// One half away from z by the correction, over the same error.
double CorrectedP(double z, double distance) {
  const double shrunk = std::max(0.0, std::abs(distance) - 0.5);
  return distance == 0
             ? 1
             : 2 * NormalUpperTail(std::abs(z) * shrunk / std::abs(distance));
}

TEST(ScoresOracle, TiedPValues) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    const Values x = naive::RandomValues(seed, 60, 0.3, 0.5);
    const auto signed_rank = TestSignedRank(CountValues(x).value());
    const double v = naive::SignedRankStatistic(x);
    EXPECT_EQ(signed_rank->statistic, v);
    const double n = static_cast<double>(signed_rank->n);
    EXPECT_NEAR(signed_rank->p_value.value(),
                CorrectedP(naive::SignedRankZ(x), v - n * (n + 1) / 4), 1e-13);
    const Values y = naive::RandomValues(seed + 100, 55, 0, 0.5);
    const auto rank_sum =
        TestMannWhitney(CountValues(x).value(), CountValues(y).value());
    const double w = naive::MannWhitneyStatistic(x, y);
    EXPECT_EQ(rank_sum->statistic, w);
    EXPECT_NEAR(rank_sum->p_value.value(),
                CorrectedP(naive::MannWhitneyZ(x, y), w - 60 * 55 / 2.0),
                1e-13);
  }
}

// Inside the limits the test does not reject; a step outside it does.
TEST(ScoresOracle, LimitsInvertTheTest) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Values x = naive::RandomValues(seed, 70, 1, 0.25);
    const HodgesLehmann interval =
        TestSignedRank(CountValues(x).value())->hodges_lehmann;
    const auto p_at = [&](double center) {
      Values moved;
      for (const double value : x) {
        if (value != 0) moved.push_back(value - center);
      }
      return TestSignedRank(CountValues(moved).value())->p_value.value();
    };
    const double step = 1e-6;
    EXPECT_LT(p_at(interval.lower.value() - step), 0.05) << seed;
    EXPECT_GT(p_at(interval.lower.value() + step), 0.05) << seed;
    EXPECT_GT(p_at(interval.upper.value() - step), 0.05) << seed;
    EXPECT_LT(p_at(interval.upper.value() + step), 0.05) << seed;
  }
}

TEST(ScoresOracle, ShiftLimitsInvertTheTest) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Values x = naive::RandomValues(seed, 70, 1, 0.25);
    const Values y = naive::RandomValues(seed + 50, 40, 0, 0.25);
    const auto test_at = [&](double shift) {
      Values moved;
      for (const double value : x) moved.push_back(value - shift);
      return *TestMannWhitney(CountValues(moved).value(),
                              CountValues(y).value());
    };
    const HodgesLehmann interval = test_at(0).shift;
    const double step = 1e-6;
    const double lower = interval.lower.value();
    const double upper = interval.upper.value();
    EXPECT_LT(test_at(lower - step).p_value.value(), 0.05) << seed;
    EXPECT_GT(test_at(lower + step).p_value.value(), 0.05) << seed;
    EXPECT_GT(test_at(upper - step).p_value.value(), 0.05) << seed;
    EXPECT_LT(test_at(upper + step).p_value.value(), 0.05) << seed;
  }
}

TEST(ScoresOracle, Groups) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    std::vector<Values> groups;
    std::vector<ValueCounts> counts;
    for (uint64_t g = 0; g < 2 + seed % 4; ++g) {
      groups.push_back(naive::RandomValues(
          seed * 10 + g, 10 + static_cast<int>(7 * g), 0.2, 0.5));
      counts.push_back(CountValues(groups.back()).value());
    }
    const auto result = CompareGroups(counts);
    EXPECT_NEAR(result->kruskal_wallis.statistic.value(),
                naive::KruskalWallisStatistic(groups), 1e-10);
    EXPECT_NEAR(result->anova.statistic.value() / naive::AnovaStatistic(groups),
                1, 1e-13);
  }
}

// Tied whole scores and untied numbers, 300,000 rows, shuffled.
TEST(ScoresOracle, SameBytesInAnyOrder) {
  for (const double step : {0.0, 1.0}) {
    Values before = naive::RandomValues(1, 300'000, 50, step);
    Values after = naive::RandomValues(2, 300'000, 50.1, step);
    ScoreChangeOptions options;
    options.thresholds = {0.5};
    const auto a = EstimateScoreChange(before, after, options);
    std::mt19937_64 one(3), same(3);
    std::shuffle(before.begin(), before.end(), one);
    std::shuffle(after.begin(), after.end(), same);
    const auto b = EstimateScoreChange(before, after, options);
    EXPECT_EQ(a->change.mean, b->change.mean);
    EXPECT_EQ(a->change.std_dev, b->change.std_dev);
    EXPECT_EQ(a->t_test.p_value, b->t_test.p_value);
    EXPECT_EQ(a->signed_rank.p_value, b->signed_rank.p_value);
    EXPECT_EQ(a->signed_rank.hodges_lehmann.estimate,
              b->signed_rank.hodges_lehmann.estimate);
    EXPECT_EQ(a->signed_rank.hodges_lehmann.lower,
              b->signed_rank.hodges_lehmann.lower);
    EXPECT_EQ(a->responders[0].proportion.count,
              b->responders[0].proportion.count);
  }
}

}  // namespace
}  // namespace enthesis::stats
