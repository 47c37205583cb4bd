// How well predicted probabilities fit events that were seen: discrimination
// and calibration. See: METHODS.md, "Generalized linear models".

#ifndef ENTHESIS_STATS_BINARY_PREDICTION_H_
#define ENTHESIS_STATS_BINARY_PREDICTION_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/parallel.h"
#include "stats/regression.h"

namespace enthesis::stats {

struct BinaryPredictions {
  absl::Span<const double> response;    // 0 or 1
  absl::Span<const double> predictors;  // log odds; may be infinite
  absl::Span<const double> weights;     // finite, >= 0; empty: 1
};

// Rows whose predictions lie next to each other.
struct PredictionGroup {
  double n = 0;                    // sums of weights
  double observed = 0;             // of events
  double expected = 0;             // of probabilities
  double lowest = 0, highest = 0;  // probability
};

struct BinaryAssessment {
  // The chance that an event has a higher prediction than a non-event, ties
  // half; predictors within 1e-10 are tied, for rounding tears equal ones
  // apart. Absent without events or without others.
  std::optional<double> auc;
  double brier = 0;  // mean of (response - probability)^2
  // The intercept of a logistic model with the predictor as its offset, and the
  // slope of one with the predictor as its covariate: 0 and 1 are perfect.
  // Absent where a predictor or the estimate is infinite.
  std::optional<double> calibration_intercept, calibration_slope;
  // Cut at the quantiles (R's type 7) of the predictions, ties together.
  std::vector<PredictionGroup> groups;
  ChiSquareTest hosmer_lemeshow;  // df: groups less 2
};

// Input: columns of one length, NaN forbidden. `n_groups` from 2.
// Errors: INVALID_ARGUMENT (shapes, a response, a weight, groups);
// FAILED_PRECONDITION when no row has a positive weight.
// Cost: O(n log n).
absl::StatusOr<BinaryAssessment> AssessBinaryPredictions(
    const BinaryPredictions& rows, size_t n_groups, ThreadPool* pool = nullptr);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_BINARY_PREDICTION_H_
