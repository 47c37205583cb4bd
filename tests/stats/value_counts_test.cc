#include "stats/value_counts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace enthesis::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(ValueCounts, SortsAndCounts) {
  const ValueCounts sample = CountValues({3, -1, 3, 0.5, -0.0, 0}).value();
  EXPECT_EQ(sample.values, (std::vector<double>{-1, 0, 0.5, 3}));
  EXPECT_EQ(sample.counts, (std::vector<int64_t>{1, 2, 1, 2}));
  EXPECT_FALSE(std::signbit(sample.values[1]));
  EXPECT_EQ(sample.n(), 6);
  EXPECT_TRUE(CheckValueCounts(sample).ok());
}

TEST(ValueCounts, ChangesAreFollowUpMinusBaseline) {
  const ValueCounts sample = CountChanges({1, 5, 2}, {4, 4, 5}).value();
  EXPECT_EQ(sample.values, (std::vector<double>{-1, 3}));
  EXPECT_EQ(sample.counts, (std::vector<int64_t>{1, 2}));
}

TEST(ValueCounts, SplitsByGroup) {
  const auto groups = CountValuesByGroup({1, 2, 3, 2}, {2, 0, 2, 0}, 3);
  ASSERT_TRUE(groups.ok());
  EXPECT_EQ((*groups)[0].counts, (std::vector<int64_t>{2}));
  EXPECT_EQ((*groups)[1].n(), 0);
  EXPECT_EQ((*groups)[2].values, (std::vector<double>{1, 3}));
}

TEST(ValueCounts, RefusesByRow) {
  for (const double bad : {kNaN, kInf, -kInf, 1e141}) {
    const auto refused = CountValues({1, 2, bad});
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(refused.status().message().find("row 2"), std::string::npos);
    EXPECT_FALSE(CountChanges({1, bad}, {1, 2}).ok());
    EXPECT_FALSE(CountValuesByGroup({bad}, {0}, 1).ok());
  }
  EXPECT_FALSE(CountChanges({1}, {1, 2}).ok());
  EXPECT_FALSE(CountValuesByGroup({1}, {1}, 1).ok());
  EXPECT_FALSE(CountValuesByGroup({1}, {-1}, 1).ok());
  EXPECT_FALSE(CountValuesByGroup({1}, {0, 0}, 1).ok());
}

TEST(ValueCounts, RefusesBadTables) {
  for (const ValueCounts& bad :
       {ValueCounts{{1, 2}, {1}}, ValueCounts{{2, 1}, {1, 1}},
        ValueCounts{{1, 1}, {1, 1}}, ValueCounts{{1}, {0}},
        ValueCounts{{1}, {-1}}, ValueCounts{{kNaN}, {1}},
        ValueCounts{{kInf}, {1}}, ValueCounts{{1}, {kCountMax + 1}},
        ValueCounts{{1, 2}, {kCountMax, 1}}}) {
    EXPECT_EQ(CheckValueCounts(bad).code(), absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace enthesis::stats
