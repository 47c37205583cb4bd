// Level and paired change of a score, and responders, from a score table or
// from rows.
// Change is follow-up minus baseline.
// See: METHODS.md, "Score change".

#ifndef ENTHESIS_STATS_SCORE_CHANGE_H_
#define ENTHESIS_STATS_SCORE_CHANGE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/mean.h"
#include "stats/proportion.h"
#include "stats/score_table.h"
#include "stats/signed_rank.h"

namespace enthesis::stats {

// Subjects whose change is at least `threshold` in the direction of
// improvement.
struct Responders {
  double threshold = 0;
  Proportion proportion;  // with Wilson's limits
  Proportion exact;       // the same with those of Clopper and Pearson
};

struct ScoreChangeOptions {
  double conf_level = 0.95;
  std::vector<double> thresholds;  // points of improvement
  bool higher_is_better = true;    // pain: false, a fall is an improvement
};

struct ScoreChange {
  MeanEstimate baseline;   // of the paired subjects
  MeanEstimate follow_up;  // of every subject with a follow-up score
  MeanEstimate change;     // follow-up minus baseline, paired subjects
  TTest t_test;            // of the change
  SignedRank signed_rank;  // of the change, with its Hodges-Lehmann estimate
  // Mean over SD of the change, absent for n < 2 or no spread; and the same
  // times the exact factor that frees it from bias (Hedges 1981), n - 1 df.
  std::optional<double> standardized_response_mean, hedges_g;
  std::vector<Responders> responders;  // one per threshold, in that order
};

// Errors: INVALID_ARGUMENT (shape, level, threshold not finite). No paired
// subject is an answer with n = 0.
// Numerics: sums are exact in whole numbers, so the result is free of order.
absl::StatusOr<ScoreChange> EstimateScoreChange(
    const ScoreTable& table, const ScoreChangeOptions& options);

// The same from rows of any numbers, one a subject with both scores; equal to
// the table of these rows where they are whole.
// Errors: INVALID_ARGUMENT (lengths that differ, level, threshold not finite,
// the first row with a value that is not finite or beyond kValueMax).
// Cost: O(n log n).
absl::StatusOr<ScoreChange> EstimateScoreChange(
    absl::Span<const double> baseline, absl::Span<const double> follow_up,
    const ScoreChangeOptions& options);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_SCORE_CHANGE_H_
