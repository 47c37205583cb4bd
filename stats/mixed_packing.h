// The rows of a linear mixed model group by group, within a group in an order
// of their values, columns centered and scaled by powers of 2: whatever is
// summed over them has the same bytes for any order they came in.
//
// Internal to linear mixed models.

#ifndef ENTHESIS_STATS_MIXED_PACKING_H_
#define ENTHESIS_STATS_MIXED_PACKING_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "stats/column_extent.h"
#include "stats/design_matrix.h"
#include "stats/mixed_rows.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// What is left of a column beyond those before it, relative to its length, that
// is nothing. As of generalized linear models.
inline constexpr double kNothingBeyond = 1e-11;

// Packed as (x * up - mean) * spread_up.
struct PackedColumn {
  absl::Span<const double> values;
  size_t column = 0;  // of the design
  ColumnExtent extent;
  double up = 1;
  double mean = 0;
  double spread_up = 1;
};

class MixedPacking {
 public:
  // Input: as BuildMixedTable. Columns of the design with one value are left
  // out. Cost: O(n log n + n p).
  MixedPacking(const MixedRows& rows, const DesignMatrix& design,
               ThreadPool* pool);

  size_t n_groups() const { return codes_.size(); }
  const std::vector<int>& codes() const { return codes_; }  // ascending
  size_t RowsOf(size_t group) const {
    return starts_[group + 1] - starts_[group];
  }
  // The response, the slope if there is one, covariates from `first()`.
  const std::vector<PackedColumn>& columns() const { return columns_; }
  size_t first() const { return first_; }
  size_t n_covariates() const { return columns_.size() - first_; }
  // The values of a packed column in a group.
  double* In(size_t group, size_t column) const {
    return values_.get() + starts_[group] * columns_.size() +
           column * RowsOf(group);
  }

  // The code of each row's site in a group; null without sites.
  const int* SitesIn(size_t group) const {
    return sites_.empty() ? nullptr : sites_.data() + starts_[group];
  }

  // Groups side by side make a block, the same for any number of threads.
  size_t n_blocks() const { return ends_.size() - 1; }
  // Calls task(block, first group, group behind the last).
  template <typename Task>
  void ForBlocks(const Task& task) const {
    RunTasks(pool_, n_blocks(),
             [&](size_t b) { task(b, ends_[b], ends_[b + 1]); });
  }

 private:
  void OrderByGroup(const MixedRows& rows);
  void Measure(const MixedRows& rows, const DesignMatrix& design);
  void DivideIntoBlocks();
  void PackGroup(size_t group, std::vector<double>& raw);
  void Pack();
  void Center();

  ThreadPool* pool_;
  absl::Span<const int> row_sites_;
  std::vector<int> sites_;  // as `order_`
  std::vector<int> codes_;
  std::vector<uint32_t> order_;  // rows, group by group
  std::vector<size_t> starts_;   // [group] in `order_`, and its end at last
  std::vector<size_t> ends_;     // groups that blocks begin with
  std::vector<PackedColumn> columns_;
  size_t first_ = 1;
  std::unique_ptr<double[]> values_;  // column by column within a group
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MIXED_PACKING_H_
