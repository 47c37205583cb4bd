// Linear mixed models against dense matrices and differences.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "stats/mixed.h"
#include "support/mixed_data.h"
#include "support/naive_mixed.h"

namespace enthesis::stats {
namespace {

using golden::DrawMixedData;
using golden::DrawMixedSites;
using golden::FitOf;
using golden::MixedData;
using golden::NaiveDf;
using golden::NaiveFit;
using golden::NaiveMixed;
using golden::NaiveTest;
using golden::NaiveTestOfAll;
using golden::NaiveVariances;

struct Case {
  MixedData data;
  bool reml;
  MixedFit fit;
  NaiveVariances variances;
};

NaiveVariances VariancesOf(const MixedFit& fit) {
  NaiveVariances variances = {fit.intercept_variance};
  if (fit.slope_variance.has_value()) {
    variances.push_back(*fit.slope_covariance);
    variances.push_back(*fit.slope_variance);
  }
  if (fit.site_variance.has_value()) variances.push_back(*fit.site_variance);
  variances.push_back(fit.residual_variance);
  return variances;
}

// With and without a slope, without sites, with sites around the groups and
// across them, by both likelihoods, from several seeds; only fits inside the
// edge.
std::vector<Case> MakeCases() {
  std::vector<Case> cases;
  for (uint64_t seed = 1; seed <= 2; ++seed) {
    for (const bool slope : {false, true}) {
      for (const bool reml : {false, true}) {
        for (const char* sites : {"none", "around", "across"}) {
          MixedData data = sites[0] == 'n'
                               ? DrawMixedData(8, seed)
                               : DrawMixedSites(12, 4, sites[1] == 'r', seed);
          if (!slope) data.slope.clear();
          MixedOptions options;
          options.reml = reml;
          const MixedFit fit = FitOf(data, options);
          if (fit.singular) continue;
          cases.push_back({data, reml, fit, VariancesOf(fit)});
        }
      }
    }
  }
  return cases;
}

const std::vector<Case>& Cases() {
  static const auto* const kCases = new std::vector<Case>(MakeCases());
  return *kCases;
}

TEST(MixedOracle, LikelihoodAndItsMaximum) {
  const std::vector<Case>& cases = Cases();
  ASSERT_GT(cases.size(), 14);
  for (const Case& one : cases) {
    const double deviance =
        NaiveFit(one.data, one.variances, one.reml).deviance;
    EXPECT_NEAR(-2 * *one.fit.log_likelihood, deviance, 1e-9 * deviance);
    for (size_t i = 0; i < one.variances.size(); ++i) {
      // What a step of relative size h adds is h^2 times a curvature: the slope
      // is none.
      const double h = 1e-4 * one.variances[i];
      NaiveVariances up = one.variances, down = one.variances;
      up[i] += h;
      down[i] -= h;
      const double above = NaiveFit(one.data, up, one.reml).deviance;
      const double below = NaiveFit(one.data, down, one.reml).deviance;
      EXPECT_GT(above, deviance);
      EXPECT_GT(below, deviance);
      EXPECT_LT(std::abs(above - below), 1e-3 * (above + below - 2 * deviance))
          << i;
    }
  }
}

TEST(MixedOracle, GeneralizedLeastSquaresAndPredictions) {
  for (const Case& one : Cases()) {
    const NaiveMixed naive = NaiveFit(one.data, one.variances, one.reml);
    const size_t k = one.fit.coefficients.size();
    for (size_t i = 0; i < k; ++i) {
      const Eigen::Index row = static_cast<Eigen::Index>(i);
      EXPECT_NEAR(*one.fit.coefficients[i].estimate, naive.coefficients(row),
                  1e-10 * std::abs(naive.coefficients(row)));
      for (size_t j = 0; j < k; ++j) {
        const Eigen::Index column = static_cast<Eigen::Index>(j);
        EXPECT_NEAR(one.fit.covariance[i * k + j],
                    naive.covariance(row, column), 1e-9);
      }
    }
    ASSERT_EQ(one.fit.effects.size(), one.data.sites.empty() ? 8 : 12);
    for (const SiteEffect& effect : one.fit.site_effects) {
      EXPECT_NEAR(effect.estimate, naive.site_effects(effect.site), 1e-9);
      EXPECT_NEAR(effect.std_error, naive.site_errors(effect.site), 1e-9);
    }
    for (const GroupEffect& effect : one.fit.effects) {
      EXPECT_NEAR(effect.intercept, naive.effects(effect.group, 0), 1e-9);
      if (!effect.slope.has_value()) continue;
      EXPECT_NEAR(*effect.slope, naive.effects(effect.group, 1), 1e-9);
    }
    const GroupEffect& first = one.fit.effects[0];
    EXPECT_NEAR(first.intercept_std_error, std::sqrt(naive.variance_0(0, 0)),
                1e-9);
    if (!first.slope.has_value()) continue;
    EXPECT_NEAR(*first.slope_std_error, std::sqrt(naive.variance_0(1, 1)),
                1e-9);
  }
}

TEST(MixedOracle, DegreesOfFreedom) {
  for (const Case& one : Cases()) {
    const std::vector<double> df = NaiveDf(one.data, one.variances, one.reml);
    for (size_t i = 0; i < df.size(); ++i) {
      EXPECT_NEAR(*one.fit.coefficients[i].df, df[i], 2e-3 * df[i]);
    }
  }
}

TEST(MixedOracle, TestsOfTerms) {
  for (const Case& one : Cases()) {
    MixedData data = one.data;
    data.design.terms = {0, 0};
    MixedOptions options;
    options.reml = one.reml;
    const TermTest test = FitOf(data, options).terms.at(0);
    const NaiveTest naive = NaiveTestOfAll(data, one.variances, one.reml);
    EXPECT_EQ(test.name, "visit+arm");
    EXPECT_EQ(test.numerator_df, 2);
    EXPECT_NEAR(*test.statistic, naive.statistic, 1e-9 * naive.statistic);
    EXPECT_NEAR(*test.df, naive.df, 5e-3 * naive.df);
  }
}

// A better likelihood is looked for at random, near the fit and far from it, in
// small uneven data with and without variance between groups.
TEST(MixedOracle, NoBetterLikelihoodIsFound) {
  std::mt19937_64 random(17);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  int n_singular = 0;
  for (int draw = 0; draw < 40; ++draw) {
    MixedData data;
    const double level = draw % 3 == 0 ? 0 : 3, rise = draw % 5 == 0 ? 0 : 1;
    const int n_groups = 4 + draw % 5;
    for (int group = 0; group < n_groups; ++group) {
      const double a = level * normal(random), b = rise * normal(random);
      for (int i = draw % 4 + group % 4; i >= -1; --i) {
        data.groups.push_back(group);
        data.slope.push_back(std::round(10 * normal(random)) / 4);
        data.response.push_back(a + b * data.slope.back() + normal(random));
      }
    }
    data.design = {data.slope.size(), {"x"}, {}, data.slope};
    MixedOptions options;
    options.reml = draw % 2 == 0;
    if (data.response.size() <= static_cast<size_t>(2 * n_groups)) continue;
    const MixedFit fit = FitOf(data, options);
    n_singular += fit.singular ? 1 : 0;
    const double deviance = -2 * *fit.log_likelihood;
    for (int attempt = 0; attempt < 15; ++attempt) {
      const double size = std::pow(10, -3 + 4 * uniform(random));
      const bool near = attempt % 2 == 0;
      const double sd0 = std::sqrt(fit.intercept_variance);
      const double sd1 = std::sqrt(*fit.slope_variance);
      const double reach = near ? size * (sd0 + sd1 + 0.1) : size;
      const double l0 = (near ? sd0 : 0) + reach * normal(random);
      const double l1 = (near && sd0 > 0 ? *fit.slope_covariance / sd0 : 0) +
                        reach * normal(random);
      const double l2 =
          (near ? std::sqrt(std::max(0.0, sd1 * sd1 - l1 * l1)) : 0) +
          reach * normal(random);
      const NaiveVariances moved = {
          l0 * l0, l0 * l1, l1 * l1 + l2 * l2,
          fit.residual_variance * std::exp(near ? size * normal(random) : 0)};
      EXPECT_GT(NaiveFit(data, moved, options.reml).deviance,
                deviance - 1e-8 * std::abs(deviance) - 1e-8)
          << draw;
    }
  }
  EXPECT_GT(n_singular, 5);
  EXPECT_LT(n_singular, 36);
}

TEST(MixedOracle, NoBetterLikelihoodIsFoundWithSites) {
  std::mt19937_64 random(18);
  std::normal_distribution<double> normal;
  std::uniform_int_distribution<int> any(0, 3);
  int n_singular = 0;
  for (int draw = 0; draw < 40; ++draw) {
    MixedData data;
    const double level = draw % 3 == 0 ? 0 : 2, among = draw % 4 == 0 ? 0 : 2;
    const double of_site[] = {among * normal(random), among * normal(random),
                              among * normal(random), among * normal(random)};
    for (int group = 0; group < 6; ++group) {
      const double own = level * normal(random);
      for (int i = 0; i < 2 + group % 3; ++i) {
        data.groups.push_back(group);
        data.sites.push_back(any(random));
        data.response.push_back(own + of_site[data.sites.back()] +
                                normal(random));
      }
    }
    MixedOptions options;
    options.reml = draw % 2 == 0;
    const MixedFit fit = FitOf(data, options);
    n_singular += fit.singular ? 1 : 0;
    const double deviance = -2 * *fit.log_likelihood;
    EXPECT_NEAR(NaiveFit(data, VariancesOf(fit), options.reml).deviance,
                deviance, 1e-8);
    for (int attempt = 0; attempt < 40; ++attempt) {
      const double size = attempt % 2 == 0 ? 0.1 : 2;
      NaiveVariances moved = VariancesOf(fit);
      for (double& variance : moved) {
        variance = (variance + 1e-3) * std::exp(size * normal(random));
      }
      EXPECT_GT(NaiveFit(data, moved, options.reml).deviance, deviance - 1e-8)
          << draw;
    }
  }
  EXPECT_GT(n_singular, 5);
  EXPECT_LT(n_singular, 36);
}

}  // namespace
}  // namespace enthesis::stats
