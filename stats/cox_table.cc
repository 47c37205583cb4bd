#include "stats/cox_table.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stats/cox_order.h"
#include "stats/cox_values.h"
#include "stats/parallel.h"

namespace enthesis::stats {
namespace {

constexpr size_t kNodesPerTask = 16384;

// The nodes, groups and rows with the event among some positions of an order.
struct Piece {
  size_t n_nodes = 0;
  size_t n_groups = 0;
  double n_rows = 0;
  double n_events = 0;
};

// Turns the order into nodes and groups, in pieces of positions.
class Numbering {
 public:
  Numbering(const CoxRows& rows, const CoxOrder& order, ThreadPool* pool)
      : rows_(rows),
        order_(order),
        pool_(pool),
        n_(order.rows.size()),
        before_((n_ + kPositionsPerTask - 1) / kPositionsPerTask + 1) {}

  // Fills nodes, groups and strata; returns the row that stands for each node.
  std::vector<uint32_t> Fill(CoxTable& table);

 private:
  static constexpr size_t kPositionsPerTask = 16384;

  double CountAt(size_t i) const {
    return rows_.counts.empty() ? 1 : rows_.counts[order_.rows[i]];
  }
  bool OpensGroup(size_t i) const {
    return i == 0 || order_.keys[i] >> 1 != order_.keys[i - 1] >> 1;
  }
  // Whether position `i` is the last of the events of its group.
  bool EndsEvents(size_t i) const {
    return KeyIsEvent(order_.keys[i]) &&
           (i + 1 == n_ || order_.keys[i + 1] != order_.keys[i]);
  }
  size_t StopOf(size_t task) const {
    return std::min(n_, (task + 1) * kPositionsPerTask);
  }

  Piece Count(size_t task) const;
  void FillPiece(size_t task, std::vector<uint32_t>& row_of_node,
                 CoxTable& table) const;
  void FillCounts(CoxTable& table) const;

