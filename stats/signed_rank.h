// Wilcoxon's signed-rank test of paired differences, as wilcox.test of R.
// See: METHODS.md, "Signed-rank".

#ifndef ENTHESIS_STATS_SIGNED_RANK_H_
#define ENTHESIS_STATS_SIGNED_RANK_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "stats/hodges_lehmann.h"
#include "stats/value_counts.h"

namespace enthesis::stats {

struct SignedRank {
  int64_t n = 0;       // differences other than 0, which alone are ranked
  int64_t n_zero = 0;  // differences dropped
  // V, the sum of the ranks of positive differences; absent without any
  // difference, 0 when all are zero.
  std::optional<double> statistic;
  std::optional<double> p_value;  // two-sided; absent for n = 0
  bool is_exact = false;          // p and limits from V's own distribution
  // The (pseudo)median of the differences other than 0.
  HodgesLehmann hodges_lehmann;
};

// Exact when n < 50 without ties of magnitude and without zeros; else normal
// with the variance for ties and a continuity correction.
// Ties: mid-ranks; magnitudes are tied when equal as doubles.
// Errors: INVALID_ARGUMENT (sample, level).
// Cost: O(distinct values) times about 100 for the interval.
absl::StatusOr<SignedRank> TestSignedRank(const ValueCounts& differences,
                                          double conf_level = 0.95);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_SIGNED_RANK_H_
