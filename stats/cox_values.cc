#include "stats/cox_values.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "stats/column_extent.h"
#include "stats/cox_kernels.h"
#include "stats/parallel.h"

namespace enthesis::stats {
namespace {

// A spread this much smaller than the values is rounding.
constexpr double kSpreadTolerance = 1e-14;
constexpr size_t kNodesPerPiece = 8192;

// Nodes of one stratum, few enough to stay in the cache. Sums are taken by
// piece and added in order, so that no answer depends on the number of threads.
struct NodePiece {
  size_t begin = 0;
  size_t end = 0;
  size_t stratum = 0;
};

// What is found in a piece of a column.
struct PieceOfColumn {
  double first = 0;
  ColumnExtent extent;
  double weight = 0;
  double weighted = 0;  // sum of weight x
  double sum = 0;       // of rows, not weighted, where that is the mean in use
  double square = 0;    // sum of weight (x less the center, over the largest)^2
  bool signs_only = true;  // -1, 0 and 1
};

bool HasSignsOnly(const double* x, size_t n, const ColumnExtent& extent) {
  if (extent.Size() > 1) return false;
  return std::all_of(x, x + n,
                     [](double v) { return v == 0 || std::abs(v) == 1; });
}

class CoxValues {
 public:
  CoxValues(const DesignMatrix& design, const std::vector<uint32_t>& rows_of,
            ThreadPool* pool, CoxTable& table);

  void Fill();

 private:
  // Calls task(piece) for each, those of a column by threads together: what
  // they fetch of it lies in a cache that they share.
  template <typename Task>
  void ForEachPiece(const Task& task);

  void Gather(size_t column, size_t piece);
  void SumSquares(size_t column, size_t piece);
  void Scale(size_t column, size_t piece);
  void Center(size_t column);
  void FindScale(size_t column);

  double* ColumnOf(size_t column) {
    return table_.values.get() + column * table_.n_nodes;
  }
  double CenterOf(size_t column, size_t piece) const {
    return table_.centers[pieces_[piece].stratum * table_.n_columns + column];
  }
  PieceOfColumn* FoundIn(size_t column) {
    return found_.data() + column * pieces_.size();
  }

