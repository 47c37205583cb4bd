// Sites compared on the mean of a score: each site's mean beside the one that a
// linear case-mix model expects of its cases.
// See: METHODS.md, "Means of sites".

#ifndef ENTHESIS_STATS_SITE_MEANS_H_
#define ENTHESIS_STATS_SITE_MEANS_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/design_matrix.h"
#include "stats/funnel.h"
#include "stats/regression.h"

namespace enthesis::stats {

// One row a case; all of one length.
struct SiteScores {
  absl::Span<const double> response;
  DesignMatrix case_mix;  // no columns: every case is expected to be alike
  absl::Span<const int> sites;  // in [0, n_sites)
  int n_sites = 0;
};

// Of a site without a case only `n`.
struct SiteMean {
  double n = 0;
  std::optional<double> mean, expected;
  std::optional<double> difference;  // mean - expected
  // The expected mean taken as known; Student's t with the df of the whole.
  std::optional<double> std_error, lower, upper;
};

struct SiteMeans {
  // Intercept first; only the intercept without a case mix. A column that is a
  // combination of those before it has no estimate.
  std::vector<Coefficient> coefficients;
  // Cases less sites with cases less slopes.
  double df = 0;
  // Of a case about its site's mean difference. Absent where df is not above 0
  // or the scores are what is expected but for rounding; then there are no
  // standard errors.
  std::optional<double> deviation;
  std::vector<SiteMean> sites;
};

// The figures of sites are equal bytes for any order of rows.
// Errors: INVALID_ARGUMENT (shapes, a level outside (0, 1), a row by number
// whose site is out of range or whose value is not finite),
// FAILED_PRECONDITION (no rows).
// Cost: O(rows log rows + distinct rows x columns^2).
absl::StatusOr<SiteMeans> CompareSiteMeans(const SiteScores& data,
                                           double conf_level);

// The funnel of the differences around `options.target`, 0 when absent, with
// normal limits: the target give or take z * deviation / sqrt(n). All of it in
// units of the score, tau^2 in their square. `options.measure` and `limits` are
// not looked at. Errors: FAILED_PRECONDITION without a deviation; as
// EstimateFunnel.
absl::StatusOr<Funnel> EstimateMeanFunnel(const SiteMeans& means,
                                          FunnelOptions options);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_SITE_MEANS_H_
