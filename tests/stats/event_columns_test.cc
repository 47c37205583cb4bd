#include "stats/event_columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "stats/event_table.h"
#include "stats/exact_weights.h"
#include "stats/parallel.h"
#include "stats/survival_curves.h"
#include "support/naive_survival.h"

namespace enthesis::stats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void ExpectSame(const EventTable& a, const EventTable& b) {
  EXPECT_EQ(a.n_causes, b.n_causes);
  EXPECT_EQ(a.times, b.times);
  EXPECT_EQ(a.events, b.events);
  EXPECT_EQ(a.censored, b.censored);
  EXPECT_EQ(a.entered, b.entered);
}

std::vector<EventTable> Tables(const EventColumns& columns, int n_groups,
                               int n_causes, ThreadPool* pool = nullptr) {
  const auto tables = TabulateEventColumns(columns, n_groups, n_causes, pool);
  EXPECT_TRUE(tables.ok()) << tables.status();
  return tables.ok() ? *tables
                     : std::vector<EventTable>(static_cast<size_t>(n_groups));
}

// Group 0: exits at 2 (event), 5 (censored, entered at 2); group 1: 3.
TEST(EventColumns, CountsByGroup) {
  const auto tables = Tables({.times = {2, 5, 3},
                              .causes = {1, 0, 1},
                              .groups = {0, 0, 1},
                              .entries = {0, 2, 0},
                              .weights = {1, 2, 3}},
                             2, 1);
  EXPECT_THAT(tables[0].times, ElementsAre(2, 5));
  EXPECT_THAT(tables[0].events, ElementsAre(1, 0));
  EXPECT_THAT(tables[0].censored, ElementsAre(0, 2));
  EXPECT_THAT(tables[0].entered, ElementsAre(2, 0));
  EXPECT_THAT(tables[1].times, ElementsAre(3));
  EXPECT_THAT(tables[1].events, ElementsAre(3));
}

// Halves of days are sorted, whole days counted: twice the time, one table.
TEST(EventColumns, CountingAndSortingAgree) {
  for (const bool delayed : {false, true}) {
    for (const bool weighted : {false, true}) {
      naive::Rows rows = naive::RandomRows(3, 500, 3, 60, delayed);
      if (weighted) rows = naive::WithFractions(rows, 4);
      auto columns = naive::ToColumns(rows, naive::RandomLabels(5, 500, 4));
      if (!weighted) columns.weights.clear();
      const auto counted = Tables(columns.View(), 4, 3);
      for (double& time : columns.times) time /= 2;
      for (double& entry : columns.entries) entry /= 2;
      auto sorted = Tables(columns.View(), 4, 3);
      for (size_t g = 0; g < 4; ++g) {
        for (double& time : sorted[g].times) time *= 2;
        ExpectSame(sorted[g], counted[g]);
      }
    }
  }
}

TEST(EventColumns, FarDaysAreSorted) {
  const auto tables =
      Tables({.times = {3e9, 1e7, 1e7, -0.0}, .causes = {1, 1, 0, 1}}, 1, 1);
  EXPECT_THAT(tables[0].times, ElementsAre(0, 1e7, 3e9));
  EXPECT_FALSE(std::signbit(tables[0].times[0]));
  EXPECT_THAT(tables[0].events, ElementsAre(1, 1, 1));
}

// 0.1 ten times is 1 when summed exactly and rounded once: the double nearest
// to ten times the double 0.1.
TEST(EventColumns, WeightsAddExactly) {
  const std::vector<double> times(10, 7), weights(10, 0.1);
  const std::vector<int> causes(10, 1);
  const auto tables =
      Tables({.times = times, .causes = causes, .weights = weights}, 1, 1);
  EXPECT_EQ(tables[0].events[0], 1.0);
}

