#include "stats/rank_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "stats/event_table.h"
#include "support/naive.h"

namespace enthesis::stats {
namespace {

constexpr double kExact = 1e-13;

using Groups = std::vector<EventTable>;

RankTest LogRank(const std::vector<Groups>& strata) {
  const auto test = TestLogRank(strata);
  EXPECT_TRUE(test.ok()) << test.status();
  return test.ok() ? *test : RankTest();
}

EventTable Events(std::vector<double> times) {
  EventTable table;
  table.events.assign(times.size(), 1);
  table.censored.assign(times.size(), 0);
  table.times = std::move(times);
  return table;
}

Groups RandomGroups(uint64_t seed, int n, int n_groups) {
  const auto rows = naive::RandomRows(seed, n, 1, 40, false);
  const auto labels = naive::RandomLabels(seed + 1, n, n_groups);
  const auto tables = TabulateEventGroups(rows, labels, n_groups, 1);
  EXPECT_TRUE(tables.ok()) << tables.status();
  return tables.ok() ? *tables : Groups();
}

// A has events at 1, 3; B at 2, 4. At risk (A, B): (2,2) (1,2) (1,1) (0,1).
//   E_A = 1/2 + 1/3 + 1/2 = 4/3, V = 1/4 + 2/9 + 1/4 = 13/18
//   chi-square = (2 - 4/3)^2 / (13/18) = 8/13
TEST(LogRank, TwoGroupsInTurn) {
  const RankTest test = LogRank({{Events({1, 3}), Events({2, 4})}});
  EXPECT_EQ(test.groups[0].n, 2);
  EXPECT_EQ(test.groups[0].observed, 2);
  EXPECT_NEAR(test.groups[0].expected, 4.0 / 3, kExact);
  EXPECT_NEAR(test.groups[1].expected, 8.0 / 3, kExact);
  EXPECT_EQ(test.df, 1);
  EXPECT_NEAR(test.chi_square.value(), 8.0 / 13, kExact);
  // P(chi-square_1 > x) = erfc(sqrt(x / 2)).
  EXPECT_NEAR(test.p_value.value(), std::erfc(std::sqrt(4.0 / 13)), kExact);
}

// Two of four die at 1, both in A: E_A = 1, V = 2 * 2/3 * 1/4 = 1/3; then A
// is empty. chi-square = 1 / (1/3) = 3.
TEST(LogRank, TiedEventsAreHypergeometric) {
  const EventTable a{1, {1}, {2}, {0}, {}};
  const EventTable b{1, {2, 3}, {1, 0}, {0, 1}, {}};
  const RankTest test = LogRank({{a, b}});
  EXPECT_NEAR(test.groups[0].expected, 1, kExact);
  EXPECT_NEAR(test.chi_square.value(), 3, kExact);
}

// Two equal strata: both difference and variance double.
TEST(LogRank, StrataAdd) {
  const Groups one = {Events({1, 3}), Events({2, 4})};
  const RankTest test = LogRank({one, one});
  EXPECT_NEAR(test.groups[0].expected, 8.0 / 3, kExact);
  EXPECT_NEAR(test.chi_square.value(), 16.0 / 13, kExact);
}

TEST(LogRank, RelabelledGroupsGiveTheSameTest) {
  Groups groups = RandomGroups(2, 120, 4);
  const RankTest test = LogRank({groups});
  std::reverse(groups.begin(), groups.end());
  const RankTest reversed = LogRank({groups});
  EXPECT_EQ(reversed.df, test.df);
  EXPECT_NEAR(reversed.chi_square.value(), test.chi_square.value(), 1e-11);
  EXPECT_EQ(reversed.groups[3].expected, test.groups[0].expected);
}

TEST(LogRank, EventsBeforeOthersEnterTheTestScaleFree) {
  Groups groups = RandomGroups(9, 80, 3);
  const RankTest days = LogRank({groups});
  for (EventTable& table : groups) {
    for (double& time : table.times) time *= 365.25;
  }
  EXPECT_EQ(LogRank({groups}).chi_square, days.chi_square);
}

TEST(LogRank, ObservedAndExpectedHaveOneSum) {
  const RankTest test = LogRank({RandomGroups(3, 90, 5)});
  double difference = 0;
  for (const RankTestGroup& group : test.groups) {
    difference += group.observed - group.expected;
  }
  EXPECT_NEAR(difference, 0, 1e-12);
}

TEST(LogRank, GroupNeverAtRiskIsDropped) {
  Groups groups = {Events({1, 3}), EventTable(), Events({2, 4})};
  RankTest test = LogRank({groups});
  EXPECT_EQ(test.df, 1);
  EXPECT_NEAR(test.chi_square.value(), 8.0 / 13, kExact);
  EXPECT_EQ(test.groups[1].expected, 0);
  // Censored before the first event: in the count, not in the test.
  groups[1] = EventTable{1, {0}, {0}, {5}, {}};
  test = LogRank({groups});
  EXPECT_EQ(test.df, 1);
  EXPECT_EQ(test.groups[1].n, 5);
  EXPECT_NEAR(test.chi_square.value(), 8.0 / 13, kExact);
}

TEST(LogRank, NoEvents) {
  const EventTable censored{1, {4}, {0}, {3}, {}};
  const RankTest test = LogRank({{censored, censored}});
  EXPECT_EQ(test.df, 0);
  EXPECT_FALSE(test.chi_square.has_value());
  EXPECT_FALSE(test.p_value.has_value());
}

TEST(LogRank, EmptyGroupsOnly) {
  EXPECT_EQ(LogRank({{EventTable(), EventTable()}}).df, 0);
}

TEST(LogRank, OneGroupWithEventsOnly) {
  EXPECT_EQ(LogRank({{Events({1, 2}), EventTable()}}).df, 0);
}

// All die at once: no variance, so no test.
TEST(LogRank, AllTied) {
  const EventTable all{1, {5}, {4}, {0}, {}};
  const RankTest test = LogRank({{all, all}});
  EXPECT_EQ(test.df, 0);
  EXPECT_NEAR(test.groups[0].expected, 4, kExact);
  EXPECT_FALSE(test.chi_square.has_value());
}

// Groups that never meet are two tests in one: 1 + 1 degrees of freedom.
TEST(LogRank, SeparateStrataLowerTheRank) {
  const EventTable none;
  const RankTest test = LogRank({{Events({1, 3}), Events({2, 4}), none, none},
                                 {none, none, Events({1, 3}), Events({2, 4})}});
  EXPECT_EQ(test.df, 2);
  EXPECT_NEAR(test.chi_square.value(), 16.0 / 13, kExact);
}

TEST(LogRank, RefusesRaggedInput) {
  const EventTable table = Events({1});
  const EventTable two_causes{2, {1}, {1, 0}, {0}, {}};
  const EventTable broken{1, {1}, {}, {}, {}};
  const std::vector<std::vector<Groups>> cases = {
      {},
      {{table}},
      {{table, table}, {table, table, table}},
      {{table, two_causes}},
      {{table, broken}}};
  for (const std::vector<Groups>& strata : cases) {
    EXPECT_EQ(TestLogRank(strata).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace enthesis::stats
