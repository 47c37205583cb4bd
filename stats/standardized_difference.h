// How far two groups are apart in what they had before treatment, in units of
// the spread within them: of a table that describes them, where a test would
// ask for the number of cases rather than for balance.
// See: METHODS.md, "Standardized difference".
//
// Threads: pure functions.

#ifndef ENTHESIS_STATS_STANDARDIZED_DIFFERENCE_H_
#define ENTHESIS_STATS_STANDARDIZED_DIFFERENCE_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/mean.h"

namespace enthesis::stats {

// Of a number: mean of `a` minus mean of `b`, over the root of the mean of
// their variances (Austin 2009). Absent for fewer than two values in a group,
// and where neither varies.
std::optional<double> StandardizedMeanDifference(const Moments& a,
                                                 const Moments& b);

// Of categories: the Mahalanobis distance of the shares (Yang & Dalton 2012),
// at least 0; of two categories the absolute difference of shares over the root
// of the mean of p (1 - p).
//
// Input: a[k] and b[k], cases of each group in category k; categories without a
// case count for nothing. Absent where a group has nobody, and where a
// combination of categories tells all cases of one group from all of the other.
// Errors: INVALID_ARGUMENT (lengths that differ, a negative count).
absl::StatusOr<std::optional<double>> StandardizedShareDifference(
    absl::Span<const int64_t> a, absl::Span<const int64_t> b);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_STANDARDIZED_DIFFERENCE_H_
