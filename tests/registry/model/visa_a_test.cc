#include "registry/model/visa_a.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace enthesis::model {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

VisaA Best() {
  VisaA answers;
  answers.item_1_stiffness_minutes = 0;
  answers.item_2_points = 10;
  answers.item_3_points = 10;
  answers.item_4_points = 10;
  answers.item_5_points = 10;
  answers.item_6_points = 10;
  answers.item_7_points = 10;
  answers.item_8_branch = VisaABranch::kNoPain;
  answers.item_8_points = 30;
  return answers;
}

TEST(VisaA, BestAndWorst) {
  EXPECT_EQ(SumOfItems(Best()), 100);
  VisaA worst = Best();
  worst.item_1_stiffness_minutes = 100;
  worst.item_2_points = worst.item_3_points = worst.item_4_points = 0;
  worst.item_5_points = worst.item_6_points = worst.item_7_points = 0;
  worst.item_8_branch = VisaABranch::kPainStops;
  worst.item_8_points = 0;
  EXPECT_EQ(SumOfItems(worst), 0);
}

TEST(VisaA, MinutesOfStiffnessCountDown) {
  VisaA answers = Best();
  answers.item_1_stiffness_minutes = 30;  // 7 points instead of 10
  answers.item_6_points = 4;
  EXPECT_EQ(SumOfItems(answers), 91);
}

TEST(VisaA, TheBranchCapsTheTotal) {
  VisaA answers = Best();
  answers.item_8_branch = VisaABranch::kPainCanFinish;
  answers.item_8_points = 20;
  EXPECT_EQ(SumOfItems(answers), 90);
  answers.item_8_branch = VisaABranch::kPainStops;
  answers.item_8_points = 10;
  EXPECT_EQ(SumOfItems(answers), 80);
}

TEST(VisaA, RowsOfItem8) {
  EXPECT_THAT(Item8Points(VisaABranch::kNoPain), ElementsAre(0, 7, 14, 21, 30));
  EXPECT_THAT(Item8Points(VisaABranch::kPainCanFinish),
              ElementsAre(0, 4, 10, 14, 20));
  EXPECT_THAT(Item8Points(VisaABranch::kPainStops),
              ElementsAre(0, 2, 5, 7, 10));
  EXPECT_THAT(Item8Points(static_cast<VisaABranch>(4)), IsEmpty());
}

TEST(VisaA, AnyMissingItemGivesNoSum) {
  const char* const kNames[] = {"item_1_stiffness_minutes",
                                "item_2_points",
                                "item_3_points",
                                "item_4_points",
                                "item_5_points",
                                "item_6_points",
                                "item_7_points",
                                "item_8_branch",
                                "item_8_points"};
  for (int missing = 0; missing < 9; ++missing) {
    SCOPED_TRACE(kNames[missing]);
    VisaA answers = Best();
    if (missing == 0) answers.item_1_stiffness_minutes.reset();
    if (missing == 1) answers.item_2_points.reset();
    if (missing == 2) answers.item_3_points.reset();
    if (missing == 3) answers.item_4_points.reset();
    if (missing == 4) answers.item_5_points.reset();
    if (missing == 5) answers.item_6_points.reset();
    if (missing == 6) answers.item_7_points.reset();
    if (missing == 7) answers.item_8_branch.reset();
    if (missing == 8) answers.item_8_points.reset();
    EXPECT_EQ(SumOfItems(answers), std::nullopt);
    EXPECT_EQ(TotalOf(answers), std::nullopt);
    EXPECT_THAT(MissingItems(answers), ElementsAre(kNames[missing]));
    answers.total = 64;  // a total known otherwise stands
    EXPECT_EQ(TotalOf(answers), 64);
  }
  EXPECT_THAT(MissingItems(Best()), IsEmpty());
}

TEST(VisaA, CompleteItemsWinOverATotal) {
  VisaA answers = Best();
  answers.total = 3;
  EXPECT_EQ(TotalOf(answers), 100);
}

TEST(VisaA, HasAnyItem) {
  VisaA answers;
  EXPECT_FALSE(HasAnyItem(answers));
  answers.total = 50;
  answers.instrument = VisaAInstrument::kVisaASedentary;
  EXPECT_FALSE(HasAnyItem(answers));
  answers.item_8_points = 0;
  EXPECT_TRUE(HasAnyItem(answers));
}

TEST(VisaA, AnAbsentInstrumentIsVisaA) {
  VisaA answers;
  EXPECT_EQ(InstrumentOf(answers), VisaAInstrument::kVisaA);
  answers.instrument = VisaAInstrument::kVisaASedentary;
  EXPECT_EQ(InstrumentOf(answers), VisaAInstrument::kVisaASedentary);
}

}  // namespace
}  // namespace enthesis::model
