// Fine-Gray regression against the naive oracle on seeded random data.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/fine_gray.h"
#include "support/naive_competing_risks.h"

namespace enthesis::stats {
namespace {

using naive::Regression;

constexpr size_t kColumns = 2;

void ExpectClose(double actual, double expected, double scale,
                 const std::string& where) {
  EXPECT_NEAR(actual, expected, 1e-9 * std::max(scale, std::abs(expected)))
      << where;
}

// Inverse of a 2 by 2 matrix.
std::vector<double> Inverse(const std::vector<std::vector<double>>& a) {
  const double det = a[0][0] * a[1][1] - a[0][1] * a[1][0];
  return {a[1][1] / det, -a[0][1] / det, -a[1][0] / det, a[0][0] / det};
}

void Check(uint64_t seed, FineGrayConvention convention, FineGrayTies ties) {
  const int n = 30 + static_cast<int>(seed * 13 % 50);
  Regression data = naive::RandomRegression(
      seed, n, kColumns, 4 + static_cast<int>(seed * 7 % 60), convention);
  FineGrayOptions options;
  options.convention = convention;
  options.ties = ties;
  const auto fit = FitFineGray(data.View(convention), data.Design(), options);
  const std::string where = absl::StrCat("seed ", seed);
  ASSERT_TRUE(fit.ok()) << where << fit.status();
  if (!fit->dropped.empty() || !fit->separated.empty()) return;
  const std::vector<double> beta = fit->Estimates();
  const auto at = naive::EvaluateFineGray(data, convention, ties, beta);
  const auto null = naive::EvaluateFineGray(data, convention, ties, {0, 0});
  ExpectClose(fit->log_likelihood, at.log_likelihood, 1, where);
  ExpectClose(fit->log_likelihood_null, null.log_likelihood, 1, where);
  const std::vector<double> inverse = Inverse(at.information);
  for (size_t c = 0; c < kColumns; ++c) {
    // What a further Newton step would move, in standard errors.
    const double step =
        inverse[c * 2] * at.gradient[0] + inverse[c * 2 + 1] * at.gradient[1];
    EXPECT_NEAR(step / std::sqrt(inverse[c * 3]), 0, 1e-9) << where;
    for (size_t e = 0; e < kColumns; ++e) {
      double sandwich = 0;
      for (size_t k = 0; k < kColumns; ++k) {
        for (size_t l = 0; l < kColumns; ++l) {
          sandwich += inverse[c * 2 + k] * at.meat[k][l] * inverse[l * 2 + e];
        }
      }
      const double scale = fit->covariance[c * 3];
      ExpectClose(fit->covariance[c * 2 + e], sandwich, scale, where);
      ExpectClose(fit->model_covariance[c * 2 + e], inverse[c * 2 + e], scale,
                  where);
    }
  }
  const std::vector<double> start = Inverse(null.information);
  double score = 0;
  for (size_t c = 0; c < kColumns; ++c) {
    for (size_t e = 0; e < kColumns; ++e) {
      score += null.gradient[c] * start[c * 2 + e] * null.gradient[e];
    }
  }
  ExpectClose(fit->tests.score.chi_square.value(), score, 1, where);
}

TEST(FineGrayOracle, Crr) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Check(seed, FineGrayConvention::kCrr, FineGrayTies::kBreslow);
  }
}

TEST(FineGrayOracle, FineGrayEfron) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Check(seed, FineGrayConvention::kFineGray, FineGrayTies::kEfron);
  }
}

TEST(FineGrayOracle, FineGrayBreslow) {
  for (uint64_t seed = 20; seed < 30; ++seed) {
    Check(seed, FineGrayConvention::kFineGray, FineGrayTies::kBreslow);
  }
}

}  // namespace
}  // namespace enthesis::stats
