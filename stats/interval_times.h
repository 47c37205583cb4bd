// Rows of times to an event that are known only up to an interval: what
// inspections at visits leave. Views of columns, one value per row.
//
// Threads: plain views; the columns must outlive their use.
// See: METHODS.md, "Interval-censored times".

#ifndef ENTHESIS_STATS_INTERVAL_TIMES_H_
#define ENTHESIS_STATS_INTERVAL_TIMES_H_

#include <cstddef>
#include <limits>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace enthesis::stats {

// The upper end of a row whose event was not seen.
inline constexpr double kOpenUpper = std::numeric_limits<double>::infinity();

// What is known of one event time T.
enum class IntervalKind {
  kExact,          // lower == upper: T = lower
  kLeftCensored,   // lower == 0 < upper < infinity: T <= upper, 0 included
  kInterval,       // 0 < lower < upper < infinity: lower < T <= upper
  kRightCensored,  // upper == infinity: T > lower
};

// In R: Surv(lower, upper, type = "interval2"), where an open end is NA. A
// lower end of 0 is that of a left-censored row also where R has the row as an
// interval: the two differ only when some event is exactly at 0.
struct IntervalTimes {
  absl::Span<const double> lower;  // finite, >= 0; 0 where open
  absl::Span<const double> upper;  // >= lower; kOpenUpper where open
  // Case weights, finite, >= 0: a row of weight w counts as w rows. Rows of
  // weight 0 take no part. Empty: 1.
  absl::Span<const double> weights;

  size_t size() const { return lower.size(); }
  double Weight(size_t row) const { return weights.empty() ? 1 : weights[row]; }
  // Of a row that CheckIntervalTimes lets pass. A row of lower 0 and upper
  // kOpenUpper is right-censored at 0: no more is known than that T > 0.
  IntervalKind Kind(size_t row) const {
    if (lower[row] == upper[row]) return IntervalKind::kExact;
    if (upper[row] == kOpenUpper) return IntervalKind::kRightCensored;
    return lower[row] == 0 ? IntervalKind::kLeftCensored
                           : IntervalKind::kInterval;
  }
};

// Refuses columns of different lengths, then, as "row N: ..." (from 0), the
// first row with an end that is NaN or negative, a lower end that is infinite,
// an upper end below the lower, or a bad weight. INVALID_ARGUMENT.
absl::Status CheckIntervalTimes(const IntervalTimes& rows);

// The ends of all rows once those within R's `timefix` tolerance are tied
// (METHODS.md, "Event table"): each chain of ties becomes its first time. Ends
// of one row that are tied make it an exact time.
struct TiedIntervals {
  std::vector<double> lower, upper;
};

// Input: rows that CheckIntervalTimes lets pass. Cost: O(n log n).
TiedIntervals TieIntervalTimes(const IntervalTimes& rows);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_INTERVAL_TIMES_H_
