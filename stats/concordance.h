// Harrell's concordance of a risk score with times to an event, as
// survival::concordance with reverse = TRUE, timewt "n", and its infinitesimal
// jackknife variance.
// See: METHODS.md, "Concordance".

#ifndef ENTHESIS_STATS_CONCORDANCE_H_
#define ENTHESIS_STATS_CONCORDANCE_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/cox_rows.h"
#include "stats/cox_table.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// Weighted counts of pairs within strata. A pair is comparable when one has
// the event while the other is at risk and leaves later (a censoring at the
// time of the event is later).
struct Concordance {
  double concordant = 0;  // the higher score has the event first
  double discordant = 0;
  double tied_score = 0;  // comparable, equal scores
  double tied_time = 0;   // events at one time, scores differ
  double tied_both = 0;   // events at one time, equal scores
  // (concordant + tied_score / 2) / comparable pairs; absent without any.
  std::optional<double> estimate;
  // Infinitesimal jackknife, summed by cluster where rows have clusters.
  std::optional<double> std_error;
};

// Input: `scores[i]` of row i, finite; higher means earlier events. Scores are
// tied when equal. Times are tied as in FitCox.
// Errors: INVALID_ARGUMENT (rows as CheckCoxRows, scores).
// Cost: O(n log n).
absl::StatusOr<Concordance> EstimateConcordance(
    const CoxRows& rows, absl::Span<const double> scores);

// For the estimators, which have a table of the rows already: `scores[i]` of
// the rows of node i. `pool` may be null.
Concordance ConcordanceOfNodes(const CoxTable& table,
                               absl::Span<const double> scores,
                               ThreadPool* pool);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_CONCORDANCE_H_
