// Rows of generalized linear models, and their fits.

#ifndef ENTHESIS_TESTS_STATS_SUPPORT_GLM_DATA_H_
#define ENTHESIS_TESTS_STATS_SUPPORT_GLM_DATA_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "stats/design_matrix.h"
#include "stats/glm.h"

namespace enthesis::stats::golden {

// Columns that own what GlmRows views.
struct GlmData {
  std::vector<double> response, weights, offsets;
  std::vector<int> clusters;
  DesignMatrix design;

  GlmRows rows() const { return {response, weights, offsets, clusters}; }
};

// A design of the columns "x0", "x1", ...
DesignMatrix Columns(const std::vector<std::vector<double>>& columns);

// A fit that must succeed.
GlmFit FitOf(const GlmData& data, const GlmOptions& options,
             ThreadPool* pool = nullptr);

// Rows from a seed: three covariates, two of them with few values, that matter;
// counts for other families than kLogistic; weights, offsets and clusters.
GlmData DrawGlmData(size_t n, uint64_t seed, GlmFamily family);

// The rows in the order `order`, which may repeat or leave out.
GlmData Taken(const GlmData& data, const std::vector<size_t>& order);

}  // namespace enthesis::stats::golden

#endif  // ENTHESIS_TESTS_STATS_SUPPORT_GLM_DATA_H_
