#include "stats/survival_curves.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/kaplan_meier.h"
#include "support/naive_survival.h"

namespace enthesis::stats {
namespace {

constexpr double kExact = 1e-14;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

SurvivalCurves Curves(const EventColumns& columns, int n_groups,
                      const KaplanMeierOptions& options = {}) {
  const auto curves = EstimateSurvivalCurves(columns, n_groups, 1, options);
  EXPECT_TRUE(curves.ok()) << curves.status();
  return curves.ok() ? *curves : SurvivalCurves();
}

// Rows (time, event, weight): (1, yes, 1/2), (2, no, 3/2), (3, yes, 1),
// (4, no, 1). At risk 4, 7/2, 2, 1.
//   S(1) = 7/8, S(3) = 7/8 * 1/2 = 7/16.
//   At 1, d log S / dw: the event -1/n = -1/4; the others
//   d / (n (n - d)) = (1/2) / (4 * 7/2) = 1/28. Times weights, squared:
//   (1/8)^2 + (3/56)^2 + (1/28)^2 + (1/28)^2 = (49 + 9 + 4 + 4)/3136 = 66/3136.
//   At 3 there is added -1/2 for the event at 3, and d / (n (n - d)) = 1/2 for
//   the last: (49 + 9 + (2 - 28)^2 + (2 + 28)^2) / 3136 = 1634/3136.
TEST(SurvivalCurves, FractionalWeightsByHand) {
  const SurvivalCurves curves = Curves({.times = {1, 2, 3, 4},
                                        .causes = {1, 0, 1, 0},
                                        .weights = {0.5, 1.5, 1, 1}},
                                       1);
  EXPECT_TRUE(curves.robust);
  const KaplanMeierCurve& curve = curves.curves[0];
  EXPECT_TRUE(curve.robust);
  EXPECT_EQ(curve.n, 4);
  EXPECT_EQ(curve.events, 1.5);
  EXPECT_NEAR(curve.points[0].survival, 7.0 / 8, kExact);
  EXPECT_NEAR(*curve.points[0].std_error, 7.0 / 8 * std::sqrt(66.0 / 3136),
              kExact);
  EXPECT_NEAR(*curve.points[1].std_error, *curve.points[0].std_error, kExact);
  EXPECT_NEAR(curve.points[2].survival, 7.0 / 16, kExact);
  EXPECT_NEAR(*curve.points[2].std_error, 7.0 / 16 * std::sqrt(1634.0 / 3136),
              kExact);
}

TEST(SurvivalCurves, WholeWeightsAreRepeatedRows) {
  naive::Rows rows = naive::RandomRows(2, 80, 1, 20, true);
  const std::vector<int> groups = naive::RandomLabels(3, 80, 2);
  naive::Rows repeated;
  std::vector<int> repeated_groups;
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t k = 0; k < i % 3 + 1; ++k) {
      repeated.push_back(rows[i]);
      repeated_groups.push_back(groups[i]);
    }
    rows[i].weight = static_cast<double>(i % 3 + 1);
  }
  for (const HazardTies ties :
       {HazardTies::kNelsonAalen, HazardTies::kFlemingHarrington}) {
    const auto a = naive::ToColumns(rows, groups);
    const auto b = naive::ToColumns(repeated, repeated_groups);
    const SurvivalCurves weighted = Curves(a.View(), 2, {.hazard_ties = ties});
    const SurvivalCurves listed = Curves(b.View(), 2, {.hazard_ties = ties});
    EXPECT_FALSE(weighted.robust);
    for (size_t g = 0; g < 2; ++g) {
      ASSERT_EQ(weighted.curves[g].points.size(),
                listed.curves[g].points.size());
      for (size_t i = 0; i < weighted.curves[g].points.size(); ++i) {
        const SurvivalPoint& p = weighted.curves[g].points[i];
        const SurvivalPoint& q = listed.curves[g].points[i];
        EXPECT_EQ(p.survival, q.survival);
        EXPECT_EQ(p.cumulative_hazard, q.cumulative_hazard);
        EXPECT_EQ(p.std_error, q.std_error);
        EXPECT_EQ(p.lower, q.lower);
      }
    }
  }
}

// Every weight times a number: the same curve and the same robust error.
TEST(SurvivalCurves, RobustErrorIsFreeOfTheScaleOfWeights) {
  const naive::Rows rows =
      naive::WithFractions(naive::RandomRows(5, 120, 1, 30, true), 6);
  const auto columns = naive::ToColumns(rows, {});
  const SurvivalCurves once = Curves(columns.View(), 1);
  for (const double scale : {3.0, 0x1p-600, 0x1p500}) {
    auto scaled = columns;
    for (double& weight : scaled.weights) weight *= scale;
    // Beyond all others, so that some weight is fractional where all are large.
    scaled.times.push_back(40);
    scaled.causes.push_back(0);
    scaled.entries.push_back(39);
    scaled.weights.push_back(0.7 * std::min(scale, 1.0));
    const SurvivalCurves other = Curves(scaled.View(), 1);
    EXPECT_TRUE(other.robust);
    for (size_t i = 0; i < once.curves[0].points.size(); ++i) {
      const SurvivalPoint& p = once.curves[0].points[i];
      const SurvivalPoint& q = other.curves[0].points[i];
      EXPECT_NEAR(q.survival, p.survival, 1e-13);
      ASSERT_TRUE(q.std_error.has_value());
      EXPECT_NEAR(*q.std_error, *p.std_error, 1e-12) << scale;
    }
  }
}

