#include "stats/event_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "support/naive.h"

namespace enthesis::stats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

EventTable Tabulated(const std::vector<EventRow>& rows, int n_causes) {
  const auto table = TabulateEvents(rows, n_causes);
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? *table : EventTable();
}

void ExpectSame(const EventTable& a, const EventTable& b) {
  EXPECT_EQ(a.n_causes, b.n_causes);
  EXPECT_EQ(a.times, b.times);
  EXPECT_EQ(a.events, b.events);
  EXPECT_EQ(a.censored, b.censored);
  EXPECT_EQ(a.entered, b.entered);
}

TEST(EventTable, CountsByTimeAndCause) {
  const EventTable table = Tabulated({{.time = 3, .cause = 2},
                                      {.time = 1, .cause = 1},
                                      {.time = 3},
                                      {.time = 3, .cause = 2}},
                                     2);
  EXPECT_THAT(table.times, ElementsAre(1, 3));
  EXPECT_THAT(table.events, ElementsAre(1, 0, 0, 2));
  EXPECT_THAT(table.censored, ElementsAre(0, 1));
  EXPECT_THAT(table.entered, IsEmpty());
  EXPECT_THAT(table.AtRisk(), ElementsAre(4, 3));
  EXPECT_EQ(table.Total(), 4);
  EXPECT_EQ(table.TotalEvents(1), 2);
  EXPECT_EQ(table.TotalEvents(2), 0);
}

TEST(EventTable, LateEntryIsAtRiskOnlyAfterItsTime) {
  // At 2 one leaves and one enters: the newcomer is at risk from then on.
  const EventTable table = Tabulated({{.time = 2, .cause = 1},
                                      {.time = 5, .cause = 1, .entry = 2},
                                      {.time = 3}},
                                     1);
  EXPECT_THAT(table.times, ElementsAre(2, 3, 5));
  EXPECT_THAT(table.entered, ElementsAre(1, 0, 0));
  EXPECT_THAT(table.AtRisk(), ElementsAre(2, 2, 1));
}

// As survival::aeqSurv: a chain of near ties becomes its first time.
TEST(EventTable, NearTiesJoinTheFirstOfTheirChain) {
  const double step = 1.2e-8;
  const EventTable table = Tabulated(
      {{.time = 1 + 2 * step}, {.time = 1}, {.time = 1 + step}, {.time = 2}},
      1);
  EXPECT_THAT(table.times, ElementsAre(1, 2));
  EXPECT_THAT(table.censored, ElementsAre(3, 1));
}

TEST(EventTable, ToleranceGrowsWithTheMeanTime) {
  const std::vector<EventRow> near = {{.time = 1e6}, {.time = 1e6 + 0.01}};
  EXPECT_EQ(Tabulated(near, 1).times.size(), 1u);
  const std::vector<EventRow> far = {{.time = 1e6}, {.time = 1e6 + 0.02}};
  EXPECT_EQ(Tabulated(far, 1).times.size(), 2u);
}

TEST(EventTable, ToleranceSpansGroups) {
  const auto tables = TabulateEventGroups(
      std::vector<EventRow>{{.time = 0.1 + 0.2}, {.time = 0.3}}, {0, 1}, 2, 1);
  ASSERT_TRUE(tables.ok()) << tables.status();
  EXPECT_EQ((*tables)[0].times, (*tables)[1].times);
}

TEST(EventTable, OrderOfRowsDoesNotMatterEvenForWeights) {
  std::vector<EventRow> rows = naive::RandomRows(5, 200, 2, 9, true);
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].weight = 0.1 * static_cast<double>(i % 7 + 1);
  }
  const EventTable table = Tabulated(rows, 2);
  std::reverse(rows.begin(), rows.end());
  ExpectSame(Tabulated(rows, 2), table);
  std::rotate(rows.begin(), rows.begin() + 71, rows.end());
  ExpectSame(Tabulated(rows, 2), table);
}

TEST(EventTable, WeightTwoIsARowTwice) {
  ExpectSame(Tabulated({{.time = 4, .cause = 1, .weight = 2}}, 1),
             Tabulated({{.time = 4, .cause = 1}, {.time = 4, .cause = 1}}, 1));
}

TEST(EventTable, MergeOfSplitRowsIsTheWhole) {
  for (const bool delayed : {false, true}) {
    const auto rows = naive::RandomRows(8, 150, 3, 40, delayed);
    const std::vector<EventRow> a(rows.begin(), rows.begin() + 50);
    const std::vector<EventRow> b(rows.begin() + 50, rows.end());
    ExpectSame(Merge(Tabulated(a, 3), Tabulated(b, 3)), Tabulated(rows, 3));
  }
}

TEST(EventTable, MergeWithAnEmptyTable) {
  const EventTable table = Tabulated(naive::RandomRows(1, 9, 1, 5, false), 1);
  ExpectSame(Merge(table, EventTable()), table);
  ExpectSame(Merge(EventTable(), table), table);
}

TEST(EventTable, MergeOfLateEntriesAndNone) {
  const EventTable merged =
      Merge(Tabulated({{.time = 2, .cause = 1}}, 1),
            Tabulated({{.time = 3, .cause = 1, .entry = 1}}, 1));
  EXPECT_TRUE(CheckEventTable(merged).ok());
  EXPECT_THAT(merged.AtRisk(), ElementsAre(1, 2, 1));
}

