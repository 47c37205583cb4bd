// Fine and Gray's regression of the subdistribution hazard of one cause, and
// the cumulative incidence it predicts.
// Equal to cmprsk::crr, or to coxph on the rows of survival::finegray, at the
// converged optimum.
// See: METHODS.md, "Fine-Gray regression".

#ifndef ENTHESIS_STATS_FINE_GRAY_H_
#define ENTHESIS_STATS_FINE_GRAY_H_

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "stats/design_matrix.h"
#include "stats/fine_gray_rows.h"
#include "stats/regression.h"

namespace enthesis::stats {

// Of events of the cause; crr has Breslow's rule only.
enum class FineGrayTies { kEfron, kBreslow };

struct FineGrayOptions {
  int cause = 1;  // of interest, >= 1
  FineGrayConvention convention = FineGrayConvention::kCrr;
  FineGrayTies ties = FineGrayTies::kEfron;  // kFineGray only
  double conf_level = 0.95;                  // in (0, 1)
  int max_iterations = 100;
  std::stop_token stop = {};  // stop.h
};

struct FineGrayTests {
  // Of the log pseudo-likelihood, as summary.crr and coxph print it.
  ChiSquareTest likelihood_ratio;
  // With the sandwich variance. Absent when a coefficient is infinite, or where
  // that has a rank below the number of estimates.
  ChiSquareTest wald;
  ChiSquareTest score;  // at 0, with the information there
};

struct FineGrayFit {
  size_t n = 0;          // subjects: rows by count, of positive weight
  size_t events = 0;     // of them with an event of the cause
  size_t competing = 0;  // with an event of another cause
  // One per column of the design, in its order. `std_error` is the sandwich
  // error; `robust_std_error` is absent. A column that is constant within
  // every stratum, or a combination of earlier ones, or without events to
  // learn from, has a name only and is listed in `dropped`. One whose estimate
  // is infinite (separation) has a name only and is listed in `separated`; the
  // others are then estimates at that limit.
  std::vector<Coefficient> coefficients;
  std::vector<std::string> dropped;
  std::vector<std::string> separated;
  // Columns so large or small that their variance is beyond the range of
  // numbers: figures that are, too, are absent, and covariances of theirs 0.
  std::vector<std::string> out_of_range;
  // Covariances of the estimates, [column * p + column], p columns of the
  // design; 0 where a column has no estimate. The sandwich: for kCrr with the
  // estimation of the censoring distribution in it (Fine & Gray 1999), for
  // kFineGray without (coxph's robust variance).
  std::vector<double> covariance;
  std::vector<double> model_covariance;  // inverse of the information
  // Log pseudo-likelihood at 0 and at the estimates.
  double log_likelihood_null = 0;
  double log_likelihood = 0;
  FineGrayTests tests;
  int iterations = 0;
  size_t n_clusters = 0;  // 0: none were given
  // Of the covariance: with few clusters below the number of estimates.
  size_t rank = 0;
  FineGrayOptions options;

  // The estimates, 0 for columns without one: [column].
  std::vector<double> Estimates() const;
};

// Input: `rows` and the `design` with one row each; the design may have no
// column (a null model).
// Ties: times within R's `timefix` tolerance are tied (METHODS.md, "Event
// table").
// Returns: the same bytes for any order of rows. No events of the cause is an
// answer: nothing but names, and tests of df 0.
// Errors: INVALID_ARGUMENT (options; rows as CheckFineGrayRows; design as
// CheckDesignMatrix; rows of both differ; entry and exit tied), then
// FAILED_PRECONDITION (no subjects; no convergence; nobody at risk but those
// who just entered after a competing event, which leaves its weight
// undefined); CANCELLED.
// Cost: O(n log n) once, then O(n p^2 + times x censoring groups x p^2) for
// each iteration.
absl::StatusOr<FineGrayFit> FitFineGray(const FineGrayRows& rows,
                                        const DesignMatrix& design,
                                        const FineGrayOptions& options = {});

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_FINE_GRAY_H_
