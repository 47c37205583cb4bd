#include "stats/multiple_comparisons.h"

#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <vector>

namespace enthesis::stats {
namespace {

using PValues = std::vector<std::optional<double>>;

void ExpectNear(const PValues& actual, const PValues& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    ASSERT_EQ(actual[i].has_value(), expected[i].has_value()) << i;
    EXPECT_NEAR(actual[i].value_or(0), expected[i].value_or(0), 1e-15);
  }
}

// Four values: 0.01 x 4; then max(0.04, 0.02 x 3) = 0.06; 0.03 x 2 = 0.06;
// 0.04 x 1, not below 0.06.
TEST(MultipleComparisons, Holm) {
  ExpectNear(AdjustPValues(PValues{0.04, 0.01, 0.03, 0.02}, PAdjustment::kHolm),
             {0.06, 0.04, 0.06, 0.06});
}

// From the largest: 0.9; 0.03 x 4/3 = 0.04; 0.02 x 4/2 = 0.04; 0.001 x 4.
TEST(MultipleComparisons, BenjaminiHochberg) {
  ExpectNear(AdjustPValues(PValues{0.9, 0.02, 0.001, 0.03},
                           PAdjustment::kBenjaminiHochberg),
             {0.9, 0.04, 0.004, 0.04});
}

TEST(MultipleComparisons, AbsentOnesDoNotCount) {
  const PValues p = {0.2, std::nullopt, 0.02,
                     std::numeric_limits<double>::quiet_NaN(), 1.5};
  ExpectNear(AdjustPValues(p, PAdjustment::kHolm),
             {0.2, std::nullopt, 0.04, std::nullopt, std::nullopt});
  ExpectNear(AdjustPValues(p, PAdjustment::kNone),
             {0.2, std::nullopt, 0.02, std::nullopt, std::nullopt});
}

TEST(MultipleComparisons, AtMostOne) {
  ExpectNear(AdjustPValues(PValues{0.7, 0.8, 1.0}, PAdjustment::kHolm),
             {1, 1, 1});
  ExpectNear(
      AdjustPValues(PValues{0.7, 0.8, 1.0}, PAdjustment::kBenjaminiHochberg),
      {1, 1, 1});
}

TEST(MultipleComparisons, NoneAndOne) {
  EXPECT_TRUE(AdjustPValues({}, PAdjustment::kHolm).empty());
  ExpectNear(AdjustPValues(PValues{0.03}, PAdjustment::kHolm), {0.03});
  ExpectNear(AdjustPValues(PValues{0.03}, PAdjustment::kBenjaminiHochberg),
             {0.03});
}

}  // namespace
}  // namespace enthesis::stats
