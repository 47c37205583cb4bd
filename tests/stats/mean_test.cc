#include "stats/mean.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "stats/value_counts.h"
#include "support/naive_scores.h"

namespace enthesis::stats {
namespace {

Moments Of(const std::vector<double>& values) {
  return MomentsOf(CountValues(values).value());
}

// 1/2, 1, 3/2: mean 1, variance 1/4, t = 1 / (1/2 / sqrt 3) = 2 sqrt 3.
TEST(Mean, HalvesByHand) {
  const Moments moments = Of({1.5, 0.5, 1});
  const MeanEstimate mean = EstimateMean(moments, 0.95);
  EXPECT_EQ(mean.mean, 1);
  EXPECT_EQ(mean.std_dev, 0.5);
  EXPECT_DOUBLE_EQ(TestMeanZero(moments).statistic.value(), 2 * std::sqrt(3.0));
}

// Multiples of 1/1024 and whole numbers are exact beside 10^9.
TEST(Mean, OffsetLosesNothing) {
  for (const double step : {0x1p-10, 1.0}) {
    const std::vector<double> values = naive::RandomValues(1, 500, 0, step);
    std::vector<double> shifted;
    for (const double x : values) shifted.push_back(x + 1e9);
    const Moments a = Of(values);
    const Moments b = Of(shifted);
    EXPECT_NEAR(a.scaled_spread / b.scaled_spread, 1, 1e-15) << step;
    EXPECT_EQ(MeanDifference(b, a), 1e9) << step;
  }
}

TEST(Mean, RoundingIsNoSpread) {
  const Moments moments = Of({0.1 + 0.2, 0.3});
  EXPECT_TRUE(moments.is_constant);
  EXPECT_FALSE(TestMeanZero(moments).statistic.has_value());
  EXPECT_FALSE(Of({0.3, 0.3001}).is_constant);
  EXPECT_FALSE(Of({1e15, 1e15 + 1}).is_constant);
}

TEST(Mean, NothingOneAndEqual) {
  EXPECT_FALSE(EstimateMean(Of({}), 0.95).mean.has_value());
  const MeanEstimate one = EstimateMean(Of({2.5}), 0.95);
  EXPECT_EQ(one.mean, 2.5);
  EXPECT_FALSE(one.std_dev.has_value());
  const MeanEstimate equal = EstimateMean(Of({0.1, 0.1, 0.1}), 0.95);
  EXPECT_EQ(equal.mean, 0.1);
  EXPECT_EQ(equal.std_dev, 0);
  EXPECT_FALSE(TestMeanZero(Of({0.1, 0.1, 0.1})).p_value.has_value());
}

TEST(Mean, ExtremeSizesStayFinite) {
  const MeanEstimate huge = EstimateMean(Of({1e140, -1e140, 3e139}), 0.95);
  EXPECT_TRUE(std::isfinite(huge.std_dev.value()));
  EXPECT_NEAR(huge.mean.value() / 1e139, 1, 1e-14);
  const MeanEstimate tiny = EstimateMean(Of({1e-140, 3e-140}), 0.95);
  EXPECT_NEAR(tiny.std_dev.value() / (std::sqrt(2.0) * 1e-140), 1, 1e-14);
}

}  // namespace
}  // namespace enthesis::stats
