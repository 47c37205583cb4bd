#include "stats/mixed_table.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "stats/column_extent.h"
#include "stats/generalized_inverse.h"
#include "stats/least_squares.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// A block ends with so many rows or groups, whichever comes first, unless there
// would be too many blocks.
constexpr size_t kRowsPerBlock = 8192;
constexpr size_t kGroupsPerBlock = 512;
// Numbers that the sums of all blocks may take.
constexpr size_t kNumbersOfSums = 30'000'000;
constexpr Index kStrip = 256;
// As of generalized linear models: what is left of a column beyond those before
// it, relative to its length, that is nothing; information of a column beyond
// those before it below which products of columns lose digits.
constexpr double kNothingLeft = 1e-11;
constexpr double kAlmostCollinear = 1e-6;
// A share of the response that columns leave, below which sums of its squares
// lose digits.
constexpr double kAlmostExplained = 1e-4;

// Rows of what is beyond Q in their groups, some hundred at a time.
class StripSums {
 public:
  explicit StripSums(Index n_columns)
      : strip_(kStrip, n_columns),
        sums_(MatrixXd::Zero(n_columns, n_columns)) {}

  // Calls fill(first row of the group, n rows, strip, row of the strip).
  template <typename Fill>
  void Add(size_t n_rows, const Fill& fill) {
    for (size_t first = 0; first < n_rows;) {
      const size_t n =
          std::min(n_rows - first, static_cast<size_t>(kStrip - filled_));
      fill(first, n, strip_, filled_);
      filled_ += static_cast<Index>(n);
      first += n;
      if (filled_ == kStrip) Flush();
    }
  }
  const MatrixXd& Finish() {
    Flush();
    return sums_;
  }

 private:
  void Flush() {
    sums_.noalias() +=
        strip_.topRows(filled_).transpose() * strip_.topRows(filled_);
    filled_ = 0;
  }

  MatrixXd strip_;
  Index filled_ = 0;
  MatrixXd sums_;
};

class MixedTableBuilder {
 public:
  MixedTableBuilder(const MixedRows& rows, const DesignMatrix& design,
                    ThreadPool* pool)
      : rows_(rows), design_(design), pool_(pool) {
    table_.n_rows = rows.size();
    table_.n_columns = design.n_columns();
    table_.has_slope = !rows.slope.empty();
    table_.dropped.assign(table_.n_columns, 1);
  }

  MixedTable Build() {
    OrderByGroup();
    Measure();
    DivideIntoBlocks();
    Pack();
    Center();
    MapCoefficients();
    Reduce();
    if (IsAlmostCollinear()) Orthogonalize();
    TakeOff();
    Finish();
    return std::move(table_);
  }

 private:
  // Packed: (x * up - mean) * spread_up.
  struct Packed {
    absl::Span<const double> values;
    size_t column = 0;  // of the design
    ColumnExtent extent;
    double up = 1;
    double mean = 0;
    double spread_up = 1;

    MixedScale Scale() const { return {mean / up, 1 / (spread_up * up)}; }
  };

  void OrderByGroup();
  void Measure();
  void DivideIntoBlocks();
  void PackGroup(size_t group, std::vector<double>& raw);
  void Pack();
  void Center();
  void MapCoefficients();
  void ReduceGroup(MixedBlock& block, Index at, StripSums& sums) const;
  void Reduce();
  bool IsAlmostCollinear() const;
  RegressionRows PackedRows() const;
  void Orthogonalize();
  void TakeOff();
  void Finish();

  size_t n_covariates() const { return packed_columns_.size() - first_; }
  // A packed column in a group.
  double* In(size_t group, size_t packed) const {
    return packed_.get() + starts_[group] * packed_columns_.size() +
           packed * table_.n_of[group];
  }
  template <typename Task>
  void ForBlocks(const Task& task) {
    RunTasks(pool_, table_.blocks.size(),
             [&](size_t b) { task(b, ends_[b], ends_[b + 1]); });
  }

