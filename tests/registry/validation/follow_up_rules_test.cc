#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/model/limits.h"
#include "registry/validation/warnings.h"
#include "sample_case.h"

namespace enthesis::validation {
namespace {

using model::Case;
using model::Complication;
using model::ComplicationKind;
using model::FollowUp;
using model::ReturnStage;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Case WithVisit(Case record, int32_t day) {
  record.follow_ups = {At(day)};
  return record;
}

Complication Of(ComplicationKind kind, int32_t day) {
  return {kind, day, std::nullopt, std::nullopt};
}

FollowUp& First(Case& record) { return record.follow_ups[0]; }

TEST(FollowUp, IdAndDay) {
  ExpectViolations(
      WithVisit(SoundCase(), 91),
      {{"NoId", [](Case& c) { First(c).id = {}; }, "case.follow_ups[0].id",
        "id is required"},
       {"NoDay", [](Case& c) { First(c).day.reset(); },
        "case.follow_ups[0].day", "day is required; allowed: -90 to 7305"},
       {"Early", [](Case& c) { First(c).day = -91; }, "case.follow_ups[0].day",
        "day is -91"},
       {"Late", [](Case& c) { First(c).day = 7306; }, "case.follow_ups[0].day",
        "day is 7306"}});
  ExpectSound(WithVisit(SoundCase(), 91),
              {{"First", [](Case& c) { First(c).day = -90; }, "", ""},
               {"Last", [](Case& c) { First(c).day = 7305; }, "", ""}});
}

TEST(FollowUp, BeforeSurgeryNothingOfTheTimeAfterIt) {
  for (const int32_t day : {-30, 0}) {
    Case record = WithVisit(SoundOsteotomy(), day);
    FollowUp& visit = First(record);
    visit.satisfaction = model::Satisfaction::kNeutral;
    visit.return_stage = ReturnStage::kPerformance;
    visit.return_participation_day = 0;
    visit.return_sport_day = 0;
    visit.return_performance_day = 0;
    visit.sustained_return = false;
    visit.retired_from_sport_day = 0;
    visit.full_weight_bearing = true;
    visit.full_weight_bearing_day = 0;
    visit.daily_life = true;
    visit.daily_life_day = 0;
    visit.osteotomy_united = true;
    visit.osteotomy_union_day = 0;
    visit.complications = {Of(ComplicationKind::kScarPain, 0)};
    visit.reoperations = {{model::ReoperationKind::kRevision, 0}};
    const Findings findings = ValidateCase(record, kThisYear);
    EXPECT_THAT(
        PathsOf(findings.violations),
        UnorderedElementsAre("case.follow_ups[0].satisfaction",
                             "case.follow_ups[0].return_stage",
                             "case.follow_ups[0].return_participation_day",
                             "case.follow_ups[0].return_sport_day",
                             "case.follow_ups[0].return_performance_day",
                             "case.follow_ups[0].sustained_return",
                             "case.follow_ups[0].retired_from_sport_day",
                             "case.follow_ups[0].full_weight_bearing",
                             "case.follow_ups[0].full_weight_bearing_day",
                             "case.follow_ups[0].daily_life",
                             "case.follow_ups[0].daily_life_day",
                             "case.follow_ups[0].osteotomy_united",
                             "case.follow_ups[0].osteotomy_union_day",
                             "case.follow_ups[0].complications",
                             "case.follow_ups[0].reoperations"));
    EXPECT_THAT(findings.violations[0].message,
                HasSubstr("allowed: from day 1 on"));
  }
}

TEST(FollowUp, BeforeSurgeryMeasuresAreSound) {
  ExpectSound(WithVisit(SoundCase(), 0),
              {{"Measures",
                [](Case& c) {
                  First(c).pain_activity = 7;
                  First(c).heel_rise_count = 8;
                  First(c).strength_symmetry_percent = 70;
                  First(c).plyometric_ready = false;
                  First(c).tegner_score = 2;
                  First(c).visa_a = model::VisaA();
                  First(c).visa_a->total = 44;
                },
                "", ""}});
}

TEST(Events, AreNotAfterTheAssessmentThatReportsThem) {
  ExpectViolations(
      WithVisit(SoundOsteotomy(), 183),
      {{"Complication",
        [](Case& c) {
          First(c).complications = {Of(ComplicationKind::kScarPain, 20),
                                    Of(ComplicationKind::kSuralNerve, 184)};
        },
        "case.follow_ups[0].complications[1].day", "allowed: 0 to 183 days"},
       {"Reoperation",
        [](Case& c) {
          First(c).reoperations = {{model::ReoperationKind::kRevision, 184}};
        },
        "case.follow_ups[0].reoperations[0].day", "day 184 is after"},
       {"Participation",
        [](Case& c) { First(c).return_participation_day = 184; },
        "case.follow_ups[0].return_participation_day", "day 184 is after"},
       {"Sport", [](Case& c) { First(c).return_sport_day = 184; },
        "case.follow_ups[0].return_sport_day", "day 184 is after"},
       {"Performance", [](Case& c) { First(c).return_performance_day = 184; },
        "case.follow_ups[0].return_performance_day", "day 184 is after"},
       {"Retirement", [](Case& c) { First(c).retired_from_sport_day = 184; },
        "case.follow_ups[0].retired_from_sport_day", "day 184 is after"},
       {"WeightBearing",
        [](Case& c) { First(c).full_weight_bearing_day = 184; },
        "case.follow_ups[0].full_weight_bearing_day", "day 184 is after"},
       {"DailyLife", [](Case& c) { First(c).daily_life_day = 184; },
        "case.follow_ups[0].daily_life_day", "day 184 is after"},
       {"Union", [](Case& c) { First(c).osteotomy_union_day = 184; },
        "case.follow_ups[0].osteotomy_union_day", "day 184 is after"},
       {"LastDay",
        [](Case& c) {
          First(c).day = 7304;
          First(c).daily_life_day = 7305;
        },
        "case.follow_ups[0].daily_life_day", "day 7305 is after"},
       {"BeyondTheLastDay", [](Case& c) { First(c).daily_life_day = 7306; },
        "case.follow_ups[0].daily_life_day", "daily_life_day is 7306"},
       {"BeforeSurgery", [](Case& c) { First(c).daily_life_day = -1; },
        "case.follow_ups[0].daily_life_day", "daily_life_day is -1"}});
  ExpectSound(
      WithVisit(SoundOsteotomy(), 183),
      {{"OnTheDay",
        [](Case& c) {
          First(c).complications = {Of(ComplicationKind::kScarPain, 183)};
          First(c).return_sport_day = 183;
          First(c).osteotomy_union_day = 183;
        },
        "", ""},
       {"OnTheDayOfSurgery",
        [](Case& c) {
          First(c).complications = {Of(ComplicationKind::kSuralNerve, 0)};
          First(c).full_weight_bearing_day = 0;
        },
        "", ""}});
}

TEST(Events, HaveLimits) {
  Case record = WithVisit(SoundCase(), 183);
  for (int32_t day = 0; day <= model::kMaxComplicationsPerFollowUp; ++day) {
    First(record).complications.push_back(Of(ComplicationKind::kScarPain, day));
  }
  for (int32_t day = 0; day <= model::kMaxReoperationsPerFollowUp; ++day) {
    First(record).reoperations.push_back(
        {model::ReoperationKind::kRevision, day});
  }
  const Findings findings = ValidateCase(record, kThisYear);
  EXPECT_THAT(PathsOf(findings.violations),
              ElementsAre("case.follow_ups[0].complications",
                          "case.follow_ups[0].reoperations"));
  EXPECT_THAT(findings.violations[0].message, HasSubstr("at most 20"));
  EXPECT_THAT(findings.violations[1].message, HasSubstr("at most 5"));
  First(record).complications.pop_back();
  First(record).reoperations.pop_back();
  EXPECT_THAT(ValidateCase(record, kThisYear).violations, IsEmpty());
  // What lies beyond a limit is not looked at.
  First(record).complications.push_back(First(record).complications[0]);
  First(record).complications.back().led_to_reoperation = true;
  First(record).reoperations.clear();
  EXPECT_THAT(PathsOf(ValidateCase(record, kThisYear).violations),
              ElementsAre("case.follow_ups[0].complications"));
  EXPECT_THAT(ValidateCase(record, kThisYear).warnings, IsEmpty());
  First(record).complications.clear();
  First(record).reoperations.assign(6, {model::ReoperationKind::kRevision, 1});
  for (int32_t day = 0; day < model::kMaxReoperationsPerFollowUp; ++day) {
    First(record).reoperations[static_cast<size_t>(day)].day = day;
  }
  EXPECT_THAT(PathsOf(ValidateCase(record, kThisYear).violations),
              ElementsAre("case.follow_ups[0].reoperations"));
  First(record).reoperations[5].day = 184;
  EXPECT_THAT(PathsOf(ValidateCase(record, kThisYear).violations),
              ElementsAre("case.follow_ups[0].reoperations"));
  First(record).reoperations.clear();

  First(record).complications.assign(100000, Complication());
  EXPECT_LE(ValidateCase(record, kThisYear).violations.size(), 41u);
}

TEST(Complications, NeedWhatTheyComplicate) {
  const char* const kPath = "case.follow_ups[0].complications[0].kind";
  ExpectViolations(
      WithVisit(SoundCase(), 183),
      {{"Nonunion",
        [](Case& c) {
          First(c).complications = {Of(ComplicationKind::kNonunion, 100)};
        },
        kPath, "nonunion is not possible here; allowed: after an osteotomy"},
       {"DelayedUnion",
        [](Case& c) {
          First(c).complications = {Of(ComplicationKind::kDelayedUnion, 100)};
        },
        kPath, "after an osteotomy"},
       {"HalluxWeakness",
        [](Case& c) {
          First(c).complications = {Of(ComplicationKind::kHalluxWeakness, 9)};
        },
        kPath, "fhl_transfer"},
       {"HardwarePain",
        [](Case& c) {
          First(c).complications = {Of(ComplicationKind::kHardwarePain, 9)};
        },
        kPath, "after an implant"},
       {"HardwareFailure",
        [](Case& c) {
          First(c).complications = {Of(ComplicationKind::kHardwareFailure, 9)};
          c.operation.fixation = model::Fixation::kNone;
        },
        kPath, "after an implant"}});
  ExpectSound(WithVisit(SoundOsteotomy(), 183),
              {{"Osteotomy",
                [](Case& c) {
                  First(c).complications = {
                      Of(ComplicationKind::kNonunion, 120),
                      Of(ComplicationKind::kDelayedUnion, 90),
                      Of(ComplicationKind::kHardwarePain, 90),
                      Of(ComplicationKind::kHardwareFailure, 9)};
                },
                "", ""}});
  ExpectSound(
      WithVisit(SoundCase(), 183),
      {{"Implant",
        [](Case& c) {
          c.operation.implants = {model::ImplantClass::kSutureAnchor};
          First(c).complications = {Of(ComplicationKind::kHardwarePain, 90)};
        },
        "", ""},
       {"Transfer",
        [](Case& c) {
          c.operation.concomitant_procedures = {model::Procedure::kFhlTransfer};
          c.operation.fhl_fixation = model::FhlFixation::kInterferenceScrew;
          First(c).complications = {Of(ComplicationKind::kHalluxWeakness, 90),
                                    Of(ComplicationKind::kHardwarePain, 90)};
        },
        "", ""}});
}

TEST(Complications, Grade5IsDeath) {
  ExpectWarnings(
      WithVisit(SoundCase(), 183),
      {{"Alive",
        [](Case& c) {
          First(c).complications = {
              Of(ComplicationKind::kPulmonaryEmbolism, 20)};
          First(c).complications[0].grade = model::ComplicationGrade::kGrade5;
        },
        "case.follow_ups[0].complications[0].grade", kGrade5WithoutDeath}});
  ExpectSound(WithVisit(SoundCase(), 20),
              {{"Died",
                [](Case& c) {
                  First(c).complications = {
                      Of(ComplicationKind::kPulmonaryEmbolism, 20)};
                  First(c).complications[0].grade =
                      model::ComplicationGrade::kGrade5;
                  c.status = model::CaseStatus::kDied;
                  c.status_day = 20;
                },
                "", ""}});
}

TEST(Milestones, ADayDeniesAFlagOfFalse) {
  ExpectViolations(
      WithVisit(SoundOsteotomy(), 183),
      {{"WeightBearing",
        [](Case& c) {
          First(c).full_weight_bearing = false;
          First(c).full_weight_bearing_day = 40;
        },
        "case.follow_ups[0].full_weight_bearing_day",
        "full_weight_bearing is false"},
       {"DailyLife",
        [](Case& c) {
          First(c).daily_life = false;
          First(c).daily_life_day = 40;
        },
        "case.follow_ups[0].daily_life_day", "daily_life is false"},
       {"Union",
        [](Case& c) {
          First(c).osteotomy_united = false;
          First(c).osteotomy_union_day = 40;
        },
        "case.follow_ups[0].osteotomy_union_day",
        "osteotomy_united is false"}});
  ExpectSound(WithVisit(SoundOsteotomy(), 183),
              {{"DayAlone",
                [](Case& c) {
                  First(c).full_weight_bearing_day = 40;
                  First(c).daily_life = true;
                  First(c).daily_life_day = 41;
                  First(c).osteotomy_united = true;
                },
                "", ""}});
}

TEST(Milestones, UnionIsOfAnOsteotomy) {
  ExpectViolations(
      WithVisit(SoundCase(), 183),
      {{"Flag", [](Case& c) { First(c).osteotomy_united = true; },
        "case.follow_ups[0].osteotomy_united", "only after zadek_osteotomy"},
       {"Day", [](Case& c) { First(c).osteotomy_union_day = 40; },
        "case.follow_ups[0].osteotomy_union_day",
        "only after zadek_osteotomy"}});
}

TEST(Return, IsThatOfAthletes) {
  Case record = WithVisit(SoundCase(), 730);
  record.baseline.sport_level = model::SportLevel::kNone;
  FollowUp& visit = First(record);
  visit.return_stage = ReturnStage::kPerformance;
  visit.return_participation_day = 90;
  visit.return_sport_day = 100;
  visit.return_performance_day = 110;
  visit.sustained_return = true;
  visit.retired_from_sport_day = 730;
  const Findings findings = ValidateCase(record, kThisYear);
  EXPECT_THAT(PathsOf(findings.violations),
              ElementsAre("case.follow_ups[0].return_stage",
                          "case.follow_ups[0].return_participation_day",
                          "case.follow_ups[0].return_sport_day",
                          "case.follow_ups[0].return_performance_day",
                          "case.follow_ups[0].sustained_return",
                          "case.follow_ups[0].retired_from_sport_day"));
  EXPECT_THAT(findings.violations[0].message, HasSubstr("only for athletes"));
}

TEST(Return, ADayNeedsItsStageOrALaterOne) {
  const char* const kPath = "case.follow_ups[0].return_stage";
  ExpectViolations(WithVisit(SoundCase(), 183),
                   {{"ParticipationDayAtNone",
                     [](Case& c) {
                       First(c).return_stage = ReturnStage::kNone;
                       First(c).return_participation_day = 100;
                     },
                     kPath, "allowed: participation or a later stage"},
                    {"SportDayAtParticipation",
                     [](Case& c) {
                       First(c).return_stage = ReturnStage::kParticipation;
                       First(c).return_sport_day = 100;
                     },
                     kPath, "allowed: sport or a later stage"},
                    {"PerformanceDayAtSport",
                     [](Case& c) {
                       First(c).return_stage = ReturnStage::kSport;
                       First(c).return_performance_day = 100;
                     },
                     kPath, "allowed: performance or a later stage"}});
  ExpectSound(
      WithVisit(SoundCase(), 183),
      {{"SportDayAtPerformance",
        [](Case& c) {
          First(c).return_stage = ReturnStage::kPerformance;
          First(c).return_sport_day = 100;
        },
        "", ""},
       {"DayAlone", [](Case& c) { First(c).return_sport_day = 100; }, "", ""}});
}

TEST(Return, BeforeDay28AfterAnOsteotomyIsImplausible) {
  ExpectWarnings(
      WithVisit(SoundOsteotomy(), 183),
      {{"Participation",
        [](Case& c) { First(c).return_participation_day = 27; },
        "case.follow_ups[0].return_participation_day", kReturnImplausiblyEarly},
       {"Sport", [](Case& c) { First(c).return_sport_day = 27; },
        "case.follow_ups[0].return_sport_day", kReturnImplausiblyEarly},
       {"Performance", [](Case& c) { First(c).return_performance_day = 27; },
        "case.follow_ups[0].return_performance_day", kReturnImplausiblyEarly},
       {"OnTheDayOfSurgery", [](Case& c) { First(c).return_sport_day = 0; },
        "case.follow_ups[0].return_sport_day", kReturnImplausiblyEarly},
       {"KnownByVisit",
        [](Case& c) {
          First(c).day = 27;
          First(c).return_stage = ReturnStage::kParticipation;
        },
        "case.follow_ups[0].return_stage", kReturnImplausiblyEarly}});
  ExpectSound(
      WithVisit(SoundOsteotomy(), 183),
      {{"Day28", [](Case& c) { First(c).return_sport_day = 28; }, "", ""},
       {"NotBack",
        [](Case& c) {
          First(c).day = 27;
          First(c).return_stage = ReturnStage::kNone;
        },
        "", ""}});
  ExpectSound(WithVisit(SoundCase(), 183),
              {{"WithoutOsteotomy",
                [](Case& c) { First(c).return_sport_day = 20; }, "", ""}});
}

TEST(SustainedReturn, IsAskedFromDay548On) {
  const char* const kPath = "case.follow_ups[0].sustained_return";
  ExpectViolations(
      WithVisit(SoundCase(), 547),
      {{"Early", [](Case& c) { First(c).sustained_return = false; }, kPath,
        "day 547 is too early; allowed: from the 24-month visit "
        "(day 548) on"}});
  ExpectSound(
      WithVisit(SoundCase(), 548),
      {{"No", [](Case& c) { First(c).sustained_return = false; }, "", ""}});
}

TEST(FollowUp, VisaAAtTheWrongTime) {
  ExpectWarnings(
      WithVisit(SoundCase(), 28),
      {{"TwoWeeks",
        [](Case& c) {
          First(c).visa_a = model::VisaA();
          First(c).visa_a->total = 30;
        },
        "case.follow_ups[0].visa_a", kVisaATooEarly},
       {"TheDayAfter",
        [](Case& c) {
          First(c).day = 1;
          First(c).visa_a = model::VisaA();
          First(c).visa_a->total = 30;
        },
        "case.follow_ups[0].visa_a", kVisaATooEarly},
       {"HighBeforeSurgery",
        [](Case& c) {
          First(c).day = 0;
          First(c).visa_a = model::VisaA();
          First(c).visa_a->total = 90;
        },
        "case.follow_ups[0].visa_a.total", kVisaAHighBeforeSurgery}});
  ExpectSound(WithVisit(SoundCase(), 29), {{"SixWeeks",
                                            [](Case& c) {
                                              First(c).visa_a = model::VisaA();
                                              First(c).visa_a->total = 95;
                                            },
                                            "", ""},
                                           {"LowBeforeSurgery",
                                            [](Case& c) {
                                              First(c).day = 0;
                                              First(c).visa_a = model::VisaA();
                                              First(c).visa_a->total = 89;
                                            },
                                            "", ""}});
}

TEST(FollowUp, VisaAIsCheckedUnderItsPath) {
  ExpectViolations(WithVisit(SoundCase(), 183),
                   {{"Empty", [](Case& c) { First(c).visa_a = model::VisaA(); },
                     "case.follow_ups[0].visa_a", "empty"}});
}

TEST(FollowUp, WithNothingInItIsAContact) {
  ExpectWarnings(WithVisit(SoundCase(), 183),
                 {{"Empty", [](Case& c) { First(c).pain_rest.reset(); },
                   "case.follow_ups[0]", kEmptyAssessment}});
}

TEST(FollowUp, SymmetryOfTwoDiseasedLimbs) {
  ExpectWarnings(
      WithVisit(SoundCase(), 183),
      {{"Strength",
        [](Case& c) {
          c.baseline.bilateral_symptoms = true;
          First(c).strength_symmetry_percent = 95;
        },
        "case.follow_ups[0].strength_symmetry_percent", kBilateralSymmetry},
       {"Hop",
        [](Case& c) {
          c.baseline.bilateral_symptoms = true;
          First(c).hop_symmetry_percent = 95;
        },
        "case.follow_ups[0].hop_symmetry_percent", kBilateralSymmetry}});
  ExpectSound(WithVisit(SoundCase(), 183),
              {{"OneLimb",
                [](Case& c) {
                  c.baseline.bilateral_symptoms = false;
                  First(c).strength_symmetry_percent = 95;
                  First(c).hop_symmetry_percent = 95;
                },
                "", ""}});
}

}  // namespace
}  // namespace enthesis::validation
