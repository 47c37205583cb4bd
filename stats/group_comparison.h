// Comparison of a score between two or more groups: t tests, analysis of
// variance, rank tests.
// See: METHODS.md, "Group comparison".

#ifndef ENTHESIS_STATS_GROUP_COMPARISON_H_
#define ENTHESIS_STATS_GROUP_COMPARISON_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/describe.h"
#include "stats/mann_whitney.h"
#include "stats/mean.h"
#include "stats/value_counts.h"

namespace enthesis::stats {

// A t test of two groups; the difference is first minus second.
struct TwoSampleTTest {
  TTest test;  // absent where a group is too small or nothing varies
  std::optional<double> difference, std_error, lower, upper;
};

// An F test; statistic and p are absent where they are undefined.
struct FTest {
  std::optional<double> statistic, p_value;
  double df = 0;                      // of the numerator
  std::optional<double> residual_df;  // of the denominator
};

struct KruskalWallis {
  std::optional<double> statistic;  // chi-square, corrected for ties
  std::optional<double> p_value;
  double df = 0;
  std::optional<double> epsilon_squared;  // H / (n - 1), in [0, 1]
};

// Groups without values are described but take no part in any test.
struct GroupComparison {
  std::vector<Description> groups;  // in the order given
  // Of exactly two groups.
  std::optional<TwoSampleTTest> welch, pooled;
  std::optional<MannWhitney> mann_whitney;
  // Of two or more.
  FTest anova;        // one-way, equal variances
  FTest welch_anova;  // Welch (1951), as oneway.test
  KruskalWallis kruskal_wallis;
};

// Each test undefined on the data has no statistic; see METHODS.md.
// Errors: INVALID_ARGUMENT (no groups, a sample, level).
// Cost: O(distinct values x log groups), and that of TestMannWhitney.
absl::StatusOr<GroupComparison> CompareGroups(
    absl::Span<const ValueCounts> groups, double conf_level = 0.95);

// The parts on their own, for samples that pass CheckValueCounts.
TwoSampleTTest TestWelch(const Moments& first, const Moments& second,
                         double conf_level);
TwoSampleTTest TestPooled(const Moments& first, const Moments& second,
                          double conf_level);
FTest TestAnova(absl::Span<const Moments> groups);
FTest TestWelchAnova(absl::Span<const Moments> groups);
KruskalWallis TestKruskalWallis(absl::Span<const ValueCounts> groups);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_GROUP_COMPARISON_H_
