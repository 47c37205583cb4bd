// Analysis of covariance: groups compared on a response, adjusted for its
// baseline and other covariates; equal to lm() of R.
// See: METHODS.md, "Analysis of covariance".

#ifndef ENTHESIS_STATS_ANCOVA_H_
#define ENTHESIS_STATS_ANCOVA_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/design_matrix.h"
#include "stats/group_comparison.h"
#include "stats/regression.h"

namespace enthesis::stats {

// One row a subject; all spans of one length.
struct AncovaData {
  absl::Span<const double> response;
  absl::Span<const double> baseline;
  absl::Span<const int> groups;  // in [0, number of group names)
  // What the indicator of each group is called among the coefficients, as
  // "armB"; that of the reference is not used.
  std::vector<std::string> group_names;
  std::string baseline_name = "baseline";
  DesignMatrix covariates;  // may have no columns, then rows are not looked at
};

// Where the other covariates are held for an adjusted mean.
enum class AdjustedMeanWeights {
  // Numeric columns at their mean, levels of factors weighted equally, as
  // emmeans (which takes a numeric column of two values for a factor).
  kEqual,
  kProportional,  // every column at its mean
};

struct AncovaOptions {
  double conf_level = 0.95;
  int reference = 0;  // group without an indicator
  AdjustedMeanWeights weights = AdjustedMeanWeights::kEqual;
};

// Absent where the data do not determine it.
struct AdjustedMean {
  std::optional<double> estimate, std_error, lower, upper;
};

// First minus second group, without adjustment for many comparisons.
struct GroupContrast {
  int first = 0;
  int second = 0;
  std::optional<double> estimate, std_error, statistic, p_value, lower, upper;
};

struct Ancova {
  int64_t n = 0;
  // "(Intercept)", baseline, groups other than the reference in their order,
  // covariates. One that is a combination of those before it is dropped.
  std::vector<Coefficient> coefficients;
  double residual_df = 0;
  std::optional<double> residual_variance;   // absent when residual_df is 0
  std::optional<double> r_squared;           // absent for a constant response
  std::vector<AdjustedMean> adjusted_means;  // one per group
  std::vector<GroupContrast> contrasts;      // (0,1), (0,2), .., (1,2), ..
  FTest group_test;  // all groups alike, given baseline and covariates
};

// Returns: equal bytes for any order of rows. Where the fit is perfect to
// rounding, standard errors are 0 and there are no tests.
// Errors: INVALID_ARGUMENT (shapes, reference, level, a row by number whose
// value is not finite or whose group is out of range), FAILED_PRECONDITION (no
// rows).
// Cost: O(rows log rows + distinct rows x columns^2).
absl::StatusOr<Ancova> FitAncova(const AncovaData& data,
                                 const AncovaOptions& options = {});

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_ANCOVA_H_
