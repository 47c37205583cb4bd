// Pearson's chi-square test of a table of counts.
// See: METHODS.md, "Tests of tables".

#ifndef ENTHESIS_STATS_CONTINGENCY_TABLE_H_
#define ENTHESIS_STATS_CONTINGENCY_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/regression.h"

namespace enthesis::stats {

// Rows and columns without counts are left out.
struct PearsonTest {
  ChiSquareTest test;                      // without continuity correction
  std::optional<ChiSquareTest> corrected;  // Yates, of two rows and two columns
  std::optional<double> smallest_expected;
  size_t n_below_five = 0;  // cells with an expected count below 5
};

// Input: `counts` [row * n_columns + column].
// Returns: as chisq.test(correct = FALSE) and, of 2 x 2, chisq.test; no test
// where one row or one column is left.
// Errors: INVALID_ARGUMENT (a shape that does not fit, a count below 0 or
// beyond kCountMax in all).
absl::StatusOr<PearsonTest> TestIndependence(absl::Span<const int64_t> counts,
                                             size_t n_columns);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_CONTINGENCY_TABLE_H_
