// The rows of a Cox model in one canonical order: by stratum, time, events
// before censorings, then by values, identical rows joined. Whatever is summed
// over it has the same bytes for any order of the rows it was built from.
//
// Internal to the Cox estimators.
//
// Threads: const access from any number of threads is safe.

#ifndef ENTHESIS_STATS_COX_TABLE_H_
#define ENTHESIS_STATS_COX_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "stats/cox_rows.h"
#include "stats/design_matrix.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// A node is a row or several identical ones. A group is a stratum's distinct
// exit time; groups ascend by stratum, then time, and nodes by group.
struct CoxTable {
  static constexpr uint32_t kNoNode = std::numeric_limits<uint32_t>::max();

  size_t n_nodes = 0;
  size_t n_columns = 0;
  size_t n_clusters = 0;
  double n_rows = 0;    // of positive weight, by count
  double n_events = 0;  // of them with the event, by count
  double weight = 0;    // total
  bool weighted_means = true;

  // [node]
  std::vector<double> weights;        // of each row of the node
  std::vector<double> counts;         // rows; empty: 1 each
  std::vector<double> totals;         // weight times count
  std::vector<uint32_t> clusters;     // in order of codes; empty: none
  std::vector<uint32_t> first_group;  // first at risk; empty: all from start
  std::vector<double> entries;        // ties joined; empty: all from start
  // [column * n_nodes + node], less the weighted mean of the column in the
  // stratum, in units of `scales`.
  std::unique_ptr<double[]> values;

  // [group]
  std::vector<double> group_times;
  std::vector<uint32_t> group_strata;  // from 0
  std::vector<uint32_t> group_begin;   // first node; one more at the end
  std::vector<uint32_t> events_end;    // node after the last with the event

  // [stratum]
  std::vector<int> strata;              // codes, ascending
  std::vector<uint32_t> stratum_begin;  // first group; one more at the end
  std::vector<double> centers;          // [stratum * n_columns + column]

  // [column]
  std::vector<double> scales;  // 0: constant within every stratum
  std::vector<double> ranges;  // largest less smallest value, scaled
  std::vector<double> means;   // as CoxFit::means

  // Nodes that are not at risk from their stratum's first group, by
  // first_group; entry_begin[g] is the first of those of group g or later.
  std::vector<uint32_t> late_nodes;
  std::vector<uint32_t> entry_begin;  // [group], one more at the end
  std::vector<double> late_values;    // [column * late_nodes + index]

  std::vector<uint32_t> node_of_row;  // kNoNode for rows of weight 0

  size_t n_groups() const { return group_times.size(); }
  bool IsEvent(size_t node, size_t group) const {
    return node < events_end[group];
  }
  double Count(size_t node) const { return counts.empty() ? 1 : counts[node]; }
  const double* Column(size_t column) const {
    return values.get() + column * n_nodes;
  }
};

// Errors: INVALID_ARGUMENT as FitCox; FAILED_PRECONDITION (no row of positive
// weight). With `cluster` false cluster codes are checked, not kept.
absl::StatusOr<CoxTable> BuildCoxTable(const CoxRows& rows,
                                       const DesignMatrix& design, bool cluster,
                                       ThreadPool* pool);

// The table of every `step`-th node or, where there are many, stratum, same
// centers and scales: a sample to start the search for the estimates from.
// Without `node_of_row` and clusters.
CoxTable ThinCoxTable(const CoxTable& table, size_t step, ThreadPool* pool);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COX_TABLE_H_
