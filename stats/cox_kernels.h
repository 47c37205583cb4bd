// Sums over columns, in an order that is fixed and suits SIMD.
// Internal to the Cox estimators.

#ifndef ENTHESIS_STATS_COX_KERNELS_H_
#define ENTHESIS_STATS_COX_KERNELS_H_

#include <cstddef>

namespace enthesis::stats {

// sum a b.
double DotProduct(const double* a, const double* b, size_t n);

// Adds sum w x x' to the lower triangle of `gram` ([row * p + column], column
// <= row), x the p columns at x, x + stride, ...; `scratch` holds n numbers.
void AddWeightedGram(const double* x, size_t stride, size_t p, const double* w,
                     size_t n, double* scratch, double* gram);

// A sum in twice the working precision (Knuth's TwoSum): what is added and
// later taken away leaves no trace.
class CompensatedSum {
 public:
  void Add(double x) {
    const double sum = high_ + x;
    const double part = sum - high_;
    low_ += (high_ - (sum - part)) + (x - part);
    high_ = sum;
  }
  double Value() const { return high_ + low_; }
  double Low() const { return low_; }
  double High() const { return high_; }

 private:
  double high_ = 0;
  double low_ = 0;
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COX_KERNELS_H_
