#include "stats/error_distribution.h"

#include <cmath>

namespace enthesis::stats {
namespace {

constexpr double kLogRootTwoPi = 0.91893853320467274178;
constexpr double kRootHalf = 0.70710678118654752440;
// From here on erfc loses digits to underflow; the series has them all.
constexpr double kNormalTail = 25;

// The upper tail of the normal with slope and bend, for any z.
Curvature NormalUpper(double z) {
  Curvature tail;
  double excess;  // density / tail - z
  if (z < kNormalTail) {
    const double upper = 0.5 * std::erfc(z * kRootHalf);
    tail.value =
        z < -1 ? std::log1p(-0.5 * std::erfc(-z * kRootHalf)) : std::log(upper);
    const double ratio = std::exp(-0.5 * z * z - kLogRootTwoPi) / upper;
    tail.slope = -ratio;
    excess = ratio - z;
  } else {
    // Mills' ratio by its continued fraction z + 1/(z + 2/(z + 3/(z + ..))).
    double fraction = z;
    for (int k = 30; k >= 2; --k) fraction = z + k / fraction;
    excess = 1 / fraction;
    tail.slope = -(z + excess);
    tail.value = -0.5 * z * z - kLogRootTwoPi - std::log(-tail.slope);
  }
  tail.bend = tail.slope * excess;
  return tail;
}

Curvature LogisticUpper(double z) {
  // log 1 / (1 + e^z), without overflow.
  const double grown = std::exp(-std::abs(z));
  const double lower = z > 0 ? 1 / (1 + grown) : grown / (1 + grown);
  Curvature tail;
  tail.value = -(z > 0 ? z : 0) - std::log1p(grown);
  tail.slope = -lower;
  tail.bend = -lower * (z > 0 ? grown / (1 + grown) : 1 / (1 + grown));
  return tail;
}

Curvature Mirrored(const Curvature& tail) {
  return {tail.value, -tail.slope, tail.bend};
}

}  // namespace

Curvature LogDensity(ErrorDistribution error, double z) {
  switch (error) {
    case ErrorDistribution::kExtremeValue: {
      const double hazard = std::exp(z);
      return {z - hazard, 1 - hazard, -hazard};
    }
    case ErrorDistribution::kNormal:
      return {-0.5 * z * z - kLogRootTwoPi, -z, -1};
    case ErrorDistribution::kLogistic:
      break;
  }
  const Curvature upper = LogisticUpper(z);
  const Curvature lower = Mirrored(LogisticUpper(-z));
  return {upper.value + lower.value, upper.slope + lower.slope,
          upper.bend + lower.bend};
}

Curvature LogUpperTail(ErrorDistribution error, double z) {
  switch (error) {
    case ErrorDistribution::kExtremeValue: {
      const double hazard = std::exp(z);
      return {-hazard, -hazard, -hazard};
    }
    case ErrorDistribution::kNormal:
      return NormalUpper(z);
    case ErrorDistribution::kLogistic:
      break;
  }
  return LogisticUpper(z);
}

Curvature LogLowerTail(ErrorDistribution error, double z) {
  switch (error) {
    case ErrorDistribution::kExtremeValue: {
      // log(1 - exp(-e^z)); slope e^z / (exp(e^z) - 1).
      const double hazard = std::exp(z);
      const double value = hazard < 0.7 ? std::log(-std::expm1(-hazard))
                                        : std::log1p(-std::exp(-hazard));
      const double slope = hazard > 700 ? 0 : hazard / std::expm1(hazard);
      return {value, slope, slope * (1 - hazard - slope)};
    }
    case ErrorDistribution::kNormal:
      return Mirrored(NormalUpper(-z));
    case ErrorDistribution::kLogistic:
      break;
  }
  return Mirrored(LogisticUpper(-z));
}

}  // namespace enthesis::stats
