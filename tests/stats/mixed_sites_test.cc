// A second random intercept, by site, in linear mixed models: hand cases,
// invariants and data that break fits.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "stats/mixed.h"
#include "support/mixed_data.h"

namespace enthesis::stats {
namespace {

using golden::DrawMixedSites;
using golden::FitOf;
using golden::MixedData;
using golden::Taken;

MixedData SitedRows(const std::vector<double>& response,
                    const std::vector<int>& groups,
                    const std::vector<int>& sites) {
  MixedData data;
  data.response = response;
  data.groups = groups;
  data.sites = sites;
  return data;
}

void ExpectSiteRefusal(const std::string& part, const MixedData& data,
                       bool reml = true) {
  MixedOptions options;
  options.reml = reml;
  const auto fit = FitMixed(data.rows(), data.design, options);
  EXPECT_TRUE(absl::IsFailedPrecondition(fit.status())) << fit.status();
  EXPECT_NE(std::string(fit.status().message()).find(part), std::string::npos)
      << fit.status();
}

// Every group once at every site: mean squares of groups 50, of sites 42 and of
// the rest 2.
TEST(MixedSites, BalancedCrossingIsAnalysisOfVariance) {
  const double of_group[] = {-5, 0, 5}, of_site[] = {-4, 1, 3};
  const double rest[3][3] = {{1, -1, 0}, {-1, 2, -1}, {0, -1, 1}};
  MixedData data;
  double squares = 0, groups = 0, sites = 0;
  for (int g = 0; g < 3; ++g) {
    groups += 3 * of_group[g] * of_group[g] / 2;
    sites += 3 * of_site[g] * of_site[g] / 2;
    for (int s = 0; s < 3; ++s) {
      data.groups.push_back(g);
      data.sites.push_back(s);
      data.response.push_back(20 + of_group[g] + of_site[s] + rest[g][s]);
      squares += rest[g][s] * rest[g][s] / 4;
    }
  }
  const MixedFit fit = FitOf(data, {});
  EXPECT_NEAR(fit.residual_variance, squares, 1e-11);
  EXPECT_NEAR(fit.intercept_variance, (groups - squares) / 3, 1e-10);
  EXPECT_NEAR(*fit.site_variance, (sites - squares) / 3, 1e-10);
  EXPECT_NEAR(*fit.coefficients[0].estimate, 20, 1e-12);
  // The variance of the mean: of groups and sites over 3, of the rest over 9.
  EXPECT_NEAR(*fit.coefficients[0].std_error,
              std::sqrt((groups + sites - squares) / 9), 1e-11);
  // Satterthwaite's of that combination of mean squares.
  const double sum = groups + sites - squares;
  EXPECT_NEAR(
      *fit.coefficients[0].df,
      sum * sum /
          (groups * groups / 2 + sites * sites / 2 + squares * squares / 4),
      1e-8);
  ASSERT_EQ(fit.site_effects.size(), 3);
  EXPECT_EQ(fit.site_effects[1].n, 3);
  EXPECT_NEAR(fit.site_effects[0].estimate, -4 * (1 - squares / sites), 1e-10);
  EXPECT_EQ(fit.n_sites, 3);
}

// Two groups at each site, two rows in each.
TEST(MixedSites, BalancedNestingIsAnalysisOfVariance) {
  MixedData data;
  const double of_site[] = {-6, 1, 5}, of_group[] = {-3, 3, 1, -1, 2, -2};
  double between = 0, within = 0;
  for (int g = 0; g < 6; ++g) {
    within += 2 * of_group[g] * of_group[g] / 3;
    for (const double rest : {-1.0, 1.0}) {
      data.groups.push_back(g);
      data.sites.push_back(g / 2);
      data.response.push_back(7 + of_site[g / 2] + of_group[g] + rest);
    }
  }
  for (const double site : of_site) between += 4 * site * site / 2;
  const MixedFit fit = FitOf(data, {});
  EXPECT_NEAR(fit.residual_variance, 2, 1e-11);
  EXPECT_NEAR(fit.intercept_variance, (within - 2) / 2, 1e-10);
  EXPECT_NEAR(*fit.site_variance, (between - within) / 4, 1e-10);
  EXPECT_NEAR(*fit.coefficients[0].df, 2, 1e-8);
}

// Groups and sites are of one kind: either may be taken for the other.
TEST(MixedSites, GroupsAndSitesMayBeExchanged) {
  for (const bool reml : {false, true}) {
    MixedData data = DrawMixedSites(15, 6, false, 3);
    data.slope.clear();
    MixedData other = data;
    std::swap(other.groups, other.sites);
    MixedOptions options;
    options.reml = reml;
    const MixedFit fit = FitOf(data, options), turned = FitOf(other, options);
    EXPECT_NEAR(fit.intercept_variance, *turned.site_variance,
                1e-9 * fit.intercept_variance);
    EXPECT_NEAR(*fit.site_variance, turned.intercept_variance,
                1e-9 * *fit.site_variance);
    EXPECT_NEAR(*fit.log_likelihood, *turned.log_likelihood, 1e-10);
    for (size_t i = 0; i < fit.coefficients.size(); ++i) {
      EXPECT_NEAR(*fit.coefficients[i].estimate,
                  *turned.coefficients[i].estimate, 1e-10);
      EXPECT_NEAR(*fit.coefficients[i].df, *turned.coefficients[i].df, 1e-6);
    }
    for (size_t i = 0; i < fit.site_effects.size(); ++i) {
      EXPECT_NEAR(fit.site_effects[i].estimate, turned.effects[i].intercept,
                  1e-9);
      EXPECT_NEAR(fit.site_effects[i].std_error,
                  turned.effects[i].intercept_std_error, 1e-9);
    }
    for (size_t i = 0; i < fit.effects.size(); ++i) {
      EXPECT_NEAR(fit.effects[i].intercept_std_error,
                  turned.site_effects[i].std_error, 1e-9);
    }
  }
}

TEST(MixedSites, SameBytesForAnyOrderAndThreads) {
  MixedData data = DrawMixedSites(1500, 40, false, 5);
  for (double& y : data.response) y = std::round(y);
  std::vector<size_t> order(data.response.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), std::mt19937_64(1));
  const MixedFit fit = FitOf(data, {});
  ThreadPool pool(3);
  const MixedFit other = FitOf(Taken(data, order), {}, &pool);
  EXPECT_EQ(*fit.log_likelihood, *other.log_likelihood);
  EXPECT_EQ(*fit.site_variance, *other.site_variance);
  EXPECT_EQ(fit.covariance, other.covariance);
  EXPECT_EQ(fit.coefficients[1].df, other.coefficients[1].df);
  for (size_t i = 0; i < fit.site_effects.size(); ++i) {
    EXPECT_EQ(fit.site_effects[i].estimate, other.site_effects[i].estimate);
  }
}

// Every group once at every site, of the same mean: the fit is that without
// sites.
TEST(MixedSites, NoVarianceBetweenSites) {
  MixedData data;
  for (int group = 0; group < 6; ++group) {
    for (int site = 0; site < 4; ++site) {
      const double noise[] = {1, -1, 2, -2};
      data.groups.push_back(group);
      data.sites.push_back(site);
      data.response.push_back(3 * group +
                              noise[(group + site) % 4] * (group < 4 ? 1 : 0));
    }
  }
  MixedData without = data;
  without.sites.clear();
  const MixedFit fit = FitOf(data, {}), alone = FitOf(without, {});
  EXPECT_TRUE(fit.singular);
  EXPECT_EQ(*fit.site_variance, 0);
  EXPECT_EQ(fit.site_effects[2].estimate, 0);
  EXPECT_EQ(fit.site_effects[2].std_error, 0);
  EXPECT_NEAR(*fit.log_likelihood, *alone.log_likelihood, 1e-10);
  EXPECT_NEAR(*fit.coefficients[0].df, *alone.coefficients[0].df, 1e-6);
  EXPECT_NEAR(fit.effects[3].intercept, alone.effects[3].intercept, 1e-9);
  EXPECT_FALSE(alone.site_variance.has_value());
}

TEST(MixedSites, SitesThatTellNothingAreRefused) {
  ExpectSiteRefusal("there is one site only",
                    SitedRows({1, 2, 4, 3}, {0, 0, 1, 1}, {2, 2, 2, 2}));
  ExpectSiteRefusal("every row is a site of its own (4 rows)",
                    SitedRows({1, 2, 4, 3}, {0, 0, 1, 1}, {0, 1, 2, 3}));
  ExpectSiteRefusal("sites and groups divide the rows alike",
                    SitedRows({1, 2, 4, 3}, {0, 0, 1, 1}, {7, 7, 3, 3}));
  ExpectSiteRefusal(
      "covariates, groups and sites leave nothing",
      SitedRows({1, 3, 5, 7, 2, 4}, {0, 0, 1, 1, 2, 2}, {0, 1, 0, 1, 0, 1}));
}

TEST(MixedSites, CovariatesThatDetermineSites) {
  MixedData data = DrawMixedSites(12, 2, false, 9);
  const size_t n = data.response.size();
  data.design.names.emplace_back("second");
  for (size_t i = 0; i < n; ++i) data.design.values.push_back(data.sites[i]);
  ExpectSiteRefusal("the covariates determine the mean of every site", data);
  MixedOptions options;
  options.reml = false;
  EXPECT_EQ(*FitOf(data, options).site_variance, 0);
}

// Each case at one site, some sites with one row alone.
TEST(MixedSites, SitesOfOneRow) {
  MixedData data = DrawMixedSites(12, 5, false, 11);
  data.slope.clear();
  data.sites[3] = 5;
  data.sites[17] = 6;
  const MixedFit fit = FitOf(data, {});
  EXPECT_EQ(fit.site_effects[5].n, 1);
  EXPECT_GT(fit.site_effects[5].std_error, 0);
}

TEST(MixedSites, BadInputIsNamed) {
  MixedData data = SitedRows({1, 2, 4, 3}, {0, 0, 1, 1}, {0, 1, -1, 1});
  auto fit = FitMixed(data.rows(), data.design, {});
  EXPECT_EQ(fit.status().message(), "row 2: a site must be 0 or more");
  data.sites = {0, 1};
  fit = FitMixed(data.rows(), data.design, {});
  EXPECT_TRUE(absl::IsInvalidArgument(fit.status()));
  MixedData many = DrawMixedSites(2000, 3000, false, 1);
  ExpectSiteRefusal("allowed: at most 2000", many);
}

TEST(MixedSites, OffsetsAndScales) {
  MixedData data = DrawMixedSites(20, 5, true, 4);
  for (double& y : data.response) y = std::round(y * 64) / 64;
  const MixedFit plain = FitOf(data, {});
  MixedData moved = data;
  for (double& y : moved.response) y += 1e9;
  const MixedFit fit = FitOf(moved, {});
  EXPECT_NEAR(*fit.site_variance, *plain.site_variance, 1e-6);
  EXPECT_NEAR(*fit.coefficients[1].df, *plain.coefficients[1].df, 1e-5);
  moved = data;
  const double unit = std::ldexp(1.0, 300);
  for (double& y : moved.response) y *= unit;
  EXPECT_EQ(*FitOf(moved, {}).site_variance,
            *plain.site_variance * unit * unit);
}

}  // namespace
}  // namespace enthesis::stats
