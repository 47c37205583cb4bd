// What generalized linear models are fitted to.

#ifndef ENTHESIS_STATS_GLM_ROWS_H_
#define ENTHESIS_STATS_GLM_ROWS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "stats/parallel.h"

namespace enthesis::stats {

enum class GlmFamily {
  kLogistic,          // binomial, logit link; responses 0 and 1
  kPoisson,           // log link; responses are whole numbers from 0
  kNegativeBinomial,  // log link, variance mu + mu^2 / theta; as kPoisson
};

struct GlmRows {
  absl::Span<const double> response;
  // Case weights, finite, >= 0: a row of weight w counts as w rows. Rows of
  // weight 0 take no part. Empty: 1.
  absl::Span<const double> weights;
  // Added to the linear predictor, finite. Empty: 0.
  absl::Span<const double> offsets;
  // Of the robust covariance. Empty: each row is one.
  absl::Span<const int> clusters;

  size_t size() const { return response.size(); }
  double Weight(size_t row) const { return weights.empty() ? 1 : weights[row]; }
};

// Refuses columns of different lengths, then, as "row N: ..." (from 0), the
// first row with a response that the family does not know, a bad weight or an
// offset that is not finite. INVALID_ARGUMENT.
absl::Status CheckGlmRows(const GlmRows& rows, GlmFamily family,
                          ThreadPool* pool = nullptr);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_GLM_ROWS_H_
