#include "stats/regression.h"

#include <algorithm>
#include <cmath>

#include "stats/distributions.h"

namespace enthesis::stats {

ChiSquareTest MakeChiSquareTest(double chi_square, size_t df) {
  ChiSquareTest test;
  test.df = static_cast<double>(df);
  if (df == 0 || !std::isfinite(chi_square)) return test;
  test.chi_square = std::max(0.0, chi_square);
  test.p_value = ChiSquareUpperTail(*test.chi_square, test.df);
  return test;
}

void SetEstimate(double estimate, double variance, double critical,
                 Coefficient& coefficient) {
  coefficient.estimate = estimate;
  if (!(variance > 0)) return;
  const double std_error = std::sqrt(variance);
  coefficient.std_error = std_error;
  coefficient.statistic = estimate / std_error;
  coefficient.p_value =
      std::min(1.0, 2 * NormalUpperTail(std::abs(estimate) / std_error));
  coefficient.lower = estimate - critical * std_error;
  coefficient.upper = estimate + critical * std_error;
}

}  // namespace enthesis::stats