TEST(EventTable, DailyCountsKeepDaysWithACount) {
  const EventTable table =
      FromDailyCounts({0, 0, 1, 0, 0, 0, 0, 2}, {0, 0, 3, 0}, 2);
  EXPECT_THAT(table.times, ElementsAre(1, 2, 3));
  EXPECT_THAT(table.events, ElementsAre(1, 0, 0, 0, 0, 2));
  EXPECT_THAT(table.censored, ElementsAre(0, 3, 0));
  EXPECT_THAT(FromDailyCounts({}, {}, 1).times, IsEmpty());
}

TEST(EventTable, CollapseKeepsOneCauseOrAll) {
  const EventTable table = Tabulated(
      {{.time = 1, .cause = 1}, {.time = 1, .cause = 2}, {.time = 1}}, 2);
  const EventTable second = CollapseCauses(table, 1);
  EXPECT_THAT(second.events, ElementsAre(1));
  EXPECT_THAT(second.censored, ElementsAre(2));
  const EventTable any = CollapseCauses(table, -1);
  EXPECT_THAT(any.events, ElementsAre(2));
  EXPECT_THAT(any.censored, ElementsAre(1));
  EXPECT_EQ(any.AtRisk(), table.AtRisk());
}

TEST(EventTable, NoRows) {
  const EventTable table = Tabulated({}, 1);
  EXPECT_TRUE(CheckEventTable(table).ok());
  EXPECT_EQ(table.Total(), 0);
  EXPECT_THAT(table.AtRisk(), IsEmpty());
}

TEST(EventTable, RowsOfWeightZeroLeaveNoTime) {
  EXPECT_THAT(Tabulated({{.time = 4, .weight = 0}}, 1).times, IsEmpty());
}

TEST(EventTable, TimeZeroIsFineWithoutLateEntries) {
  EXPECT_THAT(Tabulated({{.time = 0, .cause = 1}, {.time = 0}}, 1).AtRisk(),
              ElementsAre(2));
}

TEST(EventTable, RefusesBadRowsByName) {
  struct Case {
    std::string name;
    EventRow row;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"negative time", {.time = -1}, "row 1: the time"},
      {"infinite time", {.time = kInf}, "row 1: the time"},
      {"no time", {.time = kNaN}, "row 1: the time"},
      {"entry at exit", {.time = 2, .entry = 2}, "row 1: the entry"},
      {"entry after exit", {.time = 2, .entry = 3}, "row 1: the entry"},
      {"no entry", {.time = 2, .entry = kNaN}, "row 1: the entry"},
      {"negative entry", {.time = 2, .entry = -1}, "row 1: the entry"},
      {"cause above", {.time = 2, .cause = 3}, "row 1: the cause"},
      {"cause below", {.time = 2, .cause = -1}, "row 1: the cause"},
      {"negative weight", {.time = 2, .weight = -1}, "row 1: the weight"},
      {"no weight", {.time = 2, .weight = kNaN}, "row 1: the weight"},
      {"entry tied to exit", {.time = 2 + 1e-9, .entry = 2}, "tied"},
  };
  for (const Case& c : cases) {
    const auto table =
        TabulateEvents(std::vector<EventRow>{{.time = 1}, c.row}, 2);
    EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument)
        << c.name;
    EXPECT_THAT(std::string(table.status().message()), HasSubstr(c.message))
        << c.name;
  }
}

TEST(EventTable, RefusesBadGroups) {
  const std::vector<EventRow> rows = {{.time = 1}};
  EXPECT_FALSE(TabulateEventGroups(rows, {2}, 2, 1).ok());
  EXPECT_FALSE(TabulateEventGroups(rows, {-1}, 2, 1).ok());
  EXPECT_FALSE(TabulateEventGroups(rows, {0, 1}, 2, 1).ok());
  EXPECT_FALSE(TabulateEventGroups(rows, {0}, 1, 0).ok());
}

TEST(EventTable, CheckRefusesBadTables) {
  struct Case {
    std::string name;
    EventTable table;
  };
  const std::vector<Case> cases = {
      {"no cause", {0, {}, {}, {}, {}}},
      {"events missing", {1, {1}, {}, {0}, {}}},
      {"censored missing", {1, {1}, {0}, {}, {}}},
      {"entered misfit", {1, {1}, {0}, {0}, {0, 0}}},
      {"times equal", {1, {1, 1}, {1, 1}, {0, 0}, {}}},
      {"negative time", {1, {-1}, {1}, {0}, {}}},
      {"no time", {1, {kNaN}, {1}, {0}, {}}},
      {"negative count", {1, {1}, {-1}, {2}, {}}},
      {"infinite count", {1, {1}, {kInf}, {0}, {}}},
      {"overflow", {1, {1, 2}, {1e308, 1e308}, {1e308, 0}, {}}},
      {"enters, never leaves", {1, {1, 2}, {1, 0}, {0, 0}, {0, 1}}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(CheckEventTable(c.table).code(),
              absl::StatusCode::kInvalidArgument)
        << c.name;
  }
}

}  // namespace
}  // namespace enthesis::stats
