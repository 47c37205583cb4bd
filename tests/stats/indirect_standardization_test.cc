#include "stats/indirect_standardization.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

#include "stats/distributions.h"
#include "stats/meta_analysis.h"
#include "stats/outlier_screen.h"
#include "stats/shrunken_effects.h"

namespace enthesis::stats {
namespace {

StandardizedRatio One(double observed, double expected, double level = 0.95) {
  const std::vector<double> o = {observed}, e = {expected};
  const auto ratios = StandardizeIndirectly({o, e, {}, 1}, level);
  EXPECT_TRUE(ratios.ok()) << ratios.status();
  return ratios.ok() ? ratios->front() : StandardizedRatio();
}

// No event: the upper limit of the mean is -log(alpha / 2). One event: the
// lower one is -log(1 - alpha / 2).
TEST(IndirectStandardization, FewEventsByHand) {
  const StandardizedRatio none = One(0, 4);
  EXPECT_EQ(*none.ratio, 0);
  EXPECT_EQ(none.exact->lower, 0);
  EXPECT_NEAR(none.exact->upper, -std::log(0.025) / 4, 1e-14);
  EXPECT_EQ(none.byar->lower, 0);
  const StandardizedRatio one = One(1, 0.5);
  EXPECT_EQ(*one.ratio, 2);
  EXPECT_NEAR(one.exact->lower, -std::log(0.975) / 0.5, 1e-14);
  // Breslow & Day (1987): Byar's limits of 10 events are 4.79 and 18.39.
  const StandardizedRatio ten = One(10, 1);
  EXPECT_NEAR(ten.byar->lower, 4.79, 5e-3);
  EXPECT_NEAR(ten.byar->upper, 18.39, 5e-3);
  EXPECT_NEAR(ten.exact->lower, 4.7954, 5e-5);
  EXPECT_NEAR(ten.exact->upper, 18.3904, 5e-5);
}

// The exact limits are those means at which the count is at its tail.
TEST(IndirectStandardization, LimitsInvertTails) {
  for (const double observed : {1.0, 3.0, 40.0, 1e4}) {
    const StandardizedRatio ratio = One(observed, 7, 0.9);
    EXPECT_NEAR(PoissonUpperTail(observed - 1, 7 * ratio.exact->lower), 0.05,
                1e-11);
    EXPECT_NEAR(PoissonLowerTail(observed, 7 * ratio.exact->upper), 0.05,
                1e-11);
  }
}

TEST(IndirectStandardization, OrderAndSplitting) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> share(0, 0.3);
  std::vector<double> outcome, expected;
  std::vector<int> groups;
  for (int i = 0; i < 2000; ++i) {
    expected.push_back(share(random));
    outcome.push_back(share(random) < expected.back() ? 1 : 0);
    groups.push_back(static_cast<int>(random() % 7));
  }
  std::vector<size_t> order(outcome.size());
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), random);
  std::vector<double> other_outcome, other_expected;
  std::vector<int> other_groups;
  for (const size_t i : order) {
    other_outcome.push_back(outcome[i]);
    other_expected.push_back(expected[i]);
    other_groups.push_back(groups[i]);
  }
  const auto some = StandardizeIndirectly({outcome, expected, groups, 7}, 0.95);
  const auto others = StandardizeIndirectly(
      {other_outcome, other_expected, other_groups, 7}, 0.95);
  ASSERT_TRUE(some.ok() && others.ok());
  double observed = 0, n = 0;
  for (size_t g = 0; g < 7; ++g) {
    EXPECT_EQ((*some)[g].expected, (*others)[g].expected);  // to the last bit
    EXPECT_EQ((*some)[g].exact->upper, (*others)[g].exact->upper);
    observed += (*some)[g].observed;
    n += static_cast<double>((*some)[g].n);
  }
  EXPECT_EQ(observed, std::accumulate(outcome.begin(), outcome.end(), 0.0));
  EXPECT_EQ(n, 2000);
}

TEST(IndirectStandardization, NothingExpected) {
  const StandardizedRatio empty = One(0, 0);
  EXPECT_FALSE(empty.ratio.has_value());
  EXPECT_FALSE(empty.exact.has_value());
  EXPECT_FALSE(LogRatioOf(empty).has_value());
  EXPECT_FALSE(One(3, 0).ratio.has_value());
  // Less than doubles can divide by.
  EXPECT_FALSE(One(3, 1e-310).ratio.has_value());
  const StandardizedRatio huge = One(9007199254740992, 1e9);
  EXPECT_TRUE(std::isfinite(huge.exact->upper));
}

TEST(IndirectStandardization, FaultsAreNamed) {
  const auto message = [](std::vector<double> outcome,
                          std::vector<double> expected) {
    return std::string(StandardizeIndirectly({outcome, expected, {}, 1}, 0.95)
                           .status()
                           .message());
  };
  EXPECT_EQ(message({1, 0.5}, {1, 1}),
            "row 1, outcome 0.5: allowed: a whole number from 0 to 2^53");
  EXPECT_EQ(message({1}, {-1}), "row 0, expected -1: allowed: from 0 to 1e9");
  EXPECT_NE(message({std::numeric_limits<double>::quiet_NaN()}, {1}), "");
  EXPECT_EQ(message({}, {}), "no cases");
  EXPECT_EQ(message({1}, {}), "outcome, expected and groups differ in number");
}

