// Meta-analysis of estimates from several studies or sites, each with its
// standard error, as metafor::rma of R.
// See: METHODS.md, "Meta-analysis".

#ifndef ENTHESIS_STATS_META_ANALYSIS_H_
#define ENTHESIS_STATS_META_ANALYSIS_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/regression.h"

namespace enthesis::stats {

// Estimator of tau^2, the variance between studies.
enum class TauSquared {
  kFixedEffect,  // 0: one effect for all
  kDerSimonianLaird,
  kReml,
  kMl,
  kPauleMandel,
  kHunterSchmidt,
  kSidikJonkman,  // one step from the variance of the estimates
};

struct MetaOptions {
  TauSquared tau_squared = TauSquared::kReml;
  // Hartung & Knapp (2001, Stat. Med. 20:3875), not modified: t with k - 1 df,
  // an error that is scaled by how the studies scatter and never floored.
  bool hartung_knapp = false;
  double conf_level = 0.95;
};

// The estimates of k studies and their standard errors, of equal length.
struct StudyEffects {
  absl::Span<const double> estimates, std_errors;
};

struct MetaAnalysis {
  MetaOptions options;
  size_t k = 0;
  double estimate = 0, std_error = 0;
  double statistic = 0;      // z, or t with `df`
  std::optional<double> df;  // k - 1 with Hartung-Knapp
  // Absent where the error is 0 or, with Hartung-Knapp, k is 1.
  std::optional<double> p_value, lower, upper;
  ChiSquareTest heterogeneity;  // Cochran's Q, weights 1 / variance
  double tau_squared = 0;
  // By the Q profile (Viechtbauer 2007, Stat. Med. 26:37). Absent for a fixed
  // effect and k = 1. Both are 0 where even tau^2 = 0 is more than the studies
  // scatter by: `interval_is_empty`.
  std::optional<double> tau_squared_lower, tau_squared_upper;
  bool interval_is_empty = false;
  // From tau^2 and the typical variance within studies (Higgins & Thompson
  // 2002, Stat. Med. 21:1539); of a fixed effect from Q. A fraction.
  double i_squared = 0, h_squared = 1;
  // Of the effect in a new study: normal, or t with k - 1 df.
  std::optional<double> prediction_lower, prediction_upper;
  std::vector<double> weights;  // in percent
};

// Errors: INVALID_ARGUMENT "study N: ..." (from 0) for an estimate that is not
// finite or a standard error that is not above 0 and finite; for lengths that
// differ or a level outside (0, 1). FAILED_PRECONDITION without a study, or
// when the iteration for tau^2 does not end.
// The answer depends on the order of studies by rounding only.
absl::StatusOr<MetaAnalysis> EstimateMeta(const StudyEffects& studies,
                                          const MetaOptions& options);

// The same without study i, for each i; `cumulative`: of studies 0 to i.
// Errors: as EstimateMeta; leaving one out needs two.
absl::StatusOr<std::vector<MetaAnalysis>> LeaveOneOut(
    const StudyEffects& studies, const MetaOptions& options);
absl::StatusOr<std::vector<MetaAnalysis>> Cumulate(const StudyEffects& studies,
                                                   const MetaOptions& options);

// Egger's regression (Egger et al. 1997, BMJ 315:629): estimates on standard
// errors, weighted by 1 / variance, with a dispersion of its own; as
// metafor::regtest(model = "lm").
struct EggerTest {
  // Slope by standard error: Egger's intercept. 0 without asymmetry.
  double estimate = 0;
  std::optional<double> std_error, statistic, p_value, lower, upper;  // t
  double df = 0;                                                      // k - 2
  // Where the standard error goes to 0.
  double limit = 0;
  std::optional<double> limit_lower, limit_upper;
};

// Errors: as EstimateMeta; FAILED_PRECONDITION for fewer than three studies or
// standard errors that are all equal.
absl::StatusOr<EggerTest> TestEgger(const StudyEffects& studies,
                                    double conf_level);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_META_ANALYSIS_H_
