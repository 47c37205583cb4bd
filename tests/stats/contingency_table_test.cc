#include "stats/contingency_table.h"

#include <gtest/gtest.h>

#include <vector>

#include "stats/distributions.h"

namespace enthesis::stats {
namespace {

// 22 (6 * 9 - 4 * 3)^2 / (10 * 12 * 9 * 13); Yates takes 11 off 42.
TEST(ContingencyTable, TwoByTwoByHand) {
  const auto test = TestIndependence(std::vector<int64_t>{6, 4, 3, 9}, 2);
  ASSERT_TRUE(test.ok());
  const double expected = 22.0 * 42 * 42 / (10 * 12 * 9 * 13);
  EXPECT_NEAR(*test->test.chi_square, expected, 1e-14);
  EXPECT_NEAR(*test->corrected->chi_square, expected * 31 * 31 / (42 * 42),
              1e-14);
  EXPECT_EQ(test->test.df, 1);
  EXPECT_NEAR(*test->smallest_expected, 90.0 / 22, 1e-15);
  EXPECT_EQ(test->n_below_five, 2);
}

TEST(ContingencyTable, EmptyRowsAndColumnsAreLeftOut) {
  const std::vector<int64_t> plain = {6, 4, 2, 3, 9, 5};
  const std::vector<int64_t> padded = {6, 0, 4, 2, 0, 0, 0, 0, 3, 0, 9, 5};
  const auto a = TestIndependence(plain, 3), b = TestIndependence(padded, 4);
  EXPECT_EQ(*a->test.chi_square, *b->test.chi_square);
  EXPECT_EQ(b->test.df, 2);
  EXPECT_FALSE(a->corrected.has_value());
  const auto none = TestIndependence(std::vector<int64_t>{6, 0, 4, 0}, 2);
  EXPECT_EQ(none->test.df, 0);
  EXPECT_FALSE(none->test.p_value || none->smallest_expected);
}

// A gap of a half in counts of 10^12: the product of margins is whole.
TEST(ContingencyTable, LargeCountsKeepTheirDigits) {
  const int64_t n = 100'000'000'000;
  const auto test = TestIndependence(std::vector<int64_t>{n + 1, n, n, n}, 2);
  EXPECT_NEAR(*test->test.chi_square * 4 * static_cast<double>(n), 1, 1e-9);
}

TEST(ContingencyTable, RefusesWhatIsNoTable) {
  EXPECT_FALSE(TestIndependence({}, 0).ok());
  EXPECT_FALSE(TestIndependence(std::vector<int64_t>{1, 2, 3}, 2).ok());
  EXPECT_FALSE(TestIndependence(std::vector<int64_t>{1, -2}, 2).ok());
}

}  // namespace
}  // namespace enthesis::stats
