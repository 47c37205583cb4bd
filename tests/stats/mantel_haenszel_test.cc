#include "stats/mantel_haenszel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "support/naive_tables.h"

namespace enthesis::stats {
namespace {

MantelHaenszel Of(const std::vector<TwoByTwo>& strata) {
  const auto result = EstimateMantelHaenszel(strata, 0.95);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : MantelHaenszel();
}

// One stratum: the plain ratios with the errors of Woolf and Katz, the plain
// difference, and N - 1 for N in Pearson's chi-square.
TEST(MantelHaenszel, OneStratum) {
  const TwoByTwo table = {6, 10, 3, 12};
  const MantelHaenszel found = Of({table});
  const Contrasts plain = *EstimateContrasts(table, 0.95);
  EXPECT_NEAR(*found.odds_ratio.estimate, 4.5, 1e-14);
  EXPECT_NEAR(*found.odds_ratio.std_error, *plain.odds_ratio.std_error, 1e-14);
  EXPECT_NEAR(*found.risk_ratio.std_error, *plain.risk_ratio.std_error, 1e-14);
  EXPECT_NEAR(*found.risk_difference.estimate, 0.35, 1e-15);
  // 22 (6 * 9 - 4 * 3)^2 / (10 * 12 * 9 * 13)
  EXPECT_NEAR(*found.uncorrected.chi_square,
              22.0 * 42 * 42 / (10 * 12 * 9 * 13) * 21 / 22, 1e-13);
  // The excess 42 / 22 less a half.
  EXPECT_NEAR(*found.test.chi_square / *found.uncorrected.chi_square,
              std::pow(1 - 11.0 / 42, 2), 1e-14);
}

// As R: below a half nothing is taken off.
TEST(MantelHaenszel, SmallExcessIsNotCorrected) {
  const MantelHaenszel found = Of({{5, 10, 6, 12}, {4, 9, 5, 12}});
  EXPECT_EQ(*found.test.chi_square, *found.uncorrected.chi_square);
  EXPECT_GT(*found.test.chi_square, 0);
}

TEST(MantelHaenszel, StrataWithoutAGroupChangeNothing) {
  const std::vector<TwoByTwo> two = {{6, 10, 3, 12}, {5, 9, 4, 11}};
  std::vector<TwoByTwo> more = two;
  more.insert(more.begin(), {0, 0, 3, 5});
  more.push_back({2, 2, 0, 0});
  const MantelHaenszel a = Of(two), b = Of(more);
  EXPECT_EQ(b.n_strata, 2);
  EXPECT_EQ(*a.odds_ratio.upper, *b.odds_ratio.upper);
  EXPECT_EQ(*a.risk_difference.upper, *b.risk_difference.upper);
  EXPECT_EQ(*a.test.chi_square, *b.test.chi_square);
  // Without events a stratum still says that the risks are alike.
  more.push_back({0, 20, 0, 20});
  const MantelHaenszel c = Of(more);
  EXPECT_EQ(c.n_strata, 3);
  EXPECT_EQ(c.n_informative, 2);
  EXPECT_EQ(*a.odds_ratio.estimate, *c.odds_ratio.estimate);
  EXPECT_LT(*c.risk_difference.estimate, *a.risk_difference.estimate);
}

TEST(MantelHaenszel, AbsentFiguresSayWhy) {
  const MantelHaenszel none = Of({{0, 10, 3, 12}, {0, 9, 2, 4}});
  EXPECT_EQ(none.odds_ratio.estimate, 0);
  EXPECT_FALSE(none.odds_ratio.std_error || none.risk_ratio.lower);
  EXPECT_TRUE(none.test.p_value.has_value());
  EXPECT_TRUE(none.risk_difference.lower.has_value());
  const MantelHaenszel infinite = Of({{3, 10, 0, 12}, {2, 9, 0, 4}});
  EXPECT_FALSE(infinite.odds_ratio.estimate || infinite.risk_ratio.estimate);
  const MantelHaenszel nothing = Of({{0, 10, 0, 12}});
  EXPECT_FALSE(nothing.odds_ratio.estimate || nothing.test.p_value ||
               nothing.risk_difference.std_error);
  EXPECT_EQ(nothing.risk_difference.estimate, 0);
  EXPECT_FALSE(nothing.odds_ratio.absence.empty());
  const MantelHaenszel empty = Of({});
  EXPECT_FALSE(empty.risk_difference.estimate.has_value());
}

std::vector<TwoByTwo> RandomStrata(std::mt19937& random, size_t n) {
  std::vector<TwoByTwo> strata;
  while (strata.size() < n) {
    TwoByTwo table;
    table.n = 1 + static_cast<int64_t>(random() % 30);
    table.control_n = 1 + static_cast<int64_t>(random() % 30);
    table.events =
        static_cast<int64_t>(random() % static_cast<unsigned>(table.n + 1));
    table.control_events = static_cast<int64_t>(
        random() % static_cast<unsigned>(table.control_n + 1));
    if (table.IsInformative()) strata.push_back(table);
  }
  return strata;
}

TEST(BreslowDay, ExpectedEventsByBisection) {
  std::mt19937 random(7);
  for (int round = 0; round < 100; ++round) {
    const std::vector<TwoByTwo> strata =
        RandomStrata(random, 2 + static_cast<size_t>(round % 5));
    const double ratio = Of(strata).odds_ratio.estimate.value_or(0);
    if (ratio == 0) continue;
    const auto test = TestHomogeneity(strata);
    const naive::Homogeneity expected = naive::BreslowDay(strata, ratio);
    EXPECT_NEAR(*test->breslow_day.chi_square / expected.breslow_day, 1, 1e-9);
    EXPECT_NEAR(*test->tarone.chi_square / expected.tarone, 1, 1e-9);
    EXPECT_EQ(test->breslow_day.df, static_cast<double>(strata.size() - 1));
    EXPECT_LE(*test->tarone.chi_square, *test->breslow_day.chi_square);
  }
}

TEST(BreslowDay, AlikeIsZeroAndTooFewIsNoTest) {
  const TwoByTwo table = {6, 10, 3, 12};
  const auto alike =
      TestHomogeneity(std::vector<TwoByTwo>{table, table, {12, 20, 6, 24}});
  EXPECT_NEAR(*alike->breslow_day.chi_square, 0, 1e-20);
  const auto one = TestHomogeneity(std::vector<TwoByTwo>{table, {0, 5, 0, 5}});
  EXPECT_EQ(one->breslow_day.df, 0);
  EXPECT_FALSE(one->breslow_day.p_value.has_value());
  const auto infinite =
      TestHomogeneity(std::vector<TwoByTwo>{{3, 10, 0, 12}, {2, 9, 0, 4}});
  EXPECT_FALSE(infinite->tarone.p_value.has_value());
}

GroupCounts GroupsOf(const TwoByTwo& table) {
  return {{table.events, table.control_events}, {table.n, table.control_n}};
}

TEST(TestOverStrata, TwoGroupsAreTheTestWithoutCorrection) {
  std::mt19937 random(8);
  const std::vector<TwoByTwo> strata = RandomStrata(random, 6);
  std::vector<GroupCounts> groups;
  for (const TwoByTwo& table : strata) groups.push_back(GroupsOf(table));
  const auto test = TestOverStrata(groups);
  ASSERT_TRUE(test.ok());
  EXPECT_EQ(test->df, 1);
  EXPECT_NEAR(*test->chi_square, *Of(strata).uncorrected.chi_square, 1e-11);
}

// Three groups of which no stratum holds more than two that differ in outcome:
// what is not connected is not tested.
TEST(TestOverStrata, TestsWhatStrataConnect) {
  const std::vector<GroupCounts> strata = {{{3, 1, 0}, {5, 6, 0}},
                                           {{2, 2, 0}, {4, 9, 0}}};
  const auto test = TestOverStrata(strata);
  EXPECT_EQ(test->df, 1);
  const std::vector<GroupCounts> none = {{{0, 0}, {4, 5}}, {{3, 2}, {3, 2}}};
  EXPECT_EQ(TestOverStrata(none)->df, 0);
  EXPECT_FALSE(TestOverStrata(none)->p_value.has_value());
  const std::vector<GroupCounts> ragged = {{{0, 0}, {4, 5}}, {{3}, {3}}};
  EXPECT_FALSE(TestOverStrata(ragged).ok());
  const std::vector<GroupCounts> bad = {{{5, 0}, {4, 5}}};
  EXPECT_FALSE(TestOverStrata(bad).ok());
}

}  // namespace
}  // namespace enthesis::stats
