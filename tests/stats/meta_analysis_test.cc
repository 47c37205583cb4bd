#include "stats/meta_analysis.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace enthesis::stats {
namespace {

constexpr TauSquared kAll[] = {
    TauSquared::kFixedEffect,  TauSquared::kDerSimonianLaird,
    TauSquared::kReml,         TauSquared::kMl,
    TauSquared::kPauleMandel,  TauSquared::kHunterSchmidt,
    TauSquared::kSidikJonkman,
};

struct Drawn {
  std::vector<double> estimates, std_errors;
  StudyEffects view() const { return {estimates, std_errors}; }
};

Drawn DrawStudies(size_t k, double tau, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> error(0.1, 0.5);
  Drawn drawn;
  for (size_t i = 0; i < k; ++i) {
    drawn.std_errors.push_back(error(random));
    drawn.estimates.push_back(0.3 + tau * normal(random) +
                              drawn.std_errors.back() * normal(random));
  }
  return drawn;
}

MetaAnalysis Meta(const Drawn& data, TauSquared method,
                  bool hartung_knapp = false) {
  MetaOptions options;
  options.tau_squared = method;
  options.hartung_knapp = hartung_knapp;
  return *EstimateMeta(data.view(), options);
}

// Estimates 0 and 2 with variance 1: Q = 2, C = 2 - 2/2 = 1, so tau^2 = 1 by
// DerSimonian & Laird; each weighs 1/2 and the error is 1.
TEST(MetaAnalysis, ByHand) {
  const Drawn data{{0, 2}, {1, 1}};
  const MetaAnalysis meta = Meta(data, TauSquared::kDerSimonianLaird);
  EXPECT_DOUBLE_EQ(*meta.heterogeneity.chi_square, 2);
  EXPECT_DOUBLE_EQ(meta.tau_squared, 1);
  EXPECT_DOUBLE_EQ(meta.estimate, 1);
  EXPECT_DOUBLE_EQ(meta.std_error, 1);
  EXPECT_DOUBLE_EQ(meta.weights[0], 50);
  EXPECT_DOUBLE_EQ(meta.i_squared, 0.5);
  EXPECT_DOUBLE_EQ(meta.h_squared, 2);
  // REML of equal variances: variance of the estimates, 2, less 1. ML: 1 - 1.
  EXPECT_DOUBLE_EQ(Meta(data, TauSquared::kReml).tau_squared, 1);
  EXPECT_NEAR(Meta(data, TauSquared::kMl).tau_squared, 0, 1e-15);
  EXPECT_DOUBLE_EQ(Meta(data, TauSquared::kPauleMandel).tau_squared, 1);
  // Hunter & Schmidt: (2 - 2) / 2. Sidik & Jonkman: first 1, Q there 1.
  EXPECT_DOUBLE_EQ(Meta(data, TauSquared::kHunterSchmidt).tau_squared, 0);
  EXPECT_DOUBLE_EQ(Meta(data, TauSquared::kSidikJonkman).tau_squared, 1);
}

// The score of each likelihood is 0 at an estimate above 0.
TEST(MetaAnalysis, LikelihoodsAreAtTheirMaximum) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    const Drawn data = DrawStudies(4 + seed % 20, 0.6, seed);
    for (const bool reml : {false, true}) {
      const auto log_likelihood = [&](double tau_squared) {
        double w = 0, wy = 0, sum = 0;
        for (size_t i = 0; i < data.estimates.size(); ++i) {
          const double v =
              data.std_errors[i] * data.std_errors[i] + tau_squared;
          w += 1 / v;
          wy += data.estimates[i] / v;
          sum -= std::log(v) / 2;
        }
        for (size_t i = 0; i < data.estimates.size(); ++i) {
          const double v =
              data.std_errors[i] * data.std_errors[i] + tau_squared;
          sum -= (data.estimates[i] - wy / w) * (data.estimates[i] - wy / w) /
                 v / 2;
        }
        return reml ? sum - std::log(w) / 2 : sum;
      };
      const double tau_squared =
          Meta(data, reml ? TauSquared::kReml : TauSquared::kMl).tau_squared;
      const double best = log_likelihood(tau_squared);
      for (const double step : {1e-3, 1e-2, 0.1}) {
        EXPECT_LE(log_likelihood(tau_squared + step), best);
        EXPECT_LE(log_likelihood(std::max(0.0, tau_squared - step)), best);
      }
    }
  }
}

