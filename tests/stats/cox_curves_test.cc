// Predicted curves and residuals of Cox models.

#include "stats/cox_curves.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>

#include "stats/cox.h"
#include "stats/cox_residuals.h"
#include "support/cox_data.h"

namespace enthesis::stats {
namespace {

using golden::CoxData;
using golden::Fit;
using golden::RandomCox;
using golden::RandomCoxData;

TEST(CoxCurves, ProfileAtZeroIsTheBaseline) {
  // One event of two at 1, x all 0 but one: S(1) = exp(-1 / (1 + r)).
  CoxData data;
  data.times = {1, 2, 3, 4};
  data.events = {1, 1, 1, 1};
  data.design.n_rows = 4;
  data.design.names = {"x1"};
  data.design.values = {1, 0, 1, 0};
  const CoxFit fit = Fit(data);
  DesignMatrix profiles;
  profiles.names = {"x1"};
  profiles.n_rows = 2;
  profiles.values = {0, 1};
  const auto curves =
      PredictCoxSurvival(data.Rows(), data.design, fit, profiles);
  ASSERT_TRUE(curves.ok()) << curves.status();
  const double r = (1 + std::sqrt(17.0)) / 2;
  EXPECT_NEAR((*curves)[0].points[0].survival, std::exp(-1 / (2 * r + 2)),
              1e-13);
  EXPECT_NEAR((*curves)[1].points[0].survival, std::exp(-r / (2 * r + 2)),
              1e-13);
  const auto at = CoxCurveAt((*curves)[0], {0.5, 1, 1.5, 4, 5});
  EXPECT_EQ(at[0]->survival, 1);
  EXPECT_EQ(at[1]->events, 1);
  EXPECT_EQ(at[2]->survival, at[1]->survival);
  EXPECT_EQ(at[2]->at_risk, 3);
  EXPECT_TRUE(at[3].has_value());
  EXPECT_FALSE(at[4].has_value());
  profiles.names = {"other"};
  EXPECT_FALSE(
      PredictCoxSurvival(data.Rows(), data.design, fit, profiles).ok());
}

TEST(CoxResiduals, SumsAreZero) {
  RandomCox options;
  options.weighted = true;
  options.delayed = true;
  const CoxData data = RandomCoxData(options);
  const CoxFit fit = Fit(data);
  const auto residuals = ComputeCoxResiduals(data.Rows(), data.design, fit);
  const auto events = ComputeSchoenfeldResiduals(data.Rows(), data.design, fit);
  ASSERT_TRUE(residuals.ok() && events.ok());
  double martingale = 0;
  double score = 0;
  for (size_t i = 0; i < data.size(); ++i) {
    martingale += data.weights[i] * residuals->martingale[i];
    score += data.weights[i] * residuals->score[i];
  }
  EXPECT_NEAR(martingale, 0, 1e-11);
  EXPECT_NEAR(score, 0, 1e-11);
  EXPECT_EQ(events->n_events, fit.events);
}

}  // namespace
}  // namespace enthesis::stats
