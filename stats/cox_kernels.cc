#include "stats/cox_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>

// A function is built for each of these instruction sets; the program picks one
// when it starts. Sanitizers are not ready by then. No product is fused with a
// sum (-ffp-contract=off), so that all give the same bytes.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define ENTHESIS_EACH_WIDTH \
  __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define ENTHESIS_EACH_WIDTH
#endif

namespace enthesis::stats {
namespace {

// Eight numbers at a time, as two halves of four: what is wider than the
// registers there are goes by way of memory. They are read where they are used:
// a function that takes them would have another ABI for each width.
constexpr size_t kLanes = 8;
constexpr size_t kHalf = kLanes / 2;
typedef double Lanes __attribute__((vector_size(32)));
typedef uint64_t LanesOfBits __attribute__((vector_size(32)));
typedef double LanesAt __attribute__((vector_size(32), aligned(8), may_alias));

const LanesAt& At(const double* values) {
  return *reinterpret_cast<const LanesAt*>(values);
}
LanesAt& At(double* values) { return *reinterpret_cast<LanesAt*>(values); }

// Of both halves, added up.
double SumOf(const Lanes& x) { return (x[0] + x[1]) + (x[2] + x[3]); }

// log2(e) and log(2) in two parts, of which the first has 32 bits, so that a
// small whole multiple of it is exact (Cody & Waite 1980).
constexpr double kLog2E = 1.4426950408889634;
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;
// Adding it rounds to a whole number, in the lowest bits of the sum.
constexpr double kRounder = 0x1.8p52;
// Beyond it 2^k leaves the range of normal numbers.
constexpr double kExpLimit = 708;
// 1 / k!, from the last term of the series for |x| <= log(2) / 2.
constexpr double kSeries[] = {1.0 / 6227020800,
                              1.0 / 479001600,
                              1.0 / 39916800,
                              1.0 / 3628800,
                              1.0 / 362880,
                              1.0 / 40320,
                              1.0 / 5040,
                              1.0 / 720,
                              1.0 / 120,
                              1.0 / 24,
                              1.0 / 6,
                              0.5,
                              1.0,
                              1.0};

}  // namespace

ENTHESIS_EACH_WIDTH
double DotProduct(const double* a, const double* b, size_t n) {
  Lanes sums[4] = {};
  size_t i = 0;
  for (; i + 2 * kLanes <= n; i += 2 * kLanes) {
    sums[0] += At(a + i) * At(b + i);
    sums[1] += At(a + i + kHalf) * At(b + i + kHalf);
    sums[2] += At(a + i + kLanes) * At(b + i + kLanes);
    sums[3] += At(a + i + kLanes + kHalf) * At(b + i + kLanes + kHalf);
  }
  if (i + kLanes <= n) {
    sums[0] += At(a + i) * At(b + i);
    sums[1] += At(a + i + kHalf) * At(b + i + kHalf);
    i += kLanes;
  }
  double tail = 0;
  for (; i < n; ++i) tail += a[i] * b[i];
  sums[0] += sums[2];
  sums[1] += sums[3];
  return SumOf(sums[0] + sums[1]) + tail;
}

namespace {

// Adds the sums of w x, or with `kByRow` of w row x, over the columns `first`
// to `first` + 2 of `x`, as far as they come before `end`. Three at a time:
// what they are multiplied by is read once for them.
template <bool kByRow>
__attribute__((always_inline)) inline void AddThreeSums(
    const ColumnsView& x, size_t first, size_t end, const double* w,
    const double* row, size_t n, double* sums) {
  const size_t whole = n - n % kLanes;
  const double* a = x.values + first * x.stride;
  const double* b = x.values + std::min(first + 1, end - 1) * x.stride;
  const double* c = x.values + std::min(first + 2, end - 1) * x.stride;
  Lanes of_a = {}, of_b = {}, of_c = {};
  Lanes more_a = {}, more_b = {}, more_c = {};  // of the other halves
  for (size_t i = 0; i < whole; i += kLanes) {
    Lanes here = At(w + i);
    Lanes more = At(w + i + kHalf);
    if constexpr (kByRow) {
      here *= At(row + i);
      more *= At(row + i + kHalf);
    }
    of_a += here * At(a + i);
    of_b += here * At(b + i);
    of_c += here * At(c + i);
    more_a += more * At(a + i + kHalf);
    more_b += more * At(b + i + kHalf);
    more_c += more * At(c + i + kHalf);
  }
  of_a += more_a;
  of_b += more_b;
  of_c += more_c;
  double tails[3] = {0, 0, 0};
  for (size_t i = whole; i < n; ++i) {
    const double here = kByRow ? w[i] * row[i] : w[i];
    tails[0] += here * a[i];
    tails[1] += here * b[i];
    tails[2] += here * c[i];
  }
  sums[0] += SumOf(of_a) + tails[0];
  if (first + 1 < end) sums[1] += SumOf(of_b) + tails[1];
  if (first + 2 < end) sums[2] += SumOf(of_c) + tails[2];
}

}  // namespace

ENTHESIS_EACH_WIDTH
void AddWeightedSums(const ColumnsView& x, const double* w, size_t n,
                     double* sums) {
  const size_t whole = n - n % kLanes;
  Lanes weight = {}, more = {};
  for (size_t i = 0; i < whole; i += kLanes) {
    weight += At(w + i);
    more += At(w + i + kHalf);
  }
  weight += more;
  double tail = 0;
  for (size_t i = whole; i < n; ++i) tail += w[i];
  sums[0] += SumOf(weight) + tail;
  for (size_t j = 0; j < x.count; j += 3) {
    AddThreeSums<false>(x, j, x.count, w, nullptr, n, sums + 1 + j);
  }
}

ENTHESIS_EACH_WIDTH
void AddWeightedGram(const ColumnsView& x, const double* w, size_t n,
                     double* gram) {
  for (size_t j = 0; j < x.count; ++j) {
    const double* row = x.values + j * x.stride;
    for (size_t k = 0; k <= j; k += 3) {
      AddThreeSums<true>(x, k, j + 1, w, row, n, gram + j * x.count + k);
    }
  }
}

ENTHESIS_EACH_WIDTH
ColumnExtent ExtentOf(const double* x, size_t n) {
  ColumnExtent extent;
  const size_t whole = n - n % kLanes;
  Lanes low = Lanes{} + x[0], high = low;
  Lanes more_low = low, more_high = low;
  for (size_t i = 0; i < whole; i += kLanes) {
    const Lanes here = At(x + i);
    const Lanes more = At(x + i + kHalf);
    low = here < low ? here : low;
    high = here > high ? here : high;
    more_low = more < more_low ? more : more_low;
    more_high = more > more_high ? more : more_high;
  }
  for (size_t k = 0; k < kHalf; ++k) {
    extent.Add(
        {std::min(low[k], more_low[k]), std::max(high[k], more_high[k])});
  }
  for (size_t i = whole; i < n; ++i) extent.Add(x[i]);
  return extent;
}

ENTHESIS_EACH_WIDTH
double WeightedSquares(const double* x, const double* w, double center,
                       double unit, size_t n) {
  const size_t whole = n - n % kLanes;
  Lanes sum = {}, more = {};
  for (size_t i = 0; i < whole; i += kLanes) {
    const Lanes a = (At(x + i) - center) * unit;
    const Lanes b = (At(x + i + kHalf) - center) * unit;
    sum += At(w + i) * (a * a);
    more += At(w + i + kHalf) * (b * b);
  }
  double tail = 0;
  for (size_t i = whole; i < n; ++i) {
    const double a = (x[i] - center) * unit;
    tail += w[i] * (a * a);
  }
  return SumOf(sum + more) + tail;
}

namespace {

// FillRisks of the rows from `i` on, kVectors times kHalf of them: vectors side
// by side, for each waits for the step before. Clears the highest bit of
// `within` where a predictor is out of bounds.
template <size_t kVectors>
__attribute__((always_inline)) inline void FillSomeRisks(
    const ColumnsView& x, const double* coefficients, const double* w, size_t i,
    double* risks, LanesOfBits& within) {
  Lanes predictor[kVectors] = {};
  for (size_t j = 0; j < x.count; ++j) {
    const double* column = x.values + j * x.stride + i;
#pragma GCC unroll 8
    for (size_t k = 0; k < kVectors; ++k) {
      predictor[k] += coefficients[j] * At(column + k * kHalf);
    }
  }
  // 2^whole times the series of what is left.
  Lanes rounded[kVectors], left[kVectors], series[kVectors];
#pragma GCC unroll 8
  for (size_t k = 0; k < kVectors; ++k) {
    within &= reinterpret_cast<LanesOfBits>(predictor[k] * predictor[k] -
                                            kExpLimit * kExpLimit);
    rounded[k] = predictor[k] * kLog2E + kRounder;
    const Lanes whole = rounded[k] - kRounder;
    left[k] = (predictor[k] - whole * kLn2High) - whole * kLn2Low;
    series[k] = Lanes{} + kSeries[0];
  }
  for (size_t term = 1; term < std::size(kSeries); ++term) {
#pragma GCC unroll 8
    for (size_t k = 0; k < kVectors; ++k) {
      series[k] = series[k] * left[k] + kSeries[term];
    }
  }
#pragma GCC unroll 8
  for (size_t k = 0; k < kVectors; ++k) {
    const LanesOfBits power = reinterpret_cast<LanesOfBits>(rounded[k]) << 52;
    At(risks + i + k * kHalf) =
        At(w + i + k * kHalf) *
        reinterpret_cast<Lanes>(reinterpret_cast<LanesOfBits>(series[k]) +
                                power);
  }
}

}  // namespace

ENTHESIS_EACH_WIDTH
void FillRisks(const ColumnsView& x, const double* coefficients,
               const double* w, size_t n, double* risks) {
  constexpr size_t kVectors = 4;
  const size_t whole = n - n % kHalf;
  LanesOfBits within = ~LanesOfBits{};  // by the highest bits
  size_t i = 0;
  for (; i + kVectors * kHalf <= n; i += kVectors * kHalf) {
    FillSomeRisks<kVectors>(x, coefficients, w, i, risks, within);
  }
  for (; i < whole; i += kHalf) {
    FillSomeRisks<1>(x, coefficients, w, i, risks, within);
  }
  uint64_t all_within = ~uint64_t{0};
  for (size_t k = 0; k < kHalf; ++k) all_within &= within[k];
  for (i = all_within >> 63 != 0 ? whole : 0; i < n; ++i) {
    double predictor = 0;
    for (size_t j = 0; j < x.count; ++j) {
      predictor += coefficients[j] * x.values[j * x.stride + i];
    }
    if (i < whole && std::abs(predictor) < kExpLimit) continue;
    risks[i] = w[i] * std::exp(predictor);
  }
}

ENTHESIS_EACH_WIDTH
TiedShares SumShares(double share, double n_events, double unit) {
  TiedShares sums;
  const double step = 1 / n_events;
  Lanes k = {0, 1, 2, 3};
  Lanes q = {}, fq = {}, qq = {}, fqq = {}, ffqq = {};
  for (double first = 0; first < n_events; first += kHalf, k += kHalf) {
    const Lanes f = k * step;
    const Lanes left = 1 - f * share;
    const auto is_event = k < n_events;
    const Lanes own = is_event ? 1 / left : Lanes{};
    const Lanes f_own = f * own;
    q += own;
    fq += f_own;
    qq += own * own;
    fqq += f_own * own;
    ffqq += f_own * f_own;
    const Lanes seen = is_event ? unit * left : Lanes{} + 1;
    sums.product *= (seen[0] * seen[1]) * (seen[2] * seen[3]);
    if (!(sums.product > 1e-150 && sums.product < 1e150)) {
      sums.log_product += std::log(sums.product);
      sums.product = 1;
    }
  }
  sums.q = SumOf(q);
  sums.fq = SumOf(fq);
  sums.qq = SumOf(qq);
  sums.fqq = SumOf(fqq);
  sums.ffqq = SumOf(ffqq);
  return sums;
}

ENTHESIS_EACH_WIDTH
void Decorrelate(size_t n, size_t stride, size_t n_columns, const double* scale,
                 const double* factor, double* a, double* b) {
  const size_t whole = n - n % kHalf;
  for (size_t j = 0; j < n_columns; ++j, a += stride, b += stride) {
    for (size_t i = 0; i < whole; i += kHalf) {
      At(b + i) *= At(scale + i);
      At(a + i) = At(a + i) * At(scale + i) - At(factor + i) * At(b + i);
    }
    for (size_t i = whole; i < n; ++i) {
      b[i] *= scale[i];
      a[i] = a[i] * scale[i] - factor[i] * b[i];
    }
  }
}

ENTHESIS_EACH_WIDTH
void FillTailSums(const ColumnsView& x, const double* w, size_t n, size_t width,
                  const double* later, double* rows) {
  constexpr double kOnes[kHalf] = {1, 1, 1, 1};
  constexpr double kZeros[kHalf] = {};
  const size_t few = n % kHalf;
  for (size_t first = 0; first < width; first += kHalf) {
    // Four columns of (1, x, zeros); constants are read at one place.
    const double* from[kHalf];
    size_t step[kHalf];
    for (size_t k = 0; k < kHalf; ++k) {
      const size_t at = first + k;
      const bool is_x = at > 0 && at <= x.count;
      from[k] = is_x      ? x.values + (at - 1) * x.stride
                : at == 0 ? kOnes
                          : kZeros;
      step[k] = is_x ? 1 : 0;
    }
    Lanes sums = At(later + first);
    for (size_t i = n; i > few;) {
      i -= kHalf;
      const Lanes weight = At(w + i);
      const Lanes p = weight * At(from[0] + i * step[0]);
      const Lanes q = weight * At(from[1] + i * step[1]);
      const Lanes r = weight * At(from[2] + i * step[2]);
      const Lanes s = weight * At(from[3] + i * step[3]);
      // Turned: a row of four numbers for each node.
      const Lanes a = __builtin_shufflevector(p, q, 0, 4, 2, 6);
      const Lanes b = __builtin_shufflevector(p, q, 1, 5, 3, 7);
      const Lanes c = __builtin_shufflevector(r, s, 0, 4, 2, 6);
      const Lanes d = __builtin_shufflevector(r, s, 1, 5, 3, 7);
      const Lanes row3 = __builtin_shufflevector(b, d, 2, 3, 6, 7);
      const Lanes from2 = __builtin_shufflevector(a, c, 2, 3, 6, 7) + row3;
      const Lanes from1 = __builtin_shufflevector(b, d, 0, 1, 4, 5) + from2;
      const Lanes from0 = __builtin_shufflevector(a, c, 0, 1, 4, 5) + from1;
      double* row = rows + i * width + first;
      At(row + 3 * width) = sums + row3;
      At(row + 2 * width) = sums + from2;
      At(row + width) = sums + from1;
      sums += from0;
      At(row) = sums;
    }
    for (size_t i = few; i-- > 0;) {
      const Lanes values = {from[0][i * step[0]], from[1][i * step[1]],
                            from[2][i * step[2]], from[3][i * step[3]]};
      sums += w[i] * values;
      At(rows + i * width + first) = sums;
    }
  }
}

}  // namespace enthesis::stats
