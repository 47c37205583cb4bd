// Linear mixed models: cases worked by hand, invariants.

#include "stats/mixed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <random>
#include <vector>

#include "stats/distributions.h"
#include "stats/parallel.h"
#include "support/mixed_data.h"

namespace enthesis::stats {
namespace {

using golden::DrawMixedData;
using golden::FitOf;
using golden::MixedData;
using golden::Taken;

// Groups (1, 3), (4, 6), (10, 12): means 2, 5, 11, within 2 each: mean squares
// within 2 on 3 df, between 2 (16 + 1 + 25) / 2 = 42 on 2 df.
MixedData ThreePairs() {
  MixedData data;
  data.response = {1, 3, 4, 6, 10, 12};
  data.groups = {0, 0, 1, 1, 2, 2};
  return data;
}

// Balanced groups: REML gives the variances of analysis of variance, and the
// mean is on as many degrees of freedom as groups less one.
TEST(Mixed, BalancedGroupsByHand) {
  const MixedFit fit = FitOf(ThreePairs(), {});
  EXPECT_NEAR(fit.residual_variance, 2, 1e-12);
  EXPECT_NEAR(fit.intercept_variance, 20, 1e-11);  // (42 - 2) / 2
  EXPECT_NEAR(*fit.intraclass_correlation, 20.0 / 22, 1e-12);
  const Coefficient& mean = fit.coefficients[0];
  EXPECT_NEAR(*mean.estimate, 6, 1e-14);
  EXPECT_NEAR(*mean.std_error, std::sqrt(42.0 / 6), 1e-12);
  EXPECT_NEAR(*mean.df, 2, 1e-11);
  const double t = 6 / std::sqrt(7.0);
  EXPECT_NEAR(*mean.statistic, t, 1e-12);
  EXPECT_NEAR(*mean.p_value, 2 * StudentTUpperTail(t, 2), 1e-12);
  EXPECT_NEAR(*mean.upper - 6, StudentTCriticalValue(0.95, 2) * std::sqrt(7.0),
              1e-10);
  // V of a group has eigenvalues 42 and 2; y' P y is 84 / 42 + 6 / 2 = 5.
  const double criterion = 5 * std::log(2 * std::numbers::pi) +
                           3 * std::log(84) + std::log(6.0 / 42) + 5;
  EXPECT_NEAR(-2 * *fit.log_likelihood, criterion, 1e-12);
  EXPECT_EQ(fit.n_parameters, 3);
  EXPECT_NEAR(*fit.aic, criterion + 6, 1e-12);
  EXPECT_NEAR(*fit.bic, criterion + 3 * std::log(6), 1e-12);
  // Shrunken by 2 * 20 / (2 * 20 + 2); sqrt(1 / (1 / 20 + 2 / 2)).
  EXPECT_NEAR(fit.effects[0].intercept, -4 * 40.0 / 42, 1e-12);
  EXPECT_NEAR(fit.effects[2].intercept_std_error, std::sqrt(20.0 / 21), 1e-12);
  EXPECT_FALSE(fit.effects[0].slope.has_value());
  EXPECT_FALSE(fit.singular);
}

// ML divides the squares between groups by 3 instead of 2: 28.
TEST(Mixed, BalancedGroupsByMaximumLikelihood) {
  MixedOptions options;
  options.reml = false;
  const MixedFit fit = FitOf(ThreePairs(), options);
  EXPECT_NEAR(fit.residual_variance, 2, 1e-12);
  EXPECT_NEAR(fit.intercept_variance, 13, 1e-11);  // (28 - 2) / 2
  EXPECT_NEAR(-2 * *fit.log_likelihood,
              6 * std::log(2 * std::numbers::pi) + 3 * std::log(56) + 6, 1e-11);
}

// Means 2, 3, 2.5 closer than their residuals say: mean squares between 1 and
// within 10 / 3; all 12 / 5 on 5 df.
TEST(Mixed, NoVarianceBetweenGroups) {
  MixedData data;
  data.response = {1, 3, 1, 5, 2, 3};
  data.groups = {0, 0, 1, 1, 2, 2};
  const MixedFit fit = FitOf(data, {});
  EXPECT_TRUE(fit.singular);
  EXPECT_EQ(fit.intercept_variance, 0);
  EXPECT_EQ(fit.intraclass_correlation, 0);
  double squares = 0;
  for (const double y : data.response) squares += (y - 2.5) * (y - 2.5);
  EXPECT_NEAR(fit.residual_variance, squares / 5, 1e-13);
  EXPECT_NEAR(*fit.coefficients[0].df, 5, 1e-11);
  EXPECT_EQ(fit.effects[1].intercept, 0);
  EXPECT_EQ(fit.effects[1].intercept_std_error, 0);
}

// Two visits of each subject: the paired t test.
TEST(Mixed, PairedTTest) {
  MixedData data;
  const std::vector<double> before = {50, 61, 43, 70, 55};
  const std::vector<double> after = {62, 70, 49, 85, 60};
  std::vector<double> visit;
  double sum = 0, squares = 0;
  for (size_t i = 0; i < 5; ++i) {
    data.response.insert(data.response.end(), {before[i], after[i]});
    data.groups.insert(data.groups.end(), 2, static_cast<int>(i));
    visit.insert(visit.end(), {0, 1});
    sum += after[i] - before[i];
    squares += (after[i] - before[i]) * (after[i] - before[i]);
  }
  data.design = {10, {"visit"}, {}, visit};
  const MixedFit fit = FitOf(data, {});
  const double sd = std::sqrt((squares - sum * sum / 5) / 4);
  EXPECT_NEAR(*fit.coefficients[1].estimate, sum / 5, 1e-13);
  EXPECT_NEAR(*fit.coefficients[1].std_error, sd / std::sqrt(5), 1e-12);
  EXPECT_NEAR(*fit.coefficients[1].df, 4, 1e-10);
}

// At the same visits, slopes are those of each subject's own line: mean, and
// spread over the root of the subjects.
TEST(Mixed, MeanOfSlopesByHand) {
  MixedData data;
  const double slopes[] = {1, 2, 4, 5, 8};
  const double noise[] = {0.5, -1, 0.5};  // no slope, no mean
  std::vector<double> visits;
  for (int subject = 0; subject < 5; ++subject) {
    for (int visit = 0; visit < 3; ++visit) {
      data.groups.push_back(subject);
      data.slope.push_back(visit);
      data.response.push_back(10 + 3 * (subject % 3) + slopes[subject] * visit +
                              noise[visit]);
    }
  }
  visits = data.slope;
  data.design = {15, {"visit"}, {}, visits};
  const MixedFit fit = FitOf(data, {});
  EXPECT_NEAR(*fit.coefficients[1].estimate, 4, 1e-12);
  EXPECT_NEAR(*fit.coefficients[1].std_error, std::sqrt(7.5 / 5), 1e-11);
  EXPECT_NEAR(*fit.coefficients[1].df, 4, 1e-9);
  // Squares 1.5 of each subject's line on one df; each slope's variance is
  // that of the slopes and of the residuals over 2.
  EXPECT_NEAR(fit.residual_variance, 1.5, 1e-11);
  EXPECT_NEAR(*fit.slope_variance, 7.5 - 1.5 / 2, 1e-10);
}

std::vector<double> AllOf(const MixedFit& fit) {
  std::vector<double> all = {
      fit.intercept_variance, fit.residual_variance, *fit.log_likelihood,
      fit.slope_variance.value_or(-1), fit.slope_covariance.value_or(-1)};
  for (const Coefficient& one : fit.coefficients) {
    all.insert(all.end(), {*one.estimate, *one.std_error, *one.df, *one.p_value,
                           *one.lower});
  }
  for (const GroupEffect& one : fit.effects) {
    all.insert(all.end(),
               {one.intercept, one.intercept_std_error, one.slope.value_or(0)});
  }
  return all;
}

TEST(Mixed, SameBytesForAnyOrderAndThreads) {
  for (const bool slope : {false, true}) {
    MixedData data = DrawMixedData(9000, 7);
    if (!slope) data.slope.clear();
    std::vector<size_t> order(data.response.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::mt19937_64 random(1);
    std::shuffle(order.begin(), order.end(), random);
    ThreadPool pool(3);
    const std::vector<double> one = AllOf(FitOf(data, {}));
    EXPECT_EQ(one, AllOf(FitOf(Taken(data, order), {}, &pool)));
  }
}

// y * 4 + 1e6: only units change.
TEST(Mixed, UnitsOfTheResponse) {
  const MixedData data = DrawMixedData(30, 3);
  MixedData moved = data;
  for (double& y : moved.response) y = 4 * y + 1e6;
  const MixedFit fit = FitOf(data, {});
  const MixedFit other = FitOf(moved, {});
  EXPECT_NEAR(other.intercept_variance, 16 * fit.intercept_variance,
              1e-8 * other.intercept_variance);
  EXPECT_NEAR(*other.coefficients[0].estimate,
              1e6 + 4 * *fit.coefficients[0].estimate, 1e-6);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(*other.coefficients[i].std_error,
                4 * *fit.coefficients[i].std_error, 1e-8);
    EXPECT_NEAR(*other.coefficients[i].df, *fit.coefficients[i].df, 1e-7);
  }
  EXPECT_NEAR(*other.log_likelihood,
              *fit.log_likelihood -
                  static_cast<double>(data.response.size() - 3) * std::log(4),
              1e-7);
}

// Months from surgery, or years since the birth of Christ.
TEST(Mixed, OriginOfTheSlope) {
  const MixedData data = DrawMixedData(40, 5);
  MixedData moved = data;
  const double at = 2019;
  for (size_t i = 0; i < data.slope.size(); ++i) {
    moved.slope[i] = at + data.slope[i] / 12;
    moved.design.values[i] = moved.slope[i];
  }
  const MixedFit fit = FitOf(data, {});
  const MixedFit other = FitOf(moved, {});
  ASSERT_FALSE(fit.singular);
  EXPECT_NEAR(*other.slope_variance, 144 * *fit.slope_variance,
              1e-8 * *other.slope_variance);
  EXPECT_NEAR(*other.coefficients[1].estimate,
              12 * *fit.coefficients[1].estimate, 1e-9);
  EXPECT_NEAR(*other.coefficients[1].df, *fit.coefficients[1].df, 1e-6);
  // The intercept is that of the year 0: u0 - 2019 * 12 u1.
  const double back = 12 * at;
  EXPECT_NEAR(other.intercept_variance,
              fit.intercept_variance - 2 * back * *fit.slope_covariance +
                  back * back * *fit.slope_variance,
              1e-8 * other.intercept_variance);
  // The determinant of REML is that of columns in their units.
  EXPECT_NEAR(*other.log_likelihood, *fit.log_likelihood + std::log(12.0),
              1e-7);
}

TEST(Mixed, CodesOfGroupsMayHaveGaps) {
  const MixedData data = DrawMixedData(20, 6);
  MixedData sparse = data;
  for (int& group : sparse.groups) group = 7 * group + 3;
  const MixedFit fit = FitOf(data, {});
  const MixedFit other = FitOf(sparse, {});
  EXPECT_EQ(AllOf(fit), AllOf(other));
  EXPECT_EQ(other.n_groups, 20);
  EXPECT_EQ(other.effects[2].group, 17);
  EXPECT_EQ(other.effects[2].n, fit.effects[2].n);
}

// The maximum is one of the likelihood: more groups, of like rows, double it.
TEST(Mixed, TwiceTheGroupsTwiceTheLikelihood) {
  const MixedData data = DrawMixedData(16, 8);
  std::vector<size_t> twice;
  for (size_t i = 0; i < 2 * data.response.size(); ++i) {
    twice.push_back(i % data.response.size());
  }
  MixedData doubled = Taken(data, twice);
  for (size_t i = data.response.size(); i < twice.size(); ++i) {
    doubled.groups[i] += 100;
  }
  MixedOptions options;
  options.reml = false;
  const MixedFit fit = FitOf(data, options);
  const MixedFit other = FitOf(doubled, options);
  EXPECT_NEAR(*other.log_likelihood, 2 * *fit.log_likelihood, 1e-8);
  EXPECT_NEAR(other.intercept_variance, fit.intercept_variance, 1e-8);
  EXPECT_NEAR(*other.slope_variance, *fit.slope_variance, 1e-10);
  EXPECT_NEAR(*other.coefficients[1].std_error,
              *fit.coefficients[1].std_error / std::sqrt(2), 1e-10);
}

}  // namespace
}  // namespace enthesis::stats
