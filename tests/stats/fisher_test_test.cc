#include "stats/fisher_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "support/naive_tables.h"

namespace enthesis::stats {
namespace {

double P(const std::vector<int64_t>& counts, size_t n_columns) {
  const auto test = TestFisher(counts, n_columns);
  EXPECT_TRUE(test.ok()) << test.status();
  return test.ok() ? test->p_value.value_or(-1) : -1;
}

// Two rows take one way up to four columns and another beyond; more rows a
// third.
TEST(FisherTest, ListsEveryTable) {
  std::mt19937 random(4);
  const struct {
    size_t rows, columns;
    unsigned most;
  } kShapes[] = {{2, 2, 9}, {2, 3, 9}, {2, 4, 7}, {2, 5, 5}, {2, 6, 4},
                 {2, 7, 3}, {6, 2, 4}, {3, 3, 5}, {3, 4, 3}, {4, 3, 3}};
  for (const auto& shape : kShapes) {
    for (int round = 0; round < 8; ++round) {
      std::vector<int64_t> counts(shape.rows * shape.columns);
      for (int64_t& count : counts) {
        count = static_cast<int64_t>(random() % (shape.most + 1));
      }
      const auto test = TestFisher(counts, shape.columns);
      ASSERT_TRUE(test.ok());
      if (!test->p_value.has_value()) {
        EXPECT_EQ(test->absence, "the table has one row or one column");
        continue;
      }
      const double expected = naive::FisherP(counts, shape.columns);
      EXPECT_NEAR(*test->p_value / expected, 1, 1e-11)
          << shape.rows << " x " << shape.columns << ", round " << round;
    }
  }
}

// Job satisfaction (Agresti 2002, p. 57), as help(fisher.test) has it.
TEST(FisherTest, JobSatisfaction) {
  EXPECT_NEAR(P({1, 2, 1, 0, 3, 3, 6, 1, 10, 10, 14, 9, 6, 7, 12, 11}, 4),
              0.7827, 5e-5);
}

TEST(FisherTest, OrderAndEmptyRowsChangeNothing) {
  const double p = P({3, 9, 5, 4, 8, 2, 1, 7}, 4);
  EXPECT_NEAR(P({4, 5, 9, 3, 7, 1, 2, 8}, 4), p, 1e-14);
  EXPECT_NEAR(P({3, 8, 9, 2, 5, 1, 4, 7}, 2), p, 1e-14);
  EXPECT_EQ(P({3, 9, 0, 5, 4, 8, 2, 0, 1, 7, 0, 0, 0, 0, 0}, 5), p);
}

// The first was listed in R; the second is esoph by age, which fisher.test
// gives up.
TEST(FisherTest, ThousandsAreQuick) {
  EXPECT_NEAR(P({330, 300, 350, 700, 710, 640}, 3), 0.02539939490293, 1e-13);
  // esoph by age: fisher.test gives up.
  EXPECT_NEAR(P({1, 9, 46, 76, 55, 13, 115, 190, 167, 166, 106, 31}, 6) /
                  4.2502974069e-24,
              1, 1e-9);
}

TEST(FisherTest, TooLargeIsAnAnswer) {
  std::vector<int64_t> counts;
  for (int i = 0; i < 60; ++i) counts.push_back(50 + i % 7);
  for (int i = 0; i < 60; ++i) counts.push_back(90 + i % 5);
  const auto test = TestFisher(counts, 60);
  ASSERT_TRUE(test.ok());
  EXPECT_FALSE(test->p_value.has_value());
  EXPECT_EQ(test->absence, "the table is too large for an exact test");
}

TEST(FisherTest, RefusesWhatIsNoTable) {
  EXPECT_FALSE(TestFisher({}, 0).ok());
  EXPECT_FALSE(TestFisher(std::vector<int64_t>{1, 2, 3}, 2).ok());
  EXPECT_FALSE(TestFisher(std::vector<int64_t>{1, 2, 3, -1}, 2).ok());
  EXPECT_FALSE(
      TestFisher(std::vector<int64_t>{int64_t{1} << 40, 2, 3, 1}, 2).ok());
}

}  // namespace
}  // namespace enthesis::stats
