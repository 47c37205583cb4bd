#include "stats/glm_table.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "stats/column_extent.h"
#include "stats/exact_weights.h"
#include "stats/generalized_inverse.h"
#include "stats/least_squares.h"
#include "stats/long_sum.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;

constexpr size_t kBlocksPerTask = 16;
constexpr size_t kNodesPerTask = 16384;
// What is left of a column once those before it are taken off, relative to its
// length before: at most this is nothing. The tolerance of glm.
constexpr double kNothingNew = 1e-11;
// Information of a column beyond those before it, of its own, below which
// products of columns lose digits.
constexpr double kNearlyCollinear = 1e-6;

class GlmTableBuilder {
 public:
  GlmTableBuilder(const GlmRows& rows, const DesignMatrix& design,
                  ThreadPool* pool)
      : rows_(rows),
        design_(design),
        by_cluster_(!rows.clusters.empty()),
        pool_(pool) {
    table_.n_rows = rows.size();
    table_.n_columns = design.n_columns();
    table_.has_offset = !rows.offsets.empty();
    table_.dropped.assign(table_.n_columns, 1);
  }

  GlmTable Build() {
    Join();
    AddWeights();
    SumResponses();
    if (table_.n_nodes() > 0) {
      Measure();
      Fill();
      Center();
    }
    AddGram();
    if (IsNearlyCollinear()) Orthogonalize();
    return std::move(table_);
  }

 private:
  // How a column becomes a working one: (x * up - mean) * spread_up.
  struct Scaling {
    size_t column = 0;    // of the design
    ColumnExtent extent;  // of x
    double up = 1;
    double mean = 0;
    double spread_up = 1;
  };

  void Join();
  void AddWeights();
  void CountRows();
  void SumResponses();
  void Measure();
  void Fill();
  void Center();
  void AddGram();
  void MapCoefficients();
  bool IsNearlyCollinear() const;
  RegressionRows WorkingRows() const;
  void Orthogonalize();
  double& Value(size_t node, size_t working) {
    const size_t at = working + (table_.has_offset ? 1 : 0);
    return table_.values[(node / kGlmBlock * table_.stride() + at) * kGlmBlock +
                         node % kGlmBlock];
  }

  const GlmRows& rows_;
  const DesignMatrix& design_;
  bool by_cluster_;
  ThreadPool* pool_;
  GlmTable table_;
  std::vector<Scaling> scalings_;  // of the working columns but the first
};

void GlmTableBuilder::Join() {
  const size_t n = rows_.size();
  std::vector<absl::Span<const double>> keys = {rows_.response};
  if (table_.has_offset) keys.push_back(rows_.offsets);
  for (size_t c = 0; c < table_.n_columns; ++c) {
    keys.push_back(design_.Column(c));
  }
  std::vector<double> clusters;
  if (by_cluster_) {
    clusters.assign(rows_.clusters.begin(), rows_.clusters.end());
    keys.push_back(clusters);
  }
  std::vector<char> used;
  if (!rows_.weights.empty()) {
    used.resize(n);
    for (size_t i = 0; i < n; ++i) used[i] = rows_.weights[i] > 0 ? 1 : 0;
  }
  table_.nodes = FindDistinctRows(keys, n, used, pool_);
  table_.n_weighted = table_.nodes.order.size();
  const size_t n_nodes = table_.nodes.n_nodes();
  table_.response.resize(n_nodes);
  RunPieces(pool_, n_nodes, kNodesPerTask, [&](size_t begin, size_t end) {
    for (size_t node = begin; node < end; ++node) {
      table_.response[node] = rows_.response[table_.nodes.RowOf(node)];
    }
  });
  if (!by_cluster_) return;
  std::vector<int> codes;
  for (size_t node = 0; node < n_nodes; ++node) {
    codes.push_back(rows_.clusters[table_.nodes.RowOf(node)]);
  }
  table_.clusters = codes;
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  table_.n_clusters = codes.size();
  for (int& cluster : table_.clusters) {
    cluster = static_cast<int>(
        std::lower_bound(codes.begin(), codes.end(), cluster) - codes.begin());
  }
}

