// The rows of a generalized linear model in one canonical order, identical rows
// joined, columns centered, scaled and, where they nearly depend on each other,
// orthogonal. Whatever is summed over it has the same bytes for any order of
// the rows it was built from.
//
// Internal to the generalized linear models.
//
// Threads: const access from any number of threads is safe.

#ifndef ENTHESIS_STATS_GLM_TABLE_H_
#define ENTHESIS_STATS_GLM_TABLE_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "stats/cox_kernels.h"
#include "stats/design_matrix.h"
#include "stats/distinct_rows.h"
#include "stats/glm_rows.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// Nodes of a block lie together, column by column.
inline constexpr size_t kGlmBlock = 256;

// A node is a row, or several identical ones, of positive weight.
struct GlmTable {
  size_t n_rows = 0;      // of the design, whatever their weight
  size_t n_weighted = 0;  // rows of positive weight
  size_t n_columns = 0;   // of the design, without the intercept
  DistinctRows nodes;
  // Weights are divided by this power of 2, so that the largest is in [1, 2).
  double weight_unit = 1;
  double weight = 0;        // total, in units
  double response_sum = 0;  // of weight times response
  // [node]
  std::vector<double> response;
  std::vector<double> weights;  // in units
  // Sum over rows of squares, in units^2; empty: as the weights.
  std::vector<double> square_weights;
  std::vector<int> clusters;  // from 0; empty without any
  size_t n_clusters = 0;      // with a row of positive weight

  bool has_offset = false;
  // Working columns: ones, then what is left of the design. A block holds the
  // offset, where there is one, then the working columns.
  size_t n_working = 0;
  std::unique_ptr<double[]> values;  // nothing beyond the last node
  // Sum over nodes of weight times products of working columns,
  // [i * n_working + j].
  std::vector<double> gram;
  // Coefficients of intercept and design are this times those of the working
  // columns: [i * n_working + j], 1 + n_columns rows.
  std::vector<double> to_coefficients;
  std::vector<char> dropped;  // [column]: constant or collinear

  size_t n_nodes() const { return response.size(); }
  double SquareWeight(size_t node) const {
    return square_weights.empty() ? weights[node] : square_weights[node];
  }
  size_t n_blocks() const { return (n_nodes() + kGlmBlock - 1) / kGlmBlock; }
  size_t BlockSize(size_t block) const {
    const size_t left = n_nodes() - block * kGlmBlock;
    return left < kGlmBlock ? left : kGlmBlock;
  }
  size_t stride() const { return n_working + (has_offset ? 1 : 0); }
  // Makes room for values, which hold nothing yet: they are first touched by
  // the threads that fill them.
  void Reserve() {
    values = std::make_unique_for_overwrite<double[]>(n_blocks() * stride() *
                                                      kGlmBlock);
  }
  // The first `count` working columns of a block, after the offset if there is
  // one and it is asked for.
  ColumnsView Block(size_t block, size_t count, bool with_offset) const {
    const size_t first = has_offset && !with_offset ? 1 : 0;
    return {values.get() + (block * stride() + first) * kGlmBlock, kGlmBlock,
            count + (has_offset && with_offset ? 1 : 0)};
  }
};

// Input: rows that CheckGlmRows lets pass, a checked design of as many rows.
// Rows of unlike clusters are kept apart. Cost: O(n p^2).
GlmTable BuildGlmTable(const GlmRows& rows, const DesignMatrix& design,
                       ThreadPool* pool);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_GLM_TABLE_H_
