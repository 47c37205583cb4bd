#include "stats/distributions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace enthesis::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

// t with 1 degree of freedom is Cauchy: P(T > 1) = 1/4. Chi-square with 2 is
// exponential: P(X > x) = exp(-x/2).
TEST(Distributions, ClosedForms) {
  EXPECT_EQ(NormalUpperTail(0), 0.5);
  EXPECT_NEAR(StudentTUpperTail(1, 1), 0.25, 1e-15);
  EXPECT_NEAR(StudentTQuantile(0.75, 1), 1, 1e-14);
  EXPECT_NEAR(ChiSquareUpperTail(3, 2), std::exp(-1.5), 1e-15);
  EXPECT_NEAR(ChiSquareQuantile(1 - std::exp(-1.5), 2), 3, 1e-14);
  EXPECT_NEAR(ChiSquareUpperQuantile(std::exp(-150.0), 2), 300, 1e-12);
}

TEST(Distributions, CriticalValuesAreTwoSided) {
  EXPECT_NEAR(2 * NormalUpperTail(NormalCriticalValue(0.95)), 0.05, 1e-16);
  EXPECT_NEAR(2 * StudentTUpperTail(StudentTCriticalValue(0.9, 7), 7), 0.1,
              1e-15);
}

TEST(Distributions, UndefinedIsNaNAndNothingThrows) {
  for (const double p : {-1.0, 0.0, 1.0, 2.0, kNaN, kInf}) {
    EXPECT_TRUE(std::isnan(NormalQuantile(p))) << p;
    EXPECT_TRUE(std::isnan(NormalCriticalValue(p))) << p;
    EXPECT_TRUE(std::isnan(StudentTQuantile(p, 3))) << p;
    EXPECT_TRUE(std::isnan(StudentTCriticalValue(p, 3))) << p;
    EXPECT_TRUE(std::isnan(ChiSquareQuantile(p, 3))) << p;
    EXPECT_TRUE(std::isnan(ChiSquareUpperQuantile(p, 3))) << p;
  }
  for (const double df : {-1.0, 0.0, kNaN, kInf}) {
    EXPECT_TRUE(std::isnan(StudentTQuantile(0.5, df))) << df;
    EXPECT_TRUE(std::isnan(StudentTUpperTail(1, df))) << df;
    EXPECT_TRUE(std::isnan(ChiSquareQuantile(0.5, df))) << df;
    EXPECT_TRUE(std::isnan(ChiSquareUpperQuantile(0.5, df))) << df;
    EXPECT_TRUE(std::isnan(ChiSquareUpperTail(1, df))) << df;
  }
  EXPECT_TRUE(std::isnan(NormalUpperTail(kNaN)));
}

TEST(Distributions, TailsAtTheEnds) {
  EXPECT_EQ(NormalUpperTail(kInf), 0);
  EXPECT_EQ(NormalUpperTail(-kInf), 1);
  EXPECT_EQ(StudentTUpperTail(kInf, 4), 0);
  EXPECT_EQ(ChiSquareUpperTail(kInf, 4), 0);
  EXPECT_EQ(ChiSquareUpperTail(-1, 4), 1);
  EXPECT_EQ(ChiSquareUpperTail(1e300, 4), 0);
}

TEST(Distributions, ConfLevelMustBeInside) {
  EXPECT_TRUE(CheckConfLevel(0.95).ok());
  for (const double level : {0.0, 1.0, kNaN, -0.5, 95.0}) {
    EXPECT_EQ(CheckConfLevel(level).code(), absl::StatusCode::kInvalidArgument);
  }
}

// F(2, 2 m) has P(F > x) = (1 + x / m)^-m; Beta(1, b) has P(X < x) = 1 -
// (1 - x)^b; Gamma(1) / Gamma(1/2) = 1 / sqrt(pi).
TEST(Distributions, ClosedFormsOfFAndBeta) {
  EXPECT_NEAR(FUpperTail(3, 2, 4), 0.16, 1e-15);
  EXPECT_NEAR(FUpperTail(3e30, 2, 4) / (4 / 9e60), 1, 1e-13);
  EXPECT_NEAR(BetaQuantile(0.75, 1, 2), 0.5, 1e-15);
  EXPECT_NEAR(BetaUpperQuantile(0.25, 1, 2), 0.5, 1e-15);
  EXPECT_NEAR(GammaHalfStep(0.5), 1 / std::sqrt(std::acos(-1)), 1e-15);
  EXPECT_NEAR(NormalUpperTail(NormalUpperQuantile(1e-30)) / 1e-30, 1, 1e-13);
}

TEST(Distributions, UndefinedFAndBeta) {
  for (const double bad : {-1.0, 0.0, kNaN, kInf}) {
    EXPECT_TRUE(std::isnan(FUpperTail(1, bad, 2))) << bad;
    EXPECT_TRUE(std::isnan(FUpperTail(1, 2, bad))) << bad;
    EXPECT_TRUE(std::isnan(BetaQuantile(0.5, bad, 1))) << bad;
    EXPECT_TRUE(std::isnan(BetaUpperQuantile(0.5, 1, bad))) << bad;
    EXPECT_TRUE(std::isnan(GammaHalfStep(bad))) << bad;
    EXPECT_TRUE(std::isnan(NormalUpperQuantile(bad))) << bad;
  }
  EXPECT_EQ(FUpperTail(kInf, 2, 2), 0);
  EXPECT_EQ(FUpperTail(-1, 2, 2), 1);
}

}  // namespace
}  // namespace enthesis::stats