void GlmTableBuilder::CountRows() {
  const size_t n_nodes = table_.n_nodes();
  table_.weights.resize(n_nodes);
  RunPieces(pool_, n_nodes, kNodesPerTask, [&](size_t begin, size_t end) {
    for (size_t node = begin; node < end; ++node) {
      table_.weights[node] = static_cast<double>(table_.nodes.begin[node + 1] -
                                                 table_.nodes.begin[node]);
    }
  });
  table_.weight = static_cast<double>(table_.n_weighted);
}

// Exact sums, lest they depend on the order of rows.
void GlmTableBuilder::AddWeights() {
  double largest = rows_.weights.empty() ? 1 : 0;
  for (double weight : rows_.weights) largest = std::max(largest, weight);
  if (!(largest > 0)) return;
  // A power of 4, whose root is one of 2: in any unit every sum and every
  // Cholesky factor has the same digits.
  table_.weight_unit = std::ldexp(
      1.0, 2 * static_cast<int>(std::floor(std::ilogb(largest) / 2.0)));
  const double unit = table_.weight_unit;
  if (rows_.weights.empty()) {
    CountRows();
    return;
  }
  const WeightUnit exact(4, rows_.size()), squares(16, rows_.size());
  const size_t n_nodes = table_.n_nodes();
  table_.weights.resize(n_nodes);
  table_.square_weights.resize(n_nodes);
  WeightSum total = 0;
  for (size_t node = 0; node < n_nodes; ++node) {
    const size_t begin = table_.nodes.begin[node];
    const size_t end = table_.nodes.begin[node + 1];
    WeightSum sum = 0, square = 0;
    for (size_t i = begin; i < end; ++i) {
      const double weight = rows_.Weight(table_.nodes.order[i]) / unit;
      sum += exact.ToUnits(weight);
      square += squares.ToUnits(weight * weight);
    }
    total += sum;
    table_.weights[node] = exact.ToWeight(sum);
    table_.square_weights[node] = squares.ToWeight(square);
  }
  table_.weight = exact.ToWeight(total);
}

// Exact to twice the digits, by pieces in order.
void GlmTableBuilder::SumResponses() {
  const size_t n_nodes = table_.n_nodes();
  std::vector<LongSum> parts((n_nodes + kNodesPerTask - 1) / kNodesPerTask);
  RunPieces(pool_, n_nodes, kNodesPerTask, [&](size_t begin, size_t end) {
    LongSum part;
    for (size_t node = begin; node < end; ++node) {
      part.AddProduct(table_.response[node], table_.weights[node]);
    }
    parts[begin / kNodesPerTask] = part;
  });
  LongSum sum;
  for (const LongSum& part : parts) {
    sum.Add(part.high);
    sum.Add(part.low);
  }
  table_.response_sum = sum.high;
}

// Columns with more than one value.
void GlmTableBuilder::Measure() {
  std::vector<Scaling> all(table_.n_columns);
  RunTasks(pool_, table_.n_columns, [&](size_t c) {
    const absl::Span<const double> x = design_.Column(c);
    ColumnExtent extent;
    if (rows_.weights.empty()) {
      extent = ExtentOf(x.data(), x.size());
    } else {
      for (const uint32_t row : table_.nodes.order) extent.Add(x[row]);
    }
    all[c].column = c;
    all[c].extent = extent;
    all[c].up = UnitFor(extent.Size());
  });
  for (const Scaling& one : all) {
    const double low = one.extent.low * one.up;
    const double high = one.extent.high * one.up;
    if (!(high - low > kNothingNew * one.extent.Size() * one.up)) continue;
    scalings_.push_back(one);
    table_.dropped[one.column] = 0;
  }
  table_.n_working = scalings_.size() + 1;
}

