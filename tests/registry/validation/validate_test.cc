#include "registry/validation/validate.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/model/limits.h"
#include "registry/validation/warnings.h"
#include "sample_case.h"

namespace enthesis::validation {
namespace {

using model::Case;
using model::CaseStatus;
using model::FollowUp;
using model::ReturnStage;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Case, Identity) {
  ExpectViolations(
      SoundCase(),
      {{"NoSite", [](Case& c) { c.site = ""; }, "case.name", "no site id"},
       {"NotASite", [](Case& c) { c.site = "Clinic A"; }, "case.name",
        "4 to 63 lower-case"},
       {"NoId", [](Case& c) { c.id = {}; }, "case.name", "the case has no id"},
       {"NoPatient", [](Case& c) { c.patient = {}; }, "case.patient",
        "patient is required"}});
}

TEST(Case, Status) {
  ExpectViolations(
      SoundCase(),
      {{"OutsideTheList",
        [](Case& c) { c.status = static_cast<CaseStatus>(5); }, "case.status",
        "status is 5; allowed: active, lost, declined, died"},
       {"ActiveWithADay", [](Case& c) { c.status_day = 400; },
        "case.status_day", "active case"},
       {"LostWithoutADay", [](Case& c) { c.status = CaseStatus::kLost; },
        "case.status_day", "required with the status lost"},
       {"DeclinedWithoutADay",
        [](Case& c) { c.status = CaseStatus::kDeclined; }, "case.status_day",
        "required with the status declined"},
       {"DiedWithoutADay", [](Case& c) { c.status = CaseStatus::kDied; },
        "case.status_day", "required with the status died"},
       {"DiedWithoutADayButFollowed",
        [](Case& c) {
          c.status = CaseStatus::kDied;
          c.follow_ups = {At(91)};
        },
        "case.status_day", "required with the status died"},
       {"BeforeSurgery",
        [](Case& c) {
          c.status = CaseStatus::kLost;
          c.status_day = -1;
        },
        "case.status_day", "status_day is -1; allowed: 0 to 7305 days"},
       {"Beyond20Years",
        [](Case& c) {
          c.status = CaseStatus::kDied;
          c.status_day = 7306;
        },
        "case.status_day", "status_day is 7306"}});
  ExpectSound(SoundCase(), {{"Died",
                             [](Case& c) {
                               c.status = CaseStatus::kDied;
                               c.status_day = 0;
                             },
                             "", ""},
                            {"Lost",
                             [](Case& c) {
                               c.status = CaseStatus::kLost;
                               c.status_day = 7305;
                             },
                             "", ""}});
}

TEST(Case, TheDayOfAnActiveCaseEndsNothing) {
  Case record = SoundCase();
  record.follow_ups = {At(91)};
  record.status_day = 50;
  const Findings findings = ValidateCase(record, kThisYear);
  EXPECT_THAT(PathsOf(findings.violations), ElementsAre("case.status_day"));
  EXPECT_THAT(ReasonsOf(findings.warnings), IsEmpty());
}

TEST(Case, AllViolationsAtOnceUnderThePrefix) {
  Case record;
  record.follow_ups.resize(1);
  record.follow_ups[0].daily_life = true;  // of which day, nobody knows
  const Findings findings = ValidateCase(record, kThisYear, "requests[2].case");
  EXPECT_THAT(PathsOf(findings.violations),
              ElementsAre("requests[2].case.name", "requests[2].case.name",
                          "requests[2].case.patient",
                          "requests[2].case.baseline.surgery_year",
                          "requests[2].case.baseline.diagnosis",
                          "requests[2].case.baseline.pathology",
                          "requests[2].case.baseline.laterality",
                          "requests[2].case.baseline.age_years",
                          "requests[2].case.baseline.sex",
                          "requests[2].case.baseline.sport_level",
                          "requests[2].case.conservative_care.months",
                          "requests[2].case.operation.primary_procedure",
                          "requests[2].case.operation.approach",
                          "requests[2].case.follow_ups[0].id",
                          "requests[2].case.follow_ups[0].day"));
}

Case Followed() {
  Case record = SoundCase();
  record.follow_ups = {At(91), At(365)};
  record.follow_ups[1].return_stage = ReturnStage::kSport;
  return record;
}

struct Addition {
  const char* name;
  void (*change)(Case& record, FollowUp& added);
  const char* path;
  const char* said;
};

TEST(AddFollowUp, ContradictionsAreThoseOfTheAddition) {
  const Addition kAdditions[] = {
      {"SameDay", [](Case&, FollowUp& f) { f.day = 91; }, "follow_up.day",
       "one assessment a day"},
      {"SameId", [](Case& c, FollowUp& f) { f.id = c.follow_ups[0].id; },
       "follow_up.id", "has this id"},
      {"Range", [](Case&, FollowUp& f) { f.pain_rest = 11; },
       "follow_up.pain_rest", "pain_rest is 11"},
      {"FallingStage",
       [](Case&, FollowUp& f) {
         f.day = 730;
         f.return_stage = ReturnStage::kNone;
       },
       "follow_up.return_stage", "stays reached"},
      {"StageBeforeOneDenied",
       [](Case& c, FollowUp& f) {
         c.follow_ups[1].return_stage = ReturnStage::kNone;
         f.day = 183;
         f.return_stage = ReturnStage::kSport;
       },
       "follow_up.return_stage", "denies it"},
      {"AfterDeath",
       [](Case& c, FollowUp& f) {
         c.status = CaseStatus::kDied;
         c.status_day = 400;
         f.day = 401;
       },
       "follow_up.day", "after the death"},
      {"RepeatedEvent",
       [](Case& c, FollowUp& f) {
         c.follow_ups[0].complications = {
             {model::ComplicationKind::kScarPain, 60, {}, {}}};
         f.complications = c.follow_ups[0].complications;
       },
       "follow_up.complications[0]", "reported already"},
      {"OneTooMany",
       [](Case& c, FollowUp&) {
         for (int32_t day = 500; c.follow_ups.size() < model::kMaxFollowUps;
              ++day) {
           c.follow_ups.push_back(At(day));
         }
       },
       "follow_up", "at most 200"},
  };
  for (const Addition& addition : kAdditions) {
    SCOPED_TRACE(addition.name);
    Case record = Followed();
    FollowUp added = At(183);
    addition.change(record, added);
    const Findings findings = ValidateFollowUp(record, added, kThisYear);
    ASSERT_THAT(PathsOf(findings.violations), ElementsAre(addition.path));
    EXPECT_THAT(findings.violations[0].message, HasSubstr(addition.said));
  }
}

TEST(AddFollowUp, OnlyWhatTheAdditionCauses) {
  Case record = Followed();
  record.baseline.sex.reset();             // a violation of the stored case
  record.conservative_care.months = 4;     // another
  record.follow_ups[0].pain_rest.reset();  // a warning
  record.baseline.symptom_duration_months = 3;  // another
  const Findings sound = ValidateFollowUp(record, At(183), kThisYear);
  EXPECT_THAT(PathsOf(sound.violations), IsEmpty());
  EXPECT_THAT(ReasonsOf(sound.warnings), IsEmpty());
  FollowUp added = At(183);
  added.pain_rest.reset();
  const Findings empty =
      ValidateFollowUp(record, added, kThisYear, "row.follow_up");
  EXPECT_THAT(ReasonsOf(empty.warnings),
              ElementsAre("row.follow_up EMPTY_ASSESSMENT"));
}

TEST(AddFollowUp, TheEleventhIsNotTheFirst) {
  // Index 1 and index 10 must not be mistaken for each other.
  Case record = SoundCase();
  record.follow_ups = {At(1)};
  for (int32_t day = 2; day <= 10; ++day) {
    record.follow_ups.push_back(At(day));
  }
  record.follow_ups[1].pain_rest = 11;  // stored, and none of the addition's
  const Findings findings = ValidateFollowUp(record, At(11), kThisYear);
  EXPECT_THAT(PathsOf(findings.violations), IsEmpty());
}

}  // namespace
}  // namespace enthesis::validation
