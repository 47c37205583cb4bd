#include "stats/count_sums.h"

#include <gtest/gtest.h>

#include <cmath>

namespace enthesis::stats {
namespace {

// Term by term, in extended precision.
TEST(CountSums, EqualTheirTermsForAnyTheta) {
  const CountWeights counts = {{0, 3, 40, 41, 5000}, {1, 2, 0.5, 1, 3}};
  for (double theta : {1e-6, 0.3, 2.0, 17.5, 1e4, 1e9, 1e13}) {
    long double sums[3] = {};
    for (size_t i = 0; i < counts.counts.size(); ++i) {
      for (int k = 0; k < counts.counts[i]; ++k) {
        const long double at = static_cast<long double>(theta) + k;
        sums[0] += counts.weights[i] / at;
        sums[1] += counts.weights[i] / (at * at);
        sums[2] +=
            counts.weights[i] * std::log1p(k / static_cast<long double>(theta));
      }
    }
    const CountSums found = SumOverCounts(counts, theta);
    EXPECT_NEAR(found.reciprocals / static_cast<double>(sums[0]), 1, 1e-14);
    EXPECT_NEAR(found.squares / static_cast<double>(sums[1]), 1, 1e-14);
    EXPECT_NEAR(found.logarithms / static_cast<double>(sums[2]), 1, 1e-12)
        << theta;
  }
}

TEST(CountSums, LargestPoissonProbability) {
  for (int y : {1, 2, 15, 16, 17, 300}) {
    const long double exact = y * std::log(static_cast<long double>(y)) - y -
                              std::lgamma(static_cast<long double>(y) + 1);
    EXPECT_NEAR(LogPoissonAtMean(y), static_cast<double>(exact), 1e-14) << y;
  }
  EXPECT_EQ(LogPoissonAtMean(0), 0);
}

}  // namespace
}  // namespace enthesis::stats
