// Linear mixed models: fixed effects, a random intercept and, where asked for,
// a random slope by group, and a random intercept by site that crosses or nests
// the groups, as lmer and lmerTest of R. See: METHODS.md, "Linear mixed model".

#ifndef ENTHESIS_STATS_MIXED_H_
#define ENTHESIS_STATS_MIXED_H_

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "stats/design_matrix.h"
#include "stats/mixed_rows.h"
#include "stats/parallel.h"
#include "stats/regression.h"
#include "stats/term_test.h"

namespace enthesis::stats {

struct MixedOptions {
  // Restricted maximum likelihood; else maximum likelihood.
  bool reml = true;
  double conf_level = 0.95;
  // What is tested; empty: the terms of the design.
  std::vector<TestedTerm> terms = {};
  int max_iterations = 500;
  std::stop_token stop = {};  // stop.h
};

// What a group differs by from the fixed effects: the conditional mean given
// the data (best linear unbiased prediction) and its conditional error, which
// holds coefficients and variances fixed.
struct GroupEffect {
  int group = 0;  // its code
  size_t n = 0;   // rows
  double intercept = 0, intercept_std_error = 0;
  std::optional<double> slope, slope_std_error;
};

// The same of a site.
struct SiteEffect {
  int site = 0;  // its code
  size_t n = 0;  // rows
  double estimate = 0, std_error = 0;
};

struct MixedFit {
  MixedOptions options;
  size_t n = 0;
  size_t n_groups = 0;
  size_t n_sites = 0;  // 0: not asked for
  size_t rank = 0;     // columns not dropped, with the intercept
  // "(Intercept)", then the columns of the design; t tests and limits with
  // Satterthwaite's degrees of freedom. Without an estimate: a column in
  // `dropped`.
  std::vector<Coefficient> coefficients;
  std::vector<double> covariance;  // [i * size + j], 0 without an estimate
  // F tests of terms with Satterthwaite's degrees of freedom. Without figures
  // where a dropped column leaves them open.
  std::vector<TermTest> terms;
  double intercept_variance = 0;
  std::optional<double> slope_variance, slope_covariance, slope_correlation;
  // With sites. Groups and sites are independent.
  std::optional<double> site_variance;
  double residual_variance = 0;
  // Share of all variance that is between groups; with a slope it has no one
  // value.
  std::optional<double> intraclass_correlation;
  // Restricted with REML; absent where the fit is perfect.
  std::optional<double> log_likelihood;
  // Coefficients, variances and covariance, the residual variance.
  size_t n_parameters = 0;
  // -2 log_likelihood + 2 n_parameters, or + log(n) n_parameters.
  std::optional<double> aic, bic;
  // A variance is 0, or the correlation 1 or -1.
  bool singular = false;
  // The columns leave nothing but rounding of the response: variances and
  // errors are 0, there are no tests.
  bool perfect = false;
  std::vector<std::string> dropped;      // constant or collinear
  std::vector<GroupEffect> effects;      // by code
  std::vector<SiteEffect> site_effects;  // by code
  int iterations = 0;
};

// The best likelihood, to rounding. `pool` runs the passes over rows and
// groups; null: this thread.
// Errors: INVALID_ARGUMENT as CheckMixedRows and CheckDesignMatrix, numbers of
// rows that differ, the level, the iterations; FAILED_PRECONDITION for no rows,
// one group, as many groups as rows or random effects as rows, a slope of what
// varies within no group, one site, as many sites as rows, more than 2,000
// sites, sites that are the groups, no more rows than coefficients, with REML
// covariates that determine every group or every site, a response without
// residual variance within groups, figures beyond the range of numbers, no
// convergence; CANCELLED once `stop` was requested. Returns: the same bytes for
// any order of rows and any number of threads. Cost: O(n log n + n p^2) once,
// then O(groups p^2) an evaluation, of which there are about 20; O(n p) memory.
// With sites O(groups (p + their sites)^2 + (p + sites)^3) an evaluation, of
// which there are about 50.
absl::StatusOr<MixedFit> FitMixed(const MixedRows& rows,
                                  const DesignMatrix& design,
                                  const MixedOptions& options,
                                  ThreadPool* pool = nullptr);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MIXED_H_