// A column by all threads together: what they fetch of it lies in a cache that
// they share. (To pack rows first costs more in new memory than it saves.)
void GlmTableBuilder::Fill() {
  table_.Reserve();
  const size_t n_nodes = table_.n_nodes();
  std::vector<uint32_t> rows(n_nodes);
  RunPieces(pool_, n_nodes, kNodesPerTask, [&](size_t begin, size_t end) {
    for (size_t node = begin; node < end; ++node) {
      rows[node] = static_cast<uint32_t>(table_.nodes.RowOf(node));
    }
  });
  const auto fill = [&](size_t place, const auto& value_of) {
    RunPieces(pool_, n_nodes, kNodesPerTask, [&](size_t begin, size_t end) {
      for (size_t first = begin; first < end; first += kGlmBlock) {
        const size_t n = std::min(kGlmBlock, end - first);
        double* into =
            table_.values.get() +
            (first / kGlmBlock * table_.stride() + place) * kGlmBlock;
        for (size_t i = 0; i < n; ++i) {
          into[i] = value_of(rows[first + i]);
        }
      }
    });
  };
  size_t place = 0;
  if (table_.has_offset) {
    fill(place++, [&](uint32_t row) { return rows_.offsets[row]; });
  }
  fill(place++, [](uint32_t) { return 1.0; });
  for (const Scaling& scaling : scalings_) {
    const double* column = design_.Column(scaling.column).data();
    fill(place++, [&](uint32_t row) { return column[row] * scaling.up; });
  }
}

void GlmTableBuilder::Center() {
  const size_t n_blocks = table_.n_blocks();
  const size_t k = table_.n_working;
  std::vector<double> parts(n_blocks * (k + 1), 0);
  RunTasks(pool_, n_blocks, [&](size_t block) {
    AddWeightedSums(table_.Block(block, k, false),
                    table_.weights.data() + block * kGlmBlock,
                    table_.BlockSize(block), parts.data() + block * (k + 1));
  });
  for (size_t j = 1; j < k; ++j) {
    Scaling& scaling = scalings_[j - 1];
    double sum = 0;
    for (size_t block = 0; block < n_blocks; ++block) {
      sum += parts[block * (k + 1) + 1 + j];
    }
    const double low = scaling.extent.low * scaling.up;
    const double high = scaling.extent.high * scaling.up;
    scaling.mean = std::clamp(sum / table_.weight, low, high);
    scaling.spread_up =
        UnitFor(std::max(high - scaling.mean, scaling.mean - low));
  }
  RunTasks(pool_, n_blocks, [&](size_t block) {
    const size_t n = table_.BlockSize(block);
    for (size_t j = 1; j < k; ++j) {
      const Scaling& scaling = scalings_[j - 1];
      double* value = &Value(block * kGlmBlock, j);
      for (size_t i = 0; i < n; ++i) {
        value[i] = (value[i] - scaling.mean) * scaling.spread_up;
      }
    }
  });
  MapCoefficients();
}

void GlmTableBuilder::MapCoefficients() {
  const size_t k = table_.n_working;
  table_.to_coefficients.assign((table_.n_columns + 1) * k, 0);
  table_.to_coefficients[0] = 1;
  for (size_t j = 1; j < k; ++j) {
    const Scaling& scaling = scalings_[j - 1];
    table_.to_coefficients[(scaling.column + 1) * k + j] =
        scaling.spread_up * scaling.up;
    table_.to_coefficients[j] = -scaling.mean * scaling.spread_up;
  }
}

void GlmTableBuilder::AddGram() {
  const size_t k = table_.n_working;
  const size_t n_blocks = table_.n_blocks();
  const size_t n_tasks = (n_blocks + kBlocksPerTask - 1) / kBlocksPerTask;
  std::vector<std::vector<double>> parts(n_tasks);
  RunTasks(pool_, n_tasks, [&](size_t task) {
    std::vector<double> part(k * k, 0);
    const size_t end = std::min(n_blocks, (task + 1) * kBlocksPerTask);
    for (size_t block = task * kBlocksPerTask; block < end; ++block) {
      AddWeightedGram(table_.Block(block, k, false),
                      table_.weights.data() + block * kGlmBlock,
                      table_.BlockSize(block), part.data());
    }
    parts[task] = std::move(part);
  });
  table_.gram.assign(k * k, 0);
  for (const std::vector<double>& part : parts) {
    for (size_t i = 0; i < k * k; ++i) table_.gram[i] += part[i];
  }
  for (size_t i = 0; i < k; ++i) {
    for (size_t j = 0; j < i; ++j) {
      table_.gram[j * k + i] = table_.gram[i * k + j];
    }
  }
}

