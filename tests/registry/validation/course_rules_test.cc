#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/model/limits.h"
#include "registry/validation/warnings.h"
#include "sample_case.h"

namespace enthesis::validation {
namespace {

using model::Case;
using model::FollowUp;
using model::ReturnStage;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Course, OneIdAndOneDayForEachAssessment) {
  ExpectViolations(
      FollowedOsteotomy(),
      {{"SameId", [](Case& c) { c.follow_ups[2].id = c.follow_ups[0].id; },
        "case.follow_ups[2].id", "has this id"},
       {"SameDay", [](Case& c) { c.follow_ups[0].day = 730; },
        "case.follow_ups[2].day",
        "day 730 already; allowed: one assessment a day"}});
}

TEST(Course, HasALimit) {
  Case record = SoundCase();
  for (int32_t day = 1; day <= model::kMaxFollowUps; ++day) {
    record.follow_ups.push_back(At(day));
  }
  EXPECT_THAT(ValidateCase(record, kThisYear).violations, IsEmpty());
  record.follow_ups.push_back(FollowUp());
  const Findings findings = ValidateCase(record, kThisYear);
  ASSERT_THAT(PathsOf(findings.violations), ElementsAre("case.follow_ups"));
  EXPECT_THAT(findings.violations[0].message, HasSubstr("at most 200"));
}

TEST(Course, AnAssessmentWithoutADayContradictsNothing) {
  ExpectViolations(FollowedOsteotomy(),
                   {{"Stage",
                     [](Case& c) {
                       c.follow_ups[0].day.reset();
                       c.follow_ups[0].return_stage = ReturnStage::kSport;
                       c.follow_ups[2].return_stage = ReturnStage::kNone;
                     },
                     "case.follow_ups[0].day", "required"},
                    {"Sustained",
                     [](Case& c) {
                       c.follow_ups[0].day.reset();
                       c.follow_ups[0].sustained_return = true;
                     },
                     "case.follow_ups[0].day", "required"}});
}

TEST(Course, EntryOrderIsFree) {
  Case record = FollowedOsteotomy();
  record.follow_ups[0].return_stage = ReturnStage::kNone;
  record.follow_ups[1].return_sport_day = 150;
  record.follow_ups[2].return_stage = ReturnStage::kPerformance;
  record.follow_ups[2].return_participation_day = 100;
  std::vector<FollowUp>& visits = record.follow_ups;
  const auto by_id = [](const FollowUp& a, const FollowUp& b) {
    return a.id < b.id;
  };
  std::sort(visits.begin(), visits.end(), by_id);
  do {
    const Findings findings = ValidateCase(record, kThisYear);
    EXPECT_THAT(PathsOf(findings.violations), IsEmpty());
    EXPECT_THAT(ReasonsOf(findings.warnings), IsEmpty());
  } while (std::next_permutation(visits.begin(), visits.end(), by_id));
}

TEST(ReturnStages, ALaterOneIsNotBeforeAnEarlierOne) {
  ExpectViolations(
      FollowedOsteotomy(),
      {{"SportBeforeParticipation",
        [](Case& c) {
          c.follow_ups[1].return_participation_day = 150;
          c.follow_ups[1].return_sport_day = 149;
        },
        "case.follow_ups[1].return_sport_day",
        "return_sport_day is 149, before return_participation_day 150"},
       {"PerformanceBeforeParticipation",
        [](Case& c) {
          c.follow_ups[1].return_participation_day = 150;
          c.follow_ups[1].return_performance_day = 149;
        },
        "case.follow_ups[1].return_performance_day",
        "before return_participation_day 150"},
       {"PerformanceReportedLater",
        [](Case& c) {
          c.follow_ups[1].return_sport_day = 150;
          c.follow_ups[2].return_performance_day = 149;
        },
        "case.follow_ups[2].return_performance_day",
        "before return_sport_day 150"},
       {"ParticipationReportedLater",
        [](Case& c) {
          c.follow_ups[1].return_sport_day = 150;
          c.follow_ups[2].return_participation_day = 151;
        },
        "case.follow_ups[2].return_participation_day",
        "after return_sport_day 150; allowed: not after day 150"}});
  ExpectSound(FollowedOsteotomy(),
              {{"AllOnOneDay",
                [](Case& c) {
                  c.follow_ups[1].return_participation_day = 150;
                  c.follow_ups[1].return_sport_day = 150;
                  c.follow_ups[2].return_performance_day = 150;
                },
                "", ""},
               {"EarlierStageReportedLater",
                [](Case& c) {
                  c.follow_ups[1].return_sport_day = 150;
                  c.follow_ups[2].return_participation_day = 150;
                },
                "", ""}});
}

TEST(ReturnStages, DoNotContradictEachOther) {
  ExpectViolations(
      FollowedOsteotomy(),
      {{"Falling",
        [](Case& c) {
          c.follow_ups[1].return_stage = ReturnStage::kPerformance;
          c.follow_ups[2].return_stage = ReturnStage::kParticipation;
        },
        "case.follow_ups[2].return_stage", "what is reached stays reached"},
       {"FallingEnteredLate",
        [](Case& c) {
          c.follow_ups[0].day = 800;
          c.follow_ups[0].return_stage = ReturnStage::kNone;
          c.follow_ups[1].return_stage = ReturnStage::kSport;
        },
        "case.follow_ups[1].return_stage",
        "by day 183, but the assessment of day 800 denies it"},
       {"TwoDays",
        [](Case& c) {
          c.follow_ups[1].return_sport_day = 150;
          c.follow_ups[2].return_sport_day = 151;
        },
        "case.follow_ups[2].return_sport_day",
        "the assessment of day 183 gives 150; allowed: the same day"},
       {"DeniedOnALaterDay",
        [](Case& c) {
          c.follow_ups[0].return_sport_day = 80;
          c.follow_ups[1].return_stage = ReturnStage::kParticipation;
        },
        "case.follow_ups[1].return_stage", "has it reached by day 80"},
       {"DeniedOnTheDay",
        [](Case& c) {
          c.follow_ups[0].day = 800;
          c.follow_ups[0].return_sport_day = 183;
          c.follow_ups[1].return_stage = ReturnStage::kNone;
        },
        "case.follow_ups[1].return_stage", "has it reached by day 183"},
       {"DayBeforeADenial",
        [](Case& c) {
          c.follow_ups[1].return_stage = ReturnStage::kParticipation;
          c.follow_ups[2].return_sport_day = 183;
        },
        "case.follow_ups[2].return_sport_day",
        "denies it; allowed: after day 183"},
       {"DayAfterAReport",
        [](Case& c) {
          c.follow_ups[1].return_stage = ReturnStage::kSport;
          c.follow_ups[2].return_sport_day = 184;
        },
        "case.follow_ups[2].return_sport_day",
        "reports it already; allowed: 0 to 183 days"},
       {"DayOfAnEarlierStageAfterAReport",
        [](Case& c) {
          c.follow_ups[1].return_stage = ReturnStage::kPerformance;
          c.follow_ups[2].return_participation_day = 184;
        },
        "case.follow_ups[2].return_participation_day", "reports it already"},
       {"ReportBeforeADay",
        [](Case& c) {
          c.follow_ups[0].day = 800;
          c.follow_ups[0].return_sport_day = 400;
          c.follow_ups[1].return_stage = ReturnStage::kSport;
        },
        "case.follow_ups[1].return_stage",
        "gives day 400; allowed: not before that day"},
       {"RetiredTwice",
        [](Case& c) {
          c.follow_ups[1].retired_from_sport_day = 150;
          c.follow_ups[2].retired_from_sport_day = 400;
        },
        "case.follow_ups[2].retired_from_sport_day", "gives 150"}});
  ExpectSound(FollowedOsteotomy(),
              {{"Rising",
                [](Case& c) {
                  c.follow_ups[0].return_stage = ReturnStage::kNone;
                  c.follow_ups[1].return_stage = ReturnStage::kParticipation;
                  c.follow_ups[2].return_stage = ReturnStage::kPerformance;
                },
                "", ""},
               {"DayRepeated",
                [](Case& c) {
                  c.follow_ups[1].return_sport_day = 150;
                  c.follow_ups[2].return_sport_day = 150;
                  c.follow_ups[2].return_stage = ReturnStage::kSport;
                },
                "", ""},
               {"DayOfTheReport",
                [](Case& c) {
                  c.follow_ups[1].return_stage = ReturnStage::kSport;
                  c.follow_ups[2].return_sport_day = 183;
                },
                "", ""},
               {"ReportOnTheDay",
                [](Case& c) {
                  c.follow_ups[0].day = 800;
                  c.follow_ups[0].return_sport_day = 183;
                  c.follow_ups[1].return_stage = ReturnStage::kSport;
                },
                "", ""},
               {"DayLearntLater",
                [](Case& c) {
                  c.follow_ups[0].return_stage = ReturnStage::kNone;
                  c.follow_ups[1].return_stage = ReturnStage::kSport;
                  c.follow_ups[2].return_sport_day = 92;
                },
                "", ""}});
}

TEST(Milestones, DoNotContradictEachOther) {
  ExpectViolations(FollowedOsteotomy(),
                   {{"WeightBearingDays",
                     [](Case& c) {
                       c.follow_ups[0].full_weight_bearing_day = 40;
                       c.follow_ups[1].full_weight_bearing_day = 41;
                     },
                     "case.follow_ups[1].full_weight_bearing_day", "gives 40"},
                    {"WeightBearingDenied",
                     [](Case& c) {
                       c.follow_ups[0].full_weight_bearing = true;
                       c.follow_ups[1].full_weight_bearing = false;
                     },
                     "case.follow_ups[1].full_weight_bearing", "stays reached"},
                    {"DailyLifeDays",
                     [](Case& c) {
                       c.follow_ups[0].daily_life_day = 40;
                       c.follow_ups[2].daily_life_day = 41;
                     },
                     "case.follow_ups[2].daily_life_day", "gives 40"},
                    {"DailyLifeDenied",
                     [](Case& c) {
                       c.follow_ups[1].daily_life = false;
                       c.follow_ups[2].daily_life_day = 90;
                     },
                     "case.follow_ups[2].daily_life_day", "denies it"},
                    {"UnionDays",
                     [](Case& c) {
                       c.follow_ups[0].osteotomy_union_day = 40;
                       c.follow_ups[1].osteotomy_union_day = 80;
                     },
                     "case.follow_ups[1].osteotomy_union_day", "gives 40"},
                    {"UnionDenied",
                     [](Case& c) {
                       c.follow_ups[0].osteotomy_united = true;
                       c.follow_ups[2].osteotomy_united = false;
                     },
                     "case.follow_ups[2].osteotomy_united", "stays reached"}});
  ExpectSound(FollowedOsteotomy(), {{"InTurn",
                                     [](Case& c) {
                                       c.follow_ups[0].daily_life = false;
                                       c.follow_ups[1].daily_life = true;
                                       c.follow_ups[2].daily_life_day = 100;
                                       c.follow_ups[0].osteotomy_united = false;
                                       c.follow_ups[1].osteotomy_union_day = 92;
                                     },
                                     "", ""}});
}

TEST(SustainedReturn, NeedsAReturnToSport) {
  const char* const kPath = "case.follow_ups[2].sustained_return";
  ExpectViolations(FollowedOsteotomy(),
                   {{"NoneReported",
                     [](Case& c) { c.follow_ups[2].sustained_return = true; },
                     kPath, "no return to sport is reported by then"},
                    {"ParticipationAlone",
                     [](Case& c) {
                       c.follow_ups[1].return_stage =
                           ReturnStage::kParticipation;
                       c.follow_ups[1].return_participation_day = 150;
                       c.follow_ups[2].sustained_return = true;
                     },
                     kPath, "no return to sport is reported by then"},
                    {"ReportedAfterwards",
                     [](Case& c) {
                       c.follow_ups[1].day = 800;
                       c.follow_ups[1].return_stage = ReturnStage::kSport;
                       c.follow_ups[2].sustained_return = true;
                     },
                     kPath, "no return to sport is reported by then"}});
  ExpectSound(
      FollowedOsteotomy(),
      {{"ByStage",
        [](Case& c) {
          c.follow_ups[1].return_stage = ReturnStage::kSport;
          c.follow_ups[2].sustained_return = true;
        },
        "", ""},
       {"ByDayOfSport",
        [](Case& c) {
          c.follow_ups[2].return_sport_day = 150;
          c.follow_ups[2].sustained_return = true;
        },
        "", ""},
       {"ByDayOfPerformance",
        [](Case& c) {
          c.follow_ups[1].return_performance_day = 150;
          c.follow_ups[2].sustained_return = true;
        },
        "", ""},
       {"NotSustained",
        [](Case& c) { c.follow_ups[2].sustained_return = false; }, "", ""}});
  ExpectWarnings(FollowedOsteotomy(),
                 {{"AfterRetirement",
                   [](Case& c) {
                     c.follow_ups[1].return_stage = ReturnStage::kSport;
                     c.follow_ups[2].sustained_return = true;
                     c.follow_ups[2].retired_from_sport_day = 700;
                   },
                   kPath, kBackAfterRetirement},
                  {"OnTheDayOfRetirement",
                   [](Case& c) {
                     c.follow_ups[1].return_stage = ReturnStage::kSport;
                     c.follow_ups[2].sustained_return = true;
                     c.follow_ups[2].retired_from_sport_day = 730;
                   },
                   kPath, kBackAfterRetirement}});
  ExpectSound(FollowedOsteotomy(),
              {{"RetiredAfterwards",
                [](Case& c) {
                  c.follow_ups[0].day = 900;
                  c.follow_ups[0].retired_from_sport_day = 731;
                  c.follow_ups[1].return_stage = ReturnStage::kSport;
                  c.follow_ups[2].sustained_return = true;
                },
                "", ""}});
}
}  // namespace
}  // namespace enthesis::validation
