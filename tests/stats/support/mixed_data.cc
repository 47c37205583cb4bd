#include "support/mixed_data.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "absl/strings/str_cat.h"
#include "support/golden.h"

namespace enthesis::stats::golden {

MixedData ReadMixedData(const std::string& name, const std::string& slope) {
  const Csv csv(absl::StrCat("data/mixed_", name, ".csv"));
  MixedData data;
  data.design.n_rows = csv.n_rows();
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    data.response.push_back(csv.Value(i, "response"));
    data.groups.push_back(static_cast<int>(csv.Value(i, "group")));
  }
  if (csv.Has("site")) {
    for (size_t i = 0; i < csv.n_rows(); ++i) {
      data.sites.push_back(static_cast<int>(csv.Value(i, "site")));
    }
  }
  for (const std::string& column : csv.Columns()) {
    if (column == "response" || column == "group" || column == "site") {
      continue;
    }
    data.design.names.push_back(column);
    for (size_t i = 0; i < csv.n_rows(); ++i) {
      const double value = csv.Value(i, column);
      data.design.values.push_back(value);
      if (column == slope) data.slope.push_back(value);
    }
  }
  return data;
}

MixedFit FitOf(const MixedData& data, const MixedOptions& options,
               ThreadPool* pool) {
  const auto fit = FitMixed(data.rows(), data.design, options, pool);
  EXPECT_TRUE(fit.ok()) << fit.status();
  return fit.ok() ? *fit : MixedFit();
}

MixedData DrawMixedData(size_t n_groups, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  MixedData data;
  std::vector<double> visits, arms;
  for (size_t group = 0; group < n_groups; ++group) {
    const double level = 8 * normal(random), rise = 0.5 * normal(random);
    for (const double planned : {0.0, 3.0, 6.0, 12.0, 24.0}) {
      if (uniform(random) < 0.15) continue;
      const double visit = planned + std::round(8 * uniform(random)) / 8;
      const double arm = group % 2 == 0 ? 0 : 1;
      data.groups.push_back(static_cast<int>(group));
      data.slope.push_back(visit);
      visits.push_back(visit);
      arms.push_back(arm);
      data.response.push_back(50 + level + 3 * arm + (0.8 + rise) * visit +
                              5 * normal(random));
    }
  }
  data.design.n_rows = visits.size();
  data.design.names = {"visit", "arm"};
  data.design.values = visits;
  data.design.values.insert(data.design.values.end(), arms.begin(), arms.end());
  return data;
}

MixedData DrawMixedSites(size_t n_groups, size_t n_sites, bool nested,
                         uint64_t seed) {
  MixedData data = DrawMixedData(n_groups, seed);
  std::mt19937_64 random(seed + 1000);
  std::normal_distribution<double> normal;
  std::uniform_int_distribution<size_t> any(0, n_sites - 1);
  std::vector<double> effects(n_sites);
  for (double& effect : effects) effect = 6 * normal(random);
  for (size_t i = 0; i < data.response.size(); ++i) {
    const size_t group = static_cast<size_t>(data.groups[i]);
    const size_t site = nested ? group % n_sites : any(random);
    data.sites.push_back(static_cast<int>(site));
    data.response[i] += effects[site];
  }
  return data;
}

MixedData Taken(const MixedData& data, const std::vector<size_t>& order) {
  MixedData taken;
  taken.design.names = data.design.names;
  taken.design.n_rows = order.size();
  for (const size_t row : order) {
    taken.response.push_back(data.response[row]);
    taken.groups.push_back(data.groups[row]);
    if (!data.slope.empty()) taken.slope.push_back(data.slope[row]);
    if (!data.sites.empty()) taken.sites.push_back(data.sites[row]);
  }
  for (size_t c = 0; c < data.design.n_columns(); ++c) {
    for (const size_t row : order) {
      taken.design.values.push_back(data.design.Column(c)[row]);
    }
  }
  return taken;
}

}  // namespace enthesis::stats::golden