bool GlmTableBuilder::IsNearlyCollinear() const {
  const Index k = static_cast<Index>(table_.n_working);
  if (k < 2) return false;
  const Eigen::MatrixXd gram =
      Eigen::Map<const Eigen::MatrixXd>(table_.gram.data(), k, k);
  std::vector<Index> all;
  for (Index j = 0; j < k; ++j) all.push_back(j);
  return IndependentColumns(gram, all, kNearlyCollinear * gram.diagonal())
             .size() < table_.n_working;
}

RegressionRows GlmTableBuilder::WorkingRows() const {
  RegressionRows rows;
  rows.weights = table_.weights;
  rows.response = table_.response;
  for (size_t j = 1; j < table_.n_working; ++j) {
    std::vector<double>& column = rows.columns.emplace_back();
    for (size_t block = 0; block < table_.n_blocks(); ++block) {
      const ColumnsView view = table_.Block(block, table_.n_working, false);
      const double* values = view.values + j * view.stride;
      column.insert(column.end(), values, values + table_.BlockSize(block));
    }
  }
  return rows;
}

// Working columns that are orthogonal and of mean square 1, by least squares,
// which keeps the digits that products of columns would lose.
void GlmTableBuilder::Orthogonalize() {
  const RegressionRows rows = WorkingRows();
  const double root = std::sqrt(table_.weight);
  std::vector<double> floors;
  for (const Scaling& scaling : scalings_) {
    floors.push_back(kNothingNew * scaling.extent.Size() * scaling.up *
                     scaling.spread_up * root);
  }
  const LeastSquares fit = FitLeastSquares(rows, floors);
  const size_t m = fit.kept.size();
  const size_t old = table_.n_working;
  std::vector<char> kept(old - 1, 0);
  for (size_t c : fit.kept) kept[c] = 1;
  for (size_t c = 0; c + 1 < old; ++c) {
    if (kept[c] == 0) table_.dropped[scalings_[c].column] = 1;
  }
  // Combinations of the old working columns: [old - 1 for a kept one][new - 1].
  const auto factor = [&](size_t i, size_t j) {
    return root * fit.inverse_root[i * m + j];
  };
  const std::vector<double> before = table_.to_coefficients;
  std::vector<double> offsets;
  if (table_.has_offset) {
    for (size_t node = 0; node < table_.n_nodes(); ++node) {
      offsets.push_back(rows_.offsets[table_.nodes.RowOf(node)]);
    }
  }
  table_.n_working = m + 1;
  table_.to_coefficients.assign((table_.n_columns + 1) * (m + 1), 0);
  for (size_t r = 0; r <= table_.n_columns; ++r) {
    double* line = &table_.to_coefficients[r * (m + 1)];
    line[0] = before[r * old];
    for (size_t j = 0; j < m; ++j) {
      for (size_t i = 0; i <= j; ++i) {
        const size_t c = fit.kept[i];
        const double of_ones = r == 0 ? fit.column_means[c] : 0;
        line[j + 1] += (before[r * old + c + 1] - of_ones) * factor(i, j);
      }
    }
  }
  table_.Reserve();
  for (size_t node = 0; node < table_.n_nodes(); ++node) {
    if (table_.has_offset) *(&Value(node, 0) - kGlmBlock) = offsets[node];
    Value(node, 0) = 1;
    for (size_t j = 0; j < m; ++j) {
      double value = 0;
      for (size_t i = 0; i <= j; ++i) {
        const size_t c = fit.kept[i];
        value += (rows.columns[c][node] - fit.column_means[c]) * factor(i, j);
      }
      Value(node, j + 1) = value;
    }
  }
  AddGram();
}

}  // namespace

GlmTable BuildGlmTable(const GlmRows& rows, const DesignMatrix& design,
                       ThreadPool* pool) {
  return GlmTableBuilder(rows, design, pool).Build();
}

}  // namespace enthesis::stats
