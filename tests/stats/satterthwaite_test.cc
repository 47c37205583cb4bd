// Satterthwaite's degrees of freedom by hand.

#include "stats/satterthwaite.h"

#include <gtest/gtest.h>

#include <vector>

namespace enthesis::stats {
namespace {

// Two independent samples, variance s1 / 3 + s2 / 5 of the difference of means,
// each s with variance 2 s^2 / (n - 1): Welch's degrees of freedom.
TEST(Satterthwaite, WelchByHand) {
  const double s1 = 4, s2 = 9;
  const std::vector<double> covariance = {2 * s1 * s1 / 2, 0, 0,
                                          2 * s2 * s2 / 4};
  const double a = s1 / 3, b = s2 / 5;
  const auto df = SatterthwaiteDf(a + b, {1.0 / 3, 1.0 / 5}, covariance);
  ASSERT_TRUE(df.has_value());
  EXPECT_NEAR(*df, (a + b) * (a + b) / (a * a / 2 + b * b / 4), 1e-13);
}

// [4 2; 2 3] has the inverse [3 -2; -2 4] / 8.
TEST(Satterthwaite, CovarianceIsTwiceTheInverse) {
  const auto covariance = CovarianceOfVariances({4, 2, 2, 3}, 2);
  const double expected[] = {0.75, -0.5, -0.5, 1};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(covariance[i], expected[i], 1e-14);
  }
}

// Units of 1e-8 and 1e8 are no lack of curvature.
TEST(Satterthwaite, UnitsDoNotMatter) {
  const auto covariance = CovarianceOfVariances({4e16, 2, 2, 3e-16}, 2);
  EXPECT_NEAR(covariance[0] * 1e16, 0.75, 1e-14);
  EXPECT_NEAR(covariance[3] * 1e-16, 1, 1e-14);
}

TEST(Satterthwaite, DirectionsWithoutCurvatureHaveNoShare) {
  const auto flat = CovarianceOfVariances({4, 0, 0, 0}, 2);
  EXPECT_EQ(flat, std::vector<double>({0.5, 0, 0, 0}));
  const auto saddle = CovarianceOfVariances({4, 0, 0, -1}, 2);
  EXPECT_EQ(saddle, std::vector<double>({0.5, 0, 0, 0}));
  // Along (1, -1) nothing is known; along (1, 1) the curvature is 2.
  const auto along = CovarianceOfVariances({1, 1, 1, 1}, 2);
  for (const double value : along) EXPECT_NEAR(value, 0.5, 1e-14);
}

TEST(Satterthwaite, NothingMovesTheVariance) {
  EXPECT_FALSE(SatterthwaiteDf(2, {0, 0}, {1, 0, 0, 1}).has_value());
  EXPECT_FALSE(SatterthwaiteDf(0, {1}, {1}).has_value());
}

}  // namespace
}  // namespace enthesis::stats
