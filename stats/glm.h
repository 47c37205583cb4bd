// Generalized linear models: logistic, Poisson and negative binomial
// regression, as glm and MASS::glm.nb of R. See: METHODS.md, "Generalized
// linear models".

#ifndef ENTHESIS_STATS_GLM_H_
#define ENTHESIS_STATS_GLM_H_

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "stats/design_matrix.h"
#include "stats/glm_rows.h"
#include "stats/parallel.h"
#include "stats/regression.h"

namespace enthesis::stats {

struct GlmOptions {
  GlmFamily family = GlmFamily::kLogistic;
  // Firth's penalized likelihood, of logistic models only.
  bool firth = false;
  // Robust errors (HC0) also without clusters.
  bool robust = false;
  // Multiplies a covariance by clusters by G / (G - 1), G the clusters with a
  // row of positive weight.
  bool cluster_factor = true;
  double conf_level = 0.95;
  int max_iterations = 200;   // of each maximum looked for
  std::stop_token stop = {};  // stop.h
};

// The dispersion of a negative binomial model: variance mu + mu^2 / theta.
struct GlmTheta {
  double estimate = 0;
  std::optional<double> std_error;  // from the observed information of theta
};

struct GlmFit {
  GlmOptions options;
  size_t n = 0;           // rows, whatever their weight
  size_t n_weighted = 0;  // of positive weight
  size_t n_clusters = 0;  // 0 without clusters
  // "(Intercept)", then the columns of the design; limits are normal (Wald), by
  // the robust error where there is one. Without an estimate: a column in
  // `dropped` or `separated`.
  std::vector<Coefficient> coefficients;
  // [i * size + j], 0 where there is no estimate. The model-based one is the
  // inverse of the expected information, dispersion 1.
  std::vector<double> covariance;
  std::vector<double> robust_covariance;  // empty unless asked for
  double log_likelihood = 0;              // of Firth's fit: not penalized
  double log_likelihood_null = 0;
  double deviance = 0;
  double null_deviance =
      0;  // of intercept and offset alone, theta as estimated
  std::optional<double> penalized_log_likelihood;  // of Firth's fit
  // -2 log-likelihood + 2 (rank + 1 if theta was estimated).
  double aic = 0;
  double pearson = 0;      // sum of weight (y - mu)^2 / variance
  double residual_df = 0;  // rows of positive weight less rank
  double null_df = 0;
  size_t rank = 0;                 // columns not dropped, with the intercept
  ChiSquareTest likelihood_ratio;  // of all covariates; absent for Firth's fit
  std::vector<std::string> dropped;  // constant or collinear
  // The likelihood rises for ever along it; the others are estimates at that
  // limit.
  std::vector<std::string> separated;
  std::optional<GlmTheta> theta;
  // No overdispersion: the likelihood rises as theta grows, and all is as of
  // the Poisson model, its limit.
  bool theta_infinite = false;
  // Linear predictors with the offset, by row; infinite where the fitted value
  // runs to its bound, 0 for rows of weight 0.
  std::vector<double> predictors;
  int iterations = 0;
};

// The maximum of the likelihood (logistic and Poisson: of a concave function),
// to rounding. `pool` runs the passes over rows; null: this thread.
// Errors: INVALID_ARGUMENT as CheckDesignMatrix and CheckGlmRows, numbers of
// rows that differ, the level, the iterations, `firth` of another family;
// FAILED_PRECONDITION when no row has a positive weight or the fit does not
// converge; CANCELLED once `stop` was requested.
// Returns: the same bytes for any order of rows and any number of threads:
// identical rows are joined and all are added up in an order of their values.
// Cost: O(n p) memory, and about six passes of O(n p^2).
absl::StatusOr<GlmFit> FitGlm(const GlmRows& rows, const DesignMatrix& design,
                              const GlmOptions& options,
                              ThreadPool* pool = nullptr);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_GLM_H_
