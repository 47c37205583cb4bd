#include "support/glm_data.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "absl/strings/str_cat.h"

namespace enthesis::stats::golden {

DesignMatrix Columns(const std::vector<std::vector<double>>& columns) {
  DesignMatrix design;
  for (const std::vector<double>& column : columns) {
    design.n_rows = column.size();
    design.names.push_back(absl::StrCat("x", design.names.size()));
    design.values.insert(design.values.end(), column.begin(), column.end());
  }
  return design;
}

GlmFit FitOf(const GlmData& data, const GlmOptions& options, ThreadPool* pool) {
  const auto fit = FitGlm(data.rows(), data.design, options, pool);
  EXPECT_TRUE(fit.ok()) << fit.status();
  return fit.ok() ? *fit : GlmFit();
}

GlmData DrawGlmData(size_t n, uint64_t seed, GlmFamily family) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  GlmData data;
  std::vector<std::vector<double>> x(3);
  for (size_t i = 0; i < n; ++i) {
    x[0].push_back(std::round(normal(random) * 2) / 2);
    x[1].push_back(uniform(random) < 0.4 ? 1 : 0);
    x[2].push_back(50 + 10 * normal(random));
    data.weights.push_back(0.5 + std::floor(4 * uniform(random)) / 2);
    data.offsets.push_back(std::round(4 * uniform(random)) / 4);
    data.clusters.push_back(static_cast<int>(uniform(random) * 40));
    const double predictor =
        data.offsets[i] - 1 + 0.6 * x[0][i] - 0.5 * x[1][i] + 0.01 * x[2][i];
    if (family == GlmFamily::kLogistic) {
      const double chance = 1 / (1 + std::exp(-predictor));
      data.response.push_back(uniform(random) < chance ? 1 : 0);
    } else {
      const double mean =
          std::exp(predictor) * std::gamma_distribution<double>(2, 0.5)(random);
      data.response.push_back(std::poisson_distribution<int>(mean)(random));
    }
  }
  data.design = Columns(x);
  return data;
}

GlmData Taken(const GlmData& data, const std::vector<size_t>& order) {
  GlmData taken;
  std::vector<std::vector<double>> x(data.design.n_columns());
  for (size_t row : order) {
    taken.response.push_back(data.response[row]);
    if (!data.weights.empty()) taken.weights.push_back(data.weights[row]);
    if (!data.offsets.empty()) taken.offsets.push_back(data.offsets[row]);
    if (!data.clusters.empty()) taken.clusters.push_back(data.clusters[row]);
    for (size_t c = 0; c < x.size(); ++c) {
      x[c].push_back(data.design.Column(c)[row]);
    }
  }
  taken.design = Columns(x);
  return taken;
}

}  // namespace enthesis::stats::golden