  const CoxRows& rows_;
  const CoxOrder& order_;
  ThreadPool* pool_;
  size_t n_;
  std::vector<Piece> before_;  // [task] sums over the earlier ones
};

Piece Numbering::Count(size_t task) const {
  Piece piece;
  for (size_t i = task * kPositionsPerTask; i < StopOf(task); ++i) {
    piece.n_nodes += order_.is_new[i];
    piece.n_groups += OpensGroup(i);
    const double count = CountAt(i);
    piece.n_rows += count;
    piece.n_events += KeyIsEvent(order_.keys[i]) ? count : 0;
  }
  return piece;
}

void Numbering::FillPiece(size_t task, std::vector<uint32_t>& row_of_node,
                          CoxTable& table) const {
  // The node and the group of a position, plus 1.
  size_t node = before_[task].n_nodes;
  size_t group = before_[task].n_groups;
  for (size_t i = task * kPositionsPerTask; i < StopOf(task); ++i) {
    const uint32_t row = order_.rows[i];
    const uint64_t key = order_.keys[i];
    if (order_.is_new[i] != 0) row_of_node[node++] = row;
    if (OpensGroup(i)) {
      table.group_times[group] = order_.times[KeyTime(key)];
      table.group_strata[group] = KeyStratum(key);
      table.group_begin[group] = static_cast<uint32_t>(node - 1);
      if (!KeyIsEvent(key)) {
        table.events_end[group] = static_cast<uint32_t>(node - 1);
      }
      ++group;
    }
    if (EndsEvents(i)) {
      table.events_end[group - 1] = static_cast<uint32_t>(node);
    }
    table.node_of_row[row] = static_cast<uint32_t>(node - 1);
  }
}

// Rows of each node, where any has several.
void Numbering::FillCounts(CoxTable& table) const {
  std::vector<double> counts(table.n_nodes, 0);
  bool counted = false;
  size_t node = 0;
  for (size_t i = 0; i < n_; ++i) {
    node += order_.is_new[i];
    counts[node - 1] += CountAt(i);
    counted = counted || counts[node - 1] > 1;
  }
  if (counted) table.counts = std::move(counts);
}

std::vector<uint32_t> Numbering::Fill(CoxTable& table) {
  const size_t n_tasks = before_.size() - 1;
  RunTasks(pool_, n_tasks,
           [this](size_t task) { before_[task + 1] = Count(task); });
  for (size_t task = 1; task <= n_tasks; ++task) {
    before_[task].n_nodes += before_[task - 1].n_nodes;
    before_[task].n_groups += before_[task - 1].n_groups;
    before_[task].n_rows += before_[task - 1].n_rows;
    before_[task].n_events += before_[task - 1].n_events;
  }
  const Piece& all = before_.back();
  table.n_nodes = all.n_nodes;
  table.n_rows = all.n_rows;
  table.n_events = all.n_events;
  table.group_times.resize(all.n_groups);
  table.group_strata.resize(all.n_groups);
  table.group_begin.resize(all.n_groups + 1);
  table.events_end.resize(all.n_groups);
  table.group_begin.back() = static_cast<uint32_t>(all.n_nodes);
  table.node_of_row.assign(rows_.size(), CoxTable::kNoNode);
  std::vector<uint32_t> row_of_node(all.n_nodes);
  RunTasks(pool_, n_tasks,
           [&](size_t task) { FillPiece(task, row_of_node, table); });
  if (!rows_.counts.empty() || all.n_nodes < n_) FillCounts(table);
  table.strata = order_.strata;
  for (size_t g = 0; g < all.n_groups; ++g) {
    while (table.stratum_begin.size() <= table.group_strata[g]) {
      table.stratum_begin.push_back(static_cast<uint32_t>(g));
    }
  }
  while (table.stratum_begin.size() <= table.strata.size()) {
    table.stratum_begin.push_back(static_cast<uint32_t>(all.n_groups));
  }
  return row_of_node;
}

// Codes of clusters become 0, 1, ... in their order.
void NumberClusters(const CoxRows& rows, const std::vector<uint32_t>& rows_of,
                    CoxTable& table) {
  std::vector<int> codes;
  codes.reserve(rows_of.size());
  for (uint32_t row : rows_of) codes.push_back(rows.clusters[row]);
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  table.n_clusters = codes.size();
  table.clusters.reserve(rows_of.size());
  for (uint32_t row : rows_of) {
    const auto at =
        std::lower_bound(codes.begin(), codes.end(), rows.clusters[row]);
    table.clusters.push_back(static_cast<uint32_t>(at - codes.begin()));
  }
}

// Fills late_nodes and entry_begin from first_group.
void IndexEntries(CoxTable& table) {
  const auto is_late = [&table](uint32_t group) {
    return group > table.stratum_begin[table.group_strata[group]];
  };
  table.entry_begin.assign(table.n_groups() + 1, 0);
  for (uint32_t group : table.first_group) {
    if (is_late(group)) ++table.entry_begin[group];
  }
  uint32_t total = 0;
  for (uint32_t& begin : table.entry_begin) {
    const uint32_t count = begin;
    begin = total;
    total += count;
  }
  table.late_nodes.resize(total);
  std::vector<uint32_t> next = table.entry_begin;
  for (size_t i = 0; i < table.n_nodes; ++i) {
    const uint32_t group = table.first_group[i];
    if (is_late(group)) {
      table.late_nodes[next[group]++] = static_cast<uint32_t>(i);
    }
  }
}

// Fills first_group, late_nodes and entry_begin.
void NumberEntries(const CoxOrder& order, const std::vector<uint32_t>& rows_of,
                   CoxTable& table) {
  table.first_group.resize(table.n_nodes);
  table.entries.resize(table.n_nodes);
  for (size_t g = 0; g < table.n_groups(); ++g) {
    const uint32_t stratum = table.group_strata[g];
    const auto first = table.group_times.begin() + table.stratum_begin[stratum];
    for (size_t i = table.group_begin[g]; i < table.group_begin[g + 1]; ++i) {
      const double entry = order.times[order.entry_time[rows_of[i]]];
      table.entries[i] = entry;
      const auto at = std::upper_bound(
          first, table.group_times.begin() + static_cast<std::ptrdiff_t>(g),
          entry);
      const auto group = static_cast<uint32_t>(at - table.group_times.begin());
      // A row that enters at 0 is at risk at an event at 0 only when nobody
      // enters late; here somebody does, and times of 0 are refused.
      table.first_group[i] = group;
    }
  }
  IndexEntries(table);
}

// Fills weights and totals; the total weight is added up by piece, in order.
void FillWeights(const CoxRows& rows, const std::vector<uint32_t>& rows_of,
                 ThreadPool* pool, CoxTable& table) {
  const size_t n = table.n_nodes;
  table.weights.resize(n);
  table.totals.resize(n);
  std::vector<double> sums((n + kNodesPerTask - 1) / kNodesPerTask);
  RunPieces(pool, n, kNodesPerTask, [&](size_t begin, size_t end) {
    double sum = 0;
    for (size_t i = begin; i < end; ++i) {
      table.weights[i] = rows.weights.empty() ? 1 : rows.weights[rows_of[i]];
      table.totals[i] = table.weights[i] * table.Count(i);
      sum += table.totals[i];
    }
    sums[begin / kNodesPerTask] = sum;
  });
  table.weight = std::accumulate(sums.begin(), sums.end(), 0.0);
}

// Whether a sample of whole strata, which is made and evaluated faster than one
// of nodes of all, has about the same size.
bool IsThinnedByStratum(const CoxTable& table, size_t step) {
  size_t n = 0;
  for (size_t s = 0; s < table.strata.size(); s += step) {
    n += table.group_begin[table.stratum_begin[s + 1]] -
         table.group_begin[table.stratum_begin[s]];
  }
  return n >= table.n_nodes / (2 * step) && n <= 2 * table.n_nodes / step;
}

}  // namespace

absl::StatusOr<CoxTable> BuildCoxTable(const CoxRows& rows,
                                       const DesignMatrix& design, bool cluster,
                                       ThreadPool* pool) {
  if (absl::Status status = CheckCoxRows(rows, pool); !status.ok())
    return status;
  if (absl::Status status = CheckDesignMatrix(design, pool); !status.ok()) {
    return status;
  }
  if (design.n_rows != rows.size()) {
    return absl::InvalidArgumentError(
        "the design matrix has another number of rows");
  }
  if (rows.size() >= CoxTable::kNoNode / 2) {
    return absl::InvalidArgumentError("too many rows");
  }
  absl::StatusOr<CoxOrder> order = OrderCoxRows(rows, design, cluster, pool);
  if (!order.ok()) return order.status();
  if (order->rows.empty()) {
    return absl::FailedPreconditionError("no row of positive weight");
  }
  CoxTable table;
  table.n_columns = design.n_columns();
  table.weighted_means = rows.entries.empty();
  const std::vector<uint32_t> rows_of =
      Numbering(rows, *order, pool).Fill(table);
  FillWeights(rows, rows_of, pool, table);
  if (!std::isfinite(table.weight)) {
    return absl::InvalidArgumentError("the weights overflow");
  }
  if (cluster && !rows.clusters.empty()) NumberClusters(rows, rows_of, table);
  if (!order->entry_time.empty()) NumberEntries(*order, rows_of, table);
  FillCoxValues(design, rows_of, pool, table);
  return table;
}

CoxTable ThinCoxTable(const CoxTable& table, size_t step, ThreadPool* pool) {
  CoxTable thin;
  thin.n_columns = table.n_columns;
  thin.strata = table.strata;
  thin.centers = table.centers;
  thin.scales = table.scales;
  thin.ranges = table.ranges;
  thin.means = table.means;
  const bool by_stratum = IsThinnedByStratum(table, step);
  const size_t step_of_strata = by_stratum ? step : 1;
  const size_t step_of_nodes = by_stratum ? 1 : step;
  std::vector<uint32_t> nodes;
  // [group] the first group of `thin` that is it or comes later.
  std::vector<uint32_t> new_group(table.n_groups());
  for (size_t s = 0; s < table.strata.size(); ++s) {
    thin.stratum_begin.push_back(static_cast<uint32_t>(thin.n_groups()));
    if (s % step_of_strata != 0) continue;
    for (size_t g = table.stratum_begin[s]; g < table.stratum_begin[s + 1];
         ++g) {
      new_group[g] = static_cast<uint32_t>(thin.n_groups());
      const size_t end = table.group_begin[g + 1];
      size_t i = (table.group_begin[g] + step_of_nodes - 1) / step_of_nodes *
                 step_of_nodes;
      if (i >= end) continue;
      thin.group_times.push_back(table.group_times[g]);
      thin.group_strata.push_back(table.group_strata[g]);
      thin.group_begin.push_back(static_cast<uint32_t>(nodes.size()));
      thin.events_end.push_back(static_cast<uint32_t>(nodes.size()));
      for (; i < end; i += step_of_nodes) {
        nodes.push_back(static_cast<uint32_t>(i));
        if (!table.IsEvent(i, g)) continue;
        thin.events_end.back() = static_cast<uint32_t>(nodes.size());
        thin.n_events += table.Count(i);
      }
    }
  }
  thin.stratum_begin.push_back(static_cast<uint32_t>(thin.n_groups()));
  thin.n_nodes = nodes.size();
  thin.group_begin.push_back(static_cast<uint32_t>(thin.n_nodes));
  for (uint32_t node : nodes) {
    thin.weights.push_back(table.weights[node]);
    if (!table.counts.empty()) thin.counts.push_back(table.counts[node]);
    thin.totals.push_back(table.totals[node]);
    thin.weight += table.totals[node];
    thin.n_rows += table.Count(node);
    if (!table.first_group.empty()) {
      thin.first_group.push_back(new_group[table.first_group[node]]);
    }
  }
  if (!table.first_group.empty()) IndexEntries(thin);
  thin.values =
      std::make_unique_for_overwrite<double[]>(thin.n_nodes * thin.n_columns);
  const size_t n_late = thin.late_nodes.size();
  thin.late_values.resize(n_late * thin.n_columns);
  RunTasks(pool, thin.n_columns, [&](size_t c) {
    double* x = thin.values.get() + c * thin.n_nodes;
    for (size_t i = 0; i < nodes.size(); ++i) x[i] = table.Column(c)[nodes[i]];
    double* late = thin.late_values.data() + c * n_late;
    for (size_t i = 0; i < n_late; ++i) late[i] = x[thin.late_nodes[i]];
  });
  return thin;
}

}  // namespace enthesis::stats
