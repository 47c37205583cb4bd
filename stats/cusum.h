// Monitoring of a sequence of cases: the risk-adjusted CUSUM of Steiner, Cook,
// Farewell & Treasure (2000, Biostatistics 1:441) and the variable
// life-adjusted display. Here order counts. See: METHODS.md, "CUSUM and VLAD".

#ifndef ENTHESIS_STATS_CUSUM_H_
#define ENTHESIS_STATS_CUSUM_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace enthesis::stats {

// n cases in the order in which they are watched.
struct CusumCases {
  absl::Span<const double> outcome;   // 0 or 1
  absl::Span<const double> expected;  // probability of 1, from 0 to 1
};

struct CusumOptions {
  // Of the outcome, against which the expected probabilities are tested: above
  // 1 a deterioration, below 1 an improvement, each a chart of its own.
  double odds_ratio = 2;
  // Beyond it the chart signals; absent: never.
  std::optional<double> threshold;
  bool resets = false;  // starts again from 0 after a signal
};

struct CusumPoint {
  double value = 0;  // max(0, the one before + weight)
  bool signals = false;
};

// The log-likelihood ratio of a case: log(R^y / (1 - p + R p)).
double CusumWeight(double probability, bool has_event, double odds_ratio);

// Errors: INVALID_ARGUMENT for columns of other lengths, "row N, ..." for a
// value out of range, an odds ratio outside [0.001, 1000] or of 1, a threshold
// outside (0, 1000]. FAILED_PRECONDITION without cases.
absl::StatusOr<std::vector<CusumPoint>> RunCusum(const CusumCases& cases,
                                                 const CusumOptions& options);

// Expected less observed events up to each case, and the error that the
// expected probabilities give it: sqrt(sum p (1 - p)).
struct VladPoint {
  double value = 0, std_error = 0;
};

// Errors: as RunCusum.
absl::StatusOr<std::vector<VladPoint>> RunVlad(const CusumCases& cases);

// INVALID_ARGUMENT unless it is one that RunCusum takes.
absl::Status CheckOddsRatio(double odds_ratio);
absl::Status CheckThreshold(double threshold);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_CUSUM_H_
