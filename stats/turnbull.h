// Turnbull's estimate: the nonparametric maximum likelihood estimate of a
// distribution of times that are known only up to intervals.
// See: METHODS.md, "Turnbull's estimate".

#ifndef ENTHESIS_STATS_TURNBULL_H_
#define ENTHESIS_STATS_TURNBULL_H_

#include <cstddef>
#include <optional>
#include <stop_token>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/interval_times.h"

namespace enthesis::stats {

// The event is in (left, right] with this probability; at the point itself
// where left == right. Where in the interval, the data do not say. A `left` of
// 0 is the start; `right` is kOpenUpper where mass is left after the last time.
struct TurnbullInterval {
  double left = 0, right = 0;
  double mass = 0;  // > 0
};

struct TurnbullOptions {
  std::stop_token stop = {};  // stop.h
};

struct TurnbullCurve {
  double n = 0;  // sum of the weights
  // The innermost intervals with mass, disjoint and in order; masses sum to 1.
  // No other masses are as likely; where in its interval a mass lies is open.
  std::vector<TurnbullInterval> intervals;
  size_t n_innermost = 0;     // candidates, with mass or without
  double log_likelihood = 0;  // sum of weight * log P(interval of the row)
  // How far the masses are from the optimum: with d_j the sum of
  // weight / P(interval) over the rows that hold innermost interval j, the
  // optimum has d_j = n where there is mass and d_j <= n elsewhere (Gentleman &
  // Geyer 1994). The largest excess, or difference, over n; below 1e-9.
  double max_violation = 0;
  int iterations = 0;  // Newton steps
};

// Input: rows as interval_times.h says. Times within R's `timefix` tolerance
// are tied (METHODS.md, "Event table"); ends of one row that are tied make it
// an exact time.
// Errors: INVALID_ARGUMENT as CheckIntervalTimes; FAILED_PRECONDITION when the
// weights sum to 0, or when their range of magnitudes defeats the optimizer;
// CANCELLED.
// Cost: O(n log n), and tens of steps of O(n) to a few milliseconds for ten
// thousand rows.
absl::StatusOr<TurnbullCurve> EstimateTurnbull(
    const IntervalTimes& rows, const TurnbullOptions& options = {});

// One curve per group, `groups[i]` in [0, n_groups) that of row i (empty: all
// in group 0), with ties by one tolerance over all rows. A group of no weight
// has n = 0 and no intervals.
// Errors: as above, where no group has weight; INVALID_ARGUMENT for a group out
// of range.
absl::StatusOr<std::vector<TurnbullCurve>> EstimateTurnbullGroups(
    const IntervalTimes& rows, absl::Span<const int> groups, int n_groups,
    const TurnbullOptions& options = {});

// What the estimate says of P(T > time): within an interval with mass all that
// is known is that it lies between the values at its ends.
struct SurvivalBounds {
  double lower = 0, upper = 1;
};

// At each of `times`, in that order. Within the open interval after the last
// time the bounds are 0 and its mass. Absent for a time that is not finite and
// for a curve of n = 0.
std::vector<std::optional<SurvivalBounds>> SurvivalBoundsAt(
    const TurnbullCurve& curve, absl::Span<const double> times);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_TURNBULL_H_
