// Cox models against their definitions on random rows.

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "stats/concordance.h"
#include "stats/cox.h"
#include "stats/cox_residuals.h"
#include "stats/proportional_hazards.h"
#include "support/cox_data.h"
#include "support/naive_cox.h"

namespace enthesis::stats {
namespace {

using golden::CoxData;
using golden::RandomCox;
using golden::RandomCoxData;

struct Case {
  std::string name;
  RandomCox data;
  CoxTies ties = CoxTies::kEfron;
};

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    for (const CoxTies ties : {CoxTies::kEfron, CoxTies::kBreslow}) {
      RandomCox data;
      data.seed = seed;
      cases.push_back({"days", data, ties});
      data.max_day = 0;
      data.weighted = true;
      cases.push_back({"continuous, weights", data, ties});
      data.max_day = 12;
      data.n_strata = 3;
      data.n = 90;
      cases.push_back({"strata, weights", data, ties});
      data.delayed = true;
      cases.push_back({"strata, weights, entry", data, ties});
      data.n_clusters = 17;
      cases.push_back({"strata, weights, entry, clusters", data, ties});
      data.n_strata = 1;
      data.max_day = 0;
      cases.push_back({"continuous, weights, entry, clusters", data, ties});
      RandomCox few_days;
      few_days.seed = seed;
      few_days.n = 400;
      few_days.max_day = 3;
      few_days.weighted = seed != 1;
      cases.push_back({"few days", few_days, ties});
      few_days.n_strata = 2;
      cases.push_back({"few days, strata", few_days, ties});
    }
  }
  return cases;
}

CoxFit Fitted(const CoxData& data, CoxTies ties) {
  CoxOptions options;
  options.ties = ties;
  options.robust = true;
  return golden::Fit(data, options);
}

naive::CoxDefinition Defined(const CoxData& data, CoxTies ties,
                             const std::vector<double>& at) {
  return naive::DefineCox(data.Rows(), data.design, ties, at,
                          [](double) { return 1.0; });
}

// The gradient is 0 and the covariance is the inverse of the information.
void ExpectOptimum(const CoxFit& fit, const naive::CoxDefinition& at,
                   double tolerance) {
  const size_t p = fit.coefficients.size();
  for (size_t j = 0; j < p; ++j) {
    EXPECT_NEAR(at.gradient[j], 0, tolerance);
    for (size_t k = 0; k < p; ++k) {
      double product = 0;
      for (size_t l = 0; l < p; ++l) {
        product += at.information[j * p + l] * fit.covariance[l * p + k];
      }
      EXPECT_NEAR(product, j == k ? 1 : 0, 1e-9);
    }
  }
}

TEST(CoxOracle, LikelihoodInformationAndResiduals) {
  for (const Case& test : Cases()) {
    SCOPED_TRACE(test.name);
    const CoxData data = RandomCoxData(test.data);
    const CoxFit fit = Fitted(data, test.ties);
    const size_t p = data.design.n_columns();
    const auto null = Defined(data, test.ties, std::vector<double>(p, 0));
    const auto at = Defined(data, test.ties, fit.Estimates());
    EXPECT_NEAR(fit.log_likelihood_null, null.log_likelihood, 1e-9);
    EXPECT_NEAR(fit.log_likelihood, at.log_likelihood, 1e-9);
    ExpectOptimum(fit, at, 1e-9);
    const auto robust =
        naive::DefineRobust(data.Rows(), at.scores, fit.covariance);
    for (size_t k = 0; k < p * p; ++k) {
      EXPECT_NEAR(fit.robust_covariance[k], robust[k],
                  1e-9 * (1 + std::abs(robust[k])));
    }
    const auto residuals = ComputeCoxResiduals(data.Rows(), data.design, fit);
    ASSERT_TRUE(residuals.ok()) << residuals.status();
    for (size_t i = 0; i < data.size(); ++i) {
      EXPECT_NEAR(residuals->martingale[i], at.martingale[i], 1e-9);
      for (size_t j = 0; j < p; ++j) {
        EXPECT_NEAR(residuals->score[j * data.size() + i], at.scores[i * p + j],
                    1e-9);
      }
    }
  }
}

