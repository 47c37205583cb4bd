// The score test of proportional hazards: does a coefficient change with time?
// Equal to survival::cox.zph of version 3.0 and later.
// See: METHODS.md, "Proportional hazards".

#ifndef ENTHESIS_STATS_PROPORTIONAL_HAZARDS_H_
#define ENTHESIS_STATS_PROPORTIONAL_HAZARDS_H_

#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "stats/cox.h"
#include "stats/cox_rows.h"
#include "stats/design_matrix.h"
#include "stats/parallel.h"
#include "stats/regression.h"

namespace enthesis::stats {

// The g(t) whose product with a covariate is tested.
enum class TimeTransform {
  kKaplanMeier,  // 1 - S(t-), S of all rows together
  kRank,         // rank of the event times
  kIdentity,
  kLog,
};

struct ProportionalHazardsOptions {
  TimeTransform transform = TimeTransform::kKaplanMeier;
  // One test for each term of the design rather than for each column.
  bool by_term = false;
  std::stop_token stop = {};  // stop.h
};

struct ProportionalHazardsTest {
  std::string name;  // of the column, or the term
  ChiSquareTest test;
};

struct ProportionalHazards {
  // One per column (or term) with an estimate, then "GLOBAL".
  std::vector<ProportionalHazardsTest> tests;
  ProportionalHazardsOptions options;
};

// Input: the rows, design and ties of `fit`.
// Errors: INVALID_ARGUMENT (as FitCox; a fit of another design; kLog with an
// event at time 0), FAILED_PRECONDITION (an infinite coefficient
// or one out of range), CANCELLED.
// Cost: O(n log n + n p^2).
absl::StatusOr<ProportionalHazards> TestProportionalHazards(
    const CoxRows& rows, const DesignMatrix& design, const CoxFit& fit,
    const ProportionalHazardsOptions& options = {}, ThreadPool* pool = nullptr);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_PROPORTIONAL_HAZARDS_H_
