// Sums over counts that gamma functions are made of, without the cancellation
// that differences of gamma functions have.
//
// Internal to negative binomial models.

#ifndef ENTHESIS_STATS_COUNT_SUMS_H_
#define ENTHESIS_STATS_COUNT_SUMS_H_

#include <vector>

namespace enthesis::stats {

// The counts of a sample, distinct and ascending, and the weight of each.
struct CountWeights {
  std::vector<double> counts;
  std::vector<double> weights;
};

// For each count y, summed over k from 0 to y - 1; then over counts by weight.
struct CountSums {
  double reciprocals =
      0;               // 1 / (theta + k): digamma(theta + y) - digamma(theta)
  double squares = 0;  // 1 / (theta + k)^2
  double logarithms = 0;  // log(1 + k / theta)
};

// `theta` > 0. Cost: of a count about 30 steps at most.
CountSums SumOverCounts(const CountWeights& counts, double theta);

// log of the largest probability that a Poisson distribution gives to a count,
// that of mean y: y log y - y - log y!.
double LogPoissonAtMean(double y);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COUNT_SUMS_H_
