// Parametric regression of times that are known exactly, up to an interval, or
// on one side: accelerated failure time models, as survreg of R.
// See: METHODS.md, "Parametric regression".

#ifndef ENTHESIS_STATS_PARAMETRIC_H_
#define ENTHESIS_STATS_PARAMETRIC_H_

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "stats/design_matrix.h"
#include "stats/interval_times.h"
#include "stats/parallel.h"
#include "stats/regression.h"

namespace enthesis::stats {

// log T = intercept + covariates . coefficients + scale . W, where W has the
// smallest extreme value (Weibull), normal (log-normal) or logistic
// (log-logistic) distribution. The exponential is the Weibull of scale 1.
enum class ParametricDistribution {
  kWeibull,
  kExponential,
  kLogNormal,
  kLogLogistic,
};

struct ParametricOptions {
  ParametricDistribution distribution = ParametricDistribution::kWeibull;
  double conf_level = 0.95;
  int max_iterations = 200;
  std::stop_token stop = {};  // stop.h
};

// Whether there is an estimate, or what the likelihood rises towards for ever.
enum class ParametricOutcome {
  kEstimated,
  kUnbounded,      // every row right-censored, or every row left-censored
  kScaleZero,      // the times lie on the fitted line
  kScaleInfinite,  // the event is not seen more often the later the time
};

// Why there is no estimate, for people: "the scale falls to 0: ...".
absl::string_view ExplainOutcome(ParametricOutcome outcome);

struct ParametricFit {
  ParametricOptions options;
  // Sums of the weights: of all rows, and by what is known of the time.
  double n = 0, exact = 0, right_censored = 0, left_censored = 0, interval = 0;
  // "(Intercept)", then the columns of the design. Without an estimate: a
  // column in `dropped` or `separated`.
  std::vector<Coefficient> coefficients;
  std::optional<double> scale;
  std::optional<double> log_scale_std_error;  // absent where it is fixed
  // Of the coefficients and, where it is estimated, log(scale) last:
  // [i * size + j]; 0 where there is no estimate.
  std::vector<double> covariance;
  // On the scale of time, as logLik(survreg): an exact time t adds the log of
  // its density.
  std::optional<double> log_likelihood;
  std::optional<double> log_likelihood_null;  // of the intercept alone
  ChiSquareTest likelihood_ratio;
  std::vector<std::string> dropped;  // constant or collinear
  // The likelihood rises for ever along it; the others are then estimates at
  // that limit. With a coefficient that is infinite the intercept may be, too.
  std::vector<std::string> separated;
  // Unless kEstimated, nothing of the above but counts and names.
  ParametricOutcome outcome = ParametricOutcome::kEstimated;
  int iterations = 0;  // Newton steps
};

// The maximum of the likelihood. In the parameters coefficients / scale and
// 1 / scale the log-likelihood is concave (Burridge 1981, JRSS B 43:41), so
// that Newton's method with halved steps finds it from any start.
// Input: rows as interval_times.h says; a row right-censored at 0 says nothing.
// `pool` runs the passes over rows; null: this thread.
// Errors: INVALID_ARGUMENT as CheckIntervalTimes and CheckDesignMatrix, numbers
// of rows that differ, "row N: ..." (from 0) for an exact time of 0, the level
// or the iterations; FAILED_PRECONDITION when the weights sum to 0 or the fit
// does not converge; CANCELLED.
// Returns: the same bytes for any order of rows and any number of threads:
// identical rows are collapsed and all are added up in an order of their
// values.
// Cost: O(n log n), and about ten steps of O(n columns^2).
absl::StatusOr<ParametricFit> FitParametric(const IntervalTimes& rows,
                                            const DesignMatrix& design,
                                            const ParametricOptions& options,
                                            ThreadPool* pool = nullptr);

// `at` is what was asked, a time or a share with the event. Figures are absent
// where the covariates have a part in a coefficient that is infinite.
struct ParametricPrediction {
  double at = 0;
  std::optional<double> estimate;
  std::optional<double> std_error;  // delta method, on the scale of `estimate`
  std::optional<double> lower, upper;
};

// Survival at `times`, finite and >= 0, with the covariates of row `profile` of
// `profiles` (columns as the design of `fit`). Limits are those of
// (log t - predictor) / scale.
// Errors: INVALID_ARGUMENT (profiles of other columns, no such row, a time).
absl::StatusOr<std::vector<ParametricPrediction>> PredictParametricSurvival(
    const ParametricFit& fit, const DesignMatrix& profiles, size_t profile,
    absl::Span<const double> times);

// The time by which a share p of such subjects has the event, p in (0, 1), as
// predict(type = "quantile") of R. Limits are those of its logarithm.
// Errors: INVALID_ARGUMENT (profiles of other columns, no such row, a share).
absl::StatusOr<std::vector<ParametricPrediction>> PredictParametricQuantiles(
    const ParametricFit& fit, const DesignMatrix& profiles, size_t profile,
    absl::Span<const double> shares);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_PARAMETRIC_H_
