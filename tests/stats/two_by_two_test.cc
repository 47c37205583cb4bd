#include "stats/two_by_two.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "stats/distributions.h"

namespace enthesis::stats {
namespace {

Contrasts Of(const TwoByTwo& table, double correction = 0) {
  const auto result = EstimateContrasts(table, 0.95, correction);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : Contrasts();
}

// Table II of Newcombe (1998), method 10, to its four decimals.
TEST(TwoByTwo, NewcombesOwnExamples) {
  const struct {
    TwoByTwo table;
    double lower, upper;
  } kCases[] = {{{56, 70, 48, 80}, 0.0524, 0.3339},
                {{9, 10, 3, 10}, 0.1705, 0.8090},
                {{5, 56, 0, 29}, -0.0381, 0.1926},
                {{10, 10, 0, 20}, 0.6791, 1.0000}};
  for (const auto& each : kCases) {
    const Effect difference = Of(each.table).risk_difference;
    EXPECT_NEAR(*difference.lower, each.lower, 5.1e-5);
    EXPECT_NEAR(*difference.upper, each.upper, 5.1e-5);
  }
}

// 6 of 10 and 3 of 12: ratio 12 / 5, log variance 1/6 - 1/10 + 1/3 - 1/12 =
// 19/60; odds ratio 6 * 9 / (4 * 3) = 9/2, log variance 1/6 + 1/4 + 1/3 + 1/9 =
// 31/36.
TEST(TwoByTwo, RatiosByHand) {
  const double z = NormalCriticalValue(0.95);
  const Contrasts found = Of({6, 10, 3, 12});
  EXPECT_NEAR(*found.risk_ratio.estimate, 2.4, 1e-15);
  EXPECT_NEAR(*found.risk_ratio.std_error, std::sqrt(19.0 / 60), 1e-15);
  EXPECT_NEAR(*found.risk_ratio.upper, 2.4 * std::exp(z * std::sqrt(19.0 / 60)),
              1e-13);
  EXPECT_NEAR(*found.odds_ratio.estimate, 4.5, 1e-15);
  EXPECT_NEAR(*found.odds_ratio.std_error, std::sqrt(31.0 / 36), 1e-15);
  EXPECT_NEAR(*found.risk_difference.std_error,
              std::sqrt(0.24 / 10 + 0.1875 / 12), 1e-15);
}

TEST(TwoByTwo, GroupsAndOutcomesExchanged) {
  const Contrasts found = Of({6, 10, 3, 12});
  const Contrasts turned = Of({3, 12, 6, 10});
  const Contrasts mirrored = Of({4, 10, 9, 12});
  EXPECT_NEAR(*turned.risk_difference.lower, -*found.risk_difference.upper,
              1e-15);
  EXPECT_NEAR(*turned.risk_ratio.lower * *found.risk_ratio.upper, 1, 1e-14);
  EXPECT_NEAR(*mirrored.odds_ratio.upper * *found.odds_ratio.lower, 1, 1e-14);
  EXPECT_NEAR(*mirrored.risk_difference.lower, -*found.risk_difference.upper,
              1e-15);
}

TEST(TwoByTwo, ZeroCellsSayWhy) {
  const Contrasts none = Of({0, 10, 3, 12});
  EXPECT_EQ(none.risk_ratio.estimate, 0);
  EXPECT_FALSE(none.risk_ratio.std_error || none.risk_ratio.upper);
  EXPECT_NE(none.risk_ratio.absence.find("the ratio is 0"), std::string::npos);
  EXPECT_EQ(none.odds_ratio.estimate, 0);
  const Contrasts infinite = Of({3, 10, 0, 12});
  EXPECT_FALSE(infinite.risk_ratio.estimate || infinite.odds_ratio.estimate);
  EXPECT_NE(infinite.odds_ratio.absence.find("infinite"), std::string::npos);
  EXPECT_TRUE(infinite.risk_difference.lower.has_value());
  const Contrasts neither = Of({0, 10, 0, 12});
  EXPECT_FALSE(neither.risk_ratio.estimate || neither.odds_ratio.estimate);
  EXPECT_FALSE(neither.odds_ratio.absence.empty());
  const Contrasts all = Of({10, 10, 12, 12});
  EXPECT_EQ(all.risk_ratio.estimate, 1);
  EXPECT_FALSE(all.risk_ratio.std_error || all.odds_ratio.estimate);
  EXPECT_FALSE(all.risk_ratio.absence.empty());
  const Contrasts empty = Of({0, 0, 3, 12});
  EXPECT_FALSE(empty.risk_difference.estimate || empty.risk_ratio.estimate);
  EXPECT_EQ(empty.odds_ratio.absence, "a group is empty");
}

// One half in every cell: 0.5 * 9.5 / (10.5 * 3.5).
TEST(TwoByTwo, CorrectsOnlyWhereACellIsZero) {
  const Contrasts corrected = Of({0, 10, 3, 12}, 0.5);
  EXPECT_TRUE(corrected.is_corrected);
  EXPECT_NEAR(*corrected.odds_ratio.estimate, 0.5 * 9.5 / (10.5 * 3.5), 1e-15);
  EXPECT_NEAR(*corrected.risk_ratio.estimate, 0.5 / 11 / (3.5 / 13), 1e-15);
  EXPECT_EQ(*corrected.risk_difference.lower,
            *Of({0, 10, 3, 12}).risk_difference.lower);
  const Contrasts whole = Of({6, 10, 3, 12}, 0.5);
  EXPECT_FALSE(whole.is_corrected);
  EXPECT_EQ(*whole.odds_ratio.estimate,
            *Of({6, 10, 3, 12}).odds_ratio.estimate);
}

TEST(TwoByTwo, RefusesWhatIsNoTable) {
  EXPECT_FALSE(EstimateContrasts({-1, 10, 3, 12}, 0.95).ok());
  EXPECT_FALSE(EstimateContrasts({11, 10, 3, 12}, 0.95).ok());
  EXPECT_FALSE(EstimateContrasts({1, 10, 13, 12}, 0.95).ok());
  EXPECT_FALSE(EstimateContrasts({1, int64_t{1} << 41, 1, 12}, 0.95).ok());
  EXPECT_FALSE(EstimateContrasts({1, 10, 3, 12}, 1).ok());
  EXPECT_FALSE(EstimateContrasts({1, 10, 3, 12}, 0.95, -1).ok());
  EXPECT_FALSE(EstimateContrasts({1, 10, 3, 12}, 0.95,
                                 std::numeric_limits<double>::infinity())
                   .ok());
}

}  // namespace
}  // namespace enthesis::stats
