// Parametric regression on hostile data.

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "stats/parametric.h"
#include "support/parametric_data.h"

namespace enthesis::stats {
namespace {

using golden::DrawData;
using golden::Fit;
using golden::Names;
using golden::OneColumn;
using golden::ParametricData;
using Distribution = ParametricDistribution;

TEST(ParametricHostile, DroppedAndSeparatedColumns) {
  ParametricData data;
  data.lower = {1, 2, 3, 4, 5, 6};
  data.upper = {1, 2, 3, kOpenUpper, kOpenUpper, kOpenUpper};
  data.design.n_rows = 6;
  data.design.names = {"constant", "x", "twice"};
  data.design.values = {2, 2, 2, 2, 2, 2, 1, 4, 2, 3, 1, 2, 2, 8, 4, 6, 2, 4};
  const auto fit = Fit(data, Distribution::kWeibull);
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_EQ(fit->dropped, (std::vector<std::string>{"constant", "twice"}));
  EXPECT_FALSE(fit->coefficients[1].estimate.has_value());
  EXPECT_TRUE(fit->coefficients[2].std_error.has_value());
  EXPECT_EQ(fit->likelihood_ratio.df, 1);
  data.design = OneColumn({0, 0, 0, 1, 1, 1});
  const auto separated = Fit(data, Distribution::kLogNormal);
  ASSERT_TRUE(separated.ok()) << separated.status();
  EXPECT_EQ(separated->separated, std::vector<std::string>{"x"});
  EXPECT_FALSE(separated->coefficients[1].estimate.has_value());
  // The others are those of the rows that are not at the limit.
  EXPECT_NEAR(*separated->coefficients[0].estimate, std::log(6.0) / 3, 1e-5);
}

// A group without events has no hazard, whatever the distribution and whichever
// group is the reference.
TEST(ParametricHostile, GroupWithoutEvents) {
  ParametricData data;
  std::vector<double> x;
  for (int i = 0; i < 40; ++i) {
    data.lower.push_back(1 + (i * 7) % 23);
    data.upper.push_back(i % 4 == 0 ? kOpenUpper : data.lower.back());
    x.push_back(i % 4 == 0 ? 1 : 0);
  }
  ParametricData others;
  for (size_t i = 0; i < 40; ++i) {
    if (i % 4 == 0) continue;
    others.lower.push_back(data.lower[i]);
    others.upper.push_back(data.upper[i]);
  }
  for (const auto& [name, distribution] : Names()) {
    const auto limit = Fit(others, distribution);
    ASSERT_TRUE(limit.ok()) << name << limit.status();
    data.design = OneColumn(x);
    const auto fit = Fit(data, distribution);
    ASSERT_TRUE(fit.ok()) << name << fit.status();
    EXPECT_EQ(fit->separated, std::vector<std::string>{"x"}) << name;
    EXPECT_FALSE(fit->coefficients[1].estimate.has_value()) << name;
    EXPECT_NEAR(*fit->coefficients[0].estimate,
                *limit->coefficients[0].estimate, 1e-9)
        << name;
    EXPECT_NEAR(*fit->coefficients[0].std_error,
                *limit->coefficients[0].std_error, 1e-9)
        << name;
    EXPECT_NEAR(*fit->scale, *limit->scale, 1e-9) << name;
    EXPECT_NEAR(*fit->log_likelihood, *limit->log_likelihood, 1e-8) << name;
    for (double& value : data.design.values) value = 1 - value;
    const auto turned = Fit(data, distribution);
    ASSERT_TRUE(turned.ok()) << name << turned.status();
    EXPECT_EQ(turned->separated, (std::vector<std::string>{"(Intercept)", "x"}))
        << name;
  }
}

// Intervals so narrow that the two tails agree to eight digits and more.
TEST(ParametricHostile, NarrowIntervalsAreTimes) {
  const ParametricData drawn = DrawData(300, 31, true);
  for (const double width : {1e-8, 1e-11}) {
    ParametricData exact = drawn, narrow = drawn;
    for (size_t i = 0; i < exact.lower.size(); ++i) {
      if (exact.lower[i] == 0) exact.lower[i] = narrow.lower[i] = 2;
      if (i % 5 == 0) continue;
      exact.upper[i] = exact.lower[i];
      narrow.upper[i] = narrow.lower[i] * (1 + width);
    }
    for (const auto& [name, distribution] : Names()) {
      const auto a = Fit(exact, distribution), b = Fit(narrow, distribution);
      ASSERT_TRUE(a.ok() && b.ok()) << name << b.status();
      for (size_t c = 0; c < 2; ++c) {
        EXPECT_NEAR(*a->coefficients[c].estimate, *b->coefficients[c].estimate,
                    1e-7)
            << name;
        EXPECT_NEAR(*a->coefficients[c].std_error,
                    *b->coefficients[c].std_error, 1e-8)
            << name;
      }
      EXPECT_NEAR(*a->scale, *b->scale, 1e-7) << name;
    }
  }
}

TEST(ParametricHostile, WeightsInAnyUnit) {
  const ParametricData data = DrawData(80, 32, true);
  for (const auto& [name, distribution] : Names()) {
    const auto fit = Fit(data, distribution);
    ASSERT_TRUE(fit.ok()) << name;
    for (const double unit : {1e-200, 1e-12, 1e12, 1e200}) {
      ParametricData scaled = data;
      for (double& weight : scaled.weights) weight *= unit;
      const auto again = Fit(scaled, distribution);
      ASSERT_TRUE(again.ok()) << name << again.status();
      EXPECT_NEAR(*again->coefficients[1].estimate,
                  *fit->coefficients[1].estimate, 1e-10);
      EXPECT_NEAR(*again->coefficients[1].std_error * std::sqrt(unit),
                  *fit->coefficients[1].std_error, 1e-10);
      EXPECT_NEAR(*again->log_likelihood / unit, *fit->log_likelihood, 1e-9);
    }
  }
}

// What a scale of 0 or without bound looks like from intervals.
TEST(ParametricHostile, IntervalsWithoutAScale) {
  ParametricData all_hold_five, falling;
  all_hold_five.lower = {3, 4, 5};
  all_hold_five.upper = {6, 7, kOpenUpper};
  falling.lower = {0, 0, 5, 6, 1};
  falling.upper = {3, 2, kOpenUpper, kOpenUpper, kOpenUpper};
  for (const auto& [name, distribution] : Names()) {
    const auto zero = Fit(all_hold_five, distribution);
    const auto infinite = Fit(falling, distribution);
    if (distribution == Distribution::kExponential) {
      EXPECT_TRUE(zero.ok() && infinite.ok());
      continue;
    }
    ASSERT_TRUE(zero.ok() && infinite.ok()) << name;
    EXPECT_EQ(zero->outcome, ParametricOutcome::kScaleZero) << name;
    EXPECT_EQ(infinite->outcome, ParametricOutcome::kScaleInfinite) << name;
    EXPECT_FALSE(zero->scale || zero->log_likelihood || infinite->scale ||
                 infinite->coefficients[0].estimate)
        << name;
  }
}

// Scales down to near the tolerance of ties, times from 1e-100 to 1e100.
TEST(ParametricHostile, ScalesOfAnySize) {
  std::mt19937_64 random(33);
  std::normal_distribution<double> normal;
  std::vector<double> noise, x;
  for (int i = 0; i < 60; ++i) {
    noise.push_back(normal(random));
    x.push_back(normal(random));
  }
  for (const double scale : {1e-7, 1e-3, 1.0, 60.0}) {
    ParametricData data;
    for (size_t i = 0; i < 60; ++i) {
      data.lower.push_back(std::exp(5 + 0.3 * x[i] + scale * noise[i]));
      data.upper.push_back(i % 3 == 0 ? kOpenUpper : data.lower.back());
    }
    data.design = OneColumn(x);
    for (const auto& [name, distribution] : Names()) {
      if (distribution == Distribution::kExponential) continue;
      const auto fit = Fit(data, distribution);
      ASSERT_TRUE(fit.ok()) << name << " " << scale << fit.status();
      EXPECT_GT(*fit->scale, scale / 4) << name;
      EXPECT_LT(*fit->scale, scale * 4) << name;
      EXPECT_NEAR(*fit->coefficients[1].estimate, 0.3,
                  4 * *fit->coefficients[1].std_error)
          << name << " " << scale;
    }
  }
}

TEST(ParametricHostile, NothingToEstimateFrom) {
  ParametricData data;
  data.lower = {1, 2};
  data.upper = {kOpenUpper, kOpenUpper};
  const auto censored = Fit(data, Distribution::kWeibull);
  ASSERT_TRUE(censored.ok());
  EXPECT_EQ(censored->outcome, ParametricOutcome::kUnbounded);
  EXPECT_FALSE(censored->scale || censored->log_likelihood ||
               censored->coefficients[0].estimate);
  data.lower = data.upper = {5, 5};
  const auto line = Fit(data, Distribution::kWeibull);
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(line->outcome, ParametricOutcome::kScaleZero);
  EXPECT_EQ(line->exact, 2);
  EXPECT_FALSE(line->scale || line->coefficients[0].estimate);
  EXPECT_TRUE(Fit(data, Distribution::kExponential).ok());
  data.weights = {0, 0};
  EXPECT_TRUE(
      absl::IsFailedPrecondition(Fit(data, Distribution::kWeibull).status()));
}

TEST(ParametricHostile, RefusesByRow) {
  ParametricData data;
  data.lower = {1, 0};
  data.upper = {1, 0};
  EXPECT_EQ(Fit(data, Distribution::kWeibull).status().message(),
            "row 1: an event at time 0 has no density; give it an upper end");
  data.lower = {1, 3};
  data.upper = {1, 2};
  EXPECT_TRUE(
      absl::IsInvalidArgument(Fit(data, Distribution::kWeibull).status()));
  data.upper = {1, 4};
  data.weights = {1, -1};
  EXPECT_TRUE(
      absl::IsInvalidArgument(Fit(data, Distribution::kWeibull).status()));
  data.weights.clear();
  data.design = OneColumn({1, 2, 3});
  EXPECT_TRUE(
      absl::IsInvalidArgument(Fit(data, Distribution::kWeibull).status()));
}

// A time that says nothing changes nothing but the count.
TEST(ParametricHostile, CensoredAtZero) {
  ParametricData data = DrawData(50, 30, false);
  const auto without = Fit(data, Distribution::kWeibull);
  data.lower.push_back(0);
  data.upper.push_back(kOpenUpper);
  std::vector<double> x = data.design.values;
  x.push_back(1);
  data.design = OneColumn(x);
  const auto with = Fit(data, Distribution::kWeibull);
  ASSERT_TRUE(with.ok() && without.ok());
  EXPECT_EQ(with->covariance, without->covariance);
  EXPECT_EQ(with->n, without->n + 1);
}

// Figures only where the profile has no part in what is infinite.
TEST(ParametricHostile, PredictionsBesideAnInfiniteCoefficient) {
  ParametricData data;
  data.lower = {1, 2, 3, 4, 5};
  data.upper = {1, 2, 3, kOpenUpper, kOpenUpper};
  data.design = OneColumn({0, 0, 0, 1, 1});
  const auto fit = Fit(data, Distribution::kWeibull);
  ASSERT_TRUE(fit.ok()) << fit.status();
  const DesignMatrix profiles = OneColumn({0, 1});
  const std::vector<double> times = {0, 2}, half = {0.5};
  const auto with = PredictParametricSurvival(*fit, profiles, 0, times);
  const auto without = PredictParametricSurvival(*fit, profiles, 1, times);
  ASSERT_TRUE(with.ok() && without.ok());
  EXPECT_EQ((*with)[0].estimate, 1);
  EXPECT_LT((*with)[1].lower, (*with)[1].estimate);
  EXPECT_FALSE((*without)[1].estimate.has_value());
  EXPECT_FALSE((*PredictParametricQuantiles(*fit, profiles, 1, half))[0].upper);
  for (const double bad : {-1.0, HUGE_VAL, std::nan("")}) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        PredictParametricSurvival(*fit, profiles, 0, {bad}).status()));
  }
  for (const double bad : {0.0, 1.0, std::nan("")}) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        PredictParametricQuantiles(*fit, profiles, 0, {bad}).status()));
  }
  EXPECT_TRUE(absl::IsInvalidArgument(
      PredictParametricQuantiles(*fit, profiles, 2, half).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      PredictParametricQuantiles(*fit, DesignMatrix(), 0, half).status()));
}

}  // namespace
}  // namespace enthesis::stats
