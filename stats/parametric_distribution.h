// The distribution of log times behind each parametric model.
// Internal to the parametric estimators.

#ifndef ENTHESIS_STATS_PARAMETRIC_DISTRIBUTION_H_
#define ENTHESIS_STATS_PARAMETRIC_DISTRIBUTION_H_

#include "stats/parametric.h"
#include "stats/parametric_kernels.h"

namespace enthesis::stats {

inline StandardDistribution StandardOf(ParametricDistribution distribution) {
  switch (distribution) {
    case ParametricDistribution::kWeibull:
    case ParametricDistribution::kExponential:
      return StandardDistribution::kExtremeValue;
    case ParametricDistribution::kLogNormal:
      return StandardDistribution::kNormal;
    case ParametricDistribution::kLogLogistic:
      break;
  }
  return StandardDistribution::kLogistic;
}

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_PARAMETRIC_DISTRIBUTION_H_
