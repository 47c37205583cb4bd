#include "stats/rank_counts.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <random>
#include <vector>

namespace enthesis::stats {
namespace {

// Rows come and go; sizes with one level of sums and with four.
TEST(RankCounts, BitsAreTheTreeOfWeightOne) {
  std::mt19937_64 random(3);
  for (const size_t n : {size_t{1}, size_t{64}, size_t{2048}, size_t{2500000}}) {
    RankBits bits(n);
    WeightTree tree(n);
    std::vector<char> is_there(n, false);
    for (int step = 0; step < 20000; ++step) {
      const size_t rank = random() % n;
      const double weight = is_there[rank] ? -1 : 1;
      is_there[rank] = !is_there[rank];
      bits.Add(rank, weight);
      tree.Add(rank, weight);
      const size_t asked = random() % n;
      const Split of_bits = bits.At(asked);
      const Split of_tree = tree.At(asked);
      ASSERT_EQ(of_bits.below, of_tree.below);
      ASSERT_EQ(of_bits.equal, of_tree.equal);
      ASSERT_EQ(of_bits.above, of_tree.above);
      ASSERT_EQ(bits.total(), tree.total());
    }
  }
}

TEST(RankCounts, WeightsBelowAtAndAbove) {
  WeightTree tree(40);
  tree.Add(3, 0.5);
  tree.Add(20, 2);
  tree.Add(39, 4);
  const Split split = tree.At(20);
  EXPECT_EQ(split.below, 0.5);
  EXPECT_EQ(split.equal, 2);
  EXPECT_EQ(split.above, 4);
}

}  // namespace
}  // namespace enthesis::stats