TEST(SurvivalCurves, RobustErrorAgreesWithTheOracle) {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const int n = 2 + static_cast<int>(seed * seed % 37);
    const naive::Rows rows = naive::WithFractions(
        naive::RandomRows(seed, n, 1, 25, seed % 2 == 1), seed + 1);
    const auto columns = naive::ToColumns(rows, {});
    const SurvivalCurves curves = Curves(columns.View(), 1);
    if (!curves.robust) continue;
    for (const SurvivalPoint& point : curves.curves[0].points) {
      const std::string where = absl::StrCat("seed ", seed, " t ", point.time);
      EXPECT_NEAR(point.survival, naive::Survival(rows, point.time), 1e-12)
          << where;
      EXPECT_NEAR(*point.std_error,
                  std::sqrt(naive::RobustVariance(rows, point.time)), 1e-7)
          << where;
    }
  }
}

// At survival 0 nothing depends on the weights: no error, as survfit has it.
TEST(SurvivalCurves, RobustErrorAtZero) {
  for (const IntervalTransform transform :
       {IntervalTransform::kPlain, IntervalTransform::kLogLog}) {
    const SurvivalCurves curves =
        Curves({.times = {1, 2}, .causes = {1, 1}, .weights = {0.5, 0.7}}, 1,
               {.transform = transform});
    const SurvivalPoint& last = curves.curves[0].points[1];
    EXPECT_EQ(last.survival, 0);
    EXPECT_EQ(last.std_error, 0);
    const bool plain = transform == IntervalTransform::kPlain;
    EXPECT_EQ(last.lower.has_value(), plain);
    EXPECT_EQ(last.upper.value_or(0), 0);
  }
}

// Tied events of fractional weight, split by rows: 2 of 1/2 and 1 of 3 at risk
// 4: d = 3/2, k = 2: (3/4)/4 + (3/4)/(13/4) = 3/16 + 3/13.
TEST(SurvivalCurves, TiedHazardCountsRows) {
  const SurvivalCurves curves = Curves(
      {.times = {1, 1, 2}, .causes = {1, 1, 0}, .weights = {0.5, 1, 2.5}}, 1,
      {.hazard_ties = HazardTies::kFlemingHarrington,
       .form = SurvivalForm::kExponentiatedHazard});
  const SurvivalPoint& point = curves.curves[0].points[0];
  EXPECT_NEAR(point.cumulative_hazard, 3.0 / 16 + 3.0 / 13, kExact);
  EXPECT_NEAR(point.survival, std::exp(-3.0 / 16 - 3.0 / 13), kExact);
  EXPECT_NEAR(*point.std_error, point.survival * point.hazard_std_error,
              kExact);
}

TEST(SurvivalCurves, GroupsWithoutSubjectsAreEmpty) {
  const SurvivalCurves curves = Curves(
      {.times = {3, 4}, .causes = {1, 0}, .groups = {1, 2}, .weights = {1, 0}},
      3);
  EXPECT_EQ(curves.curves[0].n, 0);
  EXPECT_TRUE(curves.curves[0].points.empty());
  EXPECT_EQ(curves.curves[1].n, 1);
  EXPECT_TRUE(curves.tables[2].times.empty());
}

TEST(SurvivalCurves, CausesAreOneEvent) {
  const auto curves =
      EstimateSurvivalCurves({.times = {1, 2}, .causes = {2, 1}}, 1, 2);
  ASSERT_TRUE(curves.ok()) << curves.status();
  EXPECT_EQ(curves->curves[0].events, 2);
}

TEST(SurvivalCurves, Refuses) {
  using Code = absl::StatusCode;
  EXPECT_EQ(EstimateSurvivalCurves({}, 2, 1).status().code(),
            Code::kFailedPrecondition);
  EXPECT_EQ(EstimateSurvivalCurves({.times = {1}, .causes = {1}}, 1, 1,
                                   {.conf_level = 1})
                .status()
                .code(),
            Code::kInvalidArgument);
  EXPECT_EQ(EstimateSurvivalCurves({.times = {kNaN}, .causes = {1}}, 1, 1)
                .status()
                .code(),
            Code::kInvalidArgument);
}

}  // namespace
}  // namespace enthesis::stats
