#include "stats/standardized_difference.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "stats/value_counts.h"
#include "support/golden.h"

namespace enthesis::stats {
namespace {

using Counts = std::vector<int64_t>;

std::optional<double> Shares(const Counts& a, const Counts& b) {
  const auto difference = StandardizedShareDifference(a, b);
  EXPECT_TRUE(difference.ok()) << difference.status();
  return *difference;
}

Moments Of(const std::vector<double>& values) {
  return MomentsOf(*CountValues(values));
}

// Means 4 and 6, variances 4 and 12: -2 / sqrt(8).
TEST(StandardizedDifference, NumbersByHand) {
  const auto difference =
      StandardizedMeanDifference(Of({2, 4, 6}), Of({4, 4, 10}));
  EXPECT_DOUBLE_EQ(*difference, -2 / std::sqrt(8.0));
  EXPECT_DOUBLE_EQ(*StandardizedMeanDifference(Of({4, 4, 10}), Of({2, 4, 6})),
                   2 / std::sqrt(8.0));
  // Where they stand and in which unit changes nothing.
  EXPECT_NEAR(*StandardizedMeanDifference(Of({1e9 + 20, 1e9 + 40, 1e9 + 60}),
                                          Of({1e9 + 40, 1e9 + 40, 1e9 + 100})),
              *difference, 1e-12);
}

TEST(StandardizedDifference, NumbersWithoutSpread) {
  EXPECT_FALSE(StandardizedMeanDifference(Of({1, 1}), Of({2, 2})).has_value());
  EXPECT_FALSE(StandardizedMeanDifference(Of({1}), Of({2, 3})).has_value());
  EXPECT_FALSE(StandardizedMeanDifference(Of({}), Of({2, 3})).has_value());
  EXPECT_TRUE(StandardizedMeanDifference(Of({1, 1}), Of({2, 3})).has_value());
}

// Shares 0.3 and 0.5: 0.2 / sqrt((0.21 + 0.25) / 2).
TEST(StandardizedDifference, TwoCategoriesByHand) {
  EXPECT_DOUBLE_EQ(*Shares({7, 3}, {5, 5}), 0.2 / std::sqrt(0.23));
  EXPECT_EQ(Shares({7, 3}, {70, 30}), 0);
}

// Which category is left out, and in which order they come, is no matter.
TEST(StandardizedDifference, CategoriesInAnyOrder) {
  const double difference = *Shares({10, 20, 30}, {30, 25, 5});
  EXPECT_NEAR(*Shares({30, 10, 20}, {5, 30, 25}), difference, 1e-14);
  EXPECT_NEAR(*Shares({30, 25, 5}, {10, 20, 30}), difference, 1e-14);
  EXPECT_NEAR(*Shares({10, 0, 20, 30}, {30, 0, 25, 5}), difference, 1e-14);
  // Less than the largest share of any two parts cannot be told.
  EXPECT_GT(difference, *Shares({10, 50}, {30, 30}));
}

TEST(StandardizedDifference, CategoriesThatTellGroupsApart) {
  EXPECT_FALSE(Shares({10, 0}, {0, 10}).has_value());
  EXPECT_FALSE(Shares({5, 5, 0}, {0, 0, 10}).has_value());
  EXPECT_FALSE(Shares({5, 5, 0, 0}, {0, 0, 4, 6}).has_value());
  // One category in common is enough.
  EXPECT_TRUE(Shares({5, 5, 0}, {0, 4, 6}).has_value());
  EXPECT_EQ(Shares({10}, {4}), 0);
  EXPECT_FALSE(Shares({0, 0}, {4, 5}).has_value());
  EXPECT_FALSE(Shares({}, {}).has_value());
}

TEST(StandardizedDifference, RefusesBadInput) {
  for (const auto& [a, b] : {std::pair(Counts{1, 2}, Counts{1}),
                             std::pair(Counts{1, -2}, Counts{1, 2})}) {
    EXPECT_TRUE(
        absl::IsInvalidArgument(StandardizedShareDifference(a, b).status()));
  }
}

TEST(GoldenStandardizedDifference, AgreesWithTheDefinitionsInR) {
  const golden::Csv expected("standardized_difference.csv");
  ASSERT_GT(expected.n_rows(), 20u);
  for (size_t i = 0; i < expected.n_rows(); ++i) {
    const std::string dataset = expected.Text(i, "dataset");
    const std::string variable = expected.Text(i, "variable");
    const golden::Csv data(absl::StrCat("data/smd_", dataset, ".csv"));
    std::vector<double> values[2];
    std::set<double> seen;
    for (size_t row = 0; row < data.n_rows(); ++row) {
      const auto value = data.Number(row, variable);
      if (!value.has_value()) continue;
      values[static_cast<size_t>(data.Value(row, "group"))].push_back(*value);
      seen.insert(*value);
    }
    std::optional<double> actual;
    if (absl::StartsWith(variable, "number")) {
      actual = StandardizedMeanDifference(Of(values[0]), Of(values[1]));
    } else {
      std::map<double, size_t> place;
      for (const double value : seen) place.emplace(value, place.size());
      Counts counts[2] = {Counts(seen.size()), Counts(seen.size())};
      for (int g = 0; g < 2; ++g) {
        for (const double value : values[g]) ++counts[g][place[value]];
      }
      actual = Shares(counts[0], counts[1]);
    }
    golden::Compare("standardized difference", dataset, actual,
                    expected.Number(i, "difference"), variable);
  }
}

}  // namespace
}  // namespace enthesis::stats
