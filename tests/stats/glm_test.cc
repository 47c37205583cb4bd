// Generalized linear models: cases worked by hand, invariants.

#include "stats/glm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "stats/parallel.h"
#include "support/glm_data.h"

namespace enthesis::stats {
namespace {

using golden::Columns;
using golden::DrawGlmData;
using golden::FitOf;
using golden::GlmData;
using golden::Taken;

constexpr GlmFamily kFamilies[] = {GlmFamily::kLogistic, GlmFamily::kPoisson,
                                   GlmFamily::kNegativeBinomial};

GlmOptions Of(GlmFamily family) {
  GlmOptions options;
  options.family = family;
  return options;
}

// 3 of 4 with x = 1, 1 of 4 with x = 0: log odds -log 3 and log 3.
TEST(Glm, LogisticOfATableByHand) {
  GlmData data;
  data.response = {1, 0, 1, 0};
  data.weights = {3, 1, 1, 3};
  data.design = Columns({{1, 1, 0, 0}});
  const GlmFit fit = FitOf(data, {});
  const double log3 = std::log(3);
  EXPECT_NEAR(*fit.coefficients[0].estimate, -log3, 1e-14);
  EXPECT_NEAR(*fit.coefficients[1].estimate, 2 * log3, 1e-14);
  // 1/3 + 1/1, and the same twice.
  EXPECT_NEAR(*fit.coefficients[0].std_error, std::sqrt(4.0 / 3), 1e-14);
  EXPECT_NEAR(*fit.coefficients[1].std_error, std::sqrt(8.0 / 3), 1e-14);
  EXPECT_NEAR(fit.log_likelihood, 6 * std::log(0.75) + 2 * std::log(0.25),
              1e-13);
  EXPECT_NEAR(fit.null_deviance, 16 * std::log(2), 1e-13);
  EXPECT_EQ(fit.residual_df, 2);
}

// Rates 6 / 3 and 20 / 2 by exposure.
TEST(Glm, PoissonRatesByHand) {
  GlmData data;
  data.response = {2, 4, 20};
  data.offsets = {std::log(1.0), std::log(2.0), std::log(2.0)};
  data.design = Columns({{0, 0, 1}});
  const GlmFit fit = FitOf(data, Of(GlmFamily::kPoisson));
  EXPECT_NEAR(*fit.coefficients[0].estimate, std::log(2), 1e-14);
  EXPECT_NEAR(*fit.coefficients[1].estimate, std::log(5), 1e-14);
  EXPECT_NEAR(*fit.coefficients[1].std_error, std::sqrt(1.0 / 6 + 1.0 / 20),
              1e-14);
  EXPECT_NEAR(fit.deviance, 0, 1e-14);
}

// By one binary column Firth's estimate adds a half to each cell, also where
// one is empty.
TEST(Glm, FirthAddsAHalfToEachCell) {
  GlmData data;
  data.response = {1, 0, 0};
  data.weights = {5, 2, 4};
  data.design = Columns({{1, 1, 0}});
  GlmOptions options;
  options.firth = true;
  const GlmFit fit = FitOf(data, options);
  EXPECT_NEAR(*fit.coefficients[0].estimate, std::log(0.5 / 4.5), 1e-12);
  EXPECT_NEAR(*fit.coefficients[1].estimate,
              std::log(5.5 / 2.5) - std::log(0.5 / 4.5), 1e-12);
  EXPECT_TRUE(fit.separated.empty());
}

// Two counts are alike by their mean and 1 / theta: the slope is 0 where the
// sum over k < y of 1 / (theta + k) is 2 log(1 + mean / theta) for 0 and 2
// mean.
TEST(Glm, NegativeBinomialThetaSolvesItsEquation) {
  GlmData data;
  data.response = {0, 6};
  const GlmFit fit = FitOf(data, Of(GlmFamily::kNegativeBinomial));
  ASSERT_TRUE(fit.theta.has_value());
  const double theta = fit.theta->estimate;
  double sum = 0;
  for (int k = 0; k < 6; ++k) sum += 1 / (theta + k);
  EXPECT_NEAR(sum, 2 * std::log1p(3 / theta), 1e-12);
  EXPECT_NEAR(*fit.coefficients[0].estimate, std::log(3), 1e-13);
}

void ExpectSameBytes(const GlmFit& a, const GlmFit& b) {
  EXPECT_EQ(a.covariance, b.covariance);
  EXPECT_EQ(a.robust_covariance, b.robust_covariance);
  EXPECT_EQ(a.log_likelihood, b.log_likelihood);
  EXPECT_EQ(a.deviance, b.deviance);
  EXPECT_EQ(a.null_deviance, b.null_deviance);
  EXPECT_EQ(a.pearson, b.pearson);
  for (size_t i = 0; i < a.coefficients.size(); ++i) {
    EXPECT_EQ(a.coefficients[i].estimate, b.coefficients[i].estimate);
    EXPECT_EQ(a.coefficients[i].p_value, b.coefficients[i].p_value);
  }
  if (!a.theta.has_value()) return;
  EXPECT_EQ(a.theta->estimate, b.theta->estimate);
  EXPECT_EQ(a.theta->std_error, b.theta->std_error);
}

TEST(Glm, SameBytesForAnyOrderAndNumberOfThreads) {
  for (GlmFamily family : kFamilies) {
    const GlmData data = DrawGlmData(6000, 1, family);
    std::vector<size_t> order(data.response.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::shuffle(order.begin(), order.end(), std::mt19937_64(7));
    ThreadPool pool(3);
    const GlmFit one = FitOf(data, Of(family));
    const GlmFit other = FitOf(Taken(data, order), Of(family), &pool);
    ExpectSameBytes(one, other);
    for (size_t i = 0; i < order.size(); i += 97) {
      EXPECT_EQ(one.predictors[order[i]], other.predictors[i]);
    }
  }
}

// Rows, each again as often as its weight, against the weighted table.
TEST(Glm, CollapsedRowsGiveTheSameAnswer) {
  for (GlmFamily family : kFamilies) {
    for (const bool firth : {false, true}) {
      if (firth && family != GlmFamily::kLogistic) continue;
      GlmData table = DrawGlmData(400, 2, family);
      table.clusters.clear();
      std::vector<size_t> expanded;
      for (size_t i = 0; i < table.weights.size(); ++i) {
        table.weights[i] = std::floor(2 * table.weights[i]) - 1;
        for (int k = 0; k < table.weights[i]; ++k) expanded.push_back(i);
      }
      GlmData rows = Taken(table, expanded);
      rows.weights.clear();
      GlmOptions options = Of(family);
      options.firth = firth;
      const GlmFit a = FitOf(table, options), b = FitOf(rows, options);
      EXPECT_LT(a.n, b.n);
      EXPECT_NEAR(a.log_likelihood / b.log_likelihood, 1, 1e-13);
      EXPECT_NEAR(a.null_deviance / b.null_deviance, 1, 1e-13);
      for (size_t i = 0; i < a.coefficients.size(); ++i) {
        const Coefficient& x = a.coefficients[i];
        const Coefficient& y = b.coefficients[i];
        EXPECT_NEAR(*x.estimate, *y.estimate, 1e-12 * *x.std_error);
        EXPECT_NEAR(*x.std_error / *y.std_error, 1, 1e-11);
      }
      if (!a.theta.has_value()) continue;
      EXPECT_NEAR(a.theta->estimate / b.theta->estimate, 1, 1e-11);
    }
  }
}

// More nodes than are fitted to a sample first: the score at the estimate, by
// plain sums, is 0.
TEST(Glm, LargeTablesReachTheMaximum) {
  GlmData data = DrawGlmData(150000, 3, GlmFamily::kLogistic);
  data.clusters.clear();
  const GlmFit fit = FitOf(data, {});
  for (size_t c = 0; c <= 3; ++c) {
    long double score = 0;
    double size = 0;
    for (size_t i = 0; i < data.response.size(); ++i) {
      const double x = c == 0 ? 1 : data.design.Column(c - 1)[i];
      const double mean = 1 / (1 + std::exp(-fit.predictors[i]));
      const double term = data.weights[i] * x * (data.response[i] - mean);
      score += term;
      size += std::abs(term);
    }
    EXPECT_LT(std::abs(static_cast<double>(score)), 1e-12 * size) << c;
  }
}

TEST(Glm, RobustErrorsWithEachRowAClusterAreThoseOfRows) {
  GlmData data = DrawGlmData(300, 4, GlmFamily::kPoisson);
  std::iota(data.clusters.begin(), data.clusters.end(), 0);
  GlmOptions options = Of(GlmFamily::kPoisson);
  options.cluster_factor = false;
  const GlmFit clustered = FitOf(data, options);
  data.clusters.clear();
  options.robust = true;
  const GlmFit rows = FitOf(data, options);
  for (size_t i = 0; i < rows.robust_covariance.size(); ++i) {
    EXPECT_NEAR(clustered.robust_covariance[i] / rows.robust_covariance[i], 1,
                1e-10);
  }
}

}  // namespace
}  // namespace enthesis::stats
