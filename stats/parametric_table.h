// The rows of a parametric model in one canonical order, identical rows joined,
// columns centered and scaled. Whatever is summed over it has the same bytes
// for any order of the rows it was built from.
//
// Internal to the parametric estimators.
//
// Threads: const access from any number of threads is safe.

#ifndef ENTHESIS_STATS_PARAMETRIC_TABLE_H_
#define ENTHESIS_STATS_PARAMETRIC_TABLE_H_

#include <array>
#include <cstddef>
#include <vector>

#include "stats/design_matrix.h"
#include "stats/interval_times.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// A node is a row, or several identical ones, of positive weight. A row that is
// right-censored at 0 tells nothing and has no node.
struct ParametricTable {
  size_t n_columns = 0;
  // Sums of weights: of all rows, and by IntervalKind.
  double total = 0;
  std::array<double, 4> kinds = {};
  // Weights are divided by this power of 2, so that their mean is in [1, 2).
  double weight_unit = 1;
  double weight = 0;           // total of the nodes, in units
  double exact_weight = 0;     // of exact nodes
  double bounded_weight = 0;   // of nodes with an upper end
  double exact_log_times = 0;  // weighted sum of log times over exact nodes
  double time_center = 0;      // mean log time, taken off `log_times`
  double time_reach = 0;       // largest of them by size

  // [node]
  std::vector<IntervalKind> node_kinds;
  std::vector<double> log_times;  // of the lower end; left-censored: the upper
  std::vector<double> widths;     // log(upper / lower) of intervals, else 0
  std::vector<double> weights;    // in units
  // [node * n_columns + column], less `centers`, in units of `scales`.
  std::vector<double> values;

  // [column]
  std::vector<double> centers;  // weighted means
  std::vector<double> scales;   // largest distance from it; 0: constant

  size_t n_nodes() const { return node_kinds.size(); }
};

// Input: rows that CheckIntervalTimes lets pass, no exact time 0; a checked
// design of as many rows. `pool` may be null. Cost: O(n log n + n p).
ParametricTable BuildParametricTable(const IntervalTimes& rows,
                                     const DesignMatrix& design,
                                     ThreadPool* pool);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_PARAMETRIC_TABLE_H_
