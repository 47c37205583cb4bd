// Rows of mixed models for repeated measures, and their fits.

#ifndef ENTHESIS_TESTS_STATS_SUPPORT_MMRM_DATA_H_
#define ENTHESIS_TESTS_STATS_SUPPORT_MMRM_DATA_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "stats/mmrm.h"

namespace enthesis::stats::golden {

// Columns that own what MmrmData views.
struct RepeatedData {
  std::vector<double> response;
  std::vector<int> subjects, visits;
  std::vector<int> groups;  // empty: none
  DesignMatrix covariates;
  std::vector<std::string> visit_levels;
  std::vector<std::string> group_levels;

  // Visits are called "visit" and their level, groups likewise.
  MmrmData view() const;
};

// data/mmrm_DATASET.csv with the covariates of mmrm.R.
RepeatedData ReadRepeatedData(const std::string& dataset);

// From a seed: two groups, responses with a correlation of about 0.7 between
// neighboring visits, one covariate; each row but the first of a subject is
// missing with a chance of `missing`.
RepeatedData DrawRepeatedData(size_t n_subjects, size_t n_visits,
                              double missing, uint64_t seed);

// The rows in the order `order`, which may leave some out.
RepeatedData TakenRows(const RepeatedData& data,
                       const std::vector<size_t>& order);

// A fit that must succeed.
MmrmFit MmrmOf(const RepeatedData& data, const MmrmOptions& options = {});

}  // namespace enthesis::stats::golden

#endif  // ENTHESIS_TESTS_STATS_SUPPORT_MMRM_DATA_H_