  const MixedRows& rows_;
  const DesignMatrix& design_;
  ThreadPool* pool_;
  MixedTable table_;
  std::vector<uint32_t> order_;  // rows, group by group
  std::vector<size_t> starts_;   // [group] in `order_`, and its end at last
  std::vector<size_t> ends_;     // groups that blocks begin with
  // The response, the slope if there is one, covariates from `first_`.
  std::vector<Packed> packed_columns_;
  size_t first_ = 1;
  // Column by column within a group, rows in an order of their values.
  std::unique_ptr<double[]> packed_;
};

void MixedTableBuilder::OrderByGroup() {
  const int last = *std::max_element(rows_.groups.begin(), rows_.groups.end());
  std::vector<size_t> next(static_cast<size_t>(last) + 1, 0);
  for (const int code : rows_.groups) ++next[static_cast<size_t>(code)];
  size_t start = 0;
  for (size_t code = 0; code < next.size(); ++code) {
    const size_t n = next[code];
    next[code] = start;
    if (n == 0) continue;
    table_.codes.push_back(static_cast<int>(code));
    table_.n_of.push_back(n);
    starts_.push_back(start);
    start += n;
  }
  starts_.push_back(start);
  order_.resize(table_.n_rows);
  for (size_t row = 0; row < table_.n_rows; ++row) {
    order_[next[static_cast<size_t>(rows_.groups[row])]++] =
        static_cast<uint32_t>(row);
  }
}

// The response, the slope, and columns with more than one value.
void MixedTableBuilder::Measure() {
  std::vector<Packed> all;
  all.push_back({rows_.response, 0, {}, 1, 0, 1});
  if (table_.has_slope) all.push_back({rows_.slope, 0, {}, 1, 0, 1});
  first_ = all.size();
  for (size_t c = 0; c < table_.n_columns; ++c) {
    all.push_back({design_.Column(c), c, {}, 1, 0, 1});
  }
  RunTasks(pool_, all.size(), [&](size_t i) {
    ColumnExtent extent;
    for (const double x : all[i].values) extent.Add(x);
    all[i].extent = extent;
    all[i].up = UnitFor(extent.Size());
  });
  for (size_t i = 0; i < all.size(); ++i) {
    const Packed& one = all[i];
    const double low = one.extent.low * one.up;
    const double high = one.extent.high * one.up;
    if (i >= first_) {
      if (!(high - low > kNothingLeft * one.extent.Size() * one.up)) continue;
      table_.dropped[one.column] = 0;
    }
    packed_columns_.push_back(one);
  }
}

void MixedTableBuilder::DivideIntoBlocks() {
  const size_t k = n_covariates() + 2;
  const size_t n_blocks_max = std::max<size_t>(1, kNumbersOfSums / (4 * k * k));
  const size_t n_rows =
      std::max(kRowsPerBlock, 2 * table_.n_rows / n_blocks_max + 1);
  const size_t n_groups =
      std::max(kGroupsPerBlock, 2 * table_.n_groups() / n_blocks_max + 1);
  ends_ = {0};
  for (size_t group = 0; group < table_.n_groups(); ++group) {
    if (starts_[group + 1] - starts_[ends_.back()] >= n_rows ||
        group + 1 - ends_.back() >= n_groups) {
      ends_.push_back(group + 1);
    }
  }
  if (ends_.back() < table_.n_groups()) ends_.push_back(table_.n_groups());
  table_.blocks.resize(ends_.size() - 1);
}

