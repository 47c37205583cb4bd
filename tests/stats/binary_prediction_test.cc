#include "stats/binary_prediction.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace enthesis::stats {
namespace {

BinaryAssessment Assess(const std::vector<double>& response,
                        const std::vector<double>& predictors,
                        const std::vector<double>& weights = {},
                        size_t n_groups = 10) {
  const auto assessed =
      AssessBinaryPredictions({response, predictors, weights}, n_groups);
  EXPECT_TRUE(assessed.ok()) << assessed.status();
  return assessed.ok() ? *assessed : BinaryAssessment();
}

// Events 2 and 1 against 0, 1 and 1: of 6 pairs 4 are won and 2 tied, which
// rounding tears apart.
TEST(BinaryPrediction, AreaWithTies) {
  const BinaryAssessment found =
      Assess({1, 1, 0, 0, 0}, {2, 1 + 1e-13, 0, 1, 1});
  EXPECT_DOUBLE_EQ(*found.auc, (4 + 2 * 0.5) / 6);
  EXPECT_FALSE(Assess({1, 1}, {0, 1}).auc.has_value());
  // The same with counts.
  EXPECT_DOUBLE_EQ(*Assess({1, 1, 0, 0}, {2, 1, 0, 1}, {1, 1, 1, 2}).auc,
                   *found.auc);
}

// Odds 1 and 3 said, 1 and 3 seen: perfect; twice the log odds: slope a half.
TEST(BinaryPrediction, Calibration) {
  const std::vector<double> response = {1, 0, 1, 0}, weights = {2, 2, 3, 1};
  const double log3 = std::log(3);
  BinaryAssessment found = Assess(response, {0, 0, log3, log3}, weights);
  EXPECT_NEAR(*found.calibration_intercept, 0, 1e-13);
  EXPECT_NEAR(*found.calibration_slope, 1, 1e-13);
  EXPECT_DOUBLE_EQ(found.brier, (4 * 0.25 + 3 * 0.0625 + 0.5625) / 8);
  found = Assess(response, {0, 0, 2 * log3, 2 * log3}, weights);
  EXPECT_NEAR(*found.calibration_slope, 0.5, 1e-13);
}

TEST(BinaryPrediction, InfinitePredictors) {
  const BinaryAssessment found =
      Assess({1, 0, 0}, {HUGE_VAL, -HUGE_VAL, -HUGE_VAL});
  EXPECT_EQ(*found.auc, 1);
  EXPECT_EQ(found.brier, 0);
  EXPECT_FALSE(found.calibration_slope.has_value());
  ASSERT_EQ(found.groups.size(), 2);
  EXPECT_EQ(found.groups[0].n, 2);
  EXPECT_FALSE(found.hosmer_lemeshow.p_value.has_value());
}

TEST(BinaryPrediction, Groups) {
  const double log3 = std::log(3);
  const BinaryAssessment found =
      Assess({1, 0, 1, 1, 0, 0}, {-log3, -log3, 0, 0, log3, log3}, {}, 3);
  ASSERT_EQ(found.groups.size(), 3);
  EXPECT_DOUBLE_EQ(found.groups[0].expected, 0.5);
  EXPECT_DOUBLE_EQ(found.groups[0].observed, 1);
  EXPECT_DOUBLE_EQ(found.groups[1].observed, 2);
  // (1 - 1/2)^2 / (3/8) + 1 / (1/2) + (3/2)^2 / (3/8)
  EXPECT_DOUBLE_EQ(*found.hosmer_lemeshow.chi_square,
                   0.25 / 0.375 + 2 + 2.25 / 0.375);
  EXPECT_EQ(found.hosmer_lemeshow.df, 1);
}

}  // namespace
}  // namespace enthesis::stats
