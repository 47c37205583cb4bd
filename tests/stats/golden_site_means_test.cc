// Means of sites against lm and the definitions written out in R
// (golden/README.md).

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "stats/site_means.h"
#include "support/golden.h"

namespace enthesis::stats {
namespace {

using golden::Compare;
using golden::Csv;

struct Found {
  SiteMeans means;
  Funnel funnel;
};

// Sites by label.
Found Estimate(const std::string& dataset, const std::string& covariates,
               const std::string& spread) {
  const Csv csv(absl::StrCat("data/", dataset, ".csv"));
  const char* const by = dataset == "ancova_iris" ? "group" : "site";
  DesignMatrix design;
  design.n_rows = csv.n_rows();
  if (!covariates.empty()) design.names = absl::StrSplit(covariates, ' ');
  std::vector<double> response;
  std::map<std::string, int> places;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    response.push_back(csv.Value(i, "response"));
    places[csv.Text(i, by)] = 0;
  }
  int next = 0;
  for (auto& [label, place] : places) place = next++;
  std::vector<int> sites;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    sites.push_back(places.at(csv.Text(i, by)));
  }
  for (const std::string& name : design.names) {
    for (size_t i = 0; i < csv.n_rows(); ++i) {
      design.values.push_back(csv.Value(i, name));
    }
  }
  auto means = CompareSiteMeans({response, design, sites, next}, 0.95);
  EXPECT_TRUE(means.ok()) << means.status();
  FunnelOptions options;
  if (spread == "additive") {
    options.overdispersion = FunnelOverdispersion::kAdditive;
  } else if (spread == "multiplicative") {
    options.overdispersion = FunnelOverdispersion::kMultiplicative;
  }
  auto funnel = EstimateMeanFunnel(*means, options);
  EXPECT_TRUE(funnel.ok()) << funnel.status();
  return {*std::move(means), *std::move(funnel)};
}

std::optional<double> FigureOf(const Found& found, size_t site,
                               const std::string& name) {
  const auto& [means, funnel] = found;
  if (site == 0) {
    const std::map<std::string, std::optional<double>> figures = {
        {"df", means.df},
        {"deviation", means.deviation},
        {"phi", funnel.dispersion.phi},
        {"tau2", funnel.dispersion.tau_squared}};
    return figures.at(name);
  }
  if (name == "coefficient") return means.coefficients[site - 1].estimate;
  if (name == "coefficient_error") {
    return means.coefficients[site - 1].std_error;
  }
  const SiteMean& mean = means.sites[site - 1];
  const FunnelSite& mark = funnel.sites[site - 1];
  const auto limits = std::find_if(
      funnel.limits.begin(), funnel.limits.end(),
      [&](const FunnelLimits& line) { return line.size == mean.n; });
  EXPECT_NE(limits, funnel.limits.end());
  const std::map<std::string, std::optional<double>> figures = {
      {"n", mean.n},
      {"mean", mean.mean},
      {"expected", mean.expected},
      {"difference", mean.difference},
      {"std_error", mean.std_error},
      {"lower", mean.lower},
      {"upper", mean.upper},
      {"z", mark.z},
      {"adjusted_z", mark.adjusted_z ? mark.adjusted_z : mark.z},
      {"lower95", limits->lower95},
      {"upper95", limits->upper95},
      {"lower998", limits->lower998},
      {"upper998", limits->upper998}};
  return figures.at(name);
}

TEST(Golden, SiteMeans) {
  const Csv csv("site_means.csv");
  ASSERT_GT(csv.n_rows(), 300);
  std::map<std::string, Found> all;
  for (size_t row = 0; row < csv.n_rows(); ++row) {
    const std::string& dataset = csv.Text(row, "dataset");
    const std::string& covariates = csv.Text(row, "covariates");
    const std::string& spread = csv.Text(row, "spread");
    const std::string key = absl::StrCat(dataset, " ", covariates, " ", spread);
    if (all.count(key) == 0) {
      all.emplace(key, Estimate(dataset, covariates, spread));
    }
    const auto site = static_cast<size_t>(csv.Value(row, "site"));
    const std::string& name = csv.Text(row, "name");
    Compare("site means", dataset, FigureOf(all.at(key), site, name),
            csv.Number(row, "value"), absl::StrCat(key, " ", site, " ", name));
  }
}

// By hand: means 2 and 6 about 4, squares 2 + 8 on 4 - 2 degrees of freedom.
TEST(SiteMeans, OfTwoSitesByHand) {
  const std::vector<double> scores = {1, 3, 4, 8};
  const std::vector<int> sites = {0, 0, 1, 1};
  const auto means =
      CompareSiteMeans({scores, {4, {}, {}, {}}, sites, 3}, 0.95);
  ASSERT_TRUE(means.ok()) << means.status();
  EXPECT_EQ(means->df, 2);
  EXPECT_DOUBLE_EQ(*means->deviation, std::sqrt(5.0));
  EXPECT_EQ(means->sites[0].mean, 2);
  EXPECT_EQ(means->sites[0].difference, -2);
  EXPECT_EQ(means->sites[1].expected, 4);
  EXPECT_DOUBLE_EQ(*means->sites[1].std_error, std::sqrt(2.5));
  EXPECT_EQ(means->sites[2].n, 0);
  EXPECT_FALSE(means->sites[2].mean || means->sites[2].std_error);
  const auto funnel = EstimateMeanFunnel(*means, {});
  ASSERT_TRUE(funnel.ok()) << funnel.status();
  EXPECT_EQ(funnel->target, 0);
  EXPECT_FALSE(funnel->sites[2].z.has_value());
  EXPECT_DOUBLE_EQ(*funnel->sites[0].z, -2 / std::sqrt(2.5));
  // The order of rows does not count.
  const std::vector<double> turned = {8, 3, 1, 4};
  const std::vector<int> their_sites = {1, 0, 0, 1};
  const auto again =
      CompareSiteMeans({turned, {4, {}, {}, {}}, their_sites, 3}, 0.95);
  EXPECT_EQ(again->sites[0].difference, means->sites[0].difference);
  EXPECT_EQ(again->deviation, means->deviation);
}

TEST(SiteMeans, ScoresThatDoNotVaryHaveNoErrors) {
  const std::vector<double> scores = {5, 5, 5, 5};
  const std::vector<int> sites = {0, 0, 1, 1};
  const auto means =
      CompareSiteMeans({scores, {4, {}, {}, {}}, sites, 2}, 0.95);
  ASSERT_TRUE(means.ok()) << means.status();
  EXPECT_EQ(means->sites[1].difference, 0);
  EXPECT_FALSE(means->deviation || means->sites[1].std_error);
  EXPECT_EQ(EstimateMeanFunnel(*means, {}).status().code(),
            absl::StatusCode::kFailedPrecondition);
  const std::vector<int> beyond = {0, 0, 1, 2};
  EXPECT_EQ(CompareSiteMeans({scores, {4, {}, {}, {}}, beyond, 2}, 0.95)
                .status()
                .message(),
            "row 3: site 2 is not in [0, 2)");
}

}  // namespace
}  // namespace enthesis::stats