  const DesignMatrix& design_;
  const std::vector<uint32_t>& rows_of_;
  ThreadPool* pool_;
  CoxTable& table_;
  std::vector<NodePiece> pieces_;
  std::vector<size_t> tasks_;         // their first pieces; one more at the end
  std::vector<PieceOfColumn> found_;  // [column * pieces + piece]
  std::vector<double> largest_;       // [column]
};

CoxValues::CoxValues(const DesignMatrix& design,
                     const std::vector<uint32_t>& rows_of, ThreadPool* pool,
                     CoxTable& table)
    : design_(design), rows_of_(rows_of), pool_(pool), table_(table) {
  size_t in_task = kNodesPerPiece;
  for (size_t s = 0; s < table.strata.size(); ++s) {
    const size_t end = table.group_begin[table.stratum_begin[s + 1]];
    for (size_t begin = table.group_begin[table.stratum_begin[s]];
         begin < end;) {
      if (in_task >= kNodesPerPiece) {
        tasks_.push_back(pieces_.size());
        in_task = 0;
      }
      const size_t stop = std::min(end, begin + kNodesPerPiece);
      pieces_.push_back({begin, stop, s});
      in_task += stop - begin;
      begin = stop;
    }
  }
  tasks_.push_back(pieces_.size());
  found_.resize(table.n_columns * pieces_.size());
  largest_.resize(table.n_columns);
}

template <typename Task>
void CoxValues::ForEachPiece(const Task& task) {
  const size_t n_tasks = tasks_.size() - 1;
  RunTasks(pool_, n_tasks * table_.n_columns, [&](size_t index) {
    const size_t column = index / n_tasks;
    const size_t at = index % n_tasks;
    for (size_t k = tasks_[at]; k < tasks_[at + 1]; ++k) task(column, k);
  });
}

void CoxValues::Gather(size_t column, size_t piece) {
  const auto [begin, end, stratum] = pieces_[piece];
  const size_t n = end - begin;
  const absl::Span<const double> from = design_.Column(column);
  double* x = ColumnOf(column);
  for (size_t i = begin; i < end; ++i) x[i] = from[rows_of_[i]];
  PieceOfColumn& found = FoundIn(column)[piece];
  found.first = x[begin];
  found.extent = ExtentOf(x + begin, n);
  double sums[2] = {0, 0};
  AddWeightedSums({x + begin, n, 1}, table_.totals.data() + begin, n, sums);
  found.weight = sums[0];
  found.weighted = sums[1];
  if (!table_.weighted_means) {
    for (size_t i = begin; i < end; ++i) found.sum += table_.Count(i) * x[i];
  }
  found.signs_only = HasSignsOnly(x + begin, n, found.extent);
}

// Where the column is centered in each stratum: at its weighted mean, exactly
// where it is constant there. Fills `means`, too.
void CoxValues::Center(size_t column) {
  const PieceOfColumn* found = FoundIn(column);
  double sum = 0;
  double mean = 0;
  double largest = 0;
  bool signs_only = true;
  for (size_t k = 0; k < pieces_.size();) {
    const size_t stratum = pieces_[k].stratum;
    const double first = found[k].first;
    ColumnExtent extent;
    double weight = 0;
    double weighted = 0;
    for (; k < pieces_.size() && pieces_[k].stratum == stratum; ++k) {
      extent.Add(found[k].extent);
      weight += found[k].weight;
      weighted += found[k].weighted;
      sum += found[k].sum;
      signs_only = signs_only && found[k].signs_only;
    }
    double center = weighted / weight;
    if (extent.low == extent.high || !std::isfinite(center)) center = first;
    table_.centers[stratum * table_.n_columns + column] = center;
    mean += center * (weight / table_.weight);
    largest = std::max(largest, extent.Size());
  }
  largest_[column] = largest;
  // coxph weights the means of right-censored rows only.
  if (!table_.weighted_means) mean = sum / table_.n_rows;
  table_.means[column] = signs_only || !std::isfinite(mean) ? 0 : mean;
}

void CoxValues::SumSquares(size_t column, size_t piece) {
  const auto [begin, end, stratum] = pieces_[piece];
  if (!(largest_[column] > 0)) return;
  // In squares of the largest value, which cannot overflow.
  FoundIn(column)[piece].square = WeightedSquares(
      ColumnOf(column) + begin, table_.totals.data() + begin,
      CenterOf(column, piece), 1 / largest_[column], end - begin);
}

void CoxValues::FindScale(size_t column) {
  const PieceOfColumn* found = FoundIn(column);
  double square = 0;
  ColumnExtent centered;
  for (size_t k = 0; k < pieces_.size(); ++k) {
    square += found[k].square;
    centered.Add(found[k].extent.low - CenterOf(column, k));
    centered.Add(found[k].extent.high - CenterOf(column, k));
  }
  const double largest = largest_[column];
  double scale = largest * std::sqrt(square / table_.weight);
  const bool spread = scale > kSpreadTolerance * largest;
  if (!spread || !std::isfinite(scale) || !std::isfinite(1 / scale)) scale = 0;
  table_.scales[column] = scale;
  table_.ranges[column] =
      scale > 0 ? (centered.high - centered.low) * (1 / scale) : 0;
}

void CoxValues::Scale(size_t column, size_t piece) {
  const auto [begin, end, stratum] = pieces_[piece];
  double* x = ColumnOf(column);
  if (!(table_.scales[column] > 0)) {
    std::fill(x + begin, x + end, 0);
    return;
  }
  const double center = CenterOf(column, piece);
  const double factor = 1 / table_.scales[column];
  for (size_t i = begin; i < end; ++i) x[i] = (x[i] - center) * factor;
}

void CoxValues::Fill() {
  const size_t p = table_.n_columns;
  const size_t n_late = table_.late_nodes.size();
  table_.values = std::make_unique_for_overwrite<double[]>(table_.n_nodes * p);
  table_.late_values.resize(n_late * p);
  table_.centers.resize(table_.strata.size() * p);
  table_.scales.resize(p);
  table_.ranges.resize(p);
  table_.means.resize(p);
  ForEachPiece([this](size_t c, size_t piece) { Gather(c, piece); });
  RunTasks(pool_, p, [this](size_t c) { Center(c); });
  ForEachPiece([this](size_t c, size_t piece) { SumSquares(c, piece); });
  RunTasks(pool_, p, [this](size_t c) { FindScale(c); });
  ForEachPiece([this](size_t c, size_t piece) { Scale(c, piece); });
  RunTasks(pool_, p, [&](size_t c) {
    const double* x = ColumnOf(c);
    double* late = table_.late_values.data() + c * n_late;
    for (size_t i = 0; i < n_late; ++i) late[i] = x[table_.late_nodes[i]];
  });
}

}  // namespace

void FillCoxValues(const DesignMatrix& design,
                   const std::vector<uint32_t>& rows_of, ThreadPool* pool,
                   CoxTable& table) {
  CoxValues(design, rows_of, pool, table).Fill();
}

}  // namespace enthesis::stats
