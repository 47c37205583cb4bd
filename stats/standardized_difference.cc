#include "stats/standardized_difference.h"

#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "stats/generalized_inverse.h"

namespace enthesis::stats {
namespace {

// (n - 1) in the denominator.
double VarianceOf(const Moments& moments) {
  const auto n = static_cast<double>(moments.n);
  return moments.scaled_spread / n / (n - 1);
}

// Shares of the categories that either group has, but for the first of them.
struct Shares {
  std::vector<double> a, b;
};

Shares SharesOf(absl::Span<const int64_t> a, absl::Span<const int64_t> b,
                double n_a, double n_b) {
  Shares shares;
  bool first = true;
  for (size_t k = 0; k < a.size(); ++k) {
    if (a[k] == 0 && b[k] == 0) continue;
    if (!first) {
      shares.a.push_back(static_cast<double>(a[k]) / n_a);
      shares.b.push_back(static_cast<double>(b[k]) / n_b);
    }
    first = false;
  }
  return shares;
}

// The mean of the two covariances of the shares, [i * n + j].
std::vector<double> CovarianceOf(const Shares& shares) {
  const size_t n = shares.a.size();
  std::vector<double> s(n * n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      s[i * n + j] =
          i == j ? (shares.a[i] * (1 - shares.a[i]) +
                    shares.b[i] * (1 - shares.b[i])) /
                       2
                 : -(shares.a[i] * shares.a[j] + shares.b[i] * shares.b[j]) / 2;
    }
  }
  return s;
}

}  // namespace

std::optional<double> StandardizedMeanDifference(const Moments& a,
                                                 const Moments& b) {
  if (a.n < 2 || b.n < 2) return std::nullopt;
  const double spread = std::sqrt((VarianceOf(a) + VarianceOf(b)) / 2);
  const double difference = MeanDifference(a, b);
  if (!(spread > 0) || !std::isfinite(difference / spread)) {
    return std::nullopt;
  }
  return difference / spread;
}

absl::StatusOr<std::optional<double>> StandardizedShareDifference(
    absl::Span<const int64_t> a, absl::Span<const int64_t> b) {
  if (a.size() != b.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("groups have ", a.size(), " and ", b.size(),
                     " categories; allowed: as many"));
  }
  for (size_t k = 0; k < a.size(); ++k) {
    if (a[k] >= 0 && b[k] >= 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("category ", k, " has ", std::min(a[k], b[k]),
                     " cases; allowed: 0 and more"));
  }
  const auto n_a = std::accumulate(a.begin(), a.end(), 0.0);
  const auto n_b = std::accumulate(b.begin(), b.end(), 0.0);
  if (n_a == 0 || n_b == 0) return std::optional<double>();
  const Shares shares = SharesOf(a, b, n_a, n_b);
  const size_t n = shares.a.size();
  std::vector<double> difference(n);
  for (size_t i = 0; i < n; ++i) difference[i] = shares.a[i] - shares.b[i];
  const std::vector<double> covariance = CovarianceOf(shares);
  // A difference in a direction without spread is beyond any distance.
  std::vector<double> with = covariance;
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      with[i * n + j] += difference[i] * difference[j];
    }
  }
  if (n > 0 && RankOf(with, n) > RankOf(covariance, n)) {
    return std::optional<double>();
  }
  if (n == 0) return std::optional<double>(0);
  return std::optional<double>(
      std::sqrt(QuadraticForm(covariance, difference)));
}

}  // namespace enthesis::stats
