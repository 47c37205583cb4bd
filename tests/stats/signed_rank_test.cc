#include "stats/signed_rank.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "stats/distributions.h"
#include "stats/value_counts.h"
#include "support/naive_scores.h"

namespace enthesis::stats {
namespace {

SignedRank Of(const std::vector<double>& differences,
              double conf_level = 0.95) {
  const auto test =
      TestSignedRank(CountValues(differences).value(), conf_level);
  EXPECT_TRUE(test.ok()) << test.status();
  return test.ok() ? *test : SignedRank();
}

// Magnitudes 1 2 3 with -3: V = 3, in the middle of 0 .. 6. Walsh averages
// -3 -1 -1/2 1 3/2 2.
TEST(SignedRank, ExactByHand) {
  const SignedRank test = Of({1, 2, -3});
  EXPECT_TRUE(test.is_exact);
  EXPECT_EQ(test.statistic, 3);
  EXPECT_EQ(test.p_value, 1);
  EXPECT_EQ(test.hodges_lehmann.estimate, 0.25);
  // No level above 1 - 2/8 can be had.
  EXPECT_EQ(test.hodges_lehmann.lower, -3);
  EXPECT_EQ(test.hodges_lehmann.upper, 2);
  EXPECT_EQ(test.hodges_lehmann.conf_level, 0.75);
}

// Zero is dropped. Ranks of 2 2 -2 4 are 2 2 2 4: V = 8, mean 5, variance
// 4 5 9 / 24 - (27 - 3) / 48 = 7; with the correction z = 2.5 / sqrt 7.
TEST(SignedRank, TiesAndZeroByHand) {
  const SignedRank test = Of({2, 2, 0, -2, 4});
  EXPECT_FALSE(test.is_exact);
  EXPECT_EQ(test.n, 4);
  EXPECT_EQ(test.n_zero, 1);
  EXPECT_EQ(test.statistic, 8);
  EXPECT_DOUBLE_EQ(test.p_value.value(),
                   2 * NormalUpperTail(2.5 / std::sqrt(7.0)));
}

TEST(SignedRank, OneZeroMakesItNormal) {
  EXPECT_TRUE(Of({1, 2, -3, 5}).is_exact);
  EXPECT_FALSE(Of({1, 2, -3, 5, 0}).is_exact);
  EXPECT_FALSE(Of({1, 2, -3, 5, 5}).is_exact);
  EXPECT_FALSE(Of({1, 2, -3, 5, -5}).is_exact);
}

TEST(SignedRank, SignsMirror) {
  const std::vector<double> values = naive::RandomValues(3, 80, 1, 0.5);
  std::vector<double> mirrored;
  for (const double x : values) mirrored.push_back(-x);
  const SignedRank a = Of(values);
  const SignedRank b = Of(mirrored);
  EXPECT_EQ(a.p_value, b.p_value);
  EXPECT_EQ(a.hodges_lehmann.lower.value(), -b.hodges_lehmann.upper.value());
  EXPECT_EQ(a.hodges_lehmann.upper.value(), -b.hodges_lehmann.lower.value());
}

// Beside 10^9 the interval is the same, to the last digit.
TEST(SignedRank, IntervalMovesWithTheValues) {
  const std::vector<double> values = naive::RandomValues(4, 90, 1, 0.25);
  std::vector<double> moved, kept;
  for (const double x : values) {
    if (x == 0) continue;
    kept.push_back(x);
    moved.push_back(x + 1e9);
  }
  const HodgesLehmann a = Of(kept).hodges_lehmann;
  const HodgesLehmann b = Of(moved).hodges_lehmann;
  EXPECT_EQ(b.lower.value() - 1e9, a.lower.value());
  EXPECT_EQ(b.upper.value() - 1e9, a.upper.value());
}

TEST(SignedRank, HostileSamples) {
  const SignedRank none = Of({});
  EXPECT_FALSE(none.statistic.has_value());
  EXPECT_FALSE(none.p_value.has_value());
  EXPECT_FALSE(none.hodges_lehmann.estimate.has_value());

  const SignedRank zeros = Of({0, 0, 0});
  EXPECT_EQ(zeros.statistic, 0);
  EXPECT_EQ(zeros.n_zero, 3);
  EXPECT_FALSE(zeros.p_value.has_value());
  EXPECT_FALSE(zeros.hodges_lehmann.estimate.has_value());

  const SignedRank one = Of({4});
  EXPECT_EQ(one.p_value, 1);
  EXPECT_EQ(one.hodges_lehmann.estimate, 4);
  EXPECT_EQ(one.hodges_lehmann.conf_level, 0);

  // All tied: an estimate without an interval.
  const SignedRank tied = Of({4, 4, 4, 4, 4});
  EXPECT_TRUE(tied.p_value.has_value());
  EXPECT_EQ(tied.hodges_lehmann.estimate, 4);
  EXPECT_FALSE(tied.hodges_lehmann.lower.has_value());

  // Two values and a zero: no level is in reach, where R stops.
  const SignedRank few = Of({0, 1, 3});
  EXPECT_EQ(few.hodges_lehmann.conf_level, 0);
  EXPECT_EQ(few.hodges_lehmann.lower, 2);
  EXPECT_EQ(few.hodges_lehmann.upper, 2);
}

TEST(SignedRank, FarTail) {
  ValueCounts sample{{1, 2}, {1'000'000'000, 1'000'000'000}};
  const auto test = TestSignedRank(sample);
  ASSERT_TRUE(test.ok());
  EXPECT_EQ(test->p_value, 0);
  EXPECT_EQ(test->hodges_lehmann.estimate, 1.5);
}

TEST(SignedRank, RefusesBadInput) {
  EXPECT_FALSE(TestSignedRank(ValueCounts{{1, 1}, {1, 1}}).ok());
  EXPECT_FALSE(TestSignedRank(ValueCounts{{1}, {1}}, 1).ok());
}

}  // namespace
}  // namespace enthesis::stats
