// Sums to about twice the digits of a double.

#ifndef ENTHESIS_STATS_LONG_SUM_H_
#define ENTHESIS_STATS_LONG_SUM_H_

#include <cmath>

namespace enthesis::stats {

// A sum kept as two doubles, about 32 digits (Dekker 1971, Numer. Math.
// 18:224).
struct LongSum {
  double high = 0;
  double low = 0;

  void Add(double x) {
    const double sum = high + x;
    const double part = sum - high;
    const double error = (high - (sum - part)) + (x - part) + low;
    high = sum + error;
    low = error - (high - sum);
  }

  // Adds x * factor with the rounding error of the product.
  void AddProduct(double x, double factor) {
    const double product = x * factor;
    Add(product);
    Add(std::fma(x, factor, -product));
  }

  // The sum over n, to as many digits.
  LongSum Over(double n) const {
    const double quotient = high / n;
    return {quotient, (std::fma(-quotient, n, high) + low) / n};
  }
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_LONG_SUM_H_
