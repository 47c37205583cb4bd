#include "stats/cox_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

#include "stats/log_sum.h"

namespace enthesis::stats {
namespace {

std::vector<double> Draw(size_t n, double spread, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0, spread);
  std::vector<double> values(n);
  for (double& value : values) value = normal(random);
  return values;
}

// Lengths around those of whole registers, each column at its own place.
TEST(CoxKernels, SumsAreThoseOfALoop) {
  for (const size_t n : {0u, 1u, 7u, 8u, 9u, 16u, 31u, 100u}) {
    for (const size_t p : {0u, 1u, 2u, 3u, 4u, 6u, 7u}) {
      const size_t stride = n + 3;
      const std::vector<double> x = Draw(stride * p + 1, 1, n * 10 + p);
      const std::vector<double> w = Draw(n, 1, n + 99);
      std::vector<double> sums(p + 1, 0.5), gram(p * p, 0.25);
      const ColumnsView view = {x.data() + 1, stride, p};
      AddWeightedSums(view, w.data(), n, sums.data());
      AddWeightedGram(view, w.data(), n, gram.data());
      std::vector<double> expected(p + 1, 0.5);
      for (size_t i = 0; i < n; ++i) {
        expected[0] += w[i];
        for (size_t j = 0; j < p; ++j) {
          expected[j + 1] += w[i] * x[1 + j * stride + i];
        }
      }
      for (size_t j = 0; j <= p; ++j) EXPECT_NEAR(sums[j], expected[j], 1e-12);
      for (size_t j = 0; j < p; ++j) {
        for (size_t k = 0; k < p; ++k) {
          double entry = 0.25;
          for (size_t i = 0; i < n && k <= j; ++i) {
            entry += w[i] * x[1 + j * stride + i] * x[1 + k * stride + i];
          }
          EXPECT_NEAR(gram[j * p + k], entry, 1e-12);
        }
      }
      if (p == 0) continue;
      double dot = 0;
      for (size_t i = 0; i < n; ++i) dot += w[i] * x[1 + i];
      EXPECT_NEAR(DotProduct(w.data(), x.data() + 1, n), dot, 1e-12);
    }
  }
}

TEST(CoxKernels, TailSumsAreThoseOfALoop) {
  for (const size_t n : {1u, 3u, 4u, 5u, 8u, 31u, 256u}) {
    for (const size_t p : {0u, 1u, 2u, 3u, 4u, 6u, 7u, 8u}) {
      const size_t stride = n + 3;
      const size_t width = RowWidth(p);
      ASSERT_GT(width, p);
      const std::vector<double> x = Draw(stride * p + 1, 1, n * 10 + p);
      const std::vector<double> w = Draw(n, 1, n + 7);
      std::vector<double> later(width, 0);
      for (size_t k = 0; k <= p; ++k) later[k] = static_cast<double>(k) - 2;
      std::vector<double> rows(n * width, NAN);
      FillTailSums({x.data() + 1, stride, p}, w.data(), n, width, later.data(),
                   rows.data());
      std::vector<double> expected = later;
      for (size_t i = n; i-- > 0;) {
        for (size_t k = 0; k < width; ++k) {
          if (k == 0) expected[k] += w[i];
          if (k > 0 && k <= p)
            expected[k] += w[i] * x[1 + (k - 1) * stride + i];
          EXPECT_NEAR(rows[i * width + k], expected[k], 1e-12)
              << n << " nodes, " << p << " columns, node " << i << ", " << k;
        }
      }
    }
  }
}

TEST(CoxKernels, TiedSharesAreThoseOfALoop) {
  for (const double share : {0.0, 1e-9, 0.3, 1.0}) {
    for (const double unit : {1.0, 1e-30, 1e30, 12.5}) {
      for (const int d : {1, 2, 3, 4, 5, 9, 2000}) {
        TiedShares expected;
        double log = 0;
        for (int k = 0; k < d; ++k) {
          const double f = static_cast<double>(k) / d;
          const double q = 1 / (1 - f * share);
          expected.q += q;
          expected.fq += f * q;
          expected.qq += q * q;
          expected.fqq += f * q * q;
          expected.ffqq += f * f * q * q;
          log += std::log(unit / q);
        }
        const TiedShares got = SumShares(share, d, unit);
        const auto near = [&](double a, double b, const char* what) {
          EXPECT_NEAR(a, b, 1e-12 * (1 + std::abs(b)))
              << what << ", " << d << " events, share " << share;
        };
        near(got.q, expected.q, "q");
        near(got.fq, expected.fq, "fq");
        near(got.qq, expected.qq, "qq");
        near(got.fqq, expected.fqq, "fqq");
        near(got.ffqq, expected.ffqq, "ffqq");
        near(got.log_product + std::log(got.product), log, "log");
      }
    }
  }
}

TEST(CoxKernels, DecorrelatesEachColumn) {
  for (const size_t n : {1u, 4u, 7u}) {
    constexpr size_t kStride = 9, kColumns = 3;
    std::vector<double> a = Draw(kStride * kColumns, 1, 1);
    std::vector<double> b = Draw(kStride * kColumns, 1, 2);
    const std::vector<double> scale = Draw(n, 1, 3), factor = Draw(n, 1, 4);
    const std::vector<double> a0 = a, b0 = b;
    Decorrelate(n, kStride, kColumns, scale.data(), factor.data(), a.data(),
                b.data());
    for (size_t j = 0; j < kColumns; ++j) {
      for (size_t i = 0; i < kStride; ++i) {
        const size_t at = j * kStride + i;
        const double own = i < n ? b0[at] * scale[i] : b0[at];
        EXPECT_DOUBLE_EQ(b[at], own);
        EXPECT_DOUBLE_EQ(a[at],
                         i < n ? a0[at] * scale[i] - factor[i] * own : a0[at]);
      }
    }
  }
}

TEST(CoxKernels, RisksAreThoseOfExp) {
  constexpr size_t kRows = 1003;
  for (const double spread : {0.01, 1.0, 100.0}) {
    const std::vector<double> x = Draw(2 * kRows, spread, 3);
    const std::vector<double> w(kRows, 0.75);
    const double coefficients[] = {1.5, -0.5};
    std::vector<double> risks(kRows);
    FillRisks({x.data(), kRows, 2}, coefficients, w.data(), kRows,
              risks.data());
    for (size_t i = 0; i < kRows; ++i) {
      const double predictor = 1.5 * x[i] - 0.5 * x[kRows + i];
      const double expected = 0.75 * std::exp(predictor);
      EXPECT_NEAR(risks[i], expected, 4e-16 * expected) << predictor;
    }
  }
}

// Products that leave the range of numbers, factors that do, and weights.
TEST(LogSum, IsTheSumOfLogarithms) {
  LogSum sum;
  double expected = 0;
  const std::vector<double> factors = Draw(3000, 40, 5);
  for (size_t i = 0; i < factors.size(); ++i) {
    const double factor = std::exp(factors[i] * (i % 50 == 0 ? 5 : 1));
    const double weight = i % 7 == 0 ? 0.3 : 1;
    sum.Add(factor, weight);
    expected += weight * std::log(factor);
  }
  sum.AddLog(2.5);
  EXPECT_NEAR(sum.Value(), expected + 2.5, 1e-9);
  sum.Add(0, 1);
  EXPECT_EQ(sum.Value(), -std::numeric_limits<double>::infinity());
}

TEST(CoxKernels, RisksAtTheEndsOfTheRange) {
  const double inf = std::numeric_limits<double>::infinity();
  const double x[] = {-inf, -800, -745, -708, 0, 709.7, 710, inf, NAN};
  const double w[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
  constexpr size_t kRows = sizeof x / sizeof *x;
  const double one = 1;
  double risks[kRows];
  FillRisks({x, kRows, 1}, &one, w, kRows, risks);
  EXPECT_TRUE(std::isnan(risks[kRows - 1]));
  for (size_t i = 0; i + 1 < kRows; ++i) {
    const double expected = std::exp(x[i]);
    if (std::isinf(expected)) {
      EXPECT_EQ(risks[i], expected);
    } else {
      EXPECT_NEAR(risks[i], expected, 4e-16 * expected) << x[i];
    }
  }
}

}  // namespace
}  // namespace enthesis::stats
