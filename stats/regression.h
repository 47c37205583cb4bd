// What the results of all regressions share: a coefficient, a test.

#ifndef ENTHESIS_STATS_REGRESSION_H_
#define ENTHESIS_STATS_REGRESSION_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace enthesis::stats {

// One coefficient on the scale of the linear predictor. A column that is
// constant or a combination of earlier ones is dropped: it has a name only.
struct Coefficient {
  std::string name;
  std::optional<double> estimate;
  std::optional<double> std_error;         // model-based
  std::optional<double> robust_std_error;  // where one was asked for
  // Estimate over the error in use (the robust one where there is one): z, or
  // t where the model has residual degrees of freedom.
  std::optional<double> statistic;
  std::optional<double> p_value;       // two-sided
  std::optional<double> lower, upper;  // of `estimate`
  // Of the t test, where each coefficient has its own.
  std::optional<double> df;
};

// What became of a column of the design.
enum class ColumnOutcome {
  kEstimated,
  kDropped,    // no information, or none beyond earlier columns
  kSeparated,  // the likelihood rises for ever along it
};

// A chi-square test; statistic and p are absent when df is 0.
struct ChiSquareTest {
  std::optional<double> chi_square;
  double df = 0;
  std::optional<double> p_value;
};

// The upper tail of `chi_square`, of which rounding below 0 counts as 0. Absent
// where df is 0 or the statistic is not finite.
ChiSquareTest MakeChiSquareTest(double chi_square, size_t df);

// Whether it is a number with all its digits: neither too large nor too small.
bool IsInRange(double value);
// What is `value` in units of a column that was divided by `scale`; absent
// where that is beyond the range of numbers.
std::optional<double> InUnits(double value, double scale);

// The columns with an estimate whose variance, `covariance` [column * p +
// column] of columns divided by `scales`, is within the range of numbers in
// their own units; `out_of_range` gets the names of the others.
std::vector<bool> ColumnsInRange(absl::Span<const double> covariance,
                                 absl::Span<const double> scales,
                                 absl::Span<const ColumnOutcome> columns,
                                 absl::Span<const std::string> names,
                                 std::vector<std::string>& out_of_range);

// An estimate with its model-based error, z test and normal limits, `critical`
// the value of the normal distribution. Without spread the estimate alone.
void SetEstimate(double estimate, double variance, double critical,
                 Coefficient& coefficient);
// The same of a column that was divided by `scale`, in its own units: its error
// is not taken from a variance in those, which leaves the range first.
void SetScaledEstimate(double estimate, double variance, double scale,
                       double critical, Coefficient& coefficient);

// The z test and normal limits of an estimate that is there, by an error above
// 0.
void SetNormalTest(double std_error, double critical, Coefficient& coefficient);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_REGRESSION_H_
