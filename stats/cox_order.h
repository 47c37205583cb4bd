// The canonical order of the rows of a Cox model. Internal to CoxTable.

#ifndef ENTHESIS_STATS_COX_ORDER_H_
#define ENTHESIS_STATS_COX_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "stats/cox_rows.h"
#include "stats/design_matrix.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// Rows of positive weight by stratum, tied time, events before censorings, and
// then by their values in some order that depends on the values alone.
struct CoxOrder {
  std::vector<double> times;         // distinct exits and entries, ties joined
  std::vector<uint32_t> entry_time;  // [row] index in `times`; empty: no entry
  std::vector<int> strata;           // codes, ascending
  std::vector<uint32_t> rows;        // [position]
  std::vector<uint64_t> keys;        // [position] see KeyStratum and others
  std::vector<uint8_t> is_new;  // [position] 0: identical to the row before
};

// Parts of a key: at most 2^31 strata, and 2^32 distinct times.
inline uint32_t KeyStratum(uint64_t key) {
  return static_cast<uint32_t>(key >> 33);
}
inline uint32_t KeyTime(uint64_t key) {
  return static_cast<uint32_t>(key >> 1);
}
inline bool KeyIsEvent(uint64_t key) { return (key & 1) == 0; }

// Input: checked rows and design. Clusters count as values if `cluster`.
// Errors: INVALID_ARGUMENT, naming the first row whose entry and exit are tied.
// Cost: O(n log n), for whole numbers nearly O(n).
absl::StatusOr<CoxOrder> OrderCoxRows(const CoxRows& rows,
                                      const DesignMatrix& design, bool cluster,
                                      ThreadPool* pool);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COX_ORDER_H_
