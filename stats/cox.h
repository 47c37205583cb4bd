// Cox's proportional hazards regression, equal to survival::coxph at its
// converged optimum: Efron or Breslow ties, strata, late entry and start-stop
// rows, case weights, robust and clustered variance.
// See: METHODS.md, "Cox regression".

#ifndef ENTHESIS_STATS_COX_H_
#define ENTHESIS_STATS_COX_H_

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/concordance.h"
#include "stats/cox_rows.h"
#include "stats/cox_ties.h"
#include "stats/design_matrix.h"
#include "stats/parallel.h"
#include "stats/regression.h"

namespace enthesis::stats {

struct CoxOptions {
  CoxTies ties = CoxTies::kEfron;
  double conf_level = 0.95;  // in (0, 1)
  // Sandwich variance (Lin & Wei 1989), by cluster where rows have clusters,
  // else by row. Then z, p, limits and the Wald test use it; the score and
  // likelihood-ratio tests stay model-based. Absent: R's rule, robust when
  // there are clusters or a weight is not a whole number.
  std::optional<bool> robust;
  bool concordance = true;  // costs about as much as the fit
  int max_iterations = 100;
  std::stop_token stop = {};  // stop.h
};

struct CoxTests {
  ChiSquareTest likelihood_ratio;
  // Absent when a coefficient is infinite, or where the variance in use has a
  // rank below the number of estimates.
  ChiSquareTest wald;
  ChiSquareTest score;
};

struct CoxFit {
  size_t n = 0;       // rows of positive weight, identical rows counted apart
  size_t events = 0;  // of them with the event
  // One per column of the design, in its order. A column that is constant
  // within every stratum, or a combination of earlier ones, or without events
  // to learn from, has a name only and is listed in `dropped`. One whose
  // estimate is infinite (the likelihood rises for ever: separation) has a
  // name only and is listed in `separated`; the others are then estimates at
  // that limit.
  std::vector<Coefficient> coefficients;
  std::vector<std::string> dropped;
  std::vector<std::string> separated;
  // Columns so large or small that their variance is beyond the range of
  // numbers: figures that are, too, are absent, and covariances of theirs 0.
  std::vector<std::string> out_of_range;
  // Covariances of the estimates, [column * p + column], p columns of the
  // design; 0 where a column has no estimate.
  std::vector<double> covariance;         // model-based
  std::vector<double> robust_covariance;  // empty where not asked for
  // Log partial likelihood at 0 and at the estimates.
  double log_likelihood_null = 0;
  double log_likelihood = 0;
  CoxTests tests;
  // Of the linear predictor with survival, by stratum; absent where not asked
  // for, without columns or without comparable pairs.
  std::optional<Concordance> concordance;
  // Mean of each column, at which R centers its linear predictor: weighted,
  // unless rows have entries; 0 for columns that hold nothing but -1, 0 and 1.
  std::vector<double> means;
  int iterations = 0;
  bool robust = false;  // whether errors in use are robust
  size_t n_clusters = 0;
  // Of the covariance in use: with few clusters below the number of estimates.
  size_t rank = 0;
  CoxOptions options;

  // The estimates, 0 for columns without one: [column].
  std::vector<double> Estimates() const;
  // The covariance in use: robust where there is one.
  absl::Span<const double> CovarianceInUse() const;
};

// Input: `rows` and the `design` with one row each; the design may have no
// column (a null model). `pool` runs the passes over rows; null: this thread.
// Ties: times within R's `timefix` tolerance are tied (METHODS.md, "Event
// table"); at equal times events come before censorings, then entries.
// Returns: the same bytes for any order of rows and any number of threads.
// No events is an answer: nothing but names, and tests of df 0.
// Errors: INVALID_ARGUMENT (level; rows as CheckCoxRows; design as
// CheckDesignMatrix; rows of both differ; entry and exit tied), then
// FAILED_PRECONDITION (no row of positive weight; no convergence); CANCELLED.
// Cost: O(n log n) once, then O(n p^2) for each iteration.
absl::StatusOr<CoxFit> FitCox(const CoxRows& rows, const DesignMatrix& design,
                              const CoxOptions& options = {},
                              ThreadPool* pool = nullptr);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COX_H_
