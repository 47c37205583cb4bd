// Sums of logarithms, at the price of products.

#ifndef ENTHESIS_STATS_LOG_SUM_H_
#define ENTHESIS_STATS_LOG_SUM_H_

#include <cmath>

namespace enthesis::stats {

// The sum of weight log(factor). Factors of weight 1 are multiplied, and one
// logarithm is taken of dozens: each product rounds by a share of 1e-16, of
// which the logarithm makes an absolute error.
class LogSum {
 public:
  // Whether a product with another such factor stays in the range of numbers.
  static bool CanMultiply(double factor) {
    return factor > 1e-150 && factor < 1e150;
  }

  void Add(double factor, double weight) {
    if (weight != 1 || !CanMultiply(factor)) {
      sum_ += weight * std::log(factor);
      return;
    }
    product_ *= factor;
    if (CanMultiply(product_)) return;
    sum_ += std::log(product_);
    product_ = 1;
  }
  // What is a logarithm already, with its weight.
  void AddLog(double log) { sum_ += log; }

  double Value() const { return sum_ + std::log(product_); }

 private:
  double sum_ = 0;
  double product_ = 1;
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_LOG_SUM_H_
