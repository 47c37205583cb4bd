// Inputs of Cox models: golden data sets, and random rows.

#ifndef ENTHESIS_TESTS_STATS_SUPPORT_COX_DATA_H_
#define ENTHESIS_TESTS_STATS_SUPPORT_COX_DATA_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "stats/cox.h"
#include "stats/cox_rows.h"
#include "stats/design_matrix.h"
#include "stats/parallel.h"

namespace enthesis::stats::golden {

// Columns that own what CoxRows views; empty where there is none.
struct CoxData {
  std::vector<double> times, entries, weights, counts;
  std::vector<int> events, strata, clusters;
  DesignMatrix design;

  size_t size() const { return times.size(); }
  // Views, with strata, weights and clusters only where asked for.
  CoxRows Rows(bool stratified, bool weighted, bool clustered) const;
  CoxRows Rows() const { return Rows(true, true, true); }
  // The rows in the order `order`, which may repeat or leave out.
  CoxData Taken(const std::vector<size_t>& order) const;
};

// data/cox_NAME.csv. Columns TERM.LEVEL share a term.
CoxData ReadCoxData(const std::string& name);

struct RandomCox {
  uint64_t seed = 1;
  size_t n = 50;
  size_t n_covariates = 3;  // the first is 0 or 1, the others normal
  int max_day = 30;         // whole days; 0: continuous times
  int n_strata = 1;
  int n_clusters = 0;
  bool delayed = false;
  bool weighted = false;
};
CoxData RandomCoxData(const RandomCox& options);

// The fit of all the columns there are; a test in which there is none fails.
CoxFit Fit(const CoxData& data, const CoxOptions& options = {},
           ThreadPool* pool = nullptr);

}  // namespace enthesis::stats::golden

#endif  // ENTHESIS_TESTS_STATS_SUPPORT_COX_DATA_H_
