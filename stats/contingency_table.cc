#include "stats/contingency_table.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/status/status.h"
#include "stats/value_counts.h"
#include "stats/whole_number.h"

namespace enthesis::stats {
namespace {

struct TableMargins {
  std::vector<int64_t> rows, columns;
  int64_t total = 0;
};

absl::StatusOr<TableMargins> MarginsOf(absl::Span<const int64_t> counts,
                                       size_t n_columns) {
  if (n_columns == 0 || counts.size() % n_columns != 0) {
    return absl::InvalidArgumentError("counts do not fill rows");
  }
  TableMargins margins;
  margins.rows.assign(counts.size() / n_columns, 0);
  margins.columns.assign(n_columns, 0);
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] < 0) {
      return absl::InvalidArgumentError("counts must be 0 or more");
    }
    if (counts[i] > kCountMax - margins.total) {
      return absl::InvalidArgumentError("counts must be 2^40 in all at most");
    }
    margins.total += counts[i];
    margins.rows[i / n_columns] += counts[i];
    margins.columns[i % n_columns] += counts[i];
  }
  return margins;
}

size_t CountOccupied(const std::vector<int64_t>& margin) {
  return margin.size() - static_cast<size_t>(std::count(
                             margin.begin(), margin.end(), int64_t{0}));
}

}  // namespace

absl::StatusOr<PearsonTest> TestIndependence(absl::Span<const int64_t> counts,
                                             size_t n_columns) {
  const absl::StatusOr<TableMargins> margins = MarginsOf(counts, n_columns);
  if (!margins.ok()) return margins.status();
  PearsonTest result;
  const size_t n_rows = CountOccupied(margins->rows);
  const size_t n_filled = CountOccupied(margins->columns);
  if (n_rows < 2 || n_filled < 2) return result;
  const auto total = static_cast<double>(margins->total);
  double chi_square = 0, corrected = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    const int64_t row = margins->rows[i / n_columns];
    const int64_t column = margins->columns[i % n_columns];
    if (row == 0 || column == 0) continue;
    // Whole until divided: what is left of two large counts keeps its digits.
    const Int128 product = Int128{row} * column;
    const double expected = static_cast<double>(product) / total;
    const double gap = std::abs(static_cast<double>(
                           Int128{counts[i]} * margins->total - product)) /
                       total;
    const double shrunk = gap - std::min(0.5, gap);
    chi_square += gap * gap / expected;
    corrected += shrunk * shrunk / expected;
    if (expected < 5) ++result.n_below_five;
    result.smallest_expected =
        std::min(expected, result.smallest_expected.value_or(expected));
  }
  const size_t df = (n_rows - 1) * (n_filled - 1);
  result.test = MakeChiSquareTest(chi_square, df);
  if (n_rows == 2 && n_filled == 2) {
    result.corrected = MakeChiSquareTest(corrected, df);
  }
  return result;
}

}  // namespace enthesis::stats