// The rows of a group in the order of their values, by the response first.
void MixedTableBuilder::PackGroup(size_t group, std::vector<double>& raw) {
  const size_t n = table_.n_of[group];
  const size_t width = packed_columns_.size();
  const uint32_t* rows = order_.data() + starts_[group];
  raw.resize(n * width);
  for (size_t c = 0; c < width; ++c) {
    const Packed& one = packed_columns_[c];
    for (size_t i = 0; i < n; ++i) {
      raw[c * n + i] = one.values[rows[i]] * one.up;
    }
  }
  struct Place {
    double response;
    size_t at;
  };
  std::vector<Place> places(n);
  for (size_t i = 0; i < n; ++i) places[i] = {raw[i], i};
  std::sort(places.begin(), places.end(), [&](const Place& a, const Place& b) {
    if (a.response != b.response) return a.response < b.response;
    for (size_t c = 1; c < width; ++c) {
      const double x = raw[c * n + a.at], y = raw[c * n + b.at];
      if (x != y) return x < y;
    }
    return false;
  });
  for (size_t c = 0; c < width; ++c) {
    double* into = In(group, c);
    for (size_t i = 0; i < n; ++i) into[i] = raw[c * n + places[i].at];
  }
}

void MixedTableBuilder::Pack() {
  const size_t width = packed_columns_.size();
  packed_ = std::make_unique_for_overwrite<double[]>(table_.n_rows * width);
  std::vector<std::vector<double>> parts(table_.blocks.size());
  ForBlocks([&](size_t b, size_t begin, size_t end) {
    std::vector<double> sums(width, 0), raw;
    for (size_t group = begin; group < end; ++group) {
      PackGroup(group, raw);
      for (size_t c = 0; c < width; ++c) {
        const double* column = In(group, c);
        double sum = 0;
        for (size_t i = 0; i < table_.n_of[group]; ++i) sum += column[i];
        sums[c] += sum;
      }
    }
    parts[b] = std::move(sums);
  });
  for (size_t c = 0; c < width; ++c) {
    Packed& one = packed_columns_[c];
    double sum = 0;
    for (const std::vector<double>& part : parts) sum += part[c];
    const double low = one.extent.low * one.up;
    const double high = one.extent.high * one.up;
    one.mean = std::clamp(sum / static_cast<double>(table_.n_rows), low, high);
    one.spread_up = UnitFor(std::max(high - one.mean, one.mean - low));
  }
  order_ = {};
}

void MixedTableBuilder::Center() {
  ForBlocks([&](size_t, size_t begin, size_t end) {
    for (size_t group = begin; group < end; ++group) {
      for (size_t c = 0; c < packed_columns_.size(); ++c) {
        const Packed& one = packed_columns_[c];
        double* column = In(group, c);
        for (size_t i = 0; i < table_.n_of[group]; ++i) {
          column[i] = (column[i] - one.mean) * one.spread_up;
        }
      }
    }
  });
  const Packed& response = packed_columns_[0];
  table_.response = response.Scale();
  const double size = response.extent.Size() * response.up;
  table_.response_square = std::pow(size * response.spread_up, 2);
  if (table_.has_slope) table_.slope = packed_columns_[1].Scale();
}

void MixedTableBuilder::MapCoefficients() {
  table_.n_working = static_cast<Index>(n_covariates() + 1);
  table_.to_coefficients = MatrixXd::Zero(
      static_cast<Index>(table_.n_columns + 1), table_.n_working);
  table_.to_coefficients(0, 0) = 1;
  for (size_t c = 0; c < n_covariates(); ++c) {
    const Packed& one = packed_columns_[first_ + c];
    const Index j = static_cast<Index>(c + 1);
    table_.to_coefficients(static_cast<Index>(one.column + 1), j) =
        one.spread_up * one.up;
    table_.to_coefficients(0, j) = -one.mean * one.spread_up;
  }
}

