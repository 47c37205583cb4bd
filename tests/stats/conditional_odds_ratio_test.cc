#include "stats/conditional_odds_ratio.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "support/naive_tables.h"

namespace enthesis::stats {
namespace {

ConditionalOddsRatio Of(const std::vector<TwoByTwo>& strata,
                        double level = 0.95) {
  const auto result = EstimateConditionalOddsRatio(strata, level);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : ConditionalOddsRatio();
}

int64_t EventsOf(const std::vector<TwoByTwo>& strata) {
  int64_t events = 0;
  for (const TwoByTwo& table : strata) events += table.events;
  return events;
}

double Tail(const std::vector<TwoByTwo>& strata, double odds_ratio,
            bool upper) {
  const std::vector<double> p = naive::EventDistribution(strata, odds_ratio);
  const auto seen = static_cast<size_t>(EventsOf(strata));
  double tail = 0;
  for (size_t s = 0; s < p.size(); ++s) {
    if (upper ? s >= seen : s <= seen) tail += p[s];
  }
  return tail;
}

// What defines estimate, limits and p, from the written-out distribution.
void CheckDefinitions(const std::vector<TwoByTwo>& strata, double level) {
  const ConditionalOddsRatio found = Of(strata, level);
  const double tail = (1 - level) / 2;
  const auto seen = static_cast<size_t>(EventsOf(strata));
  if (found.estimate.value_or(0) > 0) {
    const std::vector<double> p =
        naive::EventDistribution(strata, *found.estimate);
    double mean = 0;
    for (size_t s = 0; s < p.size(); ++s) mean += static_cast<double>(s) * p[s];
    EXPECT_NEAR(mean, static_cast<double>(seen), 1e-9);
  }
  if (found.lower.value_or(0) > 0) {
    EXPECT_NEAR(Tail(strata, *found.lower, true), tail, 1e-10);
  }
  if (found.upper.has_value()) {
    EXPECT_NEAR(Tail(strata, *found.upper, false), tail, 1e-10);
  }
  const std::vector<double> null = naive::EventDistribution(strata, 1);
  double two_sided = 0;
  for (const double p : null) {
    if (p <= null[seen] * (1 + 1e-7)) two_sided += p;
  }
  EXPECT_NEAR(*found.p_value, two_sided, 1e-11);
}

TEST(ConditionalOddsRatio, MeetsItsDefinitionsOnRandomTables) {
  std::mt19937 random(20261127);
  int informative = 0;
  for (int round = 0; round < 300; ++round) {
    std::vector<TwoByTwo> strata(1 + random() % 4);
    bool any = false;
    for (TwoByTwo& table : strata) {
      table.n = static_cast<int64_t>(random() % 13);
      table.control_n = static_cast<int64_t>(random() % 13);
      table.events =
          static_cast<int64_t>(random() % static_cast<unsigned>(table.n + 1));
      table.control_events = static_cast<int64_t>(
          random() % static_cast<unsigned>(table.control_n + 1));
      any = any || table.IsInformative();
    }
    if (!any) {
      EXPECT_FALSE(Of(strata).p_value.has_value());
      continue;
    }
    ++informative;
    CheckDefinitions(strata, round % 2 == 0 ? 0.95 : 0.999);
  }
  EXPECT_GT(informative, 250);
}

// 3 of 4 and 1 of 4: 34 / 70 two-sided; 17/70 of one side.
TEST(ConditionalOddsRatio, FishersTea) {
  EXPECT_NEAR(*Of({{3, 4, 1, 4}}).p_value, 34.0 / 70, 1e-15);
}

// None of 4 beside 1 of 4: the upper limit solves 4 / (4 psi + 4) = 1 / 40.
TEST(ConditionalOddsRatio, AtTheEndOfItsRange) {
  const ConditionalOddsRatio none = Of({{0, 4, 1, 4}});
  EXPECT_EQ(none.estimate, 0);
  EXPECT_EQ(none.lower, 0);
  EXPECT_NEAR(*none.upper, 39, 1e-11);
  const ConditionalOddsRatio all = Of({{1, 4, 0, 4}});
  EXPECT_FALSE(all.estimate || all.upper);
  EXPECT_NEAR(*all.lower, 1.0 / 39, 1e-15);
  EXPECT_EQ(all.absence, "the estimate is infinite");
}

TEST(ConditionalOddsRatio, TablesWithoutInformationChangeNothing) {
  const ConditionalOddsRatio two = Of({{3, 9, 1, 8}, {5, 7, 2, 9}});
  const ConditionalOddsRatio more = Of(
      {{0, 9, 0, 8}, {3, 9, 1, 8}, {4, 4, 0, 0}, {5, 7, 2, 9}, {2, 2, 3, 3}});
  EXPECT_EQ(*two.estimate, *more.estimate);
  EXPECT_EQ(*two.lower, *more.lower);
  EXPECT_EQ(*two.p_value, *more.p_value);
  const ConditionalOddsRatio nothing = Of({{0, 9, 0, 8}, {2, 2, 0, 0}});
  EXPECT_FALSE(nothing.estimate || nothing.p_value);
  EXPECT_FALSE(nothing.absence.empty());
}

TEST(ConditionalOddsRatio, GroupsExchangedInvertIt) {
  const ConditionalOddsRatio one = Of({{3, 9, 1, 8}, {5, 7, 2, 9}});
  const ConditionalOddsRatio other = Of({{1, 8, 3, 9}, {2, 9, 5, 7}});
  EXPECT_NEAR(*one.estimate * *other.estimate, 1, 1e-13);
  EXPECT_NEAR(*one.lower * *other.upper, 1, 1e-13);
  EXPECT_NEAR(*one.p_value, *other.p_value, 1e-14);
}

// Matched pairs: binomial, k of n discordant; estimate k / (n - k).
TEST(ConditionalOddsRatio, MatchedPairs) {
  std::vector<TwoByTwo> pairs(30, TwoByTwo{1, 1, 0, 1});
  pairs.resize(40, TwoByTwo{0, 1, 1, 1});
  pairs.resize(100, TwoByTwo{1, 1, 1, 1});
  const ConditionalOddsRatio found = Of(pairs);
  EXPECT_NEAR(*found.estimate, 3, 1e-12);
  // binom.test(30, 40)$p.value
  EXPECT_NEAR(*found.p_value, 0.0022214337732293643, 1e-15);
}

// Far from 1 and large: p keeps its digits or underflows to 0, figures stay.
TEST(ConditionalOddsRatio, LargeTables) {
  const ConditionalOddsRatio far = Of({{900, 1000, 300, 1000}});
  // fisher.test(matrix(c(900, 100, 300, 700), 2))$p.value
  EXPECT_NEAR(*far.p_value / 1.0745653605983396e-179, 1, 1e-9);
  const ConditionalOddsRatio million = Of({{500000, 1000000, 400000, 1000000}});
  EXPECT_EQ(*million.p_value, 0);
  EXPECT_NEAR(*million.estimate, 1.5, 1e-5);
  EXPECT_NEAR(std::log(*million.upper / *million.estimate),
              1.959964 * std::sqrt(2e-6 * 2 + 1 / 4e5 + 1 / 6e5), 1e-4);
  std::vector<TwoByTwo> many(400, TwoByTwo{40000, 100000, 41000, 100000});
  const ConditionalOddsRatio refused = Of(many);
  EXPECT_FALSE(refused.estimate || refused.p_value);
  EXPECT_EQ(refused.absence, "the tables are too large for exact figures");
}

TEST(ConditionalOddsRatio, RefusesWhatIsNoTable) {
  EXPECT_FALSE(EstimateConditionalOddsRatio({}, 2).ok());
  const TwoByTwo bad = {3, 2, 1, 4};
  EXPECT_FALSE(EstimateConditionalOddsRatio({&bad, 1}, 0.95).ok());
}

}  // namespace
}  // namespace enthesis::stats
