#include "registry/model/visits.h"

#include "gtest/gtest.h"
#include "registry/model/limits.h"

namespace enthesis::model {
namespace {

struct DayOf {
  int32_t day;
  std::optional<Visit> visit;
};

TEST(Visits, WindowsHoldTheirFirstAndLastDay) {
  const DayOf kDays[] = {
      {-91, std::nullopt},      {-90, Visit::kBaseline},
      {0, Visit::kBaseline},    {1, std::nullopt},
      {6, std::nullopt},        {7, Visit::k2Weeks},
      {28, Visit::k2Weeks},     {29, Visit::k6Weeks},
      {63, Visit::k6Weeks},     {64, Visit::k3Months},
      {136, Visit::k3Months},   {137, Visit::k6Months},
      {273, Visit::k6Months},   {274, Visit::k12Months},
      {547, Visit::k12Months},  {548, Visit::k24Months},
      {1094, Visit::k24Months}, {1095, std::nullopt},
      {1460, std::nullopt},     {1461, Visit::k60Months},
      {2191, Visit::k60Months}, {2192, std::nullopt},
      {7305, std::nullopt},
  };
  for (const DayOf& expected : kDays) {
    EXPECT_EQ(VisitOfDay(expected.day), expected.visit) << expected.day;
  }
}

TEST(Visits, EachWindowHoldsItsTargetAndHasACode) {
  int32_t value = 0;
  for (const VisitWindow& window : kVisitWindows) {
    ++value;
    EXPECT_EQ(static_cast<int32_t>(window.visit), value);
    EXPECT_EQ(VisitOfDay(window.target_day), window.visit) << window.code;
    const Code* code = kVisitCodes.Find(value);
    ASSERT_NE(code, nullptr);
    EXPECT_STREQ(code->code, window.code);
    EXPECT_STREQ(code->label, window.label);
  }
  EXPECT_EQ(kVisitWindows[0].first_day, kMinDay);
}

FollowUp At(int32_t day, int32_t pain = 1) {
  FollowUp follow_up;
  follow_up.day = day;
  follow_up.pain_rest = pain;
  return follow_up;
}

bool Any(const FollowUp&) { return true; }
bool Painful(const FollowUp& follow_up) { return follow_up.pain_rest > 5; }

const FollowUp* Of(const std::array<const FollowUp*, kVisitCount>& visits,
                   Visit visit) {
  return visits[static_cast<size_t>(visit) - 1];
}

TEST(Visits, NearestToTheTargetThenTheEarlierStands) {
  Case record;
  // 3 months: target 91. 85 and 97 are equally near; 70 is further.
  record.follow_ups = {At(97), At(70), At(85), At(1095)};
  const auto visits = AssignVisits(record, Any);
  ASSERT_NE(Of(visits, Visit::k3Months), nullptr);
  EXPECT_EQ(Of(visits, Visit::k3Months)->day, 85);
  // 1095 is unscheduled, and no other window holds anything.
  for (const VisitWindow& window : kVisitWindows) {
    if (window.visit == Visit::k3Months) continue;
    EXPECT_EQ(Of(visits, window.visit), nullptr) << window.code;
  }
}

TEST(Visits, BaselineIsTheLatestAtOrBeforeSurgery) {
  Case record;
  record.follow_ups = {At(-30), At(-3), At(-80)};
  EXPECT_EQ(Of(AssignVisits(record, Any), Visit::kBaseline)->day, -3);
  record.follow_ups.push_back(At(0));
  EXPECT_EQ(Of(AssignVisits(record, Any), Visit::kBaseline)->day, 0);
}

TEST(Visits, OnlyAssessmentsThatCountStand) {
  Case record;
  record.follow_ups = {At(91, 2), At(130, 9)};
  EXPECT_EQ(Of(AssignVisits(record, Painful), Visit::k3Months)->day, 130);
  record.follow_ups.pop_back();
  EXPECT_EQ(Of(AssignVisits(record, Painful), Visit::k3Months), nullptr);
}

TEST(Visits, AMonthIs30Point4375Days) {
  EXPECT_EQ(MonthsToDays(0), 0);
  EXPECT_EQ(MonthsToDays(3), 91);     // 91.3125
  EXPECT_EQ(MonthsToDays(4), 122);    // 121.75
  EXPECT_EQ(MonthsToDays(6), 183);    // 182.625
  EXPECT_EQ(MonthsToDays(9), 274);    // 273.9375
  EXPECT_EQ(MonthsToDays(12), 365);   // 365.25
  EXPECT_EQ(MonthsToDays(60), 1826);  // 1826.25
  EXPECT_EQ(MonthsToDays(0.5), 15);   // 15.21875
}

TEST(Visits, DueOnceTheWindowHasPassedForTheLastDayOfTheYear) {
  // 31 December 2023 is day 19722 since 1970-01-01 (2024-01-01 is 19723).
  constexpr int32_t kEndOf2023 = 19722;
  EXPECT_FALSE(VisitIsDue(Visit::k2Weeks, 2023, kEndOf2023 + 28));
  EXPECT_TRUE(VisitIsDue(Visit::k2Weeks, 2023, kEndOf2023 + 29));
  EXPECT_FALSE(VisitIsDue(Visit::k12Months, 2023, kEndOf2023 + 547));
  EXPECT_TRUE(VisitIsDue(Visit::k12Months, 2023, kEndOf2023 + 548));
  EXPECT_FALSE(VisitIsDue(Visit::kBaseline, 2023, kEndOf2023));
  EXPECT_TRUE(VisitIsDue(Visit::kBaseline, 2023, kEndOf2023 + 1));
  // Leap years and centuries: the days of 31 December 1990, 2000 and 2100.
  EXPECT_FALSE(VisitIsDue(Visit::kBaseline, 1990, 7669));
  EXPECT_TRUE(VisitIsDue(Visit::kBaseline, 1990, 7670));
  EXPECT_FALSE(VisitIsDue(Visit::kBaseline, 2000, 11322));
  EXPECT_TRUE(VisitIsDue(Visit::kBaseline, 2000, 11323));
  EXPECT_FALSE(VisitIsDue(Visit::kBaseline, 2100, 47846));
  EXPECT_TRUE(VisitIsDue(Visit::kBaseline, 2100, 47847));
}

}  // namespace
}  // namespace enthesis::model
