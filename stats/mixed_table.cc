#include "stats/mixed_table.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "stats/generalized_inverse.h"
#include "stats/least_squares.h"
#include "stats/mixed_packing.h"
#include "stats/mixed_sites.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kStrip = 256;
// As of generalized linear models: information of a column beyond those before
// it below which products of columns lose digits.
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
      : packing_(rows, design, pool) {
    table_.n_rows = rows.size();
    table_.n_columns = design.n_columns();
    table_.has_slope = !rows.slope.empty();
    table_.codes = packing_.codes();
    for (size_t group = 0; group < packing_.n_groups(); ++group) {
      table_.n_of.push_back(packing_.RowsOf(group));
    }
    table_.blocks.resize(packing_.n_blocks());
  }

  MixedTable Build() {
    MapCoefficients();
    Reduce();
    if (IsAlmostCollinear()) Orthogonalize();
    TakeOff();
    Finish();
    table_.sites = TabulateSites(packing_, table_);
    return std::move(table_);
  }

 private:
  void MapCoefficients();
  void ReduceGroup(MixedBlock& block, Index at, StripSums& sums) const;
  void Reduce();
  bool IsAlmostCollinear() const;
  RegressionRows PackedRows() const;
  void Orthogonalize();
  void TakeOff();
  void Finish();

  MixedPacking packing_;
  MixedTable table_;
};

MixedScale ScaleOf(const PackedColumn& one) {
  return {one.mean / one.up, 1 / (one.spread_up * one.up)};
}

void MixedTableBuilder::MapCoefficients() {
  table_.n_working = static_cast<Index>(packing_.n_covariates() + 1);
  table_.to_coefficients = MatrixXd::Zero(
      static_cast<Index>(table_.n_columns + 1), table_.n_working);
  table_.to_coefficients(0, 0) = 1;
  table_.dropped.assign(table_.n_columns, 1);
  for (size_t c = 0; c < packing_.n_covariates(); ++c) {
    const PackedColumn& one = packing_.columns()[packing_.first() + c];
    table_.dropped[one.column] = 0;
    const Index j = static_cast<Index>(c + 1);
    table_.to_coefficients(static_cast<Index>(one.column + 1), j) =
        one.spread_up * one.up;
    table_.to_coefficients(0, j) = -one.mean * one.spread_up;
  }
  const PackedColumn& response = packing_.columns()[0];
  table_.response = ScaleOf(response);
  const double size = response.extent.Size() * response.up;
  table_.response_square = std::pow(size * response.spread_up, 2);
  if (table_.has_slope) table_.slope = ScaleOf(packing_.columns()[1]);
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
  const double* slope = table_.has_slope ? packing_.In(group, 1) : nullptr;
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
    return packing_.In(
        group, j + 1 == k ? 0 : packing_.first() + static_cast<size_t>(j));
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
  packing_.ForBlocks([&](size_t b, size_t begin, size_t end) {
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
  rows.columns.resize(packing_.n_covariates());
  for (size_t group = 0; group < table_.n_groups(); ++group) {
    const size_t n = table_.n_of[group];
    rows.response.insert(rows.response.end(), packing_.In(group, 0),
                         packing_.In(group, 0) + n);
    for (size_t c = 0; c < packing_.n_covariates(); ++c) {
      const double* x = packing_.In(group, packing_.first() + c);
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
  for (size_t c = packing_.first(); c < packing_.columns().size(); ++c) {
    const PackedColumn& one = packing_.columns()[c];
    floors.push_back(kNothingBeyond * one.extent.Size() * one.up *
                     one.spread_up * root);
  }
  const LeastSquares fit = FitLeastSquares(rows, floors);
  for (size_t c = packing_.first(); c < packing_.columns().size(); ++c) {
    table_.dropped[packing_.columns()[c].column] = 1;
  }
  const Index m = static_cast<Index>(fit.kept.size());
  // Each kept column, of the working ones before, in the new ones.
  MatrixXd map = MatrixXd::Zero(table_.n_working, m + 1);
  map(0, 0) = 1;
  for (Index i = 0; i < m; ++i) {
    const size_t c = fit.kept[static_cast<size_t>(i)];
    table_.dropped[packing_.columns()[packing_.first() + c].column] = 0;
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
        packing_.In(group, packing_.first() + j)[i] = moved[j];
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
  packing_.ForBlocks([&](size_t, size_t begin, size_t end) {
    for (size_t group = begin; group < end; ++group) {
      double* response = packing_.In(group, 0);
      for (size_t i = 0; i < table_.n_of[group]; ++i) {
        double explained = fit(0);
        for (Index j = 1; j < k; ++j) {
          explained +=
              fit(j) * packing_.In(group, packing_.first() +
                                              static_cast<size_t>(j - 1))[i];
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
