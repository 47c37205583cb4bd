// Generalized linear models on data that break fits.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "stats/glm.h"
#include "support/glm_data.h"

namespace enthesis::stats {
namespace {

using golden::Columns;
using golden::FitOf;
using golden::GlmData;
using Names = std::vector<std::string>;

GlmData Rows(const std::vector<double>& response,
             const std::vector<std::vector<double>>& x) {
  GlmData data;
  data.response = response;
  data.design = Columns(x);
  return data;
}

GlmOptions Counts(GlmFamily family = GlmFamily::kPoisson) {
  GlmOptions options;
  options.family = family;
  return options;
}

TEST(GlmHostile, CompleteSeparationHasNoEstimate) {
  const GlmFit fit = FitOf(Rows({0, 0, 1, 1}, {{1, 2, 3, 4}}), {});
  EXPECT_EQ(fit.separated, Names({"(Intercept)", "x0"}));
  EXPECT_FALSE(fit.coefficients[1].estimate.has_value());
  EXPECT_EQ(fit.deviance, 0);
  EXPECT_NEAR(fit.null_deviance, 8 * std::log(2), 1e-13);
  EXPECT_EQ(fit.predictors[0], -HUGE_VAL);
  EXPECT_EQ(fit.predictors[3], HUGE_VAL);
}

// Where x0 is 1 all are events: the rest, 1 of 3, is a model of its own.
TEST(GlmHostile, QuasiSeparationLeavesTheRest) {
  const GlmFit fit =
      FitOf(Rows({0, 1, 0, 1, 1}, {{0, 0, 0, 1, 1}, {5, 5, 5, 5, 5}}), {});
  EXPECT_EQ(fit.separated, Names({"x0"}));
  EXPECT_EQ(fit.dropped, Names({"x1"}));
  EXPECT_NEAR(*fit.coefficients[0].estimate, -std::log(2), 1e-12);
  EXPECT_NEAR(*fit.coefficients[0].std_error, std::sqrt(1.5), 1e-11);
  EXPECT_NEAR(fit.deviance, -2 * (std::log(1.0 / 3) + 2 * std::log(2.0 / 3)),
              1e-12);
}

// Rows at x = 3 are met half and half, all others without error.
TEST(GlmHostile, SeparationUpToAPoint) {
  const GlmFit fit = FitOf(Rows({0, 0, 0, 1, 1, 1}, {{1, 2, 3, 3, 4, 5}}), {});
  EXPECT_EQ(fit.separated.size(), 2);
  EXPECT_NEAR(fit.deviance, 4 * std::log(2), 1e-12);
}

TEST(GlmHostile, ResponsesThatAreAllAlike) {
  for (double y : {0.0, 1.0}) {
    const GlmData data = Rows({y, y, y}, {{1, 2, 4}});
    const GlmFit fit = FitOf(data, {});
    EXPECT_EQ(fit.separated.size(), 2);
    EXPECT_EQ(fit.deviance, 0);
    EXPECT_EQ(fit.null_deviance, 0);
    GlmOptions firth;
    firth.firth = true;
    EXPECT_TRUE(FitOf(data, firth).coefficients[1].estimate.has_value());
  }
  for (GlmFamily family : {GlmFamily::kPoisson, GlmFamily::kNegativeBinomial}) {
    const GlmFit fit = FitOf(Rows({0, 0, 0}, {{1, 2, 4}}), Counts(family));
    EXPECT_EQ(fit.separated.size(), 2);
    EXPECT_EQ(fit.log_likelihood, 0);
    EXPECT_FALSE(fit.theta.has_value());
  }
}

TEST(GlmHostile, AGroupThatCountsOnlyZeros) {
  const GlmFit fit = FitOf(Rows({0, 0, 2, 4}, {{1, 1, 0, 0}}), Counts());
  EXPECT_EQ(fit.separated, Names({"x0"}));
  EXPECT_NEAR(*fit.coefficients[0].estimate, std::log(3), 1e-12);
}

TEST(GlmHostile, ColumnsThatTellNothingNewAreDropped) {
  const std::vector<double> x = {1.1, 2.7, 3.3, 4.9, 5.2, 0.4};
  std::vector<double> twice, constant(6, 0.1);
  for (double value : x) twice.push_back(3.3 * value + 7e5);
  const GlmFit fit = FitOf(Rows({0, 1, 0, 1, 1, 1}, {constant, x, twice}), {});
  EXPECT_EQ(fit.dropped, Names({"x0", "x2"}));
  EXPECT_EQ(fit.rank, 2);
}

// Powers of years depend on each other to 11 digits; least squares keep them.
TEST(GlmHostile, NearlyCollinearColumnsAreKept) {
  std::vector<double> counts, year, square;
  for (int i = 0; i < 30; ++i) {
    counts.push_back((i * 7) % 11 + i / 5);
    year.push_back(1990 + i / 10.0);
    square.push_back(year.back() * year.back());
  }
  const GlmFit fit = FitOf(Rows(counts, {year, square}), Counts());
  EXPECT_TRUE(fit.dropped.empty());
  // The same model, by years from 1991.
  for (size_t i = 0; i < year.size(); ++i) {
    year[i] = static_cast<double>(i) / 10 - 1;
    square[i] = year[i] * year[i];
  }
  const GlmFit shifted = FitOf(Rows(counts, {year, square}), Counts());
  EXPECT_NEAR(*fit.coefficients[2].estimate / *shifted.coefficients[2].estimate,
              1, 1e-7);
  EXPECT_NEAR(fit.deviance / shifted.deviance, 1, 1e-11);
}

TEST(GlmHostile, ScalesDoNotMatter) {
  const std::vector<double> y = {0, 1, 0, 1, 1, 0};
  const std::vector<double> x = {1, 2, 3, 2, 4, 2}, z = {2, 1, 1, 3, 1, 2};
  const GlmFit plain = FitOf(Rows(y, {x, z}), {});
  std::vector<double> large, small;
  for (size_t i = 0; i < x.size(); ++i) {
    large.push_back(x[i] * 0x1p1000);
    small.push_back(z[i] * 0x1p-1000);
  }
  const GlmFit scaled = FitOf(Rows(y, {large, small}), {});
  const auto same = [](std::optional<double> a, double scale,
                       std::optional<double> b) {
    EXPECT_NEAR(*a * scale / *b, 1, 1e-12);
  };
  for (auto part : {&Coefficient::estimate, &Coefficient::std_error}) {
    same(scaled.coefficients[0].*part, 1, plain.coefficients[0].*part);
    same(scaled.coefficients[1].*part, 0x1p1000, plain.coefficients[1].*part);
    same(scaled.coefficients[2].*part, 0x1p-1000, plain.coefficients[2].*part);
  }
}

TEST(GlmHostile, WeightsOfAnySize) {
  GlmData data = Rows({0, 1, 0, 1, 7}, {{1, 2, 3, 2, 100}});
  data.weights = {3, 1, 2, 2, 0};
  data.response[4] = 1;
  const GlmFit plain = FitOf(data, {});
  EXPECT_EQ(plain.n, 5);
  EXPECT_EQ(plain.n_weighted, 4);
  EXPECT_EQ(plain.residual_df, 2);
  for (double& weight : data.weights) weight *= 0x1p-900;
  const GlmFit light = FitOf(data, {});
  EXPECT_NEAR(*light.coefficients[1].estimate, *plain.coefficients[1].estimate,
              1e-13);
  EXPECT_NEAR(
      *light.coefficients[1].std_error / *plain.coefficients[1].std_error,
      0x1p450, 0x1p450 * 1e-13);
}

TEST(GlmHostile, LargeOffsetsMoveTheInterceptAlone) {
  GlmData data = Rows({4, 1, 3, 1, 2}, {{1, 3, 2, 1, 5}});
  const GlmFit plain = FitOf(data, Counts());
  data.offsets.assign(5, 900);
  const GlmFit far = FitOf(data, Counts());
  EXPECT_NEAR(*far.coefficients[1].estimate, *plain.coefficients[1].estimate,
              1e-10);
  EXPECT_NEAR(*far.coefficients[0].estimate + 900,
              *plain.coefficients[0].estimate, 1e-10);
  EXPECT_NEAR(far.deviance, plain.deviance, 1e-9);
}

TEST(GlmHostile, WithoutOverdispersionTheLimitIsPoisson) {
  const GlmData data = Rows({3, 4, 5, 6, 7, 8}, {{1, 2, 3, 4, 5, 5}});
  const GlmFit fit = FitOf(data, Counts(GlmFamily::kNegativeBinomial));
  const GlmFit poisson = FitOf(data, Counts());
  EXPECT_TRUE(fit.theta_infinite);
  EXPECT_FALSE(fit.theta.has_value());
  EXPECT_EQ(fit.covariance, poisson.covariance);
  EXPECT_EQ(fit.log_likelihood, poisson.log_likelihood);
  EXPECT_EQ(fit.aic, poisson.aic);
}

TEST(GlmHostile, OneRowAndOneCluster) {
  const GlmFit row = FitOf(Rows({3}, {{7}}), Counts());
  EXPECT_NEAR(*row.coefficients[0].estimate, std::log(3), 1e-14);
  EXPECT_EQ(row.residual_df, 0);
  GlmData data = Rows({0, 1, 0, 1}, {{1, 2, 3, 2}});
  data.clusters.assign(4, 5);
  const GlmFit one = FitOf(data, {});
  EXPECT_EQ(one.n_clusters, 1);
  EXPECT_TRUE(one.robust_covariance.empty());
}

TEST(GlmHostile, FaultsAreNamed) {
  const auto message = [](const GlmData& data, const GlmOptions& options) {
    return std::string(
        FitGlm(data.rows(), data.design, options).status().message());
  };
  GlmData data = Rows({0, 2}, {{1, 2}});
  EXPECT_EQ(message(data, {}), "row 1: the response must be 0 or 1");
  data.response = {0.5, 2};
  EXPECT_EQ(message(data, Counts()),
            "row 0: the response must be a count: a whole number from 0 to "
            "2^53");
  data.response = {0, 1};
  data.weights = {1, -1};
  EXPECT_EQ(message(data, {}),
            "row 1: a weight must be a finite number, 0 or more");
  data.weights = {0, 0};
  EXPECT_EQ(message(data, {}), "no rows of positive weight");
  GlmOptions firth = Counts();
  firth.firth = true;
  EXPECT_EQ(message(data, firth), "Firth's penalty is of logistic models only");
}

}  // namespace
}  // namespace enthesis::stats
