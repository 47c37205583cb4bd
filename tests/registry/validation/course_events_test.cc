#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/model/limits.h"
#include "registry/validation/warnings.h"
#include "sample_case.h"

namespace enthesis::validation {
namespace {

using model::Case;
using model::CaseStatus;
using model::ComplicationKind;
using model::ReoperationKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(Events, AreReportedOnce) {
  ExpectViolations(
      FollowedOsteotomy(),
      {{"ComplicationAcross",
        [](Case& c) {
          c.follow_ups[0].complications = {
              {ComplicationKind::kSuralNerve, 20, {}, {}}};
          c.follow_ups[1].complications = {
              {ComplicationKind::kScarPain, 20, {}, {}},
              {ComplicationKind::kSuralNerve, 20, {}, {}}};
        },
        "case.follow_ups[1].complications[1]",
        "sural_nerve on day 20 is reported already"},
       {"ComplicationWithin",
        [](Case& c) {
          c.follow_ups[0].complications = {
              {ComplicationKind::kSuralNerve, 20, {}, {}},
              {ComplicationKind::kSuralNerve, 20, {}, {}}};
        },
        "case.follow_ups[0].complications[1]", "each event once"},
       {"Reoperation",
        [](Case& c) {
          c.follow_ups[0].reoperations = {{ReoperationKind::kRevision, 60}};
          c.follow_ups[2].reoperations = {{ReoperationKind::kRevision, 60}};
        },
        "case.follow_ups[2].reoperations[0]",
        "revision on day 60 is reported already"}});
  ExpectSound(
      FollowedOsteotomy(),
      {{"OnOtherDays",
        [](Case& c) {
          c.follow_ups[0].complications = {
              {ComplicationKind::kSuralNerve, 20, {}, {}}};
          c.follow_ups[1].complications = {
              {ComplicationKind::kSuralNerve, 120, {}, {}}};
          c.follow_ups[0].reoperations = {{ReoperationKind::kRevision, 60}};
          c.follow_ups[1].reoperations = {
              {ReoperationKind::kImplantRemoval, 60}};
        },
        "", ""}});
}

TEST(Events, WithoutKindOrDayAreNoRepetition) {
  Case record = FollowedOsteotomy();
  record.follow_ups[0].complications = {
      {std::nullopt, 20, {}, {}},
      {std::nullopt, 20, {}, {}},
      {ComplicationKind::kScarPain, std::nullopt, {}, {}},
      {ComplicationKind::kScarPain, std::nullopt, {}, {}}};
  EXPECT_THAT(PathsOf(ValidateCase(record, kThisYear).violations),
              ElementsAre("case.follow_ups[0].complications[0].kind",
                          "case.follow_ups[0].complications[1].kind",
                          "case.follow_ups[0].complications[2].day",
                          "case.follow_ups[0].complications[3].day"));
}

TEST(Events, AReoperationAnnouncedIsReported) {
  ExpectWarnings(
      FollowedOsteotomy(),
      {{"None",
        [](Case& c) {
          c.follow_ups[1].complications = {
              {ComplicationKind::kRupture, 120, {}, true}};
        },
        "case.follow_ups[1].complications[0].led_to_reoperation",
        kReoperationMissing},
       {"OnlyBefore",
        [](Case& c) {
          c.follow_ups[0].reoperations = {{ReoperationKind::kRevision, 60}};
          c.follow_ups[1].complications = {
              {ComplicationKind::kRupture, 120, {}, true}};
        },
        "case.follow_ups[1].complications[0].led_to_reoperation",
        kReoperationMissing}});
  ExpectSound(
      FollowedOsteotomy(),
      {{"Later",
        [](Case& c) {
          c.follow_ups[1].complications = {
              {ComplicationKind::kRupture, 120, {}, true}};
          c.follow_ups[2].reoperations = {{ReoperationKind::kRevision, 200}};
        },
        "", ""},
       {"OnTheDay",
        [](Case& c) {
          c.follow_ups[1].complications = {
              {ComplicationKind::kRupture, 120, {}, true}};
          c.follow_ups[1].reoperations = {{ReoperationKind::kRevision, 120}};
        },
        "", ""},
       {"NoneAnnounced",
        [](Case& c) {
          c.follow_ups[1].complications = {
              {ComplicationKind::kRupture, 120, {}, false}};
        },
        "", ""}});
}

TEST(Death, NothingFollowsIt) {
  Case record = FollowedOsteotomy();
  record.status = CaseStatus::kDied;
  record.status_day = 730;
  EXPECT_THAT(PathsOf(ValidateCase(record, kThisYear).violations), IsEmpty());
  record.status_day = 183;
  Findings findings = ValidateCase(record, kThisYear);
  ASSERT_THAT(PathsOf(findings.violations),
              ElementsAre("case.follow_ups[2].day"));
  EXPECT_THAT(findings.violations[0].message,
              HasSubstr("after the death on day 183; allowed: up to day 183"));
  // An assessment that is itself too late reports its events late too.
  record.follow_ups[2].daily_life_day = 183;
  record.follow_ups[2].return_sport_day = 184;
  record.follow_ups[2].complications = {
      {ComplicationKind::kScarPain, 500, {}, {}}};
  EXPECT_THAT(PathsOf(ValidateCase(record, kThisYear).violations),
              UnorderedElementsAre("case.follow_ups[2].day",
                                   "case.follow_ups[2].return_sport_day",
                                   "case.follow_ups[2].complications[0].day"));
}

TEST(Status, AnAssessmentAfterLossAsksForACorrection) {
  ExpectWarnings(FollowedOsteotomy(),
                 {{"Lost",
                   [](Case& c) {
                     c.status = CaseStatus::kLost;
                     c.status_day = 729;
                   },
                   "case.follow_ups[2].day", kAssessmentAfterStatus},
                  {"Declined",
                   [](Case& c) {
                     c.status = CaseStatus::kDeclined;
                     c.status_day = 729;
                   },
                   "case.follow_ups[2].day", kAssessmentAfterStatus}});
  ExpectSound(FollowedOsteotomy(), {{"OnTheDay",
                                     [](Case& c) {
                                       c.status = CaseStatus::kLost;
                                       c.status_day = 730;
                                     },
                                     "", ""}});
}

}  // namespace
}  // namespace enthesis::validation
