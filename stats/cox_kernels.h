// Sums over columns, in an order that is fixed and suits SIMD: built for
// several instruction sets, of which the widest that the machine has is used.
// All give the same bytes.
// Internal to the Cox estimators.

#ifndef ENTHESIS_STATS_COX_KERNELS_H_
#define ENTHESIS_STATS_COX_KERNELS_H_

#include <cstddef>

#include "stats/column_extent.h"

namespace enthesis::stats {

// Columns of equal length, the first at `values`, the next `stride` later, ...
struct ColumnsView {
  const double* values = nullptr;
  size_t stride = 0;
  size_t count = 0;

  ColumnsView From(size_t row) const { return {values + row, stride, count}; }
};

// sum a b.
double DotProduct(const double* a, const double* b, size_t n);

// Adds sum w to sums[0], and sum w x to sums[1 + column] for each column.
void AddWeightedSums(const ColumnsView& x, const double* w, size_t n,
                     double* sums);

// Adds sum w x x' to the lower triangle of `gram` ([row * count + column],
// column <= row).
void AddWeightedGram(const ColumnsView& x, const double* w, size_t n,
                     double* gram);

// The least and the largest of n > 0 numbers.
ColumnExtent ExtentOf(const double* x, size_t n);

// sum w ((x - center) unit)^2.
double WeightedSquares(const double* x, const double* w, double center,
                       double unit, size_t n);

// risks = w exp(sum coefficient x), exp within 2 units of the last place.
void FillRisks(const ColumnsView& x, const double* coefficients,
               const double* w, size_t n, double* risks);

// Numbers in a row of w (1, x), a whole number of SIMD registers.
inline size_t RowWidth(size_t n_columns) { return n_columns / 4 * 4 + 4; }

// What d tied events add up to when the k-th of them (k = 0 .. d - 1) sees the
// share left = 1 - f share of a risk, f = k / d.
struct TiedShares {
  double q = 0, fq = 0, qq = 0, fqq = 0, ffqq = 0;  // q = 1 / left
  // The sum of log(unit left), in two parts: product and logarithm of it.
  double product = 1;
  double log_product = 0;
};
// `unit` is from 1e-30 to 1e30, `n_events` > 0 is d, a whole number.
TiedShares SumShares(double share, double n_events, double unit);

// For each column of `a` and `b`, of `n` numbers: b *= scale, and then
// a = a scale - factor b.
void Decorrelate(size_t n, size_t stride, size_t n_columns, const double* scale,
                 const double* factor, double* a, double* b);

// Sums over nodes from each one to the last: row i, of `width` numbers, is
// `later` plus the sum over j = i .. n - 1 of w[j] (1, x[j]), then zeros.
void FillTailSums(const ColumnsView& x, const double* w, size_t n, size_t width,
                  const double* later, double* rows);

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
