#include "stats/satterthwaite.h"

#include <cmath>
#include <cstddef>
#include <optional>

#include "absl/types/span.h"

namespace enthesis::stats {

std::optional<double> SatterthwaiteDf(double variance,
                                      absl::Span<const double> gradient,
                                      absl::Span<const double> covariance) {
  const size_t n = gradient.size();
  double spread = 0;
  for (size_t i = 0; i < n; ++i) {
    double row = 0;
    for (size_t j = 0; j < n; ++j) {
      // Relative to the variance, lest squares leave the range of numbers.
      row += covariance[i * n + j] * (gradient[j] / variance);
    }
    spread += gradient[i] / variance * row;
  }
  const double df = 2 / spread;
  if (!(df > 0) || !std::isfinite(df)) return std::nullopt;
  return df;
}

}  // namespace enthesis::stats