// Without spread between sites all are drawn to the mean; with a spread far
// above the errors each stays where it is.
TEST(ShrunkenEffects, Ends) {
  const std::vector<double> errors = {1, 1, 1};
  const std::vector<double> alike = {2, 2.1, 1.9}, apart = {-1e6, 0, 1e6};
  const auto near = EstimateMeta({alike, errors}, {});
  for (const ShrunkenEffect& one : ShrinkEffects({alike, errors}, *near)) {
    EXPECT_EQ(one.reliability, 0);
    EXPECT_NEAR(one.estimate, 2, 1e-14);
    EXPECT_NEAR(one.std_error, near->std_error, 1e-14);
  }
  const auto far = EstimateMeta({apart, errors}, {});
  const auto kept = ShrinkEffects({apart, errors}, *far);
  EXPECT_NEAR(kept[0].estimate, -1e6, 1e-5);
  EXPECT_NEAR(kept[0].std_error, 1, 1e-5);
  const std::vector<double> one = {3}, error = {2};
  const auto single = EstimateMeta({one, error}, {});
  EXPECT_EQ(ShrinkEffects({one, error}, *single)[0].estimate, 3);
  EXPECT_EQ(ShrinkEffects({one, error}, *single)[0].std_error, 2);
}

// tau^2 of DerSimonian-Laird of 0 and 4, errors 1: Q = 8, (8 - 1) / (2 - 1)
// = 7. Mean 2, error sqrt(8 / 2) = 2; reliability 7 / 8; 2 + 7 / 8 * 2 = 3.75,
// variance 7 / 8 + 4 / 64.
TEST(ShrunkenEffects, ByHand) {
  const std::vector<double> estimates = {0, 4}, errors = {1, 1};
  MetaOptions options;
  options.tau_squared = TauSquared::kDerSimonianLaird;
  const auto meta = EstimateMeta({estimates, errors}, options);
  const ShrunkenEffect effect = ShrinkEffects({estimates, errors}, *meta)[1];
  EXPECT_EQ(effect.reliability, 0.875);
  EXPECT_NEAR(effect.estimate, 3.75, 1e-15);
  EXPECT_NEAR(effect.std_error, std::sqrt(0.9375), 1e-15);
}

std::vector<OutlierScreen> Screen(const std::vector<ScreenedGroup>& groups) {
  const auto screens = ScreenOutliers(groups);
  EXPECT_TRUE(screens.ok()) << screens.status();
  return screens.ok() ? *screens : std::vector<OutlierScreen>();
}

// Each condition of the rule fails alone.
TEST(OutlierScreen, EveryCondition) {
  // 2000 cases elsewhere, 20 events in 2000 years: 1 by 100 years. Four groups,
  // so that none of them is a quarter.
  std::vector<ScreenedGroup> groups(5, {400, 4, 400});
  const auto with = [&](ScreenedGroup group) {
    groups.push_back(group);
    const OutlierScreen screen = Screen(groups).back();
    groups.pop_back();
    return screen;
  };
  const OutlierScreen far = with({50, 8, 50});
  // With itself: 28 events of 2050 years.
  EXPECT_NEAR(*far.comparator_rate, 2800.0 / 2050, 1e-13);
  EXPECT_NEAR(*far.rate, 16, 1e-13);
  EXPECT_FALSE(far.is_left_out);
  EXPECT_TRUE(*far.is_outlier);
  EXPECT_FALSE(*with({400, 10, 400}).is_outlier);  // not twice the rate
  const OutlierScreen chance = with({10, 1, 10});
  EXPECT_GT(*chance.rate_ratio, 2);
  EXPECT_GT(*chance.p_value, 0.05);
  EXPECT_FALSE(*chance.is_outlier);
  EXPECT_TRUE(*with({9, 7, 3}).is_outlier);   // 78 % of 9
  EXPECT_FALSE(*with({9, 6, 3}).is_outlier);  // 67 % of 9
  EXPECT_TRUE(*with({10, 6, 3}).is_outlier);
  EXPECT_FALSE(*with({1, 1, 0.01}).is_outlier);  // two events at least
  EXPECT_TRUE(*with({2, 2, 0.01}).is_outlier);
}

TEST(OutlierScreen, LargeGroupsAreComparedWithOthers) {
  const auto screens =
      Screen({{100, 10, 100}, {50, 1, 50}, {50, 1, 50}, {50, 1, 50}});
  EXPECT_TRUE(screens[0].is_left_out);
  EXPECT_NEAR(*screens[0].comparator_rate, 2, 1e-14);
  EXPECT_NEAR(*screens[0].p_value, PoissonUpperTail(9, 2), 1e-15);
  EXPECT_FALSE(screens[1].is_left_out);
  EXPECT_NEAR(*screens[1].comparator_rate, 1300.0 / 250, 1e-13);
}

TEST(OutlierScreen, Ends) {
  // Alone there is nothing to compare with.
  EXPECT_FALSE(Screen({{10, 3, 5}})[0].is_outlier.has_value());
  EXPECT_FALSE(Screen({{10, 3, 0}, {10, 3, 5}})[0].rate.has_value());
  const auto only = Screen({{12, 3, 5}, {10, 0, 5}, {10, 0, 5}, {10, 0, 5}});
  EXPECT_TRUE(only[0].is_left_out);
  EXPECT_EQ(*only[0].p_value, 0);
  EXPECT_FALSE(only[0].rate_ratio.has_value());
  EXPECT_TRUE(*only[0].is_outlier);
  EXPECT_EQ(*only[1].p_value, 1);
  const std::vector<ScreenedGroup> many = {{1, 2, 1}};
  EXPECT_EQ(ScreenOutliers(many).status().message(),
            "group 0: 2 events are more than its cases");
}

}  // namespace
}  // namespace enthesis::stats
