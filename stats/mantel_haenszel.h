// Two groups and an event over strata: common odds ratio, risk ratio and risk
// difference by the weights of Mantel and Haenszel, the test of Cochran, Mantel
// and Haenszel, and whether the odds ratio is the same in all strata.
// See: METHODS.md, "Tables over strata".

#ifndef ENTHESIS_STATS_MANTEL_HAENSZEL_H_
#define ENTHESIS_STATS_MANTEL_HAENSZEL_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/regression.h"
#include "stats/two_by_two.h"

namespace enthesis::stats {

struct MantelHaenszel {
  size_t n_strata = 0;       // with somebody in both groups
  size_t n_informative = 0;  // of these, with both outcomes
  // Mantel & Haenszel (1959, JNCI 22:719); error by Robins, Breslow & Greenland
  // (1986, Biometrics 42:311).
  Effect odds_ratio;
  Effect risk_ratio;       // Greenland & Robins (1985, Biometrics 41:55)
  Effect risk_difference;  // error by Sato (1989, Biometrics 45:1323)
  // As mantelhaen.test: with a continuity correction of 1/2 unless the
  // difference from what is expected is below that; and without.
  ChiSquareTest test, uncorrected;
};

// Errors: INVALID_ARGUMENT (a table; a level outside (0, 1)). No informative
// stratum is an answer: figures are absent and say why.
absl::StatusOr<MantelHaenszel> EstimateMantelHaenszel(
    absl::Span<const TwoByTwo> strata, double conf_level);

struct BreslowDayTest {
  ChiSquareTest breslow_day;  // Breslow & Day (1980), with the Mantel-Haenszel
                              // odds ratio
  ChiSquareTest tarone;       // Tarone (1985, Biometrika 72:91)
  size_t n_strata = 0;        // the informative ones
};

// Equal to BD and TA of metafor::rma.mh. No test (df 0) for fewer than two
// informative strata or where the common odds ratio is 0 or infinite.
// Errors: INVALID_ARGUMENT (a table).
absl::StatusOr<BreslowDayTest> TestHomogeneity(
    absl::Span<const TwoByTwo> strata);

// The groups of one stratum.
struct GroupCounts {
  std::vector<int64_t> events, n;
};

// Of any number of groups: the generalized test of Cochran, Mantel and
// Haenszel, without correction, as mantelhaen.test of an I x 2 x K table. df is
// the rank of the variance: groups less one where strata connect them all.
// Errors: INVALID_ARGUMENT (ragged strata, events not between 0 and n).
absl::StatusOr<ChiSquareTest> TestOverStrata(
    absl::Span<const GroupCounts> strata);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MANTEL_HAENSZEL_H_
