// The distributions of the error W of a parametric model, on its own scale:
// logarithms of density and tails with their derivatives. Internal to
// parametric regression.
// See: METHODS.md, "Parametric regression".

#ifndef ENTHESIS_STATS_ERROR_DISTRIBUTION_H_
#define ENTHESIS_STATS_ERROR_DISTRIBUTION_H_

namespace enthesis::stats {

enum class ErrorDistribution { kExtremeValue, kNormal, kLogistic };

// A function of z with its first and second derivative.
struct Curvature {
  double value = 0, slope = 0, bend = 0;
};

// log f, log P(W > z), log P(W <= z); accurate far into both tails. All are
// concave.
Curvature LogDensity(ErrorDistribution error, double z);
Curvature LogUpperTail(ErrorDistribution error, double z);
Curvature LogLowerTail(ErrorDistribution error, double z);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_ERROR_DISTRIBUTION_H_
