// The odds ratio of 2 x 2 tables given their margins: conditional maximum
// likelihood, exact limits, exact test. Of one table as fisher.test, over
// strata as mantelhaen.test(exact = TRUE) of R.
// See: METHODS.md, "Exact tests of tables".

#ifndef ENTHESIS_STATS_CONDITIONAL_ODDS_RATIO_H_
#define ENTHESIS_STATS_CONDITIONAL_ODDS_RATIO_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/two_by_two.h"

namespace enthesis::stats {

struct ConditionalOddsRatio {
  // Absent: infinite, or without informative tables; `absence` says which. The
  // lower limit is 0 where the estimate is.
  std::optional<double> estimate, lower, upper;
  // Two-sided: of all counts at most as likely as that seen under odds ratio
  // 1, ties within 1e-7.
  std::optional<double> p_value;
  std::string absence;
};

// One odds ratio for all `strata`; tables that are not informative change
// nothing.
// Errors: INVALID_ARGUMENT (a table; a level outside (0, 1)). Where the work
// would be beyond about a second, no figure and an `absence` that says so.
// Cost: O(standard deviation of the count) for one table; for strata the sum of
// the products of their spreads.
absl::StatusOr<ConditionalOddsRatio> EstimateConditionalOddsRatio(
    absl::Span<const TwoByTwo> strata, double conf_level);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_CONDITIONAL_ODDS_RATIO_H_
