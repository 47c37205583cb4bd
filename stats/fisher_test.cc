#include "stats/fisher_test.h"

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "stats/conditional_odds_ratio.h"
#include "stats/value_counts.h"
#include "stats/whole_number.h"

namespace enthesis::stats {
namespace {

constexpr char kTooLargeTable[] = "the table is too large for an exact test";

// The table without empty rows and columns.
struct Occupied {
  std::vector<int64_t> counts;
  size_t n_rows = 0, n_columns = 0;

  int64_t At(size_t row, size_t column) const {
    return counts[row * n_columns + column];
  }
};

Occupied OccupiedPart(absl::Span<const int64_t> counts, size_t n_columns) {
  const size_t n_rows = counts.size() / n_columns;
  std::vector<size_t> rows, columns;
  for (size_t r = 0; r < n_rows; ++r) {
    for (size_t c = 0; c < n_columns; ++c) {
      if (counts[r * n_columns + c] == 0) continue;
      if (rows.empty() || rows.back() != r) rows.push_back(r);
      columns.push_back(c);
    }
  }
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  Occupied table;
  table.n_rows = rows.size();
  table.n_columns = columns.size();
  for (const size_t r : rows) {
    for (const size_t c : columns) {
      table.counts.push_back(counts[r * n_columns + c]);
    }
  }
  return table;
}

// The same with rows for columns.
Occupied Turned(const Occupied& table) {
  Occupied turned;
  turned.n_rows = table.n_columns;
  turned.n_columns = table.n_rows;
  for (size_t c = 0; c < table.n_columns; ++c) {
    for (size_t r = 0; r < table.n_rows; ++r) {
      turned.counts.push_back(table.At(r, c));
    }
  }
  return turned;
}

std::optional<double> PairP(const Occupied& table) {
  const TwoByTwo pair = {table.At(0, 0), table.At(0, 0) + table.At(1, 0),
                         table.At(0, 1), table.At(0, 1) + table.At(1, 1)};
  const auto exact = EstimateConditionalOddsRatio({&pair, 1}, 0.95);
  if (!exact.ok()) return std::nullopt;
  return exact->p_value;
}

}  // namespace

absl::StatusOr<FisherTest> TestFisher(absl::Span<const int64_t> counts,
                                      size_t n_columns) {
  if (n_columns == 0 || counts.size() % n_columns != 0) {
    return absl::InvalidArgumentError("counts do not fill rows");
  }
  Int128 total = 0;
  for (const int64_t count : counts) {
    if (count < 0)
      return absl::InvalidArgumentError("counts must be 0 or more");
    total += count;
  }
  if (total > kCountMax) {
    return absl::InvalidArgumentError("counts must be 2^40 in all at most");
  }
  Occupied table = OccupiedPart(counts, n_columns);
  FisherTest test;
  if (table.n_rows < 2 || table.n_columns < 2) {
    test.absence = "the table has one row or one column";
    return test;
  }
  if (table.n_columns == 2 && table.n_rows > 2) table = Turned(table);
  if (table.n_rows == 2 && table.n_columns == 2) {
    test.p_value = PairP(table);
  } else if (table.n_rows == 2) {
    std::vector<int64_t> events, groups;
    for (size_t c = 0; c < table.n_columns; ++c) {
      events.push_back(table.At(0, c));
      groups.push_back(table.At(0, c) + table.At(1, c));
    }
    test.p_value = FisherOfTwoRows(events, groups);
  } else {
    if (table.n_rows > table.n_columns) table = Turned(table);
    test.p_value = FisherOfManyRows(table.counts, table.n_columns);
  }
  if (!test.p_value.has_value()) test.absence = kTooLargeTable;
  return test;
}

}  // namespace enthesis::stats
