#include "stats/binomial_density.h"

#include <cmath>

#include "stats/count_sums.h"

namespace enthesis::stats {
namespace {

// x log(x / mean) + mean - x, which is small beside its parts near the mean.
double PoissonDeviance(double x, double mean) {
  if (x == 0) return mean;
  const double share = (x - mean) / mean;
  if (std::abs(share) < 0.5) {
    return mean * ((1 + share) * std::log1p(share) - share);
  }
  return x * std::log(x / mean) + mean - x;
}

}  // namespace

double LogBinomialDensity(double x, double n, double p, double q) {
  return LogPoissonAtMean(x) + LogPoissonAtMean(n - x) - LogPoissonAtMean(n) -
         PoissonDeviance(x, n * p) - PoissonDeviance(n - x, n * q);
}

}  // namespace enthesis::stats
