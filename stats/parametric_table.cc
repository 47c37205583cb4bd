#include "stats/parametric_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "stats/exact_weights.h"
#include "stats/long_sum.h"

namespace enthesis::stats {
namespace {

struct HashedRow {
  uint64_t hash = 0;
  size_t row = 0;
};

uint64_t MixBits(uint64_t hash, double value) {
  // + 0.0 makes -0 equal to 0.
  const uint64_t product =
      (hash ^ std::bit_cast<uint64_t>(value + 0.0)) * 0x9e3779b97f4a7c15u;
  return (product ^ (product >> 29)) * 0xbf58476d1ce4e5b9u + 1;
}

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
  ParametricTableBuilder(const IntervalTimes& rows, const DesignMatrix& design)
      : rows_(rows), design_(design), unit_(LargestWeight(rows), rows.size()) {
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
  int Compare(size_t a, size_t b) const;
  void AddNodes();
  void AddTotals();
  void AddColumns();

  const IntervalTimes& rows_;
  const DesignMatrix& design_;
  WeightUnit unit_;
  ParametricTable table_;
  std::vector<HashedRow> order_;
  std::vector<size_t> node_rows_;  // a row of each node
};

int ParametricTableBuilder::Compare(size_t a, size_t b) const {
  const auto by = [a, b](absl::Span<const double> column) {
    return column[a] < column[b] ? -1 : column[a] > column[b] ? 1 : 0;
  };
  if (const int order = by(rows_.lower); order != 0) return order;
  if (const int order = by(rows_.upper); order != 0) return order;
  for (size_t c = 0; c < table_.n_columns; ++c) {
    if (const int order = by(design_.Column(c)); order != 0) return order;
  }
  return 0;
}

// By hash, and by values where unlike rows share one.
void ParametricTableBuilder::Order() {
  std::vector<uint64_t> hashes(rows_.size(), 0);
  const auto mix = [&hashes](absl::Span<const double> column) {
    for (size_t i = 0; i < hashes.size(); ++i) {
      hashes[i] = MixBits(hashes[i], column[i]);
    }
  };
  mix(rows_.lower);
  mix(rows_.upper);
  for (size_t c = 0; c < table_.n_columns; ++c) mix(design_.Column(c));
  order_.reserve(rows_.size());
  for (size_t i = 0; i < rows_.size(); ++i) {
    const bool tells =
        rows_.Kind(i) != IntervalKind::kRightCensored || rows_.lower[i] > 0;
    if (tells && rows_.Weight(i) > 0) order_.push_back({hashes[i], i});
  }
  std::sort(order_.begin(), order_.end(),
            [this](const HashedRow& a, const HashedRow& b) {
              if (a.hash != b.hash) return a.hash < b.hash;
              return Compare(a.row, b.row) < 0;
            });
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
  for (size_t i = 0; i < order_.size(); ++i) {
    const size_t row = order_[i].row;
    const bool joins = i > 0 && order_[i].hash == order_[i - 1].hash &&
                       Compare(order_[i - 1].row, row) == 0;
    if (!joins) {
      node_rows_.push_back(row);
      sums.push_back(0);
    }
    const WeightSum units = unit_.ToUnits(rows_.Weight(row));
    sums.back() += units;
    total += units;
  }
  if (order_.empty()) return;
  const double mean =
      unit_.ToWeight(total) / static_cast<double>(order_.size());
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
                                     const DesignMatrix& design) {
  return ParametricTableBuilder(rows, design).Build();
}

}  // namespace enthesis::stats
