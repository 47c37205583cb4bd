// The log-rank test for times that are known only up to intervals.
// See: METHODS.md, "Log-rank test of intervals".

#ifndef ENTHESIS_STATS_INTERVAL_RANK_TEST_H_
#define ENTHESIS_STATS_INTERVAL_RANK_TEST_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/interval_times.h"
#include "stats/regression.h"
#include "stats/turnbull.h"

namespace enthesis::stats {

struct IntervalRankTest {
  struct Group {
    double n = 0;  // sum of the weights
    // Sum of the scores; with right-censored rows alone the events observed
    // less those expected. Above 0: events come early.
    double score = 0;
  };
  std::vector<Group> groups;
  // Degrees of freedom: groups of weight, less one; 0, and no statistic,
  // where there is one or where all scores are equal.
  ChiSquareTest test;
};

// Whether the distributions of the groups are equal, `groups[i]` in
// [0, n_groups) that of row i. Valid where the times of inspection and of
// censoring do not depend on the group.
// Errors: as EstimateTurnbullGroups; INVALID_ARGUMENT for weights that are not
// whole, which count no subjects to permute.
// Cost: that of one estimate of all rows.
absl::StatusOr<IntervalRankTest> TestIntervalGroups(
    const IntervalTimes& rows, absl::Span<const int> groups, int n_groups,
    const TurnbullOptions& options = {});

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_INTERVAL_RANK_TEST_H_
