#include "stats/count_sums.h"

#include <boost/math/special_functions/log1p.hpp>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace enthesis::stats {
namespace {

// From here on the series below hold to a double's digits.
constexpr double kAsymptotic = 16;

// 1 / a^p - 1 / b^p for b = a + gap, p from 1.
double ReciprocalGap(double a, double b, double gap, int p) {
  double sum = 0;  // of a^-(p - i) b^-(i + 1)
  for (int i = 0; i < p; ++i) {
    sum += std::pow(a, -(p - i)) * std::pow(b, -(i + 1));
  }
  return gap * sum;
}

// What SumOverCounts sums for k from `a` - theta to `b` - theta - 1, by
// Stirling series of the three functions (DLMF 5.11.1, 5.11.2, 5.15.8).
CountSums SeriesBetween(double a, double b, double theta) {
  const double gap = b - a;
  const double ratio = std::log1p(gap / a);
  const double of[] = {
      ReciprocalGap(a, b, gap, 1), ReciprocalGap(a, b, gap, 2),
      ReciprocalGap(a, b, gap, 3), ReciprocalGap(a, b, gap, 4),
      ReciprocalGap(a, b, gap, 5), ReciprocalGap(a, b, gap, 6),
      ReciprocalGap(a, b, gap, 7), ReciprocalGap(a, b, gap, 8),
      ReciprocalGap(a, b, gap, 9), ReciprocalGap(a, b, gap, 10)};
  CountSums sums;
  sums.reciprocals = ratio + of[0] / 2 + of[1] / 12 - of[3] / 120 +
                     of[5] / 252 - of[7] / 240 + of[9] / 132;
  sums.squares =
      of[0] + of[1] / 2 + of[2] / 6 - of[4] / 30 + of[6] / 42 - of[8] / 30;
  // log1pmx(x) is log(1 + x) - x.
  sums.logarithms = a * boost::math::log1pmx(gap / a) - ratio / 2 +
                    gap * std::log1p((b - theta) / theta) - of[0] / 12 +
                    of[2] / 360 - of[4] / 1260 + of[6] / 1680 - of[8] / 1188;
  return sums;
}

}  // namespace

CountSums SumOverCounts(const CountWeights& counts, double theta) {
  CountSums running, total;
  double k = 0;  // running is up to k - 1
  for (size_t i = 0; i < counts.counts.size(); ++i) {
    const double y = counts.counts[i];
    const double few = 8;
    while (k < y && (theta + k < kAsymptotic || y - k <= few)) {
      running.reciprocals += 1 / (theta + k);
      running.squares += 1 / ((theta + k) * (theta + k));
      running.logarithms += std::log1p(k / theta);
      ++k;
    }
    if (k < y) {
      const CountSums gap = SeriesBetween(theta + k, theta + y, theta);
      running.reciprocals += gap.reciprocals;
      running.squares += gap.squares;
      running.logarithms += gap.logarithms;
      k = y;
    }
    total.reciprocals += counts.weights[i] * running.reciprocals;
    total.squares += counts.weights[i] * running.squares;
    total.logarithms += counts.weights[i] * running.logarithms;
  }
  return total;
}

double LogPoissonAtMean(double y) {
  if (y == 0) return 0;
  if (y < kAsymptotic) return y * std::log(y) - y - std::lgamma(y + 1);
  const double square = 1 / (y * y);
  const double series =
      (1.0 / 12 - square * (1.0 / 360 -
                            square * (1.0 / 1260 -
                                      square * (1.0 / 1680 - square / 1188)))) /
      y;
  return -0.5 * std::log(2 * std::numbers::pi * y) - series;
}

}  // namespace enthesis::stats
