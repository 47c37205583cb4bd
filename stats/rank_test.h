// Rank tests for two or more groups from event tables: log-rank and its
// weighted relatives, stratified; trend over ordered groups; pairs of groups.
// See: METHODS.md, "Rank tests".

#ifndef ENTHESIS_STATS_RANK_TEST_H_
#define ENTHESIS_STATS_RANK_TEST_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/event_table.h"
#include "stats/multiple_comparisons.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// The weight of an event time, from the sample of all groups of a stratum:
// n at risk, S the Kaplan-Meier estimate just before the time.
enum class RankWeight {
  kLogRank,            // 1
  kGehanBreslow,       // n
  kTaroneWare,         // sqrt(n)
  kPetoPeto,           // S, as survival::survdiff with rho = 1
  kPetoPetoTextbook,   // prod (1 - d / (n + 1)) up to and with the time
  kFlemingHarrington,  // S^rho (1 - S)^gamma
};

struct RankTestOptions {
  RankWeight weight = RankWeight::kLogRank;
  double rho = 0;    // kFlemingHarrington only; finite, >= 0
  double gamma = 0;  // likewise
};

// Observed and expected events, each event counted with its weight, as
// survdiff reports them.
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
  // Counts were not whole: case weights. The variance takes a count as so many
  // subjects, which is right for whole weights only.
  bool fractional = false;
};

// Input: `strata[s][g]`, the table of group g within stratum s, one cause each;
// every stratum lists the same groups (an empty table where a group has none).
// Variance: hypergeometric, as survival::survdiff.
// Errors: INVALID_ARGUMENT (fewer than two groups, ragged strata, a bad table,
// rho or gamma). No events is an answer with df 0.
// Cost: O(times x groups^2 + groups^3); strata are shared out over `pool`.
absl::StatusOr<RankTest> TestRank(
    absl::Span<const std::vector<EventTable>> strata,
    const RankTestOptions& options = {}, ThreadPool* pool = nullptr);

// TestRank with weight 1.
absl::StatusOr<RankTest> TestLogRank(
    absl::Span<const std::vector<EventTable>> strata);

// Test for trend (Tarone 1975): the score-weighted sum of observed - expected
// over its standard error.
struct RankTrend {
  // Positive: more events than expected in groups of high score. Absent when
  // the statistic has no variance.
  std::optional<double> z;
  std::optional<double> chi_square;  // z squared, df 1
  std::optional<double> p_value;     // two-sided
};

// Input: `scores[g]` the score of group g, finite; only their spacing matters.
// Errors: as TestRank, and INVALID_ARGUMENT for scores that do not fit.
absl::StatusOr<RankTrend> TestRankTrend(
    absl::Span<const std::vector<EventTable>> strata,
    absl::Span<const double> scores, const RankTestOptions& options = {});

// The test of two of the groups alone; their weights are of these two.
struct RankPair {
  size_t first = 0, second = 0;  // first < second
  RankTest test;
  std::optional<double> adjusted_p_value;
};

// All pairs, in the order (0, 1), (0, 2), ..., (1, 2), ...; p adjusted over
// those that have one.
// Errors: as TestRank.
absl::StatusOr<std::vector<RankPair>> TestRankPairs(
    absl::Span<const std::vector<EventTable>> strata,
    const RankTestOptions& options = {},
    PAdjustment adjustment = PAdjustment::kHolm);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_RANK_TEST_H_
