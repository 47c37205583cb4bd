#include "support/naive_scores.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace enthesis::stats::naive {
namespace {

double Count(const Values& values) {
  return static_cast<double>(values.size());
}

Values NonZero(const Values& values) {
  Values kept;
  for (const double x : values) {
    if (x != 0) kept.push_back(x);
  }
  return kept;
}

Values Magnitudes(const Values& values) {
  Values magnitudes;
  for (const double x : values) magnitudes.push_back(std::abs(x));
  return magnitudes;
}

// Sum over the values of t^2 - 1, t the number tied with each: the sum of t^3 -
// t over groups of ties.
double Ties(const Values& values) {
  double sum = 0;
  for (const double x : values) {
    const auto t =
        static_cast<double>(std::count(values.begin(), values.end(), x));
    sum += t * t - 1;
  }
  return sum;
}

// Twice the smaller of the shares at or below and at or above `statistic`.
double TwoSided(const Values& all, double statistic) {
  double below = 0, above = 0;
  for (const double x : all) {
    below += x <= statistic ? 1 : 0;
    above += x >= statistic ? 1 : 0;
  }
  return std::min(1.0, 2 * std::min(below, above) / Count(all));
}

Values Join(const Values& first, const Values& second) {
  Values all = first;
  all.insert(all.end(), second.begin(), second.end());
  return all;
}

}  // namespace

Values Ranks(const Values& values) {
  Values ranks;
  for (const double x : values) {
    double rank = 0.5;
    for (const double y : values) rank += y < x ? 1 : (y == x ? 0.5 : 0);
    ranks.push_back(rank);
  }
  return ranks;
}

double SignedRankStatistic(const Values& values) {
  const Values kept = NonZero(values);
  const Values ranks = Ranks(Magnitudes(kept));
  double v = 0;
  for (size_t i = 0; i < kept.size(); ++i) v += kept[i] > 0 ? ranks[i] : 0;
  return v;
}

double SignedRankP(const Values& values) {
  const Values ranks = Ranks(Magnitudes(NonZero(values)));
  Values all;
  for (uint64_t signs = 0; signs < uint64_t{1} << ranks.size(); ++signs) {
    double v = 0;
    for (size_t i = 0; i < ranks.size(); ++i) {
      v += (signs >> i) & 1 ? ranks[i] : 0;
    }
    all.push_back(v);
  }
  return TwoSided(all, SignedRankStatistic(values));
}

double MannWhitneyStatistic(const Values& first, const Values& second) {
  double w = 0;
  for (const double x : first) {
    for (const double y : second) w += x > y ? 1 : (x == y ? 0.5 : 0);
  }
  return w;
}

double MannWhitneyP(const Values& first, const Values& second) {
  const Values all = Join(first, second);
  Values statistics;
  for (uint64_t chosen = 0; chosen < uint64_t{1} << all.size(); ++chosen) {
    Values a, b;
    for (size_t i = 0; i < all.size(); ++i) {
      ((chosen >> i) & 1 ? a : b).push_back(all[i]);
    }
    if (a.size() == first.size()) {
      statistics.push_back(MannWhitneyStatistic(a, b));
    }
  }
  return TwoSided(statistics, MannWhitneyStatistic(first, second));
}

double SignedRankZ(const Values& values) {
  const Values kept = NonZero(values);
  const double n = Count(kept);
  const double variance =
      n * (n + 1) * (2 * n + 1) / 24 - Ties(Magnitudes(kept)) / 48;
  return (SignedRankStatistic(values) - n * (n + 1) / 4) / std::sqrt(variance);
}

double MannWhitneyZ(const Values& first, const Values& second) {
  const Values all = Join(first, second);
  const double n = Count(all);
  const double pairs = Count(first) * Count(second);
  const double variance = pairs / 12 * (n + 1 - Ties(all) / (n * (n - 1)));
  return (MannWhitneyStatistic(first, second) - pairs / 2) /
         std::sqrt(variance);
}

double KruskalWallisStatistic(const std::vector<Values>& groups) {
  Values all;
  for (const Values& group : groups) all = Join(all, group);
  const Values ranks = Ranks(all);
  const double n = Count(all);
  double sum = 0;
  size_t next = 0;
  for (const Values& group : groups) {
    double rank_sum = 0;
    for (size_t i = 0; i < group.size(); ++i) rank_sum += ranks[next++];
    sum += rank_sum * rank_sum / Count(group);
  }
  const double statistic = 12 * sum / (n * (n + 1)) - 3 * (n + 1);
  return statistic / (1 - Ties(all) / (n * n * n - n));
}

double AnovaStatistic(const std::vector<Values>& groups) {
  long double total = 0, n = 0, within = 0, between = 0;
  for (const Values& group : groups) {
    for (const double x : group) total += x, n += 1;
  }
  for (const Values& group : groups) {
    long double mean = 0;
    for (const double x : group) mean += x;
    mean /= static_cast<long double>(group.size());
    for (const double x : group) within += (x - mean) * (x - mean);
    between += static_cast<long double>(group.size()) * (mean - total / n) *
               (mean - total / n);
  }
  const auto k = static_cast<long double>(groups.size());
  return static_cast<double>((between / (k - 1)) / (within / (n - k)));
}

Values LeastSquaresCoefficients(const Values& response,
                                const std::vector<Values>& columns) {
  const size_t p = columns.size() + 1;
  std::vector<std::vector<long double>> a(p,
                                          std::vector<long double>(p + 1, 0));
  for (size_t row = 0; row < response.size(); ++row) {
    std::vector<long double> x = {1};
    for (const Values& column : columns) x.push_back(column[row]);
    x.push_back(response[row]);
    for (size_t i = 0; i < p; ++i) {
      for (size_t j = 0; j <= p; ++j) a[i][j] += x[i] * x[j];
    }
  }
  for (size_t i = 0; i < p; ++i) {
    for (size_t other = 0; other < p; ++other) {
      if (other == i) continue;
      const long double factor = a[other][i] / a[i][i];
      for (size_t j = i; j <= p; ++j) a[other][j] -= factor * a[i][j];
    }
  }
  Values coefficients;
  for (size_t i = 0; i < p; ++i) {
    coefficients.push_back(static_cast<double>(a[i][p] / a[i][i]));
  }
  return coefficients;
}

// Twelve uniform numbers less 6 are normal enough here, and the same anywhere.
Values RandomValues(uint64_t seed, int n, double mean, double step) {
  std::mt19937_64 engine(seed);
  Values values;
  for (int i = 0; i < n; ++i) {
    double x = mean - 6;
    for (int k = 0; k < 12; ++k) {
      x += static_cast<double>(engine() >> 11) * 0x1p-53;
    }
    values.push_back(step == 0 ? x : step * std::round(x / step));
  }
  return values;
}

}  // namespace enthesis::stats::naive
