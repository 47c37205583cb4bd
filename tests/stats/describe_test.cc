#include "stats/describe.h"

#include <gtest/gtest.h>

#include <limits>

#include "stats/value_counts.h"

namespace enthesis::stats {
namespace {

// Of 1 1 2 10: positions 1 + 3 p are 1.75, 2.5, 3.25.
TEST(Describe, FourValuesByHand) {
  const auto sample = CountValues({10, 1, 2, 1});
  const auto description = DescribeValues(*sample, 3);
  ASSERT_TRUE(description.ok());
  EXPECT_EQ(description->n, 4);
  EXPECT_EQ(description->missing, 3);
  EXPECT_EQ(description->mean.mean, 3.5);
  EXPECT_EQ(description->q1, 1);
  EXPECT_EQ(description->median, 1.5);
  EXPECT_EQ(description->q3, 4);
  EXPECT_EQ(description->min, 1);
  EXPECT_EQ(description->max, 10);
  EXPECT_EQ(QuantileOf(*sample, 0), 1);
  EXPECT_EQ(QuantileOf(*sample, 1), 10);
}

TEST(Describe, NothingAndOne) {
  const auto none = DescribeValues({}, 7);
  EXPECT_EQ(none->missing, 7);
  EXPECT_FALSE(none->median.has_value());
  EXPECT_FALSE(none->mean.mean.has_value());
  const auto one = DescribeValues(ValueCounts{{4}, {1}});
  EXPECT_EQ(one->q1, 4);
  EXPECT_EQ(one->q3, 4);
  EXPECT_FALSE(one->mean.std_dev.has_value());
}

TEST(Describe, RefusesBadInput) {
  const ValueCounts sample{{4}, {1}};
  EXPECT_FALSE(DescribeValues(sample, -1).ok());
  EXPECT_FALSE(DescribeValues(sample, 0, 1).ok());
  EXPECT_FALSE(DescribeValues(ValueCounts{{4}, {0}}).ok());
  EXPECT_FALSE(QuantileOf(sample, 1.01).has_value());
  EXPECT_FALSE(
      QuantileOf(sample, std::numeric_limits<double>::quiet_NaN()).has_value());
}

}  // namespace
}  // namespace enthesis::stats
