#include "stats/parametric_kernels.h"

#include <array>
#include <cmath>
#include <cstddef>

#include "stats/distributions.h"

namespace enthesis::stats {
namespace {

constexpr double kLogRootTwoPi = 0.91893853320467274178;
constexpr double kRootHalf = 0.70710678118654752440;

// log(1 + e^x).
double LogOnePlusExp(double x) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

// log(1 - e^-x), x > 0.
double LogOneMinusExp(double x) {
  return x < 0.7 ? std::log(-std::expm1(-x)) : std::log1p(-std::exp(-x));
}

// A row of one end: its log-likelihood is a function of z alone.
RowDerivatives OneEnd(double z, double value, double slope, double bend) {
  RowDerivatives row;
  row.log_likelihood = value;
  row.shift = slope;
  row.stretch = slope * z;
  row.shift_shift = bend;
  row.shift_stretch = bend * z;
  row.stretch_stretch = bend * z * z;
  return row;
}

// A row of two ends by derivatives in z (of both ends together) and in the
// width between them; second ones negated.
struct TwoEnds {
  double value = 0;
  double slope = 0, width_slope = 0;
  double bend = 0, mixed = 0, width_bend = 0;

  RowDerivatives At(double z, double width) const {
    RowDerivatives row;
    row.log_likelihood = value;
    row.shift = slope;
    row.stretch = slope * z + width_slope * width;
    row.shift_shift = bend;
    row.shift_stretch = bend * z + mixed * width;
    row.stretch_stretch =
        bend * z * z + 2 * mixed * z * width + width_bend * width * width;
    return row;
  }
};

// d / (e^d - 1), d >= 0.
double ExpRatio(double d) {
  if (d == 0) return 1;
  return d > 745 ? 0 : d / std::expm1(d);
}

// d + ExpRatio(d) - 1: by its series where that would cancel.
double ExpRatioBend(double d, double ratio) {
  if (d > 0.1) return d + ratio - 1;
  const double square = d * d;
  return d * (0.5 +
              d * (1.0 / 12 -
                   square * (1.0 / 720 - square * (1.0 / 30240 -
                                                   square * (1.0 / 1209600)))));
}

// log(1 - e^-d) for d > 0 given log d.
double LogMass(double d, double log_d) {
  if (d > 0.7) return std::log1p(-std::exp(-d));
  if (d < 1e-17) return log_d;
  return log_d + std::log(-std::expm1(-d) / d);
}

RowDerivatives DeriveExtremeValue(IntervalKind kind, double z, double width) {
  switch (kind) {
    case IntervalKind::kExact: {
      const double u = std::exp(z);
      return OneEnd(z, z - u, 1 - u, u);
    }
    case IntervalKind::kRightCensored: {
      const double u = std::exp(z);
      return OneEnd(z, -u, -u, u);
    }
    case IntervalKind::kLeftCensored: {
      const double u = std::exp(z);
      const double ratio = ExpRatio(u);
      return OneEnd(z, LogMass(u, z), ratio,
                    ratio == 0 ? 0 : ratio * ExpRatioBend(u, ratio));
    }
    case IntervalKind::kInterval:
      break;
  }
  // Hazards u at the lower end and d between the ends.
  const double upper = z + width;
  const double u = std::exp(z);
  const double d = width < 1 ? u * std::expm1(width) : std::exp(upper) - u;
  const double ratio = ExpRatio(d);
  const double bend = ratio == 0 ? 0 : ExpRatioBend(d, ratio);
  const double open = -std::expm1(-width);
  TwoEnds row;
  row.value = LogMass(d, upper + LogOneMinusExp(width)) - u;
  row.slope = ratio - u;
  row.bend = u + ratio * bend;
  row.width_slope = ratio / open;
  row.mixed = row.width_slope * bend;
  row.width_bend = ratio == 0 ? 0 : row.width_slope * ((d + ratio) / open - 1);
  return row.At(z, width);
}

RowDerivatives DeriveLogistic(IntervalKind kind, double z, double width) {
  const auto share = [](double x) { return 1 / (1 + std::exp(-x)); };
  switch (kind) {
    case IntervalKind::kExact: {
      const double p = share(z), q = share(-z);
      return OneEnd(z, -LogOnePlusExp(z) - LogOnePlusExp(-z), q - p, 2 * p * q);
    }
    case IntervalKind::kRightCensored: {
      const double p = share(z);
      return OneEnd(z, -LogOnePlusExp(z), -p, p * share(-z));
    }
    case IntervalKind::kLeftCensored: {
      const double q = share(-z);
      return OneEnd(z, -LogOnePlusExp(-z), q, share(z) * q);
    }
    case IntervalKind::kInterval:
      break;
  }
  const double upper = z + width;
  const double below = share(z);
  const double above = share(-upper);
  const double bend_above = share(upper) * above;
  const double open = -1 / std::expm1(-width);
  TwoEnds row;
  row.value = LogOneMinusExp(width) - LogOnePlusExp(-upper) - LogOnePlusExp(z);
  row.slope = above - below;
  row.bend = below * share(-z) + bend_above;
  row.width_slope = open - 1 + above;
  row.mixed = bend_above;
  const double rise = std::expm1(width);
  row.width_bend = bend_above + (std::isinf(rise) ? 0 : open / rise);
  return row.At(z, width);
}

// Upper tail of the standard normal at x: its logarithm; density over tail,
// less x; tail over density.
struct NormalTail {
  double log_tail = 0;
  double excess = 0;
  double mills = 0;
};

NormalTail TailAt(double x) {
  constexpr double kFar = 5;
  // Laplace's continued fraction 1 / (x + 2 / (x + 3 / ...)): at x = 5 this
  // many terms leave an error below 1e-17.
  constexpr int kTerms = 60;
  NormalTail tail;
  if (x < kFar) {
    const double density = std::exp(-x * x / 2 - kLogRootTwoPi);
    const double mass = 0.5 * std::erfc(x * kRootHalf);
    tail.log_tail =
        x < 0 ? std::log1p(-0.5 * std::erfc(-x * kRootHalf)) : std::log(mass);
    tail.excess = density / mass - x;
    tail.mills = mass / density;
    return tail;
  }
  const int terms = x > 20 ? 16 : kTerms;
  double rest = x;
  for (int k = terms; k >= 2; --k) rest = x + k / rest;
  tail.excess = 1 / rest;
  tail.mills = 1 / (x + tail.excess);
  tail.log_tail = -x * x / 2 - kLogRootTwoPi + std::log(tail.mills);
  return tail;
}

// What an interval says of a standard normal Z within it, lower + upper >= 0.
struct NormalBetween {
  double log_mass = 0;
  double mean = 0;           // of Z
  double below_mean = 0;     // mean less lower
  double bend = 0;           // 1 less the variance of Z
  double upper_density = 0;  // over the mass
};

// Gauss-Legendre nodes and weights on [-1, 1], the positive half of 10.
constexpr std::array<double, 5> kNodes = {
    0.14887433898163122, 0.43339539412924719, 0.67940956829902441,
    0.86506336668898451, 0.97390652851717172};
constexpr std::array<double, 5> kNodeWeights = {
    0.29552422471475287, 0.26926671930999636, 0.21908636251598204,
    0.14945134915058059, 0.06667134430868814};

// Where the density hardly changes from end to end: moments by quadrature,
// which are sums of positive numbers.
NormalBetween NarrowNormal(double lower, double width) {
  const double middle = lower + width / 2, half = width / 2;
  double mass = 0, first = 0;
  std::array<double, 10> density = {}, node = {};
  for (size_t k = 0; k < kNodes.size(); ++k) {
    for (const size_t side : {size_t{0}, size_t{1}}) {
      const double at = (side == 0 ? -half : half) * kNodes[k];
      const double weight =
          kNodeWeights[k] / 2 * std::exp(-at * (middle + at / 2));
      node[2 * k + side] = at;
      density[2 * k + side] = weight;
      mass += weight;
      first += weight * at;
    }
  }
  const double mean = first / mass;  // less the middle
  double variance = 0;
  for (size_t k = 0; k < node.size(); ++k) {
    variance += density[k] * (node[k] - mean) * (node[k] - mean);
  }
  NormalBetween between;
  between.log_mass =
      std::log(mass) + std::log(width) - middle * middle / 2 - kLogRootTwoPi;
  between.mean = middle + mean;
  between.below_mean = half + mean;
  between.bend = 1 - variance / mass;
  between.upper_density =
      std::exp(-half * (middle + half / 2)) / (mass * width);
  return between;
}

NormalBetween WideNormal(double lower, double upper, double width) {
  NormalBetween between;
  if (lower <= 0) {
    const double at_lower = std::exp(-lower * lower / 2 - kLogRootTwoPi);
    const double at_upper = std::exp(-upper * upper / 2 - kLogRootTwoPi);
    const double outside =
        0.5 * (std::erfc(-lower * kRootHalf) + std::erfc(upper * kRootHalf));
    const double mass =
        0.5 * (std::erf(upper * kRootHalf) + std::erf(-lower * kRootHalf));
    between.log_mass = outside < 0.5 ? std::log1p(-outside) : std::log(mass);
    between.mean = (at_lower - at_upper) / mass;
    between.below_mean = between.mean - lower;
    between.upper_density = at_upper / mass;
  } else {
    const NormalTail low = TailAt(lower), high = TailAt(upper);
    const double fall = -width * (lower + width / 2);
    const double ratio = std::exp(fall);                 // of the densities
    const double mass = low.mills - ratio * high.mills;  // over density at low
    between.log_mass =
        low.log_tail + std::log1p(-ratio * high.mills / low.mills);
    between.mean = -std::expm1(fall) / mass;
    between.below_mean =
        (low.excess * low.mills - ratio * (high.excess + width) * high.mills) /
        mass;
    between.upper_density = ratio / mass;
  }
  between.bend =
      between.mean * between.below_mean + between.upper_density * width;
  return between;
}

// By the mirror image where the interval is to the left: the tail to the right
// keeps its digits.
RowDerivatives DeriveNormalInterval(double lower, double width) {
  double upper = lower + width;
  const bool mirrored = lower + upper < 0;
  if (mirrored) {
    const double left = lower;
    lower = -upper;
    upper = -left;
  }
  const double middle = lower + width / 2;
  const bool narrow = width <= 0.5 && width * middle <= 1;
  const NormalBetween between =
      narrow ? NarrowNormal(lower, width) : WideNormal(lower, upper, width);
  const double above_mean = width - between.below_mean;
  const double at_upper = between.upper_density;
  TwoEnds ends;
  ends.value = between.log_mass;
  ends.slope = -between.mean;
  ends.bend = between.bend;
  ends.width_slope = at_upper;
  ends.mixed = at_upper * above_mean;
  ends.width_bend = at_upper * (upper + at_upper);
  RowDerivatives row = ends.At(lower, width);
  if (mirrored) {
    row.shift = -row.shift;
    row.shift_stretch = -row.shift_stretch;
  }
  return row;
}

RowDerivatives DeriveNormal(IntervalKind kind, double z, double width) {
  switch (kind) {
    case IntervalKind::kExact:
      return OneEnd(z, -z * z / 2 - kLogRootTwoPi, -z, 1);
    case IntervalKind::kRightCensored: {
      const NormalTail tail = TailAt(z);
      const double hazard = z + tail.excess;
      return OneEnd(z, tail.log_tail, -hazard, hazard * tail.excess);
    }
    case IntervalKind::kLeftCensored: {
      const NormalTail tail = TailAt(-z);
      const double hazard = tail.excess - z;
      return OneEnd(z, tail.log_tail, hazard, hazard * tail.excess);
    }
    case IntervalKind::kInterval:
      break;
  }
  return DeriveNormalInterval(z, width);
}

}  // namespace

RowDerivatives DeriveRow(StandardDistribution distribution, IntervalKind kind,
                         double z, double width) {
  switch (distribution) {
    case StandardDistribution::kExtremeValue:
      return DeriveExtremeValue(kind, z, width);
    case StandardDistribution::kNormal:
      return DeriveNormal(kind, z, width);
    case StandardDistribution::kLogistic:
      break;
  }
  return DeriveLogistic(kind, z, width);
}

double StandardSurvival(StandardDistribution distribution, double z) {
  switch (distribution) {
    case StandardDistribution::kExtremeValue:
      return std::exp(-std::exp(z));
    case StandardDistribution::kNormal:
      return 0.5 * std::erfc(z * kRootHalf);
    case StandardDistribution::kLogistic:
      break;
  }
  return 1 / (1 + std::exp(z));
}

double StandardDensity(StandardDistribution distribution, double z) {
  const RowDerivatives row =
      DeriveRow(distribution, IntervalKind::kExact, z, 0);
  return std::exp(row.log_likelihood);
}

double StandardQuantile(StandardDistribution distribution, double probability) {
  switch (distribution) {
    case StandardDistribution::kExtremeValue:
      return std::log(-std::log1p(-probability));
    case StandardDistribution::kNormal:
      return NormalQuantile(probability);
    case StandardDistribution::kLogistic:
      break;
  }
  return std::log(probability) - std::log1p(-probability);
}

}  // namespace enthesis::stats
