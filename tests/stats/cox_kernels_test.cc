#include "stats/cox_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

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
