// The Mann-Whitney (Wilcoxon rank-sum) test of two groups, as wilcox.test of R.
// See: METHODS.md, "Mann-Whitney".

#ifndef ENTHESIS_STATS_MANN_WHITNEY_H_
#define ENTHESIS_STATS_MANN_WHITNEY_H_

#include <optional>

#include "absl/status/statusor.h"
#include "stats/hodges_lehmann.h"
#include "stats/value_counts.h"

namespace enthesis::stats {

struct MannWhitney {
  // W: pairs with the first group above, half of those equal; absent when a
  // group is empty.
  std::optional<double> statistic;
  std::optional<double> p_value;  // two-sided; absent when all are equal
  bool is_exact = false;          // p and limits from W's own distribution
  HodgesLehmann shift;            // first group minus second
};

// Exact when both groups are below 50 and no two values are equal; else normal
// with the variance for ties and a continuity correction.
// Errors: INVALID_ARGUMENT (samples, level).
// Cost: O(distinct values) times about 100 for the interval.
absl::StatusOr<MannWhitney> TestMannWhitney(const ValueCounts& first,
                                            const ValueCounts& second,
                                            double conf_level = 0.95);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MANN_WHITNEY_H_
