#include "stats/score_table.h"

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"

namespace enthesis::stats {

ScoreTable EmptyScoreTable(int min_score, int max_score) {
  ScoreTable table;
  table.min_score = min_score;
  table.max_score = max_score;
  const size_t width =
      max_score < min_score ? 0 : static_cast<size_t>(table.width());
  table.paired.assign(width * width, 0);
  table.follow_up.assign(width, 0);
  return table;
}

absl::Status AddScoreTable(const ScoreTable& from, ScoreTable& into) {
  if (from.min_score != into.min_score || from.max_score != into.max_score ||
      from.paired.size() != into.paired.size() ||
      from.follow_up.size() != into.follow_up.size()) {
    return absl::InvalidArgumentError("score tables of different ranges");
  }
  for (size_t i = 0; i < from.paired.size(); ++i) {
    into.paired[i] += from.paired[i];
  }
  for (size_t i = 0; i < from.follow_up.size(); ++i) {
    into.follow_up[i] += from.follow_up[i];
  }
  return absl::OkStatus();
}

}  // namespace enthesis::stats
