// The exact distributions of Wilcoxon's statistics without ties.
// See: METHODS.md, "Signed-rank" and "Mann-Whitney".

#ifndef ENTHESIS_STATS_RANK_DISTRIBUTIONS_H_
#define ENTHESIS_STATS_RANK_DISTRIBUTIONS_H_

#include <cstdint>
#include <vector>

namespace enthesis::stats {

// Samples below this size are small enough for the exact distributions.
inline constexpr int64_t kExactBelow = 50;

// A statistic on 0, 1, .., maximum, symmetric about maximum / 2.
struct RankDistribution {
  std::vector<double> lower_tail;  // [k]: P(statistic <= k)

  int64_t maximum() const {
    return static_cast<int64_t>(lower_tail.size()) - 1;
  }
  // Twice the smaller tail, at most 1; `statistic` in [0, maximum].
  double TwoSidedP(int64_t statistic) const;
  // The smallest k with P(statistic <= k) >= p, p <= 1/2, less 10 roundings as
  // qsignrank and qwilcox.
  int64_t LowerQuantile(double p) const;
};

// V of n differences, 0 <= n < kExactBelow. Cost: O(n^3).
RankDistribution SignedRankDistribution(int64_t n);

// W of groups of m and n, both in [0, kExactBelow). Cost: O(m n (m + n)).
RankDistribution RankSumDistribution(int64_t m, int64_t n);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_RANK_DISTRIBUTIONS_H_
