#include "stats/rank_distributions.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace enthesis::stats {
namespace {

// Sums of subsets of {1, 2, 3}: 0 1 2 3 3 4 5 6.
TEST(RankDistributions, ThreeDifferences) {
  const RankDistribution v = SignedRankDistribution(3);
  EXPECT_EQ(v.lower_tail, (std::vector<double>{1 / 8., 2 / 8., 3 / 8., 5 / 8.,
                                               6 / 8., 7 / 8., 1}));
  EXPECT_EQ(v.TwoSidedP(0), 0.25);
  EXPECT_EQ(v.TwoSidedP(6), 0.25);
  EXPECT_EQ(v.TwoSidedP(3), 1);
  EXPECT_EQ(v.LowerQuantile(0.025), 0);
  EXPECT_EQ(v.LowerQuantile(0.125), 0);  // reached exactly
  EXPECT_EQ(v.LowerQuantile(0.13), 1);
}

// Of the 6 orders of two and two, W is 0 1 2 2 3 4.
TEST(RankDistributions, TwoAndTwo) {
  const RankDistribution w = RankSumDistribution(2, 2);
  EXPECT_EQ(w.lower_tail,
            (std::vector<double>{1 / 6., 2 / 6., 4 / 6., 5 / 6., 1}));
}

TEST(RankDistributions, GroupsChangePlaces) {
  EXPECT_EQ(RankSumDistribution(7, 31).lower_tail,
            RankSumDistribution(31, 7).lower_tail);
}

// Symmetric about the middle, also at the largest size.
TEST(RankDistributions, LargestAreSymmetric) {
  for (const RankDistribution& d :
       {SignedRankDistribution(49), RankSumDistribution(49, 49)}) {
    const int64_t last = d.maximum();
    EXPECT_EQ(d.lower_tail.back(), 1);
    for (int64_t k = 0; k < last; ++k) {
      const double below = d.lower_tail[static_cast<size_t>(k)];
      const double above = d.lower_tail[static_cast<size_t>(last - k - 1)];
      ASSERT_NEAR(below + above, 1, 1e-15) << k;
    }
  }
}

TEST(RankDistributions, Nobody) {
  EXPECT_EQ(SignedRankDistribution(0).lower_tail, std::vector<double>{1});
  EXPECT_EQ(RankSumDistribution(0, 5).lower_tail, std::vector<double>{1});
}

}  // namespace
}  // namespace enthesis::stats
