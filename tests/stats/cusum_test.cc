#include "stats/cusum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "stats/cusum_run_length.h"

namespace enthesis::stats {
namespace {

std::vector<CusumPoint> Chart(const std::vector<double>& outcome,
                              const std::vector<double>& expected,
                              const CusumOptions& options) {
  const auto points = RunCusum({outcome, expected}, options);
  EXPECT_TRUE(points.ok()) << points.status();
  return points.ok() ? *points : std::vector<CusumPoint>();
}

CusumWeights Weights(const std::vector<double>& expected, double odds_ratio) {
  auto weights = CusumWeights::Make(expected, odds_ratio);
  EXPECT_TRUE(weights.ok()) << weights.status();
  return *std::move(weights);
}

// Risks from 1 % to 40 %, as of a case-mix model.
std::vector<double> SpreadRisks(int n) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> log_odds(-2.6, 0.8);
  std::vector<double> risks;
  for (int i = 0; i < n; ++i) {
    risks.push_back(1 / (1 + std::exp(-log_odds(random))));
  }
  return risks;
}

// Published weights of logit p = -3.68 + 0.077 score, odds ratio 2.
TEST(Cusum, PublishedWeights) {
  const auto risk = [](double score) {
    return 1 / (1 + std::exp(3.68 - 0.077 * score));
  };
  EXPECT_NEAR(risk(0), 0.02460, 5e-6);
  EXPECT_NEAR(CusumWeight(risk(0), true, 2), 0.66884, 5e-6);
  EXPECT_NEAR(CusumWeight(risk(0), false, 2), -0.02430, 5e-6);
  EXPECT_NEAR(risk(50), 0.54240, 6e-6);
  EXPECT_NEAR(CusumWeight(risk(50), true, 2), 0.25981, 6e-6);
  EXPECT_NEAR(CusumWeight(risk(50), false, 2), -0.43334, 6e-6);
}

// p = 1/3 and R = 4: an event weighs log(4 / 2) = log 2, none -log 2.
TEST(Cusum, ByHand) {
  const std::vector<double> third(7, 1.0 / 3);
  const std::vector<double> outcome = {0, 1, 1, 0, 1, 1, 0};
  const double unit = std::log(2);
  const auto points = Chart(outcome, third, {4, 1.5 * unit, false});
  const double wanted[] = {0, 1, 2, 1, 2, 3, 2};
  for (size_t i = 0; i < 7; ++i) {
    EXPECT_NEAR(points[i].value, wanted[i] * unit, 1e-15) << i;
    EXPECT_EQ(points[i].signals, wanted[i] > 1.5) << i;
  }
  // From 0 again after cases 3 and 6.
  const auto again = Chart(outcome, third, {4, 1.5 * unit, true});
  const double restarted[] = {0, 1, 2, 0, 1, 2, 0};
  for (size_t i = 0; i < 7; ++i) {
    EXPECT_NEAR(again[i].value, restarted[i] * unit, 1e-15) << i;
  }
  const auto silent = Chart(outcome, third, {4, std::nullopt, true});
  EXPECT_EQ(std::count_if(silent.begin(), silent.end(),
                          [](const auto& p) { return p.signals; }),
            0);
}

TEST(Cusum, VladByHand) {
  const std::vector<double> outcome = {0, 1, 0}, expected = {0.25, 0.5, 0};
  const auto points = RunVlad({outcome, expected});
  ASSERT_TRUE(points.ok());
  EXPECT_EQ((*points)[0].value, 0.25);
  EXPECT_EQ((*points)[1].value, -0.25);
  EXPECT_EQ((*points)[2].value, -0.25);
  EXPECT_EQ((*points)[0].std_error, std::sqrt(0.1875));
  EXPECT_EQ((*points)[2].std_error, std::sqrt(0.4375));
}

// Probabilities of 0 and 1 have weights, too: of what cannot happen the
// largest.
TEST(Cusum, CertainOutcomes) {
  EXPECT_EQ(CusumWeight(0, false, 2), 0);
  EXPECT_EQ(CusumWeight(1, true, 2), 0);
  EXPECT_NEAR(CusumWeight(0, true, 2), std::log(2), 1e-16);
  EXPECT_NEAR(CusumWeight(1, false, 2), -std::log(2), 1e-16);
  const std::vector<double> certain = {0, 1, 0, 0};
  const CusumWeights weights = Weights(certain, 2);
  EXPECT_FALSE(weights.MeanRunLength(1).has_value());
  const auto threshold = weights.ThresholdOf(740);
  ASSERT_TRUE(threshold.ok());
  EXPECT_FALSE(threshold->has_value());
}

// p = 1/3, R = 4: steps of log 2 up and down, up with 1/3, and a wall at 0.
// With a threshold between 2 and 3 steps the mean solves m0 = 1 + 2/3 m0 + 1/3
// m1, m1 = 1 + 2/3 m0 + 1/3 m2, m2 = 1 + 2/3 m1: m1 = m0 - 3, m2 = m0 - 12 and
// m0 = 33. A grid whose points are the steps has that exactly.
TEST(CusumRunLength, WalkByHand) {
  const CusumWeights weights = Weights({1.0 / 3}, 4);
  const double unit = std::log(2);
  // Half a step apart, so that 3 steps are beyond the last point.
  EXPECT_NEAR(weights.MeanRunLengthOnGrid(2.5 * unit, 1, 5), 33, 1e-9);
  EXPECT_NEAR(weights.MeanRunLengthOnGrid(2.5 * unit, 1, 10), 33, 1e-9);
}

// What the chain says converges as its grid refines, with the square of the
// step where risks are many.
TEST(CusumRunLength, ConvergesAsTheGridRefines) {
  const CusumWeights weights = Weights(SpreadRisks(4000), 2);
  const double limit = weights.MeanRunLength(2.8)->mean;
  double before = std::numeric_limits<double>::infinity();
  for (const int steps : {25, 50, 100, 200}) {
    const double error =
        std::abs(weights.MeanRunLengthOnGrid(2.8, 1, steps) / limit - 1);
    EXPECT_LT(error, before / 2.5) << steps;
    before = error;
  }
  EXPECT_LT(before, 2e-3);
  EXPECT_LT(weights.MeanRunLength(2.8)->refinement, 2e-3);
}

TEST(CusumRunLength, ThresholdHasTheWantedMean) {
  for (const double odds_ratio : {2.0, 0.5}) {
    const CusumWeights weights = Weights(SpreadRisks(500), odds_ratio);
    double before = 0;
    for (const double mean : {100.0, 740.0}) {
      const auto threshold = weights.ThresholdOf(mean);
      ASSERT_TRUE(threshold.ok()) << threshold.status();
      // Of 500 risks it is a staircase of small steps.
      EXPECT_NEAR(weights.MeanRunLength(**threshold)->mean / mean, 1, 1e-4);
      EXPECT_GT(**threshold, before);
      before = **threshold;
      EXPECT_LT(weights.MeanRunLength(**threshold, odds_ratio)->mean, mean / 2);
    }
  }
}

// Simulated from the same risks; within four errors of the mean.
TEST(CusumRunLength, SimulationAgrees) {
  struct Case {
    std::vector<double> risks;
    double odds_ratio, threshold;
  };
  for (const auto& [risks, odds_ratio, threshold] :
       {Case{SpreadRisks(3000), 2, 2}, Case{SpreadRisks(3000), 0.5, 1.6},
        Case{{0.1}, 2, 2.1}, Case{{0.05, 0.3}, 3, 2}}) {
    const CusumWeights weights = Weights(risks, odds_ratio);
    const auto mean = weights.MeanRunLength(threshold);
    ThreadPool pool(3);
    const auto simulated = weights.Simulate(threshold, 4000, 17, &pool);
    ASSERT_TRUE(simulated.ok()) << simulated.status();
    EXPECT_NEAR(simulated->mean, mean->mean, 4 * simulated->std_error);
    EXPECT_LT(simulated->std_error, 0.03 * mean->mean);
    EXPECT_LT(simulated->median, simulated->mean);
    const auto alone = weights.Simulate(threshold, 4000, 17, nullptr);
    EXPECT_EQ(alone->mean, simulated->mean);
    EXPECT_EQ(alone->std_error, simulated->std_error);
    EXPECT_NE(weights.Simulate(threshold, 4000, 18, nullptr)->mean,
              simulated->mean);
  }
}

TEST(CusumRunLength, DoesNotDependOnTheOrder) {
  std::vector<double> risks = SpreadRisks(300);
  const double mean = Weights(risks, 2).MeanRunLengthOnGrid(2, 1, 60);
  std::reverse(risks.begin(), risks.end());
  EXPECT_EQ(Weights(risks, 2).MeanRunLengthOnGrid(2, 1, 60), mean);
  // Nor on how often each risk is there.
  std::vector<double> twice = risks;
  twice.insert(twice.end(), risks.begin(), risks.end());
  EXPECT_NEAR(Weights(twice, 2).MeanRunLengthOnGrid(2, 1, 60), mean,
              1e-12 * mean);
}

// Signals that are next to never keep their digits: longer runs by a factor
// that tends to one for each unit of the threshold.
TEST(CusumRunLength, RareSignals) {
  const CusumWeights weights = Weights({0.2}, 2);
  const double ten = weights.MeanRunLengthOnGrid(10, 1, 400);
  const double eleven = weights.MeanRunLengthOnGrid(11, 1, 440);
  const double twelve = weights.MeanRunLengthOnGrid(12, 1, 480);
  EXPECT_GT(ten, 1e5);
  EXPECT_NEAR(twelve / eleven, eleven / ten, 0.01 * eleven / ten);
  EXPECT_FALSE(weights.MeanRunLength(60).has_value());  // beyond 1e15
}

TEST(Cusum, FaultsAreNamed) {
  const std::vector<double> outcome = {0, 1}, expected = {0.5, 1.5};
  const std::vector<double> half = {0.5, 0.5}, odd = {0, 2};
  const auto message = [](const absl::Status& status) {
    return std::string(status.message());
  };
  EXPECT_EQ(message(RunCusum({outcome, expected}, {}).status()),
            "row 1, expected 1.5: allowed: a probability from 0 to 1");
  EXPECT_EQ(message(RunVlad({odd, half}).status()),
            "row 1, outcome 2: allowed: 0 or 1");
  EXPECT_EQ(message(RunCusum({outcome, half}, {1, 1, false}).status()),
            "the odds ratio is 1; allowed: from 0.001 to 1000, but not 1");
  EXPECT_EQ(message(RunCusum({outcome, half}, {2, 0, false}).status()),
            "the threshold is 0; allowed: above 0, up to 1000");
  EXPECT_EQ(message(RunCusum({{}, {}}, {}).status()), "no cases");
  const CusumWeights weights = Weights({0.1}, 2);
  EXPECT_NE(message(weights.ThresholdOf(9).status()).find("allowed: above 10"),
            std::string::npos);
  EXPECT_FALSE(weights.Simulate(2, 0, 1, nullptr).ok());
  EXPECT_FALSE(weights.Simulate(12, 10000000, 1, nullptr).ok());
}

}  // namespace
}  // namespace enthesis::stats
