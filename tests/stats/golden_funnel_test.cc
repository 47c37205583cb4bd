// Funnel plots against quantiles of R and the formulas of FunnelPlotR
// (golden/README.md).

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/funnel.h"
#include "support/golden.h"

namespace enthesis::stats {
namespace {

using golden::Compare;
using golden::Csv;

struct Sites {
  std::vector<double> events, sizes;
};

Sites ReadSites(const std::string& dataset, FunnelMeasure measure) {
  const Csv csv(absl::StrCat("data/funnel_", dataset, ".csv"));
  Sites sites;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    sites.events.push_back(csv.Value(i, "events"));
    sites.sizes.push_back(
        csv.Value(i, measure == FunnelMeasure::kRatio ? "expected" : "n"));
  }
  return sites;
}

FunnelOptions OptionsOf(const std::string& measure, const std::string& limits,
                        const std::string& spread) {
  FunnelOptions options;
  if (measure == "ratio") options.measure = FunnelMeasure::kRatio;
  if (limits == "ci") options.limits = FunnelLimitKind::kConfidence;
  if (limits == "normal") options.limits = FunnelLimitKind::kNormal;
  if (spread == "additive") {
    options.overdispersion = FunnelOverdispersion::kAdditive;
  } else if (spread == "multiplicative") {
    options.overdispersion = FunnelOverdispersion::kMultiplicative;
  }
  return options;
}

const FunnelLimits& LimitsAt(const Funnel& funnel, double size) {
  const auto found = std::find_if(
      funnel.limits.begin(), funnel.limits.end(),
      [&](const FunnelLimits& limits) { return limits.size == size; });
  EXPECT_NE(found, funnel.limits.end()) << size;
  return *found;
}

std::optional<double> FigureOf(const Funnel& funnel, const Sites& sites,
                               int site, const std::string& name) {
  if (site == 0) {
    const std::map<std::string, std::optional<double>> figures = {
        {"target", funnel.target},
        {"phi", funnel.dispersion.phi},
        {"tau2", funnel.dispersion.tau_squared},
        {"winsorized_lower", funnel.dispersion.lowest_z},
        {"winsorized_upper", funnel.dispersion.highest_z}};
    return figures.at(name);
  }
  const auto at = static_cast<size_t>(site - 1);
  const FunnelLimits& limits = LimitsAt(funnel, sites.sizes[at]);
  const std::map<std::string, std::optional<double>> figures = {
      {"estimate", funnel.sites[at].estimate},
      {"z", funnel.sites[at].z},
      {"adjusted_z", funnel.sites[at].adjusted_z},
      {"lower95", limits.lower95},
      {"upper95", limits.upper95},
      {"lower998", limits.lower998},
      {"upper998", limits.upper998}};
  return figures.at(name);
}

TEST(Golden, Funnel) {
  const Csv csv("funnel.csv");
  ASSERT_GT(csv.n_rows(), 6000);
  std::map<std::string, std::pair<Sites, Funnel>> found;
  for (size_t row = 0; row < csv.n_rows(); ++row) {
    const std::string& dataset = csv.Text(row, "dataset");
    const FunnelOptions options =
        OptionsOf(csv.Text(row, "measure"), csv.Text(row, "limits"),
                  csv.Text(row, "spread"));
    const std::string key =
        absl::StrCat(dataset, " ", csv.Text(row, "measure"), " ",
                     csv.Text(row, "limits"), " ", csv.Text(row, "spread"));
    if (found.count(key) == 0) {
      Sites sites = ReadSites(dataset, options.measure);
      auto funnel = EstimateFunnel({sites.events, sites.sizes}, options);
      ASSERT_TRUE(funnel.ok()) << funnel.status();
      found.emplace(key, std::pair(std::move(sites), *std::move(funnel)));
    }
    const auto& [sites, funnel] = found.at(key);
    const int site = static_cast<int>(csv.Value(row, "site"));
    const std::string& name = csv.Text(row, "name");
    Compare(absl::StrCat("funnel ", csv.Text(row, "limits"), " ",
                         csv.Text(row, "spread")),
            dataset, FigureOf(funnel, sites, site, name),
            csv.Number(row, "value"), absl::StrCat(key, " ", site, " ", name));
  }
}

}  // namespace
}  // namespace enthesis::stats
