#include "stats/cox_kernels.h"

#include <Eigen/Core>
#include <cstddef>

namespace enthesis::stats {
namespace {

using Lanes = Eigen::Array<double, 8, 1>;
using LanesMap = Eigen::Map<const Lanes>;

}  // namespace

double DotProduct(const double* a, const double* b, size_t n) {
  double tail = 0;
  size_t i = 0;
  if (n >= 8) {
    Lanes sums = Lanes::Zero();
    for (; i + 8 <= n; i += 8) sums += LanesMap(a + i) * LanesMap(b + i);
    tail = ((sums[0] + sums[4]) + (sums[1] + sums[5])) +
           ((sums[2] + sums[6]) + (sums[3] + sums[7]));
  }
  for (; i < n; ++i) tail += a[i] * b[i];
  return tail;
}

void AddWeightedGram(const double* x, size_t stride, size_t p, const double* w,
                     size_t n, double* scratch, double* gram) {
  for (size_t j = 0; j < p; ++j) {
    const double* column = x + j * stride;
    for (size_t i = 0; i < n; ++i) scratch[i] = w[i] * column[i];
    for (size_t k = 0; k <= j; ++k) {
      gram[j * p + k] += DotProduct(scratch, x + k * stride, n);
    }
  }
}

}  // namespace enthesis::stats
