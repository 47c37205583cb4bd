// The log-rank test for two or more groups from event tables.
// See: METHODS.md, "Log-rank".

#ifndef ENTHESIS_STATS_RANK_TEST_H_
#define ENTHESIS_STATS_RANK_TEST_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/event_table.h"

namespace enthesis::stats {

struct RankTestGroup {
  double n = 0;
  double observed = 0;
  double expected = 0;
};

struct RankTest {
  std::vector<RankTestGroup> groups;  // in the order given
  // Groups with positive expected events, less one; or the rank of the
  // variance, where that is smaller (survdiff stops with an error there).
  int df = 0;
  std::optional<double> chi_square;  // absent when df is 0
  std::optional<double> p_value;
};

// Input: `strata[s][g]`, the table of group g within stratum s, one cause each;
// every stratum lists the same groups (an empty table where a group has none).
// Variance: hypergeometric, as survival::survdiff.
// Errors: INVALID_ARGUMENT (fewer than two groups, ragged strata, a bad table).
// No events is an answer with df 0.
// Cost: O(times x groups^2 + groups^3).
absl::StatusOr<RankTest> TestLogRank(
    absl::Span<const std::vector<EventTable>> strata);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_RANK_TEST_H_
