// Joint counts of a whole-number score before and after: the table behind
// every statistic of score change.
// See: METHODS.md, "Score table".

#ifndef ENTHESIS_STATS_SCORE_TABLE_H_
#define ENTHESIS_STATS_SCORE_TABLE_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"

namespace enthesis::stats {

// Scores are the whole numbers min_score .. max_score on both axes.
struct ScoreTable {
  int min_score = 0;
  int max_score = 100;
  // [(baseline - min_score) * width + (follow_up - min_score)]: subjects with
  // both scores.
  std::vector<int64_t> paired;
  // [follow_up - min_score]: every subject with a follow-up score, the paired
  // ones included.
  std::vector<int64_t> follow_up;

  int width() const { return max_score - min_score + 1; }
};

// A table of zeros for scores min_score..max_score.
ScoreTable EmptyScoreTable(int min_score, int max_score);

// Adds `from` to `into`. INVALID_ARGUMENT when their ranges differ.
absl::Status AddScoreTable(const ScoreTable& from, ScoreTable& into);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_SCORE_TABLE_H_
