#include "stats/event_rate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace enthesis::stats {
namespace {

// None in time T: exp(-upper T) is 1/40.
TEST(EventRate, NoneByHand) {
  const auto rate = EstimateRate({0, 12.5}, 0.95);
  ASSERT_TRUE(rate.ok());
  EXPECT_EQ(rate->lower, 0);
  EXPECT_NEAR(*rate->upper, std::log(40.0) / 12.5, 1e-14);
  EXPECT_FALSE(EstimateRate({0, 0}, 0.95)->estimate.has_value());
}

// Events 4 and 0: the lower share l solves l^4 = 1/40; the ratio is infinite.
TEST(EventRate, NoneInOneGroup) {
  const auto found = CompareRates({4, 10}, {0, 30}, 0.95);
  const double share = std::pow(1.0 / 40, 0.25);
  EXPECT_NEAR(*found->exact_lower, share / (1 - share) * 3, 1e-13);
  EXPECT_FALSE(found->exact_upper || found->rate_ratio.estimate);
  EXPECT_FALSE(found->rate_ratio.absence.empty());
  EXPECT_NEAR(*found->rate_difference.std_error, std::sqrt(0.4 / 10), 1e-15);
  const auto turned = CompareRates({0, 30}, {4, 10}, 0.95);
  EXPECT_EQ(turned->rate_ratio.estimate, 0);
  EXPECT_NEAR(*turned->exact_upper * *found->exact_lower, 1, 1e-13);
}

TEST(EventRate, RatioByHand) {
  const auto found = CompareRates({9, 10}, {4, 20}, 0.95);
  EXPECT_NEAR(*found->rate_ratio.estimate, 4.5, 1e-15);
  EXPECT_NEAR(*found->rate_ratio.std_error, std::sqrt(13.0 / 36), 1e-15);
  EXPECT_LT(*found->exact_lower, 4.5);
  EXPECT_GT(*found->exact_upper, 4.5);
}

// One stratum: its own ratio and error. What lacks a group or events is
// nothing.
TEST(EventRate, CommonRatio) {
  const RatePair one = {{9, 10}, {4, 20}};
  const auto alone = EstimateCommonRateRatio({&one, 1}, 0.95);
  const auto plain = CompareRates(one.group, one.control, 0.95);
  EXPECT_NEAR(*alone->estimate, 4.5, 1e-14);
  EXPECT_NEAR(*alone->std_error, *plain->rate_ratio.std_error, 1e-14);
  const std::vector<RatePair> more = {
      {{0, 0}, {3, 5}}, one, {{0, 4}, {0, 7}}, {{2, 4}, {0, 0}}};
  EXPECT_EQ(*EstimateCommonRateRatio(more, 0.95)->upper, *alone->upper);
  const RatePair none = {{0, 10}, {4, 20}}, infinite = {{9, 10}, {0, 20}};
  const auto zero = EstimateCommonRateRatio({&none, 1}, 0.95);
  EXPECT_EQ(zero->estimate, 0);
  EXPECT_FALSE(zero->std_error.has_value() || zero->absence.empty());
  const auto large = EstimateCommonRateRatio({&infinite, 1}, 0.95);
  EXPECT_FALSE(large->estimate.has_value() || large->absence.empty());
  EXPECT_FALSE(EstimateCommonRateRatio({}, 0.95)->estimate.has_value());
  EXPECT_FALSE(EstimateCommonRateRatio({}, 2).ok());
}

// 6 and 2 where 4 and 4 were expected.
TEST(EventRate, OneRateForAll) {
  const std::vector<RateCounts> groups = {{6, 5}, {0, 0}, {2, 5}};
  const auto test = TestRates(groups);
  EXPECT_NEAR(*test->chi_square, 2, 1e-15);
  EXPECT_EQ(test->df, 1);
  EXPECT_EQ(TestRates(std::vector<RateCounts>{{0, 5}, {0, 2}})->df, 0);
}

TEST(EventRate, RefusesWhatIsNoRate) {
  const double infinite = std::numeric_limits<double>::infinity();
  for (const RateCounts& bad : {RateCounts{-1, 2}, RateCounts{1, 0},
                                RateCounts{1, -2}, RateCounts{1, infinite}}) {
    EXPECT_FALSE(EstimateRate(bad, 0.95).ok());
    EXPECT_FALSE(CompareRates(bad, {1, 1}, 0.95).ok());
    EXPECT_FALSE(CompareRates({1, 1}, bad, 0.95).ok());
    EXPECT_FALSE(TestRates({&bad, 1}).ok());
  }
  EXPECT_FALSE(EstimateRate({1, 1}, 0).ok());
}

}  // namespace
}  // namespace enthesis::stats
