// Level and paired change of a score, and responders, from a score table.
// Change is follow-up minus baseline.
// See: METHODS.md, "Score change".

#ifndef ENTHESIS_STATS_SCORE_CHANGE_H_
#define ENTHESIS_STATS_SCORE_CHANGE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/proportion.h"
#include "stats/score_table.h"

namespace enthesis::stats {

// Mean and spread of n whole-number values; absent where undefined (mean for
// n = 0, the rest for n < 2).
struct MeanEstimate {
  int64_t n = 0;
  std::optional<double> mean;
  std::optional<double> std_dev;       // n - 1 in the denominator
  std::optional<double> lower, upper;  // t interval of the mean
};

// The one-sample t test of mean 0; absent for n < 2 or no spread.
struct TTest {
  std::optional<double> statistic, p_value;
  double df = 0;
};

// Subjects whose change is at least `threshold` in the direction of
// improvement.
struct Responders {
  double threshold = 0;
  Proportion proportion;
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
  std::vector<Responders> responders;  // one per threshold, in that order
};

// Errors: INVALID_ARGUMENT (shape, level, threshold not finite). No paired
// subject is an answer with n = 0.
// Numerics: sums are exact in whole numbers, so the result is free of order.
absl::StatusOr<ScoreChange> EstimateScoreChange(
    const ScoreTable& table, const ScoreChangeOptions& options);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_SCORE_CHANGE_H_
