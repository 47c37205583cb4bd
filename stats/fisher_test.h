// Fisher's exact test of a table of r rows and c columns: all tables of the
// same margins that are at most as likely as that seen.
// See: METHODS.md, "Exact tests of tables".

#ifndef ENTHESIS_STATS_FISHER_TEST_H_
#define ENTHESIS_STATS_FISHER_TEST_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace enthesis::stats {

struct FisherTest {
  std::optional<double> p_value;  // two-sided
  std::string absence;            // why there is none
};

// Input: `counts` [row * n_columns + column]. Rows and columns without counts
// change nothing. Ties within 1e-7.
// Returns: no p, and why, where one row or one column is left, and where the
// work would be beyond some seconds: more than two rows and columns of a few
// hundred, two of them with more than about six groups of thousands.
// Errors: INVALID_ARGUMENT (a shape that does not fit, a count below 0 or
// beyond kCountMax in all).
// Cost: of two rows the number of tables of all columns but two that are more
// likely than the one seen.
absl::StatusOr<FisherTest> TestFisher(absl::Span<const int64_t> counts,
                                      size_t n_columns);

// Of a table without empty rows and columns, with two rows and more, two
// columns and more. `groups` is the number in each, `events` in the first of
// two rows. No answer beyond the work allowed.
std::optional<double> FisherOfTwoRows(absl::Span<const int64_t> events,
                                      absl::Span<const int64_t> groups);
std::optional<double> FisherOfManyRows(absl::Span<const int64_t> counts,
                                       size_t n_columns);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_FISHER_TEST_H_