// Risk sets are added up by blocks of nodes: of ties that span several, of
// times between them, and of strata that end within one.
TEST(CoxOracle, RiskSetsAcrossBlocks) {
  for (const bool weighted : {false, true}) {
    RandomCox random;
    random.n = 1500;
    random.max_day = 0;
    random.n_strata = 3;
    random.weighted = weighted;
    CoxData data = RandomCoxData(random);
    double middle = 0;
    for (const double time : data.times) middle += time / 1500;
    for (size_t i = 0; i < 900; ++i) data.times[i] = middle;
    const CoxFit fit = Fitted(data, CoxTies::kEfron);
    const auto at = Defined(data, CoxTies::kEfron, fit.Estimates());
    EXPECT_NEAR(fit.log_likelihood, at.log_likelihood, 1e-8);
    ExpectOptimum(fit, at, 1e-8);
  }
}

TEST(CoxOracle, Concordance) {
  for (const Case& test : Cases()) {
    for (const bool tied : {false, true}) {
      SCOPED_TRACE(test.name + (tied ? ", tied scores" : ""));
      const CoxData data = RandomCoxData(test.data);
      std::vector<double> scores(data.design.Column(1).begin(),
                                 data.design.Column(1).end());
      if (tied) {
        for (double& score : scores) score = std::round(2 * score);
      }
      const auto result = EstimateConcordance(data.Rows(), scores);
      ASSERT_TRUE(result.ok()) << result.status();
      const auto expected = naive::DefineConcordance(data.Rows(), scores);
      EXPECT_NEAR(result->concordant, expected.concordant, 1e-9);
      EXPECT_NEAR(result->discordant, expected.discordant, 1e-9);
      EXPECT_NEAR(result->tied_score, expected.tied_score, 1e-9);
      EXPECT_NEAR(result->tied_time, expected.tied_time, 1e-9);
      EXPECT_NEAR(result->tied_both, expected.tied_both, 1e-9);
      EXPECT_NEAR(result->std_error.value(), std::sqrt(expected.variance),
                  1e-12);
    }
  }
}

// Rows of weight 1 with scores of their own are counted as bits, in more than
// one level of sums where there are many; the others are not.
TEST(CoxOracle, ConcordanceOfManyRowsHoldsWhenTheyAreDoubled) {
  RandomCox options;
  options.n = 150000;
  options.delayed = true;
  for (const int max_day : {0, 200}) {
    options.max_day = max_day;
    CoxData data = RandomCoxData(options);
    const std::vector<double> scores(data.design.Column(1).begin(),
                                     data.design.Column(1).end());
    const auto once = EstimateConcordance(data.Rows(), scores);
    ASSERT_TRUE(once.ok()) << once.status();
    data.weights.assign(data.size(), 2);
    const auto twice = EstimateConcordance(data.Rows(), scores);
    ASSERT_TRUE(twice.ok()) << twice.status();
    EXPECT_GT(once->discordant, 0);
    EXPECT_EQ(4 * once->concordant, twice->concordant);
    EXPECT_EQ(4 * once->discordant, twice->discordant);
    EXPECT_EQ(4 * once->tied_time, twice->tied_time);
    EXPECT_NEAR(*once->std_error, *twice->std_error, 1e-15);
  }
}

// One covariate, g(t) = t less its mean over the events: the test is
// U^2 / (I_gg - I_g^2 / I), the terms from their definitions.
TEST(CoxOracle, ProportionalHazards) {
  for (Case test : Cases()) {
    SCOPED_TRACE(test.name);
    test.data.n_covariates = 1;
    const CoxData data = RandomCoxData(test.data);
    const CoxFit fit = Fitted(data, test.ties);
    ProportionalHazardsOptions options;
    options.transform = TimeTransform::kIdentity;
    const auto result =
        TestProportionalHazards(data.Rows(), data.design, fit, options);
    ASSERT_TRUE(result.ok()) << result.status();
    double sum = 0;
    double n = 0;
    for (size_t i = 0; i < data.size(); ++i) {
      sum += data.events[i] * data.times[i];
      n += data.events[i];
    }
    const auto part = [&](int power) {
      return naive::DefineCox(
          data.Rows(), data.design, test.ties, fit.Estimates(),
          [&](double t) { return std::pow(t - sum / n, power); });
    };
    const auto one = part(1);
    const double spread = part(2).information[0] - one.information[0] *
                                                       one.information[0] /
                                                       part(0).information[0];
    EXPECT_NEAR(result->tests[0].test.chi_square.value(),
                one.gradient[0] * one.gradient[0] / spread, 1e-8);
    EXPECT_EQ(result->tests.back().name, "GLOBAL");
  }
}

TEST(Cox, OutOfIterationsIsAnError) {
  CoxOptions options;
  options.max_iterations = 1;
  const CoxData data = RandomCoxData({});
  EXPECT_EQ(FitCox(data.Rows(), data.design, options).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace enthesis::stats
