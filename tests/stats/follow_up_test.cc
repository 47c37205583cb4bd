#include "stats/follow_up.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "stats/event_table.h"
#include "stats/kaplan_meier.h"
#include "support/naive.h"

namespace enthesis::stats {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

EventTable Tabulated(const std::vector<EventRow>& rows, int n_causes) {
  const auto table = TabulateEvents(rows, n_causes);
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? *table : EventTable();
}

// Events at 1, 4; follow-up ends at 2, 3, 5. At risk of an end 5, 4, 3, 2, 1:
// 3/4, 1/2, 1/2, 0: the median lies on the flat piece from 3 to 5.
TEST(FollowUp, MedianByHand) {
  const EventTable table = Tabulated({{.time = 1, .cause = 1},
                                      {.time = 2},
                                      {.time = 3},
                                      {.time = 4, .cause = 2},
                                      {.time = 5}},
                                     2);
  const auto curve = EstimateFollowUp(table);
  ASSERT_TRUE(curve.ok()) << curve.status();
  EXPECT_EQ(curve->events, 3);
  EXPECT_EQ(curve->median.estimate, 4);
}

TEST(FollowUp, ReversedTwiceIsTheTable) {
  const EventTable table = Tabulated(naive::RandomRows(3, 90, 1, 20, true), 1);
  const EventTable twice = ReverseEvents(ReverseEvents(table));
  EXPECT_EQ(twice.events, table.events);
  EXPECT_EQ(twice.censored, table.censored);
  EXPECT_EQ(twice.entered, table.entered);
}

TEST(FollowUp, NobodyCensored) {
  const auto curve = EstimateFollowUp(Tabulated({{.time = 1, .cause = 1}}, 1));
  ASSERT_TRUE(curve.ok()) << curve.status();
  EXPECT_FALSE(curve->median.estimate.has_value());
}

TEST(FollowUp, Refuses) {
  EXPECT_EQ(EstimateFollowUp(EventTable()).status().code(),
            absl::StatusCode::kFailedPrecondition);
  const EventTable broken{1, {1}, {}, {}, {}};
  EXPECT_EQ(EstimateFollowUp(broken).status().code(),
            absl::StatusCode::kInvalidArgument);
}

// An event at the landmark itself is over; who entered by then is at risk.
TEST(Landmark, KeepsWhatComesAfter) {
  const EventTable table = Tabulated({{.time = 3, .cause = 1},
                                      {.time = 5, .cause = 1, .entry = 2},
                                      {.time = 6, .cause = 0, .entry = 4},
                                      {.time = 7, .cause = 1}},
                                     1);
  const EventTable after = AfterLandmark(table, 3);
  EXPECT_THAT(after.times, ElementsAre(4, 5, 6, 7));
  EXPECT_THAT(after.entered, ElementsAre(1, 0, 0, 0));
  EXPECT_THAT(after.AtRisk(), ElementsAre(2, 3, 2, 1));
  EXPECT_TRUE(CheckEventTable(after).ok());
  EXPECT_THAT(AfterLandmark(table, 7).times, IsEmpty());
  EXPECT_THAT(AfterLandmark(EventTable(), 1).times, IsEmpty());
}

// Survival beyond the landmark is a ratio of survivals.
TEST(Landmark, SurvivalIsConditional) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto rows = naive::RandomRows(seed, 200, 1, 40, seed % 2 == 1);
    const auto whole = EstimateKaplanMeier(Tabulated(rows, 1));
    const auto after =
        EstimateKaplanMeier(AfterLandmark(Tabulated(rows, 1), 9));
    ASSERT_TRUE(whole.ok() && after.ok());
    const double start = SurvivalAt(*whole, {9})[0]->survival;
    if (start <= 0) continue;
    for (const SurvivalPoint& point : after->points) {
      EXPECT_NEAR(point.survival,
                  SurvivalAt(*whole, {point.time})[0]->survival / start, 1e-12);
    }
  }
}

}  // namespace
}  // namespace enthesis::stats
