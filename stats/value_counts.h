// A sample as its distinct values with counts: what every statistic of scores
// here works from, whether the sample came as rows or as a table of scores.
// Equal samples give equal counts whatever the order of their rows.
//
// Threads: plain values; const access from any number of threads is safe.

#ifndef ENTHESIS_STATS_VALUE_COUNTS_H_
#define ENTHESIS_STATS_VALUE_COUNTS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace enthesis::stats {

// Values beyond this magnitude are refused: squares must stay finite.
inline constexpr double kValueMax = 1e140;

// Larger samples are refused: sums of ranks are exact up to here.
inline constexpr int64_t kCountMax = int64_t{1} << 40;

struct ValueCounts {
  std::vector<double> values;   // strictly increasing
  std::vector<int64_t> counts;  // positive, one per value

  int64_t n() const;
};

// Refuses shapes that do not fit, values out of order, not finite or beyond
// kValueMax, counts below 1, and more than kCountMax in all. INVALID_ARGUMENT.
absl::Status CheckValueCounts(const ValueCounts& sample);

// Counts `values` by sorting. Only values equal as doubles are tied.
// Errors: INVALID_ARGUMENT naming the first row (from 0) whose value is not
// finite or beyond kValueMax. Cost: O(n log n).
absl::StatusOr<ValueCounts> CountValues(absl::Span<const double> values);

// The same for follow-up minus baseline of each row, rounded to a double.
// Errors: INVALID_ARGUMENT (lengths that differ; a row as above).
absl::StatusOr<ValueCounts> CountChanges(absl::Span<const double> baseline,
                                         absl::Span<const double> follow_up);

// Counts `values` by group, `groups[i]` in [0, n_groups) the group of row i.
// Errors: INVALID_ARGUMENT (lengths that differ; the first row with a group
// out of range or a value as above).
absl::StatusOr<std::vector<ValueCounts>> CountValuesByGroup(
    absl::Span<const double> values, absl::Span<const int> groups,
    int n_groups);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_VALUE_COUNTS_H_