TEST(ExactWeights, HoldsWideRanges) {
  for (const double largest : {1e-300, 0.3, 1.0, 7e5, 1e300}) {
    const WeightUnit unit(largest, 1'000'000);
    for (const double part : {1.0, 0.5, 1.0 / 3, 1e-9}) {
      EXPECT_EQ(unit.ToWeight(unit.ToUnits(largest * part)), largest * part);
    }
    EXPECT_EQ(unit.ToWeight(unit.ToUnits(largest) * 1'000'000 -
                            unit.ToUnits(largest) * 999'999),
              largest);
  }
  EXPECT_EQ(WeightUnit(0, 5).ToUnits(0), 0);
}

TEST(EventColumns, RowsOfWeightZeroLeaveNoTime) {
  for (const double shift : {0.0, 0.5}) {
    const std::vector<double> times = {1 + shift, 2 + shift};
    const auto tables =
        Tables({.times = times, .causes = {1, 1}, .weights = {0, 1}}, 1, 1);
    EXPECT_THAT(tables[0].times, ElementsAre(2 + shift));
  }
}

TEST(EventColumns, StrataSplitGroups) {
  const naive::Rows rows = naive::RandomRows(7, 300, 1, 30, false);
  const std::vector<int> groups = naive::RandomLabels(8, 300, 3);
  const std::vector<int> strata = naive::RandomLabels(9, 300, 4);
  const auto columns = naive::ToColumns(rows, groups);
  const auto split = TabulateStrata(columns.View(), strata, 4, 3, 1);
  ASSERT_TRUE(split.ok()) << split.status();
  const auto whole = Tables(columns.View(), 3, 1);
  for (size_t g = 0; g < 3; ++g) {
    EventTable sum = (*split)[0][g];
    for (size_t s = 1; s < 4; ++s) sum = Merge(sum, (*split)[s][g]);
    ExpectSame(sum, whole[g]);
  }
}

TEST(EventColumns, NoRows) { EXPECT_TRUE(Tables({}, 2, 1)[1].times.empty()); }

TEST(EventColumns, RefusesByRow) {
  struct Case {
    const char* name;
    EventColumns columns;
    const char* message;
  };
  const std::vector<double> one = {1, 1};
  const std::vector<int> none = {0, 0};
  const std::vector<double> negative = {1, -1}, missing = {kNaN, 1};
  const std::vector<double> endless = {1, kInf}, late = {0, 1};
  const std::vector<double> early = {0, -2};
  const std::vector<int> below = {0, -1}, above = {0, 2};
  const Case cases[] = {
      {"time", {.times = negative, .causes = none}, "row 1: the time"},
      {"NaN", {.times = missing, .causes = none}, "row 0: the time"},
      {"endless", {.times = endless, .causes = none}, "row 1: the time"},
      {"entry", {one, none, {}, late, {}}, "row 1: the entry"},
      {"entry NaN", {one, none, {}, missing, {}}, "row 0: the entry"},
      {"entry early", {one, none, {}, early, {}}, "row 1: the entry"},
      {"cause", {one, below, {}, {}, {}}, "row 1: the cause"},
      {"cause high", {one, above, {}, {}, {}}, "row 1: the cause"},
      {"weight", {one, none, {}, {}, negative}, "row 1: the weight"},
      {"weight NaN", {one, none, {}, {}, missing}, "row 0: the weight"},
      {"weight endless", {one, none, {}, {}, endless}, "row 1: the weight"},
      {"group", {one, none, below, {}, {}}, "row 1: the group"},
      {"group high", {one, none, above, {}, {}}, "row 1: the group"},
      {"length", {.times = one, .causes = {}}, "one value for each row"}};
  for (const Case& c : cases) {
    const auto tables = TabulateEventColumns(c.columns, 2, 1);
    EXPECT_EQ(tables.status().code(), absl::StatusCode::kInvalidArgument)
        << c.name;
    EXPECT_THAT(std::string(tables.status().message()), HasSubstr(c.message))
        << c.name;
  }
  EXPECT_FALSE(
      TabulateStrata({.times = one, .causes = none}, below, 2, 1, 1).ok());
  EXPECT_FALSE(TabulateEventColumns({}, 0, 1).ok());
  EXPECT_FALSE(TabulateEventColumns({}, 1, 0).ok());
}

TEST(EventColumns, TiedEntryIsRefusedByItsRow) {
  const auto tables =
      TabulateEventColumns({.times = {5, 0.3 + 1e-12, 0.3 + 1e-12},
                            .causes = {0, 0, 0},
                            .entries = {0.2, 0.3, 0.3}},
                           1, 1);
  EXPECT_THAT(std::string(tables.status().message()),
              HasSubstr("row 1: entry and exit are tied"));
}

// 300,000 rows: counted or sorted, late entries, fractional weights.
naive::RowColumns ManyColumns(bool whole, uint64_t shuffle) {
  constexpr size_t kRows = 300'000;
  std::mt19937_64 random(11);
  naive::RowColumns columns;
  for (size_t i = 0; i < kRows; ++i) {
    const double time = 1 + static_cast<double>(random() % 3000);
    columns.entries.push_back(
        random() % 4 > 0 ? 0 : std::floor(time / 3) + (whole ? 0 : 0.25));
    columns.times.push_back(
        whole ? time : time + static_cast<double>(random() % 9999) / 7777);
    columns.causes.push_back(static_cast<int>(random() % 3));
    columns.groups.push_back(static_cast<int>(random() % 5));
    columns.weights.push_back(static_cast<double>(1 + random() % 999) / 333);
  }
  std::vector<size_t> order(kRows);
  std::iota(order.begin(), order.end(), size_t{0});
  if (shuffle > 0) {
    std::mt19937_64 other(shuffle);
    std::shuffle(order.begin(), order.end(), other);
  }
  naive::RowColumns shuffled;
  for (size_t i : order) {
    shuffled.times.push_back(columns.times[i]);
    shuffled.entries.push_back(columns.entries[i]);
    shuffled.weights.push_back(columns.weights[i]);
    shuffled.causes.push_back(columns.causes[i]);
    shuffled.groups.push_back(columns.groups[i]);
  }
  return shuffled;
}

void ExpectSameCurve(const KaplanMeierCurve& a, const KaplanMeierCurve& b) {
  ASSERT_EQ(a.points.size(), b.points.size());
  for (size_t i = 0; i < a.points.size(); ++i) {
    const SurvivalPoint& p = a.points[i];
    const SurvivalPoint& q = b.points[i];
    ASSERT_TRUE(p.time == q.time && p.at_risk == q.at_risk &&
                p.survival == q.survival && p.std_error == q.std_error &&
                p.lower == q.lower && p.upper == q.upper &&
                p.hazard_std_error == q.hazard_std_error)
        << "point " << i;
  }
}

TEST(EventColumns, SameBytesForAnyOrderAndNumberOfThreads) {
  for (const bool whole : {true, false}) {
    const naive::RowColumns first = ManyColumns(whole, 0);
    const auto expected = EstimateSurvivalCurves(first.View(), 5, 2);
    ASSERT_TRUE(expected.ok()) << expected.status();
    EXPECT_TRUE(expected->robust);
    for (const int n_threads : {1, 2, 7}) {
      ThreadPool pool(n_threads);
      const naive::RowColumns other =
          ManyColumns(whole, static_cast<uint64_t>(n_threads));
      const auto actual = EstimateSurvivalCurves(other.View(), 5, 2, {}, &pool);
      ASSERT_TRUE(actual.ok()) << actual.status();
      for (size_t g = 0; g < 5; ++g) {
        ExpectSame(actual->tables[g], expected->tables[g]);
        ExpectSameCurve(actual->curves[g], expected->curves[g]);
      }
    }
  }
}

}  // namespace
}  // namespace enthesis::stats