void MixedTableBuilder::ReduceGroup(MixedBlock& block, Index at,
                                    StripSums& sums) const {
  const size_t group = block.first + static_cast<size_t>(at);
  const size_t n = table_.n_of[group];
  const double root = std::sqrt(static_cast<double>(n));
  const auto mean_of = [n](const double* x) {
    double sum = 0;
    for (size_t i = 0; i < n; ++i) sum += x[i];
    return sum / static_cast<double>(n);
  };
  block.r11(at) = root;
  block.q1(at, 0) = root;
  const double* slope = table_.has_slope ? In(group, 1) : nullptr;
  double slope_mean = 0, squares = 0;
  if (table_.has_slope) {
    slope_mean = mean_of(slope);
    const auto ends = std::minmax_element(slope, slope + n);
    if (*ends.first < *ends.second) {
      for (size_t i = 0; i < n; ++i) {
        squares += (slope[i] - slope_mean) * (slope[i] - slope_mean);
      }
    }
    block.r12(at) = root * slope_mean;
    block.r22(at) = std::sqrt(squares);
  }
  // Of each column but the ones: mean, and coefficient of the slope.
  const Index k = table_.n_working;
  VectorXd means(k), rises = VectorXd::Zero(k);
  const auto column_of = [&](Index j) {  // of [X y] without the ones
    return In(group, j + 1 == k ? 0 : first_ + static_cast<size_t>(j));
  };
  for (Index j = 0; j < k; ++j) {
    const double* x = column_of(j);
    means(j) = mean_of(x);
    block.q1(at, j + 1) = root * means(j);
    if (!(squares > 0)) continue;
    double product = 0;
    for (size_t i = 0; i < n; ++i) {
      product += (slope[i] - slope_mean) * (x[i] - means(j));
    }
    block.q2(at, j + 1) = product / block.r22(at);
    rises(j) = product / squares;
  }
  sums.Add(n, [&](size_t first, size_t count, MatrixXd& strip, Index row) {
    for (Index j = 0; j < k; ++j) {
      const double* x = column_of(j) + first;
      double* into = &strip(row, j);
      for (size_t i = 0; i < count; ++i) into[i] = x[i] - means(j);
      if (!(squares > 0)) continue;
      for (size_t i = 0; i < count; ++i) {
        into[i] -= rises(j) * (slope[first + i] - slope_mean);
      }
    }
  });
}

void MixedTableBuilder::Reduce() {
  const Index k = table_.n_working;
  std::vector<MatrixXd> parts(table_.blocks.size());
  ForBlocks([&](size_t b, size_t begin, size_t end) {
    MixedBlock& block = table_.blocks[b];
    const Index n = static_cast<Index>(end - begin);
    block.first = begin;
    block.r11.resize(n);
    block.q1.resize(n, k + 1);
    if (table_.has_slope) {
      block.r12.resize(n);
      block.r22.resize(n);
      block.q2 = MatrixXd::Zero(n, k + 1);
    }
    StripSums sums(k);
    for (Index at = 0; at < n; ++at) ReduceGroup(block, at, sums);
    parts[b] = sums.Finish();
  });
  table_.within = MatrixXd::Zero(k + 1, k + 1);
  for (const MatrixXd& part : parts) {
    table_.within.bottomRightCorner(k, k) += part;
  }
  table_.gram = table_.within;
  table_.slope_varies = false;
  for (const MixedBlock& block : table_.blocks) {
    table_.gram.noalias() += block.q1.transpose() * block.q1;
    if (!table_.has_slope) continue;
    table_.gram.noalias() += block.q2.transpose() * block.q2;
    table_.slope_varies = table_.slope_varies || block.r22.maxCoeff() > 0;
  }
}

bool MixedTableBuilder::IsAlmostCollinear() const {
  const Index k = table_.n_working;
  std::vector<Index> all;
  for (Index j = 0; j < k; ++j) all.push_back(j);
  const MatrixXd gram = table_.gram.topLeftCorner(k, k);
  return IndependentColumns(gram, all, kAlmostCollinear * gram.diagonal())
             .size() < all.size();
}

RegressionRows MixedTableBuilder::PackedRows() const {
  RegressionRows rows;
  rows.weights.assign(table_.n_rows, 1);
  rows.columns.resize(n_covariates());
  for (size_t group = 0; group < table_.n_groups(); ++group) {
    const size_t n = table_.n_of[group];
    rows.response.insert(rows.response.end(), In(group, 0), In(group, 0) + n);
    for (size_t c = 0; c < n_covariates(); ++c) {
      const double* x = In(group, first_ + c);
      rows.columns[c].insert(rows.columns[c].end(), x, x + n);
    }
  }
  return rows;
}

