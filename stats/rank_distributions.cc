#include "stats/rank_distributions.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "stats/whole_number.h"

namespace enthesis::stats {
namespace {

// Ways to reach each value, exact. Their sum is below 2^128.
RankDistribution FromWays(const std::vector<UInt128>& ways) {
  UInt128 total = 0;
  for (const UInt128 way : ways) total += way;
  RankDistribution distribution;
  distribution.lower_tail.reserve(ways.size());
  UInt128 below = 0;
  for (const UInt128 way : ways) {
    below += way;
    distribution.lower_tail.push_back(static_cast<double>(below) /
                                      static_cast<double>(total));
  }
  return distribution;
}

}  // namespace

double RankDistribution::TwoSidedP(int64_t statistic) const {
  const int64_t smaller = std::min(statistic, maximum() - statistic);
  return std::min(1.0, 2 * lower_tail[static_cast<size_t>(smaller)]);
}

int64_t RankDistribution::LowerQuantile(double p) const {
  const double reached = p - 10 * std::numeric_limits<double>::epsilon();
  return std::lower_bound(lower_tail.begin(), lower_tail.end(), reached) -
         lower_tail.begin();
}

// Each rank is or is not positive: product of (1 + x^rank).
RankDistribution SignedRankDistribution(int64_t n) {
  const size_t ranks = static_cast<size_t>(n);
  std::vector<UInt128> ways(ranks * (ranks + 1) / 2 + 1, 0);
  ways[0] = 1;
  for (size_t rank = 1; rank <= ranks; ++rank) {
    for (size_t k = ways.size() - 1; k >= rank; --k) ways[k] += ways[k - rank];
  }
  return FromWays(ways);
}

// The Gaussian binomial, product over i of (1 - x^(n + i)) / (1 - x^i) (Mann &
// Whitney 1947, Ann. Math. Statist. 18:50). Whole arithmetic that wraps around
// 2^128 is exact, as the coefficients are below it.
RankDistribution RankSumDistribution(int64_t m, int64_t n) {
  const size_t first = static_cast<size_t>(m);
  const size_t second = static_cast<size_t>(n);
  std::vector<UInt128> ways(first * second + 1, 0);
  ways[0] = 1;
  for (size_t i = 1; i <= first; ++i) {
    for (size_t k = ways.size(); k-- > second + i;) {
      ways[k] -= ways[k - second - i];
    }
    for (size_t k = i; k < ways.size(); ++k) ways[k] += ways[k - i];
  }
  return FromWays(ways);
}

}  // namespace enthesis::stats
