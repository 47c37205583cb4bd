#include "client/care/case_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/client/care/sample_case.h"

namespace enthesis::client {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(CaseFields, HaveAPathATextAndAUnit) {
  model::Case record = SampleCase(1);
  record.baseline.diabetes = model::Diabetes::kType2;
  record.baseline.previous_surgery = false;
  record.operation.implants = {model::ImplantClass::kScrew,
                               model::ImplantClass::kPlate};
  const auto fields = FieldsOf(record);
  EXPECT_THAT(fields, Contains(CaseField{"baseline.age_years", "50", "years"}));
  EXPECT_THAT(fields, Contains(CaseField{"baseline.diabetes", "type_2", ""}));
  EXPECT_THAT(fields,
              Contains(CaseField{"baseline.previous_surgery", "no", ""}));
  EXPECT_THAT(fields,
              Contains(CaseField{"operation.implants", "screw;plate", ""}));
  EXPECT_THAT(fields, Contains(CaseField{"status", "active", ""}));
}

TEST(CaseChanges, NoneBetweenEqualCases) {
  model::Case record = SampleCase(1);
  AddVisit(record, 91, 60);
  EXPECT_THAT(ChangesBetween(record, record), IsEmpty());
}

TEST(CaseChanges, OldAndNewOfEachField) {
  model::Case before = SampleCase(1);
  before.baseline.bmi = 27;
  model::Case after = before;
  after.baseline.bmi = 28;
  after.baseline.age_years.reset();
  after.operation.implants = {model::ImplantClass::kScrew};
  after.status = model::CaseStatus::kLost;
  after.status_day = 400;
  EXPECT_THAT(ChangesBetween(before, after),
              ElementsAre(FieldChange{"baseline.age_years", "50", ""},
                          FieldChange{"baseline.bmi", "27", "28"},
                          FieldChange{"status", "active", "lost"},
                          FieldChange{"operation.implants", "", "screw"},
                          FieldChange{"status_day", "", "400"}));
}

TEST(CaseChanges, AssessmentsAreToldApartByTheirId) {
  model::Case before = SampleCase(1);
  AddVisit(before, 91, 60, 1);
  AddVisit(before, 183, 70, 2);
  model::Case after = SampleCase(1);
  AddVisit(after, 95, 60, 1);   // moved
  AddVisit(after, 365, 90, 3);  // new; 2 is gone
  EXPECT_THAT(
      ChangesBetween(before, after),
      ElementsAre(FieldChange{"follow_ups[day 91].day", "91", "95"},
                  FieldChange{"follow_ups[day 183].day", "183", ""},
                  FieldChange{"follow_ups[day 183].visa_a.total", "70", ""},
                  FieldChange{"follow_ups[day 365].day", "", "365"},
                  FieldChange{"follow_ups[day 365].visa_a.total", "", "90"}));
}

TEST(CaseChanges, EventsOfAnAssessmentByTheirPlace) {
  model::Case before = SampleCase(1);
  AddVisit(before, 91).complications = {
      {model::ComplicationKind::kSuralNerve, 10, std::nullopt, std::nullopt}};
  model::Case after = before;
  after.follow_ups[0].complications[0].day = 12;
  EXPECT_THAT(ChangesBetween(before, after),
              ElementsAre(FieldChange{"follow_ups[day 91].complications[0].day",
                                      "10", "12"}));
}

}  // namespace
}  // namespace enthesis::client
