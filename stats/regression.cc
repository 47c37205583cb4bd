#include "stats/regression.h"

#include <algorithm>
#include <cmath>
#include <limits>

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

bool IsInRange(double value) {
  return std::isfinite(value) &&
         std::abs(value) >= std::numeric_limits<double>::min();
}

std::optional<double> InUnits(double value, double scale) {
  const double divided = value / scale;
  if (value != 0 && !IsInRange(divided)) return std::nullopt;
  return divided;
}

std::vector<bool> ColumnsInRange(absl::Span<const double> covariance,
                                 absl::Span<const double> scales,
                                 absl::Span<const ColumnOutcome> columns,
                                 absl::Span<const std::string> names,
                                 std::vector<std::string>& out_of_range) {
  const size_t p = columns.size();
  std::vector<bool> in_range(p, false);
  for (size_t j = 0; j < p; ++j) {
    if (columns[j] != ColumnOutcome::kEstimated) continue;
    const double own = covariance[j * p + j];
    in_range[j] = own == 0 || IsInRange(own / scales[j] / scales[j]);
    if (!in_range[j]) out_of_range.push_back(names[j]);
  }
  return in_range;
}

void SetEstimate(double estimate, double variance, double critical,
                 Coefficient& coefficient) {
  coefficient.estimate = estimate;
  if (!(variance > 0)) return;
  coefficient.std_error = std::sqrt(variance);
  SetNormalTest(*coefficient.std_error, critical, coefficient);
}

void SetNormalTest(double std_error, double critical,
                   Coefficient& coefficient) {
  const double estimate = *coefficient.estimate;
  coefficient.statistic = estimate / std_error;
  coefficient.p_value =
      std::min(1.0, 2 * NormalUpperTail(std::abs(estimate) / std_error));
  coefficient.lower = estimate - critical * std_error;
  coefficient.upper = estimate + critical * std_error;
}

void SetScaledEstimate(double estimate, double variance, double scale,
                       double critical, Coefficient& coefficient) {
  SetEstimate(estimate, variance, critical, coefficient);
  for (std::optional<double>* figure :
       {&coefficient.estimate, &coefficient.std_error, &coefficient.lower,
        &coefficient.upper}) {
    if (figure->has_value()) *figure = InUnits(**figure, scale);
  }
}

}  // namespace enthesis::stats
