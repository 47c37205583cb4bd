#include "stats/proportion.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "stats/distributions.h"

namespace enthesis::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Proportion Wilson(int64_t count, int64_t n, double level = 0.95) {
  const auto result = EstimateProportion(count, n, level);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : Proportion();
}

// 2 of 4 with z = 2: 1/2 -+ 2 sqrt(1/16 + 1/16) / (1 + 1) = 1/2 -+ 1/sqrt(8).
TEST(Proportion, HalfByHand) {
  const Proportion half = Wilson(2, 4, 1 - 2 * NormalUpperTail(2));
  EXPECT_EQ(half.estimate, 0.5);
  EXPECT_NEAR(half.lower.value(), 0.5 - 1 / std::sqrt(8.0), 1e-14);
  EXPECT_NEAR(half.upper.value(), 0.5 + 1 / std::sqrt(8.0), 1e-14);
}

// 0 of n: the upper limit is z^2 / (n + z^2).
TEST(Proportion, NoneAndAll) {
  const double z = NormalCriticalValue(0.95);
  const Proportion none = Wilson(0, 20);
  EXPECT_EQ(none.lower, 0);
  EXPECT_NEAR(none.upper.value(), z * z / (20 + z * z), 1e-14);
  const Proportion all = Wilson(20, 20);
  EXPECT_EQ(all.upper, 1);
  EXPECT_NEAR(all.lower.value(), 20 / (20 + z * z), 1e-14);
}

TEST(Proportion, ComplementMirrorsTheInterval) {
  for (int64_t count = 0; count <= 17; ++count) {
    const Proportion a = Wilson(count, 17);
    const Proportion b = Wilson(17 - count, 17);
    EXPECT_NEAR(a.lower.value(), 1 - b.upper.value(), 1e-15);
    EXPECT_NEAR(a.upper.value(), 1 - b.lower.value(), 1e-15);
    EXPECT_LE(a.lower.value(), a.estimate.value());
    EXPECT_GE(a.upper.value(), a.estimate.value());
  }
}

// The lower limit solves n (p - x)^2 = z^2 x (1 - x); the textbook form has
// lost every digit here.
TEST(Proportion, TinyShareKeepsItsDigits) {
  const double z = NormalCriticalValue(0.95);
  const double n = 1e15;
  const Proportion tiny = Wilson(1, int64_t{1'000'000'000'000'000});
  const double x = tiny.lower.value() * n;
  EXPECT_NEAR((1 - x) * (1 - x), z * z * x, 1e-12);
}

TEST(Proportion, OfNobodyIsAbsent) {
  const Proportion none = Wilson(0, 0);
  EXPECT_FALSE(none.estimate.has_value());
  EXPECT_FALSE(none.lower.has_value());
  EXPECT_FALSE(none.upper.has_value());
}

TEST(Proportion, RefusesBadCounts) {
  EXPECT_FALSE(EstimateProportion(-1, 4).ok());
  EXPECT_FALSE(EstimateProportion(5, 4).ok());
  EXPECT_FALSE(EstimateProportion(0, -1).ok());
  EXPECT_FALSE(EstimateProportion(1, 2, 1).ok());
  EXPECT_FALSE(EstimateProportion(1, 2, kNaN).ok());
}

// P(X >= 0) and P(X <= n) in closed form: none of n ends at
// 1 - (alpha / 2)^(1/n); 1 of 2 at 1 - sqrt(1 - alpha / 2) and its mirror.
TEST(ProportionExactly, ClosedForms) {
  const auto none = EstimateProportionExactly(0, 10, 0.9);
  EXPECT_EQ(none->lower, 0);
  EXPECT_NEAR(none->upper.value(), 1 - std::pow(0.05, 0.1), 1e-15);
  const auto all = EstimateProportionExactly(10, 10, 0.9);
  EXPECT_NEAR(all->lower.value(), std::pow(0.05, 0.1), 1e-15);
  EXPECT_EQ(all->upper, 1);
  const auto half = EstimateProportionExactly(1, 2, 0.9);
  EXPECT_NEAR(half->lower.value(), 1 - std::sqrt(0.95), 1e-15);
  EXPECT_NEAR(half->upper.value(), std::sqrt(0.95), 1e-15);
}

TEST(ProportionExactly, NobodyAndBadInput) {
  EXPECT_FALSE(EstimateProportionExactly(0, 0)->estimate.has_value());
  EXPECT_FALSE(EstimateProportionExactly(0, 0)->upper.has_value());
  EXPECT_FALSE(EstimateProportionExactly(3, 2).ok());
  EXPECT_FALSE(EstimateProportionExactly(1, 2, 1).ok());
}

// Within the limits of Clopper and Pearson, mirrored under k -> n - k.
TEST(ProportionByJeffreys, NestedAndMirrored) {
  for (int64_t count = 0; count <= 17; ++count) {
    const auto found = EstimateProportionByJeffreys(count, 17);
    const auto mirror = EstimateProportionByJeffreys(17 - count, 17);
    const auto exact = EstimateProportionExactly(count, 17);
    EXPECT_NEAR(found->lower.value(), 1 - mirror->upper.value(), 1e-15);
    EXPECT_GE(found->lower.value(), exact->lower.value());
    EXPECT_LE(found->upper.value(), exact->upper.value());
  }
  EXPECT_EQ(EstimateProportionByJeffreys(0, 17)->lower, 0);
  EXPECT_EQ(EstimateProportionByJeffreys(17, 17)->upper, 1);
  EXPECT_FALSE(EstimateProportionByJeffreys(0, 0)->upper.has_value());
  EXPECT_FALSE(EstimateProportionByJeffreys(3, 2).ok());
}

}  // namespace
}  // namespace enthesis::stats
