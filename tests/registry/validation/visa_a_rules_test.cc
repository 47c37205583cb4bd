#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/model/visa_a.h"
#include "registry/validation/warnings.h"
#include "sample_case.h"

namespace enthesis::validation {
namespace {

using model::VisaA;
using model::VisaABranch;
using model::VisaAInstrument;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// 7 + 6 + 6 + 7 + 5 + 4 + 4 + 10 = 49.
VisaA Answered() {
  VisaA answers;
  answers.item_1_stiffness_minutes = 30;
  answers.item_2_points = 6;
  answers.item_3_points = 6;
  answers.item_4_points = 7;
  answers.item_5_points = 5;
  answers.item_6_points = 4;
  answers.item_7_points = 4;
  answers.item_8_branch = VisaABranch::kPainCanFinish;
  answers.item_8_points = 10;
  return answers;
}

struct Change {
  const char* name;
  void (*change)(VisaA& answers);
  const char* path;
  const char* said;
};

void ExpectRefused(const VisaA& sound, absl::Span<const Change> changes) {
  for (const Change& broken : changes) {
    SCOPED_TRACE(broken.name);
    VisaA answers = sound;
    broken.change(answers);
    const Findings findings = ValidateVisaA(answers, "visa_a");
    EXPECT_THAT(PathsOf(findings.violations), ElementsAre(broken.path));
    EXPECT_THAT(findings.warnings, IsEmpty());
    if (findings.violations.empty()) continue;
    EXPECT_THAT(findings.violations[0].message, HasSubstr(broken.said));
    EXPECT_THAT(findings.violations[0].message, HasSubstr("allowed"));
  }
}

TEST(VisaARules, CompleteAnswersAreSound) {
  VisaA answers = Answered();
  EXPECT_THAT(ValidateVisaA(answers, "visa_a").violations, IsEmpty());
  EXPECT_THAT(ValidateVisaA(answers, "visa_a").warnings, IsEmpty());
  answers.total = 49;
  EXPECT_THAT(ValidateVisaA(answers, "visa_a").violations, IsEmpty());
}

TEST(VisaARules, Items) {
  ExpectRefused(
      Answered(),
      {{"MinutesBetweenSteps",
        [](VisaA& a) { a.item_1_stiffness_minutes = 35; },
        "visa_a.item_1_stiffness_minutes", "in steps of 10"},
       {"MinutesAbove", [](VisaA& a) { a.item_1_stiffness_minutes = 110; },
        "visa_a.item_1_stiffness_minutes", "0 to 100 minutes"},
       {"Item7Between", [](VisaA& a) { a.item_7_points = 5; },
        "visa_a.item_7_points", "allowed: 0, 4, 7, 10 points"},
       {"BranchMissing", [](VisaA& a) { a.item_8_branch.reset(); },
        "visa_a.item_8_branch", "no_pain, pain_can_finish, pain_stops"},
       {"PointsMissing", [](VisaA& a) { a.item_8_points.reset(); },
        "visa_a.item_8_points", "pain_can_finish: 0, 4, 10, 14, 20"},
       {"PointsOfAnotherBranch", [](VisaA& a) { a.item_8_points = 21; },
        "visa_a.item_8_points", "pain_can_finish: 0, 4, 10, 14, 20"}});
}

TEST(VisaARules, Item8PointsComeFromTheRowOfTheirBranch) {
  for (const model::Code& branch : model::kVisaABranchCodes.codes) {
    const auto row = model::Item8Points(static_cast<VisaABranch>(branch.value));
    for (int32_t points = 0; points <= 30; ++points) {
      VisaA answers = Answered();
      answers.item_8_branch = static_cast<VisaABranch>(branch.value);
      answers.item_8_points = points;
      const bool in_row =
          std::find(row.begin(), row.end(), points) != row.end();
      EXPECT_EQ(ValidateVisaA(answers, "v").violations.empty(), in_row)
          << branch.code << " " << points;
    }
  }
}

TEST(VisaARules, ATotalThatItsItemsContradict) {
  ExpectRefused(Answered(),
                {{"Above", [](VisaA& a) { a.total = 50; }, "visa_a.total",
                  "total is 50, but the items add up to 49"},
                 {"Below", [](VisaA& a) { a.total = 48; }, "visa_a.total",
                  "add up to 49"}});
}

TEST(VisaARules, ATotalBeyondWhatMissingItemsLeave) {
  // Without items 2 and 5 the others give 38; both can add 0 to 10 each.
  VisaA answers = Answered();
  answers.item_2_points.reset();
  answers.item_5_points.reset();
  for (const int32_t total : {37, 38, 58, 59}) {
    answers.total = total;
    const Findings findings = ValidateVisaA(answers, "visa_a");
    if (total == 38 || total == 58) {
      EXPECT_THAT(findings.violations, IsEmpty()) << total;
      continue;
    }
    ASSERT_THAT(PathsOf(findings.violations), ElementsAre("visa_a.total"));
    EXPECT_THAT(findings.violations[0].message,
                HasSubstr("allowed: 38 to 58 points"));
  }
  // Without item 8: the others give 39, and it can add 30.
  answers = Answered();
  answers.item_8_branch.reset();
  answers.item_8_points.reset();
  answers.total = 69;
  EXPECT_THAT(ValidateVisaA(answers, "visa_a").violations, IsEmpty());
  answers.total = 70;
  EXPECT_THAT(PathsOf(ValidateVisaA(answers, "visa_a").violations),
              ElementsAre("visa_a.total"));
  // Item 1 is in minutes: 30 of them are 7 points.
  answers = VisaA();
  answers.item_1_stiffness_minutes = 30;
  answers.total = 7;
  EXPECT_THAT(ValidateVisaA(answers, "visa_a").violations, IsEmpty());
  answers.total = 98;
  EXPECT_THAT(PathsOf(ValidateVisaA(answers, "visa_a").violations),
              ElementsAre("visa_a.total"));
}

TEST(VisaARules, TheSedentaryVersionIsATotal) {
  VisaA answers;
  answers.instrument = VisaAInstrument::kVisaASedentary;
  answers.total = 12;
  EXPECT_THAT(ValidateVisaA(answers, "v").violations, IsEmpty());
  EXPECT_THAT(ValidateVisaA(answers, "v").warnings, IsEmpty());
  answers.item_2_points = 6;
  answers.item_8_branch = VisaABranch::kNoPain;
  const Findings findings = ValidateVisaA(answers, "v");
  EXPECT_THAT(PathsOf(findings.violations),
              ElementsAre("v.item_2_points", "v.item_8_branch"));
  EXPECT_THAT(findings.violations[0].message, HasSubstr("the total alone"));
}

TEST(VisaARules, AnEmptyQuestionnaireIsRefused) {
  VisaA answers;
  EXPECT_THAT(PathsOf(ValidateVisaA(answers, "v").violations),
              ElementsAre("v"));
  answers.instrument = VisaAInstrument::kVisaA;
  EXPECT_THAT(PathsOf(ValidateVisaA(answers, "v").violations),
              ElementsAre("v"));
  answers.instrument = VisaAInstrument::kVisaASedentary;
  EXPECT_THAT(PathsOf(ValidateVisaA(answers, "v").violations),
              ElementsAre("v"));
}

TEST(VisaARules, Warnings) {
  const Change kWarned[] = {
      {"Incomplete", [](VisaA& a) { a.item_3_points.reset(); }, "v",
       kVisaAIncomplete},
      {"TrainingWithoutSport", [](VisaA& a) { a.item_7_points = 0; },
       "v.item_8_points", kVisaASportMismatch},
      {"FullTrainingInPain",
       [](VisaA& a) {
         a.item_8_branch = VisaABranch::kNoPain;
         a.item_8_points = 30;
         a.item_5_points = 4;
       },
       "v.item_5_points", kVisaAPainMismatch},
      {"Low",
       [](VisaA& a) {
         a = VisaA();
         a.total = 23;
       },
       "v.total", kVisaALow},
  };
  for (const Change& warned : kWarned) {
    SCOPED_TRACE(warned.name);
    VisaA answers = Answered();
    warned.change(answers);
    const Findings findings = ValidateVisaA(answers, "v");
    EXPECT_THAT(findings.violations, IsEmpty());
    EXPECT_THAT(ReasonsOf(findings.warnings),
                ElementsAre(absl::StrCat(warned.path, " ", warned.said)));
  }
}

TEST(VisaARules, NoWarning) {
  const Change kSound[] = {
      {"FullTraining",
       [](VisaA& a) {
         a.item_8_branch = VisaABranch::kNoPain;
         a.item_8_points = 30;
       },
       "", ""},
      {"NoSportNoTraining",
       [](VisaA& a) {
         a.item_7_points = 0;
         a.item_8_points = 0;
       },
       "", ""},
      {"TotalInsteadOfItems",
       [](VisaA& a) {
         a.item_3_points.reset();
         a.total = 49;
       },
       "", ""},
      {"Of24",
       [](VisaA& a) {
         a = VisaA();
         a.total = 24;
       },
       "", ""},
  };
  for (const Change& sound : kSound) {
    SCOPED_TRACE(sound.name);
    VisaA answers = Answered();
    sound.change(answers);
    EXPECT_THAT(ValidateVisaA(answers, "v").violations, IsEmpty());
    EXPECT_THAT(ReasonsOf(ValidateVisaA(answers, "v").warnings), IsEmpty());
  }
}

TEST(VisaARules, AbsurdNumbersAreNotAddedUp) {
  VisaA answers = Answered();
  answers.item_2_points = INT32_MAX;
  answers.item_3_points = INT32_MAX;
  answers.item_8_branch = static_cast<VisaABranch>(4);
  answers.total = 49;
  EXPECT_THAT(
      PathsOf(ValidateVisaA(answers, "v").violations),
      ElementsAre("v.item_2_points", "v.item_3_points", "v.item_8_branch"));
  model::Case record = SoundCase();
  record.follow_ups = {At(-1)};
  record.follow_ups[0].visa_a = answers;
  EXPECT_EQ(ValidateCase(record, kThisYear).violations.size(), 3u);
}

}  // namespace
}  // namespace enthesis::validation
