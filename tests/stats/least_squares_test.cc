#include "stats/least_squares.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include "support/naive_scores.h"

namespace enthesis::stats {
namespace {

LeastSquares Fit(const std::vector<double>& response,
                 const std::vector<std::vector<double>>& columns) {
  return FitLeastSquares(
      {std::vector<double>(response.size(), 1), response, columns});
}

// y = 1, 3, 2 on x = 0, 1, 2: slope 1/2, residuals -1/2, 1, -1/2.
TEST(LeastSquares, LineByHand) {
  const LeastSquares fit = Fit({1, 3, 2}, {{0, 1, 2}});
  EXPECT_DOUBLE_EQ(fit.coefficients[0], 0.5);
  EXPECT_EQ(fit.response_mean, 2);
  EXPECT_DOUBLE_EQ(fit.residual_squares, 1.5);
  EXPECT_DOUBLE_EQ(fit.total_squares, 2);
  const std::vector<double> unit = {1};
  EXPECT_DOUBLE_EQ(ContrastVariance(fit, unit), 0.5);
}

TEST(LeastSquares, WeightsReplicateRows) {
  const LeastSquares rows = Fit({1, 1, 3, 2, 2, 2}, {{0, 0, 1, 2, 2, 2}});
  const LeastSquares weighted =
      FitLeastSquares({{2, 1, 3}, {1, 3, 2}, {{0, 1, 2}}});
  EXPECT_NEAR(rows.coefficients[0], weighted.coefficients[0], 1e-15);
  EXPECT_NEAR(rows.residual_squares, weighted.residual_squares, 1e-14);
  EXPECT_EQ(rows.n, weighted.n);
}

// c = 2 a - b + 7 and a constant column fall out; what stays is named.
TEST(LeastSquares, DropsCombinations) {
  const std::vector<double> a = naive::RandomValues(1, 50, 0, 0);
  const std::vector<double> b = naive::RandomValues(2, 50, 0, 0);
  const std::vector<double> y = naive::RandomValues(3, 50, 0, 0);
  std::vector<double> c;
  for (size_t i = 0; i < a.size(); ++i) c.push_back(2 * a[i] - b[i] + 7);
  const std::vector<double> constant(50, 0.1);
  const LeastSquares fit = Fit(y, {a, constant, b, c});
  EXPECT_EQ(fit.kept, (std::vector<size_t>{0, 2}));
  ASSERT_EQ(fit.combination[3].size(), 2u);
  EXPECT_NEAR(fit.combination[3][0], 2, 1e-13);
  EXPECT_NEAR(fit.combination[3][1], -1, 1e-13);
}

TEST(LeastSquares, AgreesWithNormalEquations) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    std::vector<std::vector<double>> columns;
    for (uint64_t c = 0; c < 4; ++c) {
      columns.push_back(naive::RandomValues(seed * 100 + c, 60, 3, 0));
    }
    const std::vector<double> y = naive::RandomValues(seed, 60, 1, 0);
    const LeastSquares fit = Fit(y, columns);
    const std::vector<double> expected =
        naive::LeastSquaresCoefficients(y, columns);
    for (size_t c = 0; c < 4; ++c) {
      EXPECT_NEAR(fit.coefficients[c], expected[c + 1], 1e-13) << seed;
    }
  }
}

TEST(LeastSquares, NoColumns) {
  const LeastSquares fit = Fit({1, 3}, {});
  EXPECT_EQ(fit.residual_squares, 2);
  EXPECT_EQ(ContrastVariance(fit, {}), 0);
}

}  // namespace
}  // namespace enthesis::stats
