// Errors speak of what a person typed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/case_json.h"
#include "client/commands/color.h"
#include "client/commands/entry_words.h"
#include "client/commands/plain_words.h"
#include "client/near_name.h"

namespace enthesis::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(NearNames, FewLettersApart) {
  const std::vector<std::string> flags = {"--dry-run", "--by", "--at",
                                          "--endpoint", "--explain"};
  EXPECT_THAT(NearNames("--dryrun", flags, 2), ElementsAre("--dry-run"));
  EXPECT_THAT(NearNames("--endpiont", flags, 2), ElementsAre("--endpoint"));
  EXPECT_THAT(NearNames("--DRY_RUM", flags, 2), ElementsAre("--dry-run"));
  EXPECT_THAT(NearNames("--nobody", flags, 2), IsEmpty());
  EXPECT_THAT(NearNames("", flags, 2), IsEmpty());
  EXPECT_THAT(NearNames(std::string(1 << 20, 'x'), flags, 2), IsEmpty());
}

TEST(NearNames, TheNearestFirstAndNoneTwice) {
  const std::vector<std::string> names = {"bmi_band", "bmi", "bni", "bmi"};
  EXPECT_THAT(NearNames("bmi", names, 4), ElementsAre("bmi", "bni"));
  EXPECT_THAT(NearNames("bmi", names, 1), ElementsAre("bmi"));
}

TEST(PlainWords, FieldsOfQuestionsAreFlags) {
  for (const auto& [path, flag] :
       {std::pair("options.group_by", "--by"),
        std::pair("options.cohort.filters[0].values[1]", "--where"),
        std::pair("at_days[3]", "--at"), std::pair("trend", "--trend"),
        std::pair("mean_horizon_day", "--rmst"),
        std::pair("by_day", "--by-day"),
        std::pair("covariates[0]", "--covariates"), std::pair("name", "name"),
        std::pair("trendy", "trendy")}) {
    EXPECT_EQ(FlagOf(path), flag);
  }
  EXPECT_EQ(WithFlags("no order; allowed: without options.then_by"),
            "no order; allowed: with one dimension of --by");
  EXPECT_EQ(WithFlags("allowed: only with options.group_by"),
            "allowed: only with --by");
}

TEST(PlainWords, FieldsOfCasesAreThoseOfSet) {
  v1::Case record;
  record.add_follow_ups()->set_day(0);
  record.add_follow_ups()->set_day(180);
  EXPECT_EQ(FieldOf("case.baseline.bmi", record), "baseline.bmi");
  EXPECT_EQ(FieldOf("follow_up.visa_a.total", record), "visa_a.total");
  EXPECT_EQ(FieldOf("case.follow_ups[1].visa_a.total", record),
            "follow_ups[day 180].visa_a.total");
  for (const char* path : {"follow_ups[2].day", "follow_ups[-1].day",
                           "follow_ups[1", "follow_ups", ""}) {
    EXPECT_EQ(FieldOf(path, record), path);
  }
}

TEST(PlainWords, AnAssessmentWithoutADayIsNotThatOfDay0) {
  v1::Case record;
  record.add_follow_ups()->set_pain_rest(3);
  EXPECT_EQ(FieldOf("case.follow_ups[0].day", record), "follow_ups[0].day");
}

TEST(EntryWords, NamesAreThoseTypedElseColumns) {
  EntryWords words;
  words.Typed("baseline.bmi", "baseline.bmi");
  words.Typed("conservative_care.months", "care_months");
  EXPECT_EQ(words.Name("case.baseline.bmi"), "baseline.bmi");
  EXPECT_EQ(words.Name("case.conservative_care.months"), "care_months");
  EXPECT_EQ(words.Name("case.baseline.sex"), "sex");
  EXPECT_EQ(words.Name("case.patient"), "patient");
  EXPECT_EQ(words.Name("parent"), "parent");
  words.from_file = true;
  EXPECT_EQ(words.Name("case.baseline.sex"), "baseline.sex");
  EXPECT_EQ(words.Name("case.baseline.bmi"), "baseline.bmi");
}

TEST(EntryWords, OfAnAssessmentAlone) {
  EntryWords words;
  words.of_assessment = true;
  words.Typed("visa_a.total", "visa_a_total");
  words.Typed("complications[2].day", "complication_3_day");
  words.groups.emplace();
  words.groups->complication_groups = {2};
  EXPECT_EQ(words.Name("follow_up.visa_a.total"), "visa_a_total");
  EXPECT_EQ(words.Name("follow_up.day"), "day");
  EXPECT_EQ(words.Name("follow_up.complications[0].day"), "complication_3_day");
  EXPECT_EQ(words.Name("follow_up.complications[0].kind"),
            "complication_3_kind");
  EXPECT_EQ(words.Name("follow_up"), "the assessment");
}

TEST(EntryWords, OfAnAssessmentOfTheCaseWithDayAndVisit) {
  EntryWords words;
  for (const int day : {-8, 150, 183})
    words.sent.add_follow_ups()->set_day(day);
  words.sent.add_follow_ups();
  words.of_assessment = true;
  words.follow_up = 2;
  words.Typed("visa_a.total", "visa_a.total");
  EXPECT_EQ(words.Name("case.follow_ups[2].visa_a.total"),
            "visa_a.total (day 183, 6_months)");
  EXPECT_EQ(words.Name("case.follow_ups[1].visa_a.total"),
            "visa_a_total (day 150, 6_months)");
  EXPECT_EQ(words.Name("case.follow_ups[0].complications[1].kind"),
            "complication_2_kind (day -8, baseline)");
  EXPECT_EQ(words.Name("case.follow_ups[3].day"), "day (assessment 4)");
  EXPECT_EQ(words.Name("case.follow_ups[2]"),
            "the assessment of day 183, 6_months");
  EXPECT_EQ(words.Name("case.baseline.bmi"), "bmi");
  EXPECT_EQ(words.Name("case.follow_ups[9].day"), "follow_ups[9].day");
}

TEST(CaseJson, ListsGrowToHoldAnEvent) {
  v1::FollowUp visit;
  EXPECT_TRUE(SetField("complications[1].day=20", visit).ok());
  EXPECT_EQ(visit.complications_size(), 2);
  EXPECT_EQ(visit.complications(1).day(), 20);
  for (const char* set :
       {"complications[-1].day=2", "complications[100].day=2",
        "complications[x].day=2", "complications.day=2", "complications[0]=2",
        "day[0]=2", "visa_a[0].total=2"}) {
    EXPECT_FALSE(SetField(set, visit).ok()) << set;
  }
}

TEST(Color, HeadingsStandAboveARule) {
  EXPECT_EQ(WithHeadings("said\n\ngroup  n\n-----  -\na      3\n"),
            "said\n\n\033[1mgroup  n\033[0m\n-----  -\na      3\n");
  EXPECT_EQ(WithHeadings("half\nare back\n--------\n1\n"),
            "\033[1mhalf\033[0m\n\033[1mare back\033[0m\n--------\n1\n");
  for (const char* none : {"", "no table\n", "-\n", "a\n-\n", "--\n"}) {
    EXPECT_EQ(WithHeadings(none), none);
  }
}

}  // namespace
}  // namespace enthesis::client
