// The log-likelihood of a parametric model of log times, and its derivatives.
//
// Internal to the parametric estimators. See: METHODS.md, "Parametric
// regression".

#ifndef ENTHESIS_STATS_PARAMETRIC_LIKELIHOOD_H_
#define ENTHESIS_STATS_PARAMETRIC_LIKELIHOOD_H_

#include <cstddef>
#include <vector>

#include "stats/parallel.h"
#include "stats/parametric_kernels.h"
#include "stats/parametric_table.h"

namespace enthesis::stats {

// Standardized times are z = rate log T - (slopes[0] + slopes[1 + c] x_c): in
// slopes and rate the log-likelihood is concave. The scale is 1 / rate.
struct ParametricPoint {
  std::vector<double> slopes;
  double rate = 1;
};

// For slopes that become (1 + r) slopes + d and a rate of (1 + r) rate, by d
// and, if the scale is not fixed, by r last, at 0.
struct ParametricDerivatives {
  double log_likelihood = 0;        // of the times, in units of weight
  std::vector<double> gradient;     // [parameter]
  std::vector<double> information;  // [parameter * q + parameter]
};

class ParametricLikelihood {
 public:
  // `table` must outlive it. `pool` runs the passes over nodes; null: this
  // thread. The same bytes for any number of threads.
  ParametricLikelihood(const ParametricTable& table,
                       StandardDistribution distribution, bool fixed_scale,
                       ThreadPool* pool);

  // At a point whose slopes are the intercept's alone, or those of all columns.
  ParametricDerivatives Evaluate(const ParametricPoint& point) const;

  // A point without columns from where Newton's method is safe.
  ParametricPoint Start() const;

  const ParametricTable& table() const { return table_; }
  bool fixed_scale() const { return fixed_scale_; }

 private:
  void AddNodes(const ParametricPoint& point, size_t begin, size_t end,
                ParametricDerivatives& sums) const;

  const ParametricTable& table_;
  StandardDistribution distribution_;
  bool fixed_scale_;
  ThreadPool* pool_;
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_PARAMETRIC_LIKELIHOOD_H_
