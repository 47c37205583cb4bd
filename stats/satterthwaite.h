// Satterthwaite's degrees of freedom of a contrast of fixed effects whose
// variance rests on estimated variance parameters.
// See: METHODS.md, "Linear mixed model".

#ifndef ENTHESIS_STATS_SATTERTHWAITE_H_
#define ENTHESIS_STATS_SATTERTHWAITE_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/types/span.h"

namespace enthesis::stats {

// The covariance of variance parameters that minimize a deviance (-2
// log-likelihood) with this Hessian, [i * n + j] for n parameters: twice its
// inverse. A direction of which the Hessian tells nothing, or that it curves
// down along, has no share, as in lmerTest: eigenvalues of at most 1e-8 of the
// largest, of the Hessian scaled to a unit diagonal, are left out, and so is a
// parameter whose diagonal is not above 0.
std::vector<double> CovarianceOfVariances(absl::Span<const double> hessian,
                                          size_t n_parameters);

// 2 variance^2 / (gradient' covariance gradient): the degrees of freedom of a
// scaled chi-square with mean and variance of the estimated variance of a
// contrast. `gradient` is of that variance by the parameters. Absent where the
// parameters do not move it.
std::optional<double> SatterthwaiteDf(double variance,
                                      absl::Span<const double> gradient,
                                      absl::Span<const double> covariance);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_SATTERTHWAITE_H_
