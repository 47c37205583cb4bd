// Logarithms of binomial probabilities with their digits also for large n
// (Loader 2000, Fast and accurate computation of binomial probabilities), where
// differences of log factorials have lost them.
//
// Internal to tests of tables.

#ifndef ENTHESIS_STATS_BINOMIAL_DENSITY_H_
#define ENTHESIS_STATS_BINOMIAL_DENSITY_H_

namespace enthesis::stats {

// log P(X = x), X binomial of n and p = 1 - q, 0 <= x <= n whole, 0 < p < 1.
double LogBinomialDensity(double x, double n, double p, double q);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_BINOMIAL_DENSITY_H_
