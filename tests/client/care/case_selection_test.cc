#include "client/care/case_selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/calendar_day.h"
#include "tests/client/care/sample_case.h"

namespace enthesis::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

int32_t On(int32_t year, int32_t month, int32_t day) {
  return DayNumber(Date{year, month, day});
}

TEST(CalendarDay, ThereAndBack) {
  EXPECT_EQ(On(1970, 1, 1), 0);
  EXPECT_EQ(On(2000, 3, 1), 11017);
  EXPECT_EQ(On(1969, 12, 31), -1);
  for (int32_t day = -800; day < 40000; ++day) {
    ASSERT_EQ(DayNumber(DateOfDayNumber(day)), day);
  }
}

TEST(CalendarDay, OptionNamesWhatIsWrong) {
  EXPECT_EQ(*DateOrToday("2024-02-29", "--on"), (Date{2024, 2, 29}));
  EXPECT_GE(DayNumber(*DateOrToday("", "--on")), On(2024, 1, 1));
  EXPECT_THAT(std::string(DateOrToday("soon", "--on").status().message()),
              testing::HasSubstr("--on \"soon\""));
}

// 31 December 2020 and the 547 days of the window's end: 1 July 2022.
TEST(VisitState, AVisitCountsOnceTheYearAndItsWindowAreOver) {
  const model::Case record = SampleCase(1, 2020);
  const VisitSet before = CountedVisits(record, On(2022, 7, 1));
  const VisitSet after = CountedVisits(record, On(2022, 7, 2));
  EXPECT_THAT(CodesOf(before),
              testing::Not(testing::Contains(testing::StrEq("12_months"))));
  EXPECT_EQ(before | BitOf(model::Visit::k12Months), after);
  EXPECT_THAT(CodesOf(CountedVisits(record, On(2020, 12, 31))), IsEmpty());
  EXPECT_THAT(CodesOf(CountedVisits(record, On(2021, 1, 1))),
              ElementsAre(testing::StrEq("baseline")));
}

TEST(VisitState, DiedLeavesLostAndDeclinedStay) {
  model::Case record = SampleCase(1, 2010);
  record.status = model::CaseStatus::kDied;
  EXPECT_EQ(CountedVisits(record, On(2024, 1, 1)), 0);
  for (const auto status :
       {model::CaseStatus::kLost, model::CaseStatus::kDeclined}) {
    record.status = status;
    EXPECT_EQ(CountedVisits(record, On(2024, 1, 1)), 0xFF);
  }
}

TEST(VisitState, AScoreCompletesAndAtTwoWeeksAnyAssessment) {
  model::Case record = SampleCase(1);
  AddVisit(record, -3, 40);
  AddVisit(record, 14);
  AddVisit(record, 91);  // without a score
  AddVisit(record, 183, 70);
  AddVisit(record, 1200, 90);  // in no window
  EXPECT_THAT(CodesOf(CompletedVisits(record)),
              ElementsAre(testing::StrEq("baseline"), testing::StrEq("2_weeks"),
                          testing::StrEq("6_months")));
}

TEST(CaseSelection, EveryConditionMustHold) {
  model::Case record = SampleCase(1, 2020);
  AddVisit(record, 0, 40);
  const int32_t today = On(2024, 1, 1);
  CaseSelection selection;
  EXPECT_TRUE(selection.Matches(record, today));
  selection.procedures = {model::Procedure::kZadekOsteotomy};
  EXPECT_FALSE(selection.Matches(record, today));
  selection.procedures.insert(model::Procedure::kDebridement);
  EXPECT_TRUE(selection.Matches(record, today));
  selection.first_year = 2020;
  selection.last_year = 2020;
  EXPECT_TRUE(selection.Matches(record, today));
  selection.first_year = 2021;
  EXPECT_FALSE(selection.Matches(record, today));
  selection.first_year.reset();
  selection.last_year = 2019;
  EXPECT_FALSE(selection.Matches(record, today));
  selection.last_year.reset();
  selection.statuses = {model::CaseStatus::kLost};
  EXPECT_FALSE(selection.Matches(record, today));
  selection.statuses.clear();
  selection.missing = BitOf(model::Visit::kBaseline);
  EXPECT_FALSE(selection.Matches(record, today));
  selection.missing = BitOf(model::Visit::k12Months);
  EXPECT_TRUE(selection.Matches(record, today));
  EXPECT_FALSE(selection.Matches(record, On(2021, 1, 1)));  // not due yet
}

TEST(PossibleDuplicates, AlikeInBaselineAndProcedureOrInSequence) {
  model::Case a = SampleCase(1), b = SampleCase(2), c = SampleCase(3);
  a.baseline.operation_sequence = 1000;
  b.baseline.operation_sequence = 2000;  // another rank, else the same
  c.baseline.operation_sequence = 2000;
  c.baseline.age_years = 51;
  const auto baseline = [](const model::Case& other) {
    return PossibleDuplicate{other.id, true, false};
  };
  const auto place = [](const model::Case& other) {
    return PossibleDuplicate{other.id, false, true};
  };
  EXPECT_THAT(
      PossibleDuplicates({a, b, c}),
      UnorderedElementsAre(Pair(a.id, ElementsAre(baseline(b))),
                           Pair(b.id, ElementsAre(baseline(a), place(c))),
                           Pair(c.id, ElementsAre(place(b)))));
  EXPECT_EQ(RuleOf(baseline(a)), "baseline and procedure");
  EXPECT_EQ(RuleOf(place(a)), "year and rank");
}

// Two coordinators count ranks of their own.
TEST(PossibleDuplicates, TheSameRankOfOtherOperationsIsNone) {
  model::Case a = SampleCase(1), b = SampleCase(2);
  a.baseline.operation_sequence = b.baseline.operation_sequence = 1000;
  const auto found = [&] { return PossibleDuplicates({a, b}).size(); };
  b.baseline.bmi = 33;
  EXPECT_EQ(found(), 2u);
  b.baseline.age_years = *a.baseline.age_years + 2;
  EXPECT_EQ(found(), 0u);
  b = a;
  b.id = SampleCase(2).id;
  b.patient = SampleCase(2).patient;
  b.baseline.bmi = 33;
  b.baseline.sex = a.baseline.sex == model::Sex::kMale ? model::Sex::kFemale
                                                       : model::Sex::kMale;
  EXPECT_EQ(found(), 0u);
}

TEST(PossibleDuplicates, NotTheLimbsOfOnePersonOrAnotherProcedure) {
  model::Case a = SampleCase(1), b = SampleCase(2), c = SampleCase(3);
  b.patient = a.patient;
  c.operation.primary_procedure = model::Procedure::kFhlTransfer;
  EXPECT_THAT(PossibleDuplicates({a, b, c}), IsEmpty());
}

}  // namespace
}  // namespace enthesis::client
