// Quantiles and tails of the distributions behind every interval and test.
// The only place that includes Boost.Math, under one policy: nothing throws,
// and what is undefined or not finite is NaN. Callers turn NaN into absence.
// See: METHODS.md, "Distributions".

#ifndef ENTHESIS_STATS_DISTRIBUTIONS_H_
#define ENTHESIS_STATS_DISTRIBUTIONS_H_

#include "absl/status/status.h"

namespace enthesis::stats {

// INVALID_ARGUMENT unless `conf_level` lies strictly between 0 and 1.
absl::Status CheckConfLevel(double conf_level);

// The z with P(|Z| <= z) = conf_level, Z standard normal.
double NormalCriticalValue(double conf_level);
// The t with P(|T| <= t) = conf_level, T with `df` > 0 degrees of freedom.
double StudentTCriticalValue(double conf_level, double df);

// Lower quantiles; `probability` in (0, 1).
double NormalQuantile(double probability);
double StudentTQuantile(double probability, double df);
double ChiSquareQuantile(double probability, double df);

// P(X > x), accurate far into the tail.
double NormalUpperTail(double x);
double StudentTUpperTail(double x, double df);
double ChiSquareUpperTail(double x, double df);
double FUpperTail(double x, double df, double residual_df);

// The z with P(Z > z) = `tail`, accurate for a small tail.
double NormalUpperQuantile(double tail);
// The x with P(X > x) = `tail`, accurate for a small tail.
double ChiSquareUpperQuantile(double tail, double df);
// The x with P(X < x) = `tail` (or P(X > x) = `tail`) under Beta(a, b).
double BetaQuantile(double tail, double a, double b);
double BetaUpperQuantile(double tail, double a, double b);

// P(X = count), P(X <= count) and P(X > count) of a Poisson count of this
// `mean` > 0, and of a binomial count of `n` >= 1 with `probability` in [0, 1].
// `count` and `n` are whole numbers from 0.
double PoissonProbability(double count, double mean);
double PoissonLowerTail(double count, double mean);
double PoissonUpperTail(double count, double mean);
double BinomialProbability(double count, double n, double probability);
double BinomialLowerTail(double count, double n, double probability);
double BinomialUpperTail(double count, double n, double probability);

// Gamma(x + 1/2) / Gamma(x), x > 0.
double GammaHalfStep(double x);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_DISTRIBUTIONS_H_
