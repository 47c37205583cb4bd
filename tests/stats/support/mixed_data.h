// Rows of linear mixed models, and their fits.

#ifndef ENTHESIS_TESTS_STATS_SUPPORT_MIXED_DATA_H_
#define ENTHESIS_TESTS_STATS_SUPPORT_MIXED_DATA_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "stats/design_matrix.h"
#include "stats/mixed.h"

namespace enthesis::stats::golden {

// Columns that own what MixedRows views.
struct MixedData {
  std::vector<double> response;
  std::vector<int> groups;
  std::vector<double> slope;  // empty: none
  DesignMatrix design;
  std::vector<int> sites;  // empty: none

  MixedRows rows() const { return {response, groups, slope, sites}; }
};

// tests/golden/data/mixed_NAME.csv: all columns but response, group and site
// are covariates; `slope` is one of them or empty.
MixedData ReadMixedData(const std::string& name, const std::string& slope);

// A fit that must succeed.
MixedFit FitOf(const MixedData& data, const MixedOptions& options,
               ThreadPool* pool = nullptr);

// Visits of groups from a seed: two covariates, "visit" and "arm", where
// visits are uneven in time and some are missed; the slope is of the visit.
MixedData DrawMixedData(size_t n_groups, uint64_t seed);

// The same, of sites that lie across the groups, or that groups lie within.
MixedData DrawMixedSites(size_t n_groups, size_t n_sites, bool nested,
                         uint64_t seed);

// The rows in the order `order`, which may repeat or leave out.
MixedData Taken(const MixedData& data, const std::vector<size_t>& order);

}  // namespace enthesis::stats::golden

#endif  // ENTHESIS_TESTS_STATS_SUPPORT_MIXED_DATA_H_
