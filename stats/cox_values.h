// The covariates of a Cox model by node, centered and scaled.
// Internal to the Cox estimators.

#ifndef ENTHESIS_STATS_COX_VALUES_H_
#define ENTHESIS_STATS_COX_VALUES_H_

#include <cstdint>
#include <vector>

#include "stats/cox_table.h"
#include "stats/design_matrix.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// Fills `values`, `late_values`, `centers`, `scales`, `ranges` and `means` of a
// table that has all else. `rows_of` is the row that stands for each node.
// Cost: O(n p).
void FillCoxValues(const DesignMatrix& design,
                   const std::vector<uint32_t>& rows_of, ThreadPool* pool,
                   CoxTable& table);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COX_VALUES_H_
