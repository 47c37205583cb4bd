// What the results of all regressions share: a coefficient, a test.

#ifndef ENTHESIS_STATS_REGRESSION_H_
#define ENTHESIS_STATS_REGRESSION_H_

#include <cstddef>
#include <optional>
#include <string>

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

// An estimate with its model-based error, z test and normal limits, `critical`
// the value of the normal distribution. Without spread the estimate alone.
void SetEstimate(double estimate, double variance, double critical,
                 Coefficient& coefficient);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_REGRESSION_H_