TEST(MetaAnalysis, ShiftScaleAndOrder) {
  Drawn data = DrawStudies(12, 0.5, 7);
  for (const TauSquared method : kAll) {
    const MetaAnalysis meta = Meta(data, method, true);
    Drawn moved = data;
    for (double& y : moved.estimates) y = 4 * y + 1000;
    for (double& error : moved.std_errors) error *= 4;
    std::reverse(moved.estimates.begin(), moved.estimates.end());
    std::reverse(moved.std_errors.begin(), moved.std_errors.end());
    const MetaAnalysis again = Meta(moved, method, true);
    EXPECT_NEAR(again.estimate, 4 * meta.estimate + 1000, 1e-10);
    EXPECT_NEAR(again.std_error, 4 * meta.std_error, 1e-11);
    EXPECT_NEAR(again.tau_squared, 16 * meta.tau_squared, 1e-9);
    EXPECT_NEAR(again.i_squared, meta.i_squared, 1e-11);
    EXPECT_NEAR(again.weights.back(), meta.weights[0], 1e-9);
  }
}

TEST(MetaAnalysis, CumulatesAndLeavesOut) {
  const Drawn data = DrawStudies(6, 0.5, 8);
  const auto cumulated = Cumulate(data.view(), {});
  ASSERT_TRUE(cumulated.ok());
  ASSERT_EQ(cumulated->size(), 6);
  EXPECT_EQ((*cumulated)[0].estimate, data.estimates[0]);
  EXPECT_EQ(cumulated->back().estimate,
            EstimateMeta(data.view(), {})->estimate);
  const auto without = LeaveOneOut(data.view(), {});
  ASSERT_TRUE(without.ok());
  EXPECT_EQ(without->back().estimate, (*cumulated)[4].estimate);
}

TEST(MetaAnalysis, OneStudyAndOneEffect) {
  for (const TauSquared method : kAll) {
    const MetaAnalysis one = Meta({{0.5}, {0.25}}, method);
    EXPECT_EQ(one.estimate, 0.5);
    EXPECT_EQ(one.std_error, 0.25);
    EXPECT_EQ(one.tau_squared, 0);
    EXPECT_FALSE(one.tau_squared_upper || one.heterogeneity.chi_square);
    EXPECT_FALSE(Meta({{0.5}, {0.25}}, method, true).lower);
    // No spread at all: Hartung-Knapp knows of no error.
    const MetaAnalysis alike = Meta({{2, 2, 2}, {1, 0.5, 2}}, method, true);
    EXPECT_EQ(alike.estimate, 2);
    EXPECT_EQ(alike.std_error, 0);
    EXPECT_FALSE(alike.p_value);
    EXPECT_EQ(alike.interval_is_empty, method != TauSquared::kFixedEffect);
  }
}

TEST(MetaAnalysis, RefusesByStudy) {
  const auto message = [](std::vector<double> y, std::vector<double> e) {
    return std::string(EstimateMeta({y, e}, {}).status().message());
  };
  EXPECT_EQ(message({1, NAN}, {1, 1}), "study 1: the estimate is not finite");
  EXPECT_EQ(message({1, 2}, {0, 1}),
            "study 0: the standard error is 0; allowed: above 0 and finite");
  EXPECT_EQ(message({1, 2}, {1, -1}),
            "study 1: the standard error is -1; allowed: above 0 and finite");
  EXPECT_EQ(message({1}, {1, 1}),
            "estimates and standard errors differ in number");
  EXPECT_EQ(message({}, {}), "no studies");
  EXPECT_FALSE(
      LeaveOneOut({std::vector<double>{1}, std::vector<double>{1}}, {}).ok());
  const std::vector<double> three = {1, 2, 4}, same = {1, 1, 1};
  EXPECT_TRUE(
      absl::IsFailedPrecondition(TestEgger({three, same}, 0.95).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(
      TestEgger({std::vector<double>{1, 2}, std::vector<double>{1, 2}}, 0.95)
          .status()));
}

}  // namespace
}  // namespace enthesis::stats
