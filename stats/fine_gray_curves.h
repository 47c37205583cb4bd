// Cumulative incidence predicted by a Fine-Gray model for given covariates,
// with intervals.
// See: METHODS.md, "Predicted incidence".

#ifndef ENTHESIS_STATS_FINE_GRAY_CURVES_H_
#define ENTHESIS_STATS_FINE_GRAY_CURVES_H_

#include <cstddef>
#include <optional>
#include <stop_token>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/design_matrix.h"
#include "stats/fine_gray.h"
#include "stats/fine_gray_rows.h"
#include "stats/kaplan_meier.h"

namespace enthesis::stats {

struct FineGrayCurveOptions {
  double conf_level = 0.95;
  // On 1 - F, as for a cumulative incidence.
  IntervalTransform transform = IntervalTransform::kLogLog;
  std::stop_token stop = {};  // stop.h
};

// The curve just after `time`.
struct FineGrayCurvePoint {
  double time = 0;
  double cumulative_hazard = 0;        // of the subdistribution, H
  double incidence = 0;                // 1 - exp(-H)
  double std_error = 0;                // of `incidence`
  double hazard_std_error = 0;         // of H
  std::optional<double> lower, upper;  // of `incidence`
};

struct FineGrayCurve {
  int stratum = 0;       // its code; 0 without strata
  size_t profile = 0;    // row of `profiles`
  double last_time = 0;  // observed in the stratum
  std::vector<FineGrayCurvePoint> points;
  FineGrayCurveOptions options;
};

// The incidence with the covariates of each row of `profiles` (columns as the
// design of `fit`) in each stratum: by stratum in order of codes, then by
// profile. `times` finite, any order; empty: the distinct times of events of
// the cause, of each stratum its own. Before the first event the incidence is
// 0 with both limits 0. Times beyond the last observed time of a stratum are
// left out of its curves.
// The errors are those of influence functions, clusters and, for kCrr, the
// estimation of the censoring distribution included. Columns without an
// estimate take no part.
// Errors: INVALID_ARGUMENT (as FitFineGray; profiles of other columns; a fit of
// another design; times), FAILED_PRECONDITION (an infinite coefficient or
// one out of range), CANCELLED.
// Cost: O(n log n + times x (n p + profiles x p^2)).
absl::StatusOr<std::vector<FineGrayCurve>> PredictFineGrayIncidence(
    const FineGrayRows& rows, const DesignMatrix& design,
    const FineGrayFit& fit, const DesignMatrix& profiles,
    absl::Span<const double> times, const FineGrayCurveOptions& options = {});

// The curve at each of `times`, which were asked for, in that order; absent
// where it was left out.
std::vector<std::optional<FineGrayCurvePoint>> FineGrayCurveAt(
    const FineGrayCurve& curve, absl::Span<const double> times);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_FINE_GRAY_CURVES_H_
