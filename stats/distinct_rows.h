// Rows that are equal in every column, joined: the nodes of a table whose sums
// are to be the same for any order of the rows.
//
// Internal to the regressions.

#ifndef ENTHESIS_STATS_DISTINCT_ROWS_H_
#define ENTHESIS_STATS_DISTINCT_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// Nodes are in an order that follows from the values of their rows alone: that
// of a hash, so that a run of nodes from the first is a sample of all.
struct DistinctRows {
  std::vector<uint32_t> order;  // rows, node by node
  std::vector<size_t> begin;    // [node] in `order`, and its end at last

  size_t n_nodes() const { return begin.size() - 1; }
  // One of the rows of a node, which differ in nothing.
  size_t RowOf(size_t node) const { return order[begin[node]]; }
};

// Input: columns of one length, at most 2^32; -0 equals 0, NaN is forbidden.
// Rows with `used[row]` 0 are left out; empty: none is. `pool` may be null.
// Cost: O(n columns), O(n log n) where hashes are unlucky.
DistinctRows FindDistinctRows(
    const std::vector<absl::Span<const double>>& columns, size_t n_rows,
    const std::vector<char>& used, ThreadPool* pool);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_DISTINCT_ROWS_H_
