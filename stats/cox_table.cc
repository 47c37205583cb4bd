#include "stats/cox_table.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stats/cox_order.h"

namespace enthesis::stats {
namespace {

// A spread this much smaller than the values is rounding.
constexpr double kSpreadTolerance = 1e-14;

// Fills nodes, groups and strata; returns the row that stands for each node.
std::vector<uint32_t> NumberNodes(const CoxRows& rows, const CoxOrder& order,
                                  CoxTable& table) {
  const size_t n = order.rows.size();
  std::vector<uint32_t> row_of_node;
  row_of_node.reserve(n);
  table.node_of_row.assign(rows.size(), CoxTable::kNoNode);
  std::vector<double> counts;
  counts.reserve(n);
  bool counted = false;
  uint64_t group_key = 0;
  for (size_t i = 0; i < n; ++i) {
    const uint32_t row = order.rows[i];
    const double count = rows.counts.empty() ? 1 : rows.counts[row];
    const uint64_t key = order.keys[i];
    if (order.is_new[i] != 0) {
      const auto node = static_cast<uint32_t>(row_of_node.size());
      if (i == 0 || key >> 1 != group_key) {
        group_key = key >> 1;
        const uint32_t stratum = KeyStratum(key);
        while (table.stratum_begin.size() <= stratum) {
          table.stratum_begin.push_back(
              static_cast<uint32_t>(table.n_groups()));
        }
        table.group_times.push_back(order.times[KeyTime(key)]);
        table.group_strata.push_back(stratum);
        table.group_begin.push_back(node);
        table.events_end.push_back(node);
      }
      row_of_node.push_back(row);
      counts.push_back(count);
      if (KeyIsEvent(key)) table.events_end.back() = node + 1;
    } else {
      counts.back() += count;
    }
    counted = counted || counts.back() > 1;
    table.node_of_row[row] = static_cast<uint32_t>(row_of_node.size() - 1);
    table.n_rows += count;
    if (KeyIsEvent(key)) table.n_events += count;
  }
  table.n_nodes = row_of_node.size();
  table.group_begin.push_back(static_cast<uint32_t>(table.n_nodes));
  table.strata = order.strata;
  while (table.stratum_begin.size() <= table.strata.size()) {
    table.stratum_begin.push_back(static_cast<uint32_t>(table.n_groups()));
  }
  if (counted) table.counts = std::move(counts);
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

// Fills first_group, late_nodes and entry_begin.
void NumberEntries(const CoxOrder& order, const std::vector<uint32_t>& rows_of,
                   CoxTable& table) {
  table.first_group.resize(table.n_nodes);
  table.entries.resize(table.n_nodes);
  table.entry_begin.assign(table.n_groups() + 1, 0);
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
      if (group > table.stratum_begin[stratum]) ++table.entry_begin[group];
    }
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
    if (group > table.stratum_begin[table.group_strata[group]]) {
      table.late_nodes[next[group]++] = static_cast<uint32_t>(i);
    }
  }
}

// Centers nodes [begin, end) of a column at their weighted mean, which it
// returns; exact zeros when they are all equal.
double CenterStratum(const CoxTable& table, size_t begin, size_t end,
                     double* x) {
  const double origin = x[begin];
  double sum = 0;
  double weight = 0;
  bool constant = true;
  for (size_t i = begin; i < end; ++i) {
    const double w = table.weights[i] * table.Count(i);
    x[i] -= origin;
    constant = constant && x[i] == 0;
    sum += w * x[i];
    weight += w;
  }
  const double mean = sum / weight;
  if (constant || !std::isfinite(mean)) return origin;
  for (size_t i = begin; i < end; ++i) x[i] -= mean;
  return origin + mean;
}

// Gathers, centers and scales one column.
void FillColumn(absl::Span<const double> column,
                const std::vector<uint32_t>& rows_of, size_t c,
                CoxTable& table) {
  const size_t n = table.n_nodes;
  double* x = table.values.data() + c * n;
  double largest = 0;
  bool signs_only = true;  // -1, 0 and 1
  double sum = 0;          // of rows, not weighted
  for (size_t i = 0; i < n; ++i) {
    x[i] = column[rows_of[i]];
    sum += table.Count(i) * x[i];
    largest = std::max(largest, std::abs(x[i]));
    signs_only = signs_only && (x[i] == 0 || std::abs(x[i]) == 1);
  }
  double total = 0;
  for (size_t s = 0; s < table.strata.size(); ++s) {
    const size_t begin = table.group_begin[table.stratum_begin[s]];
    const size_t end = table.group_begin[table.stratum_begin[s + 1]];
    if (begin == end) continue;
    const double center = CenterStratum(table, begin, end, x);
    table.centers[s * table.n_columns + c] = center;
    double weight = 0;
    for (size_t i = begin; i < end; ++i) {
      weight += table.weights[i] * table.Count(i);
    }
    total += center * (weight / table.weight);
  }
  // coxph weights the means of right-censored rows only.
  const double mean = table.weighted_means ? total : sum / table.n_rows;
  table.means[c] = signs_only || !std::isfinite(mean) ? 0 : mean;
  double reach = 0;
  for (size_t i = 0; i < n; ++i) reach = std::max(reach, std::abs(x[i]));
  double square = 0;
  for (size_t i = 0; reach > 0 && i < n; ++i) {
    const double unit = x[i] / reach;
    square += table.weights[i] * table.Count(i) * unit * unit;
  }
  double scale = reach * std::sqrt(square / table.weight);
  if (!(scale > kSpreadTolerance * largest) || !std::isfinite(scale)) scale = 0;
  table.scales[c] = scale;
  double low = 0;
  double high = 0;
  for (size_t i = 0; i < n; ++i) {
    x[i] = scale > 0 ? x[i] / scale : 0;
    low = std::min(low, x[i]);
    high = std::max(high, x[i]);
  }
  table.ranges[c] = high - low;
  const size_t n_late = table.late_nodes.size();
  double* late = table.late_values.data() + c * n_late;
  for (size_t i = 0; i < n_late; ++i) late[i] = x[table.late_nodes[i]];
}

}  // namespace

absl::StatusOr<CoxTable> BuildCoxTable(const CoxRows& rows,
                                       const DesignMatrix& design, bool cluster,
                                       ThreadPool* pool) {
  if (absl::Status status = CheckCoxRows(rows); !status.ok()) return status;
  if (absl::Status status = CheckDesignMatrix(design); !status.ok()) {
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
  const std::vector<uint32_t> rows_of = NumberNodes(rows, *order, table);
  table.weights.reserve(table.n_nodes);
  for (size_t i = 0; i < table.n_nodes; ++i) {
    table.weights.push_back(rows.weights.empty() ? 1
                                                 : rows.weights[rows_of[i]]);
    table.weight += table.weights[i] * table.Count(i);
  }
  if (!std::isfinite(table.weight)) {
    return absl::InvalidArgumentError("the weights overflow");
  }
  if (cluster && !rows.clusters.empty()) NumberClusters(rows, rows_of, table);
  if (!order->entry_time.empty()) NumberEntries(*order, rows_of, table);
  table.values.resize(table.n_nodes * table.n_columns);
  table.late_values.resize(table.late_nodes.size() * table.n_columns);
  table.centers.resize(table.strata.size() * table.n_columns);
  table.scales.resize(table.n_columns);
  table.ranges.resize(table.n_columns);
  table.means.resize(table.n_columns);
  RunTasks(pool, table.n_columns,
           [&](size_t c) { FillColumn(design.Column(c), rows_of, c, table); });
  return table;
}

}  // namespace enthesis::stats
