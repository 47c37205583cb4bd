#include <cmath>
#include <optional>
#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "stats/interval_rank_test.h"
#include "stats/turnbull.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {
namespace {

using model::Endpoint;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::Cases;

absl::StatusOr<IntervalAnswer> AskIntervals(
    const model::IntervalQuestion& question, const Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases), pool, {});
}

model::FollowUp Seen(int32_t day,
                     std::optional<model::ReturnStage> stage = std::nullopt) {
  model::FollowUp follow_up;
  follow_up.day = day;
  follow_up.return_stage = stage;
  return follow_up;
}

// Eight athletes: back on day 80; between 60 and 100; on 150; reoperated on
// 120; last contact 160 (twice), and two without contact. And one no athlete.
Cases EightSeen() {
  std::mt19937_64 random(3);
  Cases cases;
  for (int i = 0; i < 9; ++i) {
    model::Case record = tests::RandomCase(random);
    record.baseline.sport_level = model::SportLevel::kCompetitive;
    record.baseline.sex = i < 4 ? model::Sex::kFemale : model::Sex::kMale;
    record.status = model::CaseStatus::kActive;
    record.status_day.reset();
    record.follow_ups.clear();
    cases.push_back(record);
  }
  cases[0].follow_ups = {Seen(90)};
  cases[0].follow_ups[0].return_sport_day = 80;
  cases[1].follow_ups = {Seen(60, model::ReturnStage::kParticipation),
                         Seen(100, model::ReturnStage::kSport)};
  cases[2].follow_ups = {Seen(130)};
  cases[2].follow_ups[0].reoperations = {
      {model::ReoperationKind::kRevision, 120}};
  cases[3].follow_ups = {Seen(700)};
  cases[3].follow_ups[0].return_sport_day = 150;
  cases[4].follow_ups = {Seen(160)};
  cases[5].follow_ups = {Seen(160)};
  cases[8].baseline.sport_level = model::SportLevel::kNone;
  return cases;
}

// Masses p at 80, q at 150, r after 160: the likelihood p^2 (q + r) q r^2 is
// highest at 1/3, 2/9, 4/9.
TEST(Intervals, EightByHand) {
  model::IntervalQuestion question;
  question.at_days = {79, 80, 149, 150, 160, 161};
  const auto answer = AskIntervals(question, EightSeen());
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->curves.size(), 1u);
  const IntervalCurve& curve = answer->curves[0];
  EXPECT_EQ(curve.n, 8);
  EXPECT_EQ(curve.exact, 2);
  EXPECT_EQ(curve.known_by_visit, 1);
  EXPECT_EQ(curve.right_censored, 5);
  ASSERT_EQ(curve.intervals.size(), 3u);
  EXPECT_NEAR(*curve.intervals[0].mass, 1.0 / 3, 1e-9);
  EXPECT_NEAR(*curve.intervals[1].mass, 2.0 / 9, 1e-9);
  EXPECT_NEAR(*curve.intervals[2].mass, 4.0 / 9, 1e-9);
  EXPECT_EQ(curve.intervals[0].left_day, 80);
  EXPECT_EQ(curve.intervals[0].right_day, 80);
  EXPECT_EQ(curve.intervals[2].left_day, 160);
  EXPECT_FALSE(curve.intervals[2].right_day.has_value());
  EXPECT_NEAR(*curve.log_likelihood,
              2 * std::log(1.0 / 3) + std::log(2.0 / 3) + std::log(2.0 / 9) +
                  2 * std::log(4.0 / 9),
              1e-9);
  EXPECT_EQ(curve.median_left_day, 150);
  EXPECT_EQ(curve.median_right_day, 150);
  EXPECT_NEAR(*curve.at[0].lower, 1, 1e-9);
  EXPECT_NEAR(*curve.at[1].upper, 2.0 / 3, 1e-9);
  EXPECT_NEAR(*curve.at[2].lower, 2.0 / 3, 1e-9);
  EXPECT_NEAR(*curve.at[3].lower, 4.0 / 9, 1e-9);
  EXPECT_NEAR(*curve.at[4].upper, 4.0 / 9, 1e-9);
  EXPECT_EQ(curve.at[5].absence, Absence::kBeyondFollowUp);
  EXPECT_EQ(answer->provenance.exclusions[0], (Exclusion{"NOT_AN_ATHLETE", 1}));
  EXPECT_THAT(answer->provenance.estimand,
              ::testing::StartsWith("sensitivity analysis"));
  EXPECT_FALSE(answer->test.has_value());
}

TEST(Intervals, TestOfGroupsEqualsTheLibrary) {
  model::IntervalQuestion question;
  question.group_by = model::Dimension::kSex;
  const auto answer = AskIntervals(question, EightSeen());
  ASSERT_TRUE(answer.ok()) << answer.status();
  const std::vector<double> lower = {80, 60, 120, 150, 160, 160, 0, 0};
  const double open = stats::kOpenUpper;
  const std::vector<double> upper = {80,   100,  open, 150,
                                     open, open, open, open};
  const auto direct = stats::TestIntervalGroups({lower, upper, {}},
                                                {0, 0, 0, 0, 1, 1, 1, 1}, 2);
  ASSERT_TRUE(direct.ok()) << direct.status();
  ASSERT_TRUE(answer->test.has_value());
  EXPECT_NEAR(*answer->test->chi_square, *direct->test.chi_square, 1e-9);
  EXPECT_EQ(answer->test->df, 1);
  EXPECT_NEAR(*answer->test->groups[0].score, direct->groups[0].score, 1e-9);
}

TEST(Intervals, SmallGroupsAreNotTested) {
  model::IntervalQuestion question;
  question.group_by = model::Dimension::kSex;
  question.smallest_group = 5;
  const auto answer = AskIntervals(question, EightSeen());
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->curves.size(), 2u);
  EXPECT_EQ(answer->test->absence, Absence::kSuppressed);
  EXPECT_THAT(answer->test->groups, IsEmpty());
  EXPECT_FALSE(answer->test->p_value.has_value());
}

TEST(Intervals, NobodyInTheRiskSet) {
  Cases cases = EightSeen();
  for (model::Case& record : cases) {
    record.baseline.sport_level = model::SportLevel::kNone;
  }
  model::IntervalQuestion question;
  question.at_days = {100};
  const auto answer = AskIntervals(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->curves[0].n, 0);
  EXPECT_EQ(answer->curves[0].absence, Absence::kUndefined);
  EXPECT_THAT(answer->curves[0].intervals, IsEmpty());
}

// Overlapping groups are not independent.
TEST(Intervals, ConcomitantProceduresHaveNoTest) {
  model::IntervalQuestion question;
  question.group_by = model::Dimension::kConcomitantProcedure;
  const auto answer = AskIntervals(question, EightSeen());
  ASSERT_TRUE(answer.ok());
  EXPECT_FALSE(answer->test.has_value());
}

}  // namespace
}  // namespace enthesis::analysis
