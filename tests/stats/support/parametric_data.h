// Rows of parametric models, and their fits.

#ifndef ENTHESIS_TESTS_STATS_SUPPORT_PARAMETRIC_DATA_H_
#define ENTHESIS_TESTS_STATS_SUPPORT_PARAMETRIC_DATA_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "stats/design_matrix.h"
#include "stats/interval_times.h"
#include "stats/parametric.h"

namespace enthesis::stats::golden {

// Columns that own what IntervalTimes views.
struct ParametricData {
  std::vector<double> lower, upper, weights;
  DesignMatrix design;

  IntervalTimes times() const { return {lower, upper, weights}; }
};

// A design of the column "x".
DesignMatrix OneColumn(const std::vector<double>& x);

absl::StatusOr<ParametricFit> Fit(const ParametricData& data,
                                  ParametricDistribution distribution);

// Rows of every kind from a seed, with a covariate that matters.
ParametricData DrawData(size_t n, uint64_t seed, bool weighted);

// The rows in the order `order`, which may repeat or leave out.
ParametricData Taken(const ParametricData& data,
                     const std::vector<size_t>& order);

// Each distribution by the name R has for it.
const std::map<std::string, ParametricDistribution>& Names();

}  // namespace enthesis::stats::golden

#endif  // ENTHESIS_TESTS_STATS_SUPPORT_PARAMETRIC_DATA_H_
