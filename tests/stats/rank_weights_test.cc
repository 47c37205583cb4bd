// The weights of rank tests, trend and pairs; rank_test_test.cc has the rest.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/event_columns.h"
#include "stats/event_table.h"
#include "stats/rank_test.h"
#include "support/naive_survival.h"

namespace enthesis::stats {
namespace {

constexpr double kExact = 1e-13;

using Groups = std::vector<EventTable>;

EventTable Events(std::vector<double> times) {
  EventTable table;
  table.events.assign(times.size(), 1);
  table.censored.assign(times.size(), 0);
  table.times = std::move(times);
  return table;
}

RankTest Tested(const std::vector<Groups>& strata,
                const RankTestOptions& options) {
  const auto test = TestRank(strata, options);
  EXPECT_TRUE(test.ok()) << test.status();
  return test.ok() ? *test : RankTest();
}

// A has events at 1, 3; B at 2, 4. At risk in all 4, 3, 2, 1, the differences
// for A 1/2, -1/3, 1/2, 0; the variances 1/4, 2/9, 1/4, 0.
struct WeightCase {
  const char* name;
  RankTestOptions options;
  double weights[3];
};

TEST(RankWeights, TwoGroupsInTurn) {
  const double root2 = std::sqrt(2.0);
  const double root3 = std::sqrt(3.0);
  const WeightCase cases[] = {
      {"log-rank", {}, {1, 1, 1}},
      {"Gehan", {.weight = RankWeight::kGehanBreslow}, {4, 3, 2}},
      {"Tarone-Ware", {.weight = RankWeight::kTaroneWare}, {2, root3, root2}},
      {"Peto", {.weight = RankWeight::kPetoPeto}, {1, 3.0 / 4, 1.0 / 2}},
      {"textbook",
       {.weight = RankWeight::kPetoPetoTextbook},
       {4.0 / 5, 3.0 / 5, 2.0 / 5}},
      {"G(0, 1)",
       {.weight = RankWeight::kFlemingHarrington, .gamma = 1},
       {0, 1.0 / 4, 1.0 / 2}},
      {"G(2, 1)",
       {.weight = RankWeight::kFlemingHarrington, .rho = 2, .gamma = 1},
       {0, 9.0 / 64, 1.0 / 8}},
      {"G(0, 0)", {.weight = RankWeight::kFlemingHarrington}, {1, 1, 1}}};
  for (const WeightCase& c : cases) {
    const RankTest test = Tested({{Events({1, 3}), Events({2, 4})}}, c.options);
    const auto& w = c.weights;
    const double u = w[0] / 2 - w[1] / 3 + w[2] / 2;
    const double v = w[0] * w[0] / 4 + w[1] * w[1] * 2 / 9 + w[2] * w[2] / 4;
    EXPECT_NEAR(test.groups[0].observed, w[0] + w[2], kExact) << c.name;
    EXPECT_NEAR(test.groups[0].expected, w[0] / 2 + w[1] / 3 + w[2] / 2, kExact)
        << c.name;
    EXPECT_NEAR(test.chi_square.value(), u * u / v, kExact) << c.name;
    EXPECT_EQ(test.df, 1) << c.name;
    EXPECT_FALSE(test.fractional);
  }
}

std::vector<std::pair<RankTestOptions, naive::TimeWeight>> AllWeights() {
  return {{{.weight = RankWeight::kLogRank},
           [](double, double, double, double) { return 1.0; }},
          {{.weight = RankWeight::kGehanBreslow},
           [](double n, double, double, double) { return n; }},
          {{.weight = RankWeight::kTaroneWare},
           [](double n, double, double, double) { return std::sqrt(n); }},
          {{.weight = RankWeight::kPetoPeto},
           [](double, double, double s, double) { return s; }},
          {{.weight = RankWeight::kPetoPetoTextbook},
           [](double, double, double, double textbook) { return textbook; }},
          {{.weight = RankWeight::kFlemingHarrington, .rho = 0.5, .gamma = 2},
           [](double, double, double s, double) {
             return std::sqrt(s) * (1 - s) * (1 - s);
           }}};
}

double Quadratic(const naive::RankSums& sums) {
  // Two groups: one difference over its variance.
  return sums.difference[0] * sums.difference[0] / sums.variance[0][0];
}

TEST(RankWeights, AgreeWithTheOracle) {
  for (uint64_t seed = 0; seed < 24; ++seed) {
    const int n = 30 + static_cast<int>(seed * 5);
    const int n_strata = 1 + static_cast<int>(seed % 3);
    const auto rows = naive::RandomRows(seed, n, 1, 25, seed % 4 == 3);
    const auto groups = naive::RandomLabels(seed + 1, n, 2);
    const auto strata_labels = naive::RandomLabels(seed + 2, n, n_strata);
    const auto columns = naive::ToColumns(rows, groups);
    const auto strata =
        TabulateStrata(columns.View(), strata_labels, n_strata, 2, 1);
    ASSERT_TRUE(strata.ok()) << strata.status();
    for (const auto& [options, weight] : AllWeights()) {
      const naive::RankSums sums =
          naive::WeightedRank(rows, groups, 2, strata_labels, n_strata, weight);
      const RankTest test = Tested(*strata, options);
      const std::string where = absl::StrCat("seed ", seed, " weight ",
                                             static_cast<int>(options.weight));
      EXPECT_NEAR(test.groups[0].observed - test.groups[0].expected,
                  sums.difference[0],
                  1e-10 * (1 + std::abs(sums.difference[0])))
          << where;
      EXPECT_NEAR(test.chi_square.value(), Quadratic(sums), 1e-8) << where;
    }
  }
}

TEST(RankTrend, AgreesWithTheOracle) {
  const std::vector<double> scores = {-1, 2.5, 7};
  for (uint64_t seed = 0; seed < 12; ++seed) {
    const auto rows = naive::RandomRows(seed, 90, 1, 25, seed % 2 == 1);
    const auto groups = naive::RandomLabels(seed + 1, 90, 3);
    const std::vector<int> one(90, 0);
    const auto columns = naive::ToColumns(rows, groups);
    const auto strata = TabulateStrata(columns.View(), {}, 1, 3, 1);
    ASSERT_TRUE(strata.ok()) << strata.status();
    for (const auto& [options, weight] : AllWeights()) {
      const naive::RankSums sums =
          naive::WeightedRank(rows, groups, 3, one, 1, weight);
      double u = 0;
      double v = 0;
      for (size_t g = 0; g < 3; ++g) {
        u += scores[g] * sums.difference[g];
        for (size_t h = 0; h < 3; ++h) {
          v += scores[g] * scores[h] * sums.variance[g][h];
        }
      }
      const auto trend = TestRankTrend(*strata, scores, options);
      ASSERT_TRUE(trend.ok()) << trend.status();
      EXPECT_NEAR(trend->z.value(), u / std::sqrt(v), 1e-9) << "seed " << seed;
    }
  }
}

// With two groups any scores give the test itself, and the sign of the second.
TEST(RankTrend, TwoGroups) {
  const std::vector<Groups> strata = {{Events({1, 3}), Events({2, 4})}};
  for (const double high : {1.0, 1e9}) {
    const auto trend = TestRankTrend(strata, {high - 1, high});
    ASSERT_TRUE(trend.ok()) << trend.status();
    EXPECT_NEAR(trend->chi_square.value(), 8.0 / 13, 1e-9);
    EXPECT_LT(trend->z.value(), 0);
  }
}

TEST(RankTrend, EqualScoresHaveNoTest) {
  const std::vector<Groups> strata = {{Events({1, 3}), Events({2, 4})}};
  const auto trend = TestRankTrend(strata, {2, 2});
  ASSERT_TRUE(trend.ok()) << trend.status();
  EXPECT_FALSE(trend->z.has_value());
  EXPECT_FALSE(trend->p_value.has_value());
}

TEST(RankPairs, EachIsTheTestOfItsTwo) {
  const Groups groups = {Events({1, 3, 9}), Events({2, 4}), EventTable(),
                         Events({5, 6, 7, 8})};
  const auto pairs = TestRankPairs(std::vector<Groups>{groups});
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  ASSERT_EQ(pairs->size(), 6u);
  for (const RankPair& pair : *pairs) {
    const RankTest alone =
        Tested({{groups[pair.first], groups[pair.second]}}, {});
    EXPECT_EQ(pair.test.chi_square, alone.chi_square);
    EXPECT_EQ(pair.adjusted_p_value.has_value(), alone.p_value.has_value());
    if (alone.p_value.has_value()) {
      EXPECT_GE(*pair.adjusted_p_value, *alone.p_value);
    }
  }
}

TEST(RankWeights, FractionalCountsAreSaid) {
  const EventTable half{1, {1, 2}, {0.5, 1}, {0, 0}, {}};
  EXPECT_TRUE(Tested({{half, Events({1, 3})}}, {}).fractional);
}

TEST(RankWeights, Refuses) {
  const std::vector<Groups> strata = {{Events({1, 3}), Events({2, 4})}};
  const double inf = std::numeric_limits<double>::infinity();
  using Code = absl::StatusCode;
  for (const double bad : {-1.0, inf, std::nan("")}) {
    EXPECT_EQ(TestRank(strata, {.rho = bad}).status().code(),
              Code::kInvalidArgument);
    EXPECT_EQ(TestRankPairs(strata, {.gamma = bad}).status().code(),
              Code::kInvalidArgument);
    EXPECT_EQ(TestRankTrend(strata, {0, bad}).status().code(),
              bad < 0 ? Code::kOk : Code::kInvalidArgument);
  }
  EXPECT_EQ(TestRankTrend(strata, {0}).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(TestRankPairs({}).status().code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace enthesis::stats
