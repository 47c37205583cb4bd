// Degrees of freedom of a contrast in a mixed model (Satterthwaite 1941,
// Psychometrika 6:309). See: METHODS.md, "Mixed model for repeated measures".

#ifndef ENTHESIS_STATS_SATTERTHWAITE_H_
#define ENTHESIS_STATS_SATTERTHWAITE_H_

#include <optional>

#include "absl/types/span.h"

namespace enthesis::stats {

// 2 v^2 / (g' A g), v the `variance` of the contrast, g its `gradient` by the
// covariance parameters and A their `covariance`, [i * parameters + j]. Absent
// where that is not a number above 0.
std::optional<double> SatterthwaiteDf(double variance,
                                      absl::Span<const double> gradient,
                                      absl::Span<const double> covariance);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_SATTERTHWAITE_H_