// Working columns that are orthogonal and of mean square 1, by least squares,
// which keeps the digits that products of columns would lose.
void MixedTableBuilder::Orthogonalize() {
  const RegressionRows rows = PackedRows();
  const double root = std::sqrt(static_cast<double>(table_.n_rows));
  std::vector<double> floors;
  for (size_t c = first_; c < packed_columns_.size(); ++c) {
    const Packed& one = packed_columns_[c];
    floors.push_back(kNothingLeft * one.extent.Size() * one.up * one.spread_up *
                     root);
  }
  const LeastSquares fit = FitLeastSquares(rows, floors);
  for (size_t c = first_; c < packed_columns_.size(); ++c) {
    table_.dropped[packed_columns_[c].column] = 1;
  }
  const Index m = static_cast<Index>(fit.kept.size());
  // Each kept column, of the working ones before, in the new ones.
  MatrixXd map = MatrixXd::Zero(table_.n_working, m + 1);
  map(0, 0) = 1;
  for (Index i = 0; i < m; ++i) {
    const size_t c = fit.kept[static_cast<size_t>(i)];
    table_.dropped[packed_columns_[first_ + c].column] = 0;
    for (Index j = i; j < m; ++j) {
      const double factor =
          root * fit.inverse_root[static_cast<size_t>(i * m + j)];
      map(static_cast<Index>(c + 1), j + 1) = factor;
      map(0, j + 1) -= fit.column_means[c] * factor;
    }
  }
  table_.to_coefficients *= map;
  table_.n_working = m + 1;
  size_t start = 0;
  const size_t width = packed_columns_.size();
  std::vector<double> moved(fit.kept.size());
  for (size_t group = 0; group < table_.n_groups(); ++group) {
    const size_t n = table_.n_of[group];
    for (size_t i = 0; i < n; ++i) {
      for (Index j = 0; j < m; ++j) {
        double value = map(0, j + 1);
        for (Index h = 0; h <= j; ++h) {
          const size_t c = fit.kept[static_cast<size_t>(h)];
          value += rows.columns[c][start + i] *
                   map(static_cast<Index>(c + 1), j + 1);
        }
        moved[static_cast<size_t>(j)] = value;
      }
      for (size_t j = 0; j < moved.size(); ++j) {
        packed_[start * width + (first_ + j) * n + i] = moved[j];
      }
    }
    start += n;
  }
  Reduce();
}

// Leaves the response less its least-squares fit where that is most of it.
void MixedTableBuilder::TakeOff() {
  const Index k = table_.n_working;
  table_.taken = VectorXd::Zero(k);
  const Eigen::LDLT<MatrixXd> factor(table_.gram.topLeftCorner(k, k));
  const VectorXd fit = factor.solve(table_.gram.col(k).head(k));
  const double total = table_.gram(k, k);
  const double left = total - fit.dot(table_.gram.col(k).head(k));
  if (!(total > 0) || left > kAlmostExplained * total) return;
  table_.taken = fit;
  ForBlocks([&](size_t, size_t begin, size_t end) {
    for (size_t group = begin; group < end; ++group) {
      double* response = In(group, 0);
      for (size_t i = 0; i < table_.n_of[group]; ++i) {
        double explained = fit(0);
        for (Index j = 1; j < k; ++j) {
          explained +=
              fit(j) * In(group, first_ + static_cast<size_t>(j - 1))[i];
        }
        response[i] -= explained;
      }
    }
  });
  Reduce();
}

void MixedTableBuilder::Finish() {
  Index j = 1;
  table_.log_determinant = 0;
  for (size_t c = 0; c < table_.n_columns; ++c) {
    if (table_.dropped[c] != 0) continue;
    table_.log_determinant += std::log(
        std::abs(table_.to_coefficients(static_cast<Index>(c + 1), j++)));
  }
}

}  // namespace

MixedTable BuildMixedTable(const MixedRows& rows, const DesignMatrix& design,
                           ThreadPool* pool) {
  return MixedTableBuilder(rows, design, pool).Build();
}

}  // namespace enthesis::stats
