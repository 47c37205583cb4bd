// The dispersion of a negative binomial model by maximum likelihood.
// Internal to the generalized linear models, with Eigen's types: not installed.
// See: METHODS.md, "Generalized linear models".

#ifndef ENTHESIS_STATS_NEGATIVE_BINOMIAL_H_
#define ENTHESIS_STATS_NEGATIVE_BINOMIAL_H_

#include "absl/status/statusor.h"
#include "stats/count_sums.h"
#include "stats/glm_likelihood.h"
#include "stats/glm_optimum.h"

namespace enthesis::stats {

struct NegativeBinomialOptimum {
  GlmOptimum fit;         // at theta
  bool infinite = false;  // then `fit` is the Poisson model and no more is set
  double theta = 0;
  double information = 0;  // of theta, observed, in units of weight
};

// The responses of the nodes that take part.
CountWeights CountsOf(const GlmLikelihood& likelihood);

// `poisson` is the maximum of the Poisson likelihood of the table of
// `likelihood`, a negative binomial one from which the same nodes were excluded
// and some are left; its theta is that of the optimum afterwards.
// Errors: as MaximizeGlmLikelihood.
absl::StatusOr<NegativeBinomialOptimum> MaximizeNegativeBinomial(
    GlmLikelihood& likelihood, const GlmLikelihood& poisson_likelihood,
    const GlmOptimum& poisson, const SearchLimits& limits);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_NEGATIVE_BINOMIAL_H_
