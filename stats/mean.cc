#include "stats/mean.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "stats/distributions.h"
#include "stats/long_sum.h"
#include "stats/value_counts.h"
#include "stats/whole_number.h"

namespace enthesis::stats {
namespace {

// n times the range of whole numbers up to here: n^2 range^2 fits 128 bits.
constexpr double kExactMax = 0x1p62;
constexpr double kWholeMax = 0x1p52;

bool AreWhole(const ValueCounts& sample, int64_t n) {
  if (n == 0) return true;
  const double range = sample.values.back() - sample.values.front() + 1;
  if (static_cast<double>(n) * range > kExactMax) return false;
  for (const double value : sample.values) {
    if (std::abs(value) > kWholeMax || value != std::trunc(value)) return false;
  }
  return true;
}

Moments WholeMoments(const ValueCounts& sample, int64_t n) {
  Moments moments;
  moments.n = n;
  if (n == 0) return moments;
  const double first = sample.values.front();
  Int128 sum = 0;  // of value - first, which is small and positive
  Int128 squares = 0;
  for (size_t i = 0; i < sample.values.size(); ++i) {
    const Int128 value = static_cast<Int128>(sample.values[i] - first);
    sum += sample.counts[i] * value;
    squares += sample.counts[i] * value * value;
  }
  const Int128 spread = n * squares - sum * sum;
  sum += static_cast<Int128>(first) * n;
  moments.sum = static_cast<double>(sum);
  moments.sum_tail =
      static_cast<double>(sum - static_cast<Int128>(moments.sum));
  moments.scaled_spread = static_cast<double>(spread);
  moments.is_constant = spread == 0;
  return moments;
}

// The square of value - mean.
LongSum SquaredDeviation(double value, const LongSum& mean) {
  LongSum deviation{value, 0};
  deviation.Add(-mean.high);
  deviation.Add(-mean.low);
  const double square = deviation.high * deviation.high;
  return {square, std::fma(deviation.high, deviation.high, -square) +
                      2 * deviation.high * deviation.low};
}

Moments RealMoments(const ValueCounts& sample, int64_t n) {
  LongSum sum;
  for (size_t i = 0; i < sample.values.size(); ++i) {
    sum.AddProduct(sample.values[i], static_cast<double>(sample.counts[i]));
  }
  const double size = static_cast<double>(n);
  const LongSum mean = sum.Over(size);
  LongSum squares;
  for (size_t i = 0; i < sample.values.size(); ++i) {
    const double count = static_cast<double>(sample.counts[i]);
    const LongSum square = SquaredDeviation(sample.values[i], mean);
    squares.AddProduct(square.high, count);
    squares.Add(square.low * count);
  }
  Moments moments;
  moments.n = n;
  moments.sum = sum.high;
  moments.sum_tail = sum.low;
  if (n < 2 || sample.values.size() < 2) return moments;
  moments.scaled_spread = size * squares.high;
  const double std_error = std::sqrt(squares.high / (size - 1) / size);
  moments.is_constant =
      std_error <
      10 * std::numeric_limits<double>::epsilon() * std::abs(mean.high);
  return moments;
}

}  // namespace

Moments MomentsOf(const ValueCounts& sample) {
  const int64_t n = sample.n();
  return AreWhole(sample, n) ? WholeMoments(sample, n) : RealMoments(sample, n);
}

MeanEstimate EstimateMean(const Moments& moments, double conf_level) {
  MeanEstimate estimate;
  estimate.n = moments.n;
  if (moments.n < 1) return estimate;
  const double n = static_cast<double>(moments.n);
  const LongSum long_mean = LongSum{moments.sum, moments.sum_tail}.Over(n);
  const double mean = long_mean.high + long_mean.low;
  estimate.mean = mean;
  if (moments.n < 2) return estimate;
  const double pairs = static_cast<double>(Int128{moments.n} * (moments.n - 1));
  const double std_dev = std::sqrt(moments.scaled_spread / pairs);
  const double reach =
      StudentTCriticalValue(conf_level, n - 1) * std_dev / std::sqrt(n);
  estimate.std_dev = std_dev;
  estimate.lower = mean - reach;
  estimate.upper = mean + reach;
  return estimate;
}

// Student (1908): mean / (std_dev / sqrt(n)), with n cancelled.
TTest TestMeanZero(const Moments& moments) {
  TTest test;
  test.df = moments.n > 0 ? static_cast<double>(moments.n - 1) : 0;
  if (moments.n < 2 || moments.is_constant) return test;
  const double statistic =
      moments.sum * std::sqrt(test.df / moments.scaled_spread);
  test.statistic = statistic;
  test.p_value = 2 * StudentTUpperTail(std::abs(statistic), test.df);
  return test;
}

Moments Pooled(const Moments& a, const Moments& b) {
  LongSum sum{a.sum, a.sum_tail};
  sum.Add(b.sum);
  sum.Add(b.sum_tail);
  Moments pooled;
  pooled.n = a.n + b.n;
  pooled.sum = sum.high;
  pooled.sum_tail = sum.low;
  return pooled;
}

double MeanDifference(const Moments& a, const Moments& b) {
  const LongSum mean_a =
      LongSum{a.sum, a.sum_tail}.Over(static_cast<double>(a.n));
  const LongSum mean_b =
      LongSum{b.sum, b.sum_tail}.Over(static_cast<double>(b.n));
  LongSum difference = mean_a;
  difference.Add(-mean_b.high);
  difference.Add(-mean_b.low);
  return difference.high;
}

}  // namespace enthesis::stats
