#include "stats/parametric_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "stats/distinct_rows.h"
#include "stats/exact_weights.h"
#include "stats/long_sum.h"

namespace enthesis::stats {
namespace {

// log(upper / lower), to full precision where the two are close.
double LogRatio(double upper, double lower) {
  return upper < 2 * lower ? std::log1p((upper - lower) / lower)
                           : std::log(upper) - std::log(lower);
}

double LargestWeight(const IntervalTimes& rows) {
  double largest = rows.weights.empty() ? 1 : 0;
  for (double weight : rows.weights) largest = std::max(largest, weight);
  return largest;
}

class ParametricTableBuilder {
 public:
  ParametricTableBuilder(const IntervalTimes& rows, const DesignMatrix& design,
                         ThreadPool* pool)
      : rows_(rows),
        design_(design),
        unit_(LargestWeight(rows), rows.size()),
        pool_(pool) {
    table_.n_columns = design.n_columns();
  }

  ParametricTable Build() {
    AddKinds();
    Order();
    AddNodes();
    AddTotals();
    AddColumns();
    return std::move(table_);
  }

 private:
  void AddKinds();
  void Order();
  void AddNodes();
  void AddTotals();
  void AddColumns();

  const IntervalTimes& rows_;
  const DesignMatrix& design_;
  WeightUnit unit_;
  ParametricTable table_;
  ThreadPool* pool_;
  DistinctRows distinct_;
  std::vector<size_t> node_rows_;  // a row of each node
};

void ParametricTableBuilder::Order() {
  std::vector<absl::Span<const double>> keys = {rows_.lower, rows_.upper};
  for (size_t c = 0; c < table_.n_columns; ++c) {
    keys.push_back(design_.Column(c));
  }
  std::vector<char> used(rows_.size());
  for (size_t i = 0; i < rows_.size(); ++i) {
    const bool tells =
        rows_.Kind(i) != IntervalKind::kRightCensored || rows_.lower[i] > 0;
    used[i] = tells && rows_.Weight(i) > 0 ? 1 : 0;
  }
  distinct_ = FindDistinctRows(keys, rows_.size(), used, pool_);
}

// Exact, lest they depend on the order of rows.
void ParametricTableBuilder::AddKinds() {
  std::array<WeightSum, 4> sums = {};
  for (size_t i = 0; i < rows_.size(); ++i) {
    sums[static_cast<size_t>(rows_.Kind(i))] += unit_.ToUnits(rows_.Weight(i));
  }
  WeightSum total = 0;
  for (size_t kind = 0; kind < sums.size(); ++kind) {
    table_.kinds[kind] = unit_.ToWeight(sums[kind]);
    total += sums[kind];
  }
  table_.total = unit_.ToWeight(total);
}

void ParametricTableBuilder::AddNodes() {
  std::vector<WeightSum> sums;
  WeightSum total = 0;
  for (size_t node = 0; node < distinct_.n_nodes(); ++node) {
    node_rows_.push_back(distinct_.RowOf(node));
    sums.push_back(0);
    for (size_t i = distinct_.begin[node]; i < distinct_.begin[node + 1]; ++i) {
      sums.back() += unit_.ToUnits(rows_.Weight(distinct_.order[i]));
    }
    total += sums.back();
  }
  if (node_rows_.empty()) return;
  const double mean =
      unit_.ToWeight(total) / static_cast<double>(distinct_.order.size());
  table_.weight_unit = std::ldexp(1.0, std::ilogb(mean));
  for (size_t i = 0; i < node_rows_.size(); ++i) {
    const size_t row = node_rows_[i];
    const IntervalKind kind = rows_.Kind(row);
    table_.node_kinds.push_back(kind);
    table_.weights.push_back(unit_.ToWeight(sums[i]) / table_.weight_unit);
    const double lower = rows_.lower[row], upper = rows_.upper[row];
    table_.log_times.push_back(
        std::log(kind == IntervalKind::kLeftCensored ? upper : lower));
    table_.widths.push_back(
        kind == IntervalKind::kInterval ? LogRatio(upper, lower) : 0);
  }
}

void ParametricTableBuilder::AddTotals() {
  LongSum weight, exact, bounded, log_times, center;
  for (size_t i = 0; i < table_.n_nodes(); ++i) {
    const double w = table_.weights[i];
    weight.Add(w);
    if (table_.node_kinds[i] != IntervalKind::kRightCensored) bounded.Add(w);
    if (table_.node_kinds[i] != IntervalKind::kExact) continue;
    exact.Add(w);
    log_times.AddProduct(w, table_.log_times[i]);
  }
  table_.weight = weight.high;
  table_.exact_weight = exact.high;
  table_.bounded_weight = bounded.high;
  table_.exact_log_times = log_times.high;
  for (size_t i = 0; i < table_.n_nodes(); ++i) {
    center.AddProduct(table_.log_times[i], table_.weights[i] / weight.high);
  }
  table_.time_center = center.high;
  for (double& time : table_.log_times) {
    time -= table_.time_center;
    table_.time_reach = std::max(table_.time_reach, std::abs(time));
  }
}

void ParametricTableBuilder::AddColumns() {
  const size_t p = table_.n_columns;
  table_.values.resize(table_.n_nodes() * p);
  table_.centers.assign(p, 0);
  table_.scales.assign(p, 0);
  for (size_t c = 0; c < p && !node_rows_.empty(); ++c) {
    const absl::Span<const double> column = design_.Column(c);
    const double first = column[node_rows_[0]];
    bool constant = true;
    LongSum center;
    for (size_t i = 0; i < node_rows_.size(); ++i) {
      const double x = column[node_rows_[i]];
      constant = constant && x == first;
      center.AddProduct(x, table_.weights[i] / table_.weight);
    }
    table_.centers[c] = constant ? first : center.high;
    if (constant) continue;
    for (size_t row : node_rows_) {
      table_.scales[c] =
          std::max(table_.scales[c], std::abs(column[row] - table_.centers[c]));
    }
    for (size_t i = 0; i < node_rows_.size(); ++i) {
      table_.values[i * p + c] =
          (column[node_rows_[i]] - table_.centers[c]) / table_.scales[c];
    }
  }
}

}  // namespace

ParametricTable BuildParametricTable(const IntervalTimes& rows,
                                     const DesignMatrix& design,
                                     ThreadPool* pool) {
  return ParametricTableBuilder(rows, design, pool).Build();
}

}  // namespace enthesis::stats
