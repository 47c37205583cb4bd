#include "stats/score_change.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {
namespace {

using model::Measure;
using model::Visit;
using tests::Cases;

constexpr int32_t kUtcDay = 18'900;  // September 2021

absl::StatusOr<ScoreAnswer> Ask(const model::ScoreQuestion& question,
                                const Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases, kUtcDay), pool, {});
}

const VisitScore* Find(const ScoreGroup& group, Visit visit) {
  const auto found =
      std::find_if(group.visits.begin(), group.visits.end(),
                   [visit](const VisitScore& v) { return v.visit == visit; });
  return found == group.visits.end() ? nullptr : &*found;
}

// A case of 2019 with VISA-A before and at 12 months.
model::Case Scored(std::mt19937_64& random, std::optional<int32_t> before,
                   std::optional<int32_t> after) {
  model::Case record = tests::ScoredCase(random, before, after);
  record.baseline.surgery_year = 2019;
  record.status = model::CaseStatus::kActive;
  record.status_day.reset();
  return record;
}

// Pairs (40, 70), (50, 90), (60, 70), a follow-up of 95 alone and a baseline of
// 30 alone. Changes 30, 40, 10: mean 80/3, SD sqrt(700/3), t = 3.023...
TEST(ScoreChange, ByHand) {
  std::mt19937_64 random(1);
  const Cases cases = {Scored(random, 40, 70), Scored(random, 50, 90),
                       Scored(random, 60, 70), Scored(random, {}, 95),
                       Scored(random, 30, {})};
  const auto answer = Ask({}, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->groups.size(), 1u);
  const ScoreGroup& group = answer->groups[0];
  EXPECT_EQ(group.n_cases, 5);
  const VisitScore* baseline = Find(group, Visit::kBaseline);
  ASSERT_NE(baseline, nullptr);
  EXPECT_EQ(baseline->score.n, 4);
  EXPECT_EQ(baseline->score.mean, 45);
  EXPECT_FALSE(baseline->change.has_value());
  EXPECT_TRUE(baseline->responders.empty());
  EXPECT_EQ(baseline->completeness.count, 4);
  EXPECT_EQ(baseline->completeness.n, 5);
  const VisitScore* year = Find(group, Visit::k12Months);
  ASSERT_NE(year, nullptr);
  EXPECT_EQ(year->score.n, 4);
  EXPECT_EQ(year->score.mean, (70 + 90 + 70 + 95) / 4.0);
  EXPECT_EQ(year->baseline->n, 3);
  EXPECT_EQ(year->baseline->mean, 50);
  EXPECT_EQ(year->change->n, 3);
  EXPECT_NEAR(*year->change->mean, 80.0 / 3, 1e-12);
  EXPECT_NEAR(*year->change->std_dev, std::sqrt(700.0 / 3), 1e-12);
  EXPECT_NEAR(*year->t_test->statistic, 80.0 / 3 / std::sqrt(700.0 / 9), 1e-12);
  EXPECT_EQ(year->t_test->df, 2);
  // All three rise: the farthest of 8 signs either way.
  EXPECT_EQ(year->signed_rank->statistic, 6);
  EXPECT_NEAR(*year->signed_rank->p_value, 0.25, 1e-12);
  EXPECT_EQ(year->signed_rank->exact, true);
  EXPECT_NEAR(*year->signed_rank->shift, 27.5, 1e-9);
  EXPECT_NEAR(*year->standardized_response_mean,
              80.0 / 3 / std::sqrt(700.0 / 3), 1e-12);
  // J of 2 degrees of freedom is 1 / sqrt(pi).
  EXPECT_NEAR(*year->hedges_g,
              80.0 / 3 / std::sqrt(700.0 / 3) / std::sqrt(std::acos(-1.0)),
              1e-12);
  ASSERT_EQ(year->responders.size(), 3u);
  EXPECT_EQ(year->responders[2].threshold, 14);
  EXPECT_EQ(year->responders[2].share.count, 2);
  EXPECT_EQ(year->responders[2].share.n, 3);
  EXPECT_EQ(year->responders[0].share.count, 3);
  EXPECT_EQ(year->full_recovery->count, 2);
  EXPECT_EQ(year->full_recovery->n, 4);
  EXPECT_EQ(year->completeness.n, 5);
  EXPECT_EQ(year->completeness.count, 4);
  // Six months are due and nobody has a score: a row with completeness 0.
  const VisitScore* half = Find(group, Visit::k6Months);
  ASSERT_NE(half, nullptr);
  EXPECT_EQ(half->score.absence, Absence::kUndefined);
  EXPECT_EQ(half->completeness.estimate, 0);
  // Two weeks have no VISA-A; five years are not due.
  EXPECT_EQ(Find(group, Visit::k2Weeks), nullptr);
  EXPECT_EQ(Find(group, Visit::k60Months), nullptr);
}

TEST(ScoreChange, NobodyWithTheMeasureIsExcludedSilently) {
  std::mt19937_64 random(2);
  const Cases cases = {Scored(random, 40, 70), Scored(random, {}, {}),
                       Scored(random, {}, {})};
  const auto answer = Ask({}, cases);
  ASSERT_EQ(answer->provenance.exclusions.size(), 1u);
  EXPECT_EQ(answer->provenance.exclusions[0], (Exclusion{"NO_VALUE", 2}));
}

TEST(ScoreChange, NoSpreadLeavesTheTestUndefined) {
  std::mt19937_64 random(3);
  const Cases cases = {Scored(random, 40, 60), Scored(random, 50, 70)};
  const auto answer = Ask({}, cases);
  const VisitScore* year = Find(answer->groups[0], Visit::k12Months);
  EXPECT_EQ(year->change->mean, 20);
  EXPECT_FALSE(year->t_test.has_value());
  EXPECT_EQ(year->change->absence, Absence::kUndefined);
}

TEST(ScoreChange, FallingPainIsImprovement) {
  std::mt19937_64 random(4);
  model::Case record = Scored(random, {}, {});
  model::FollowUp before, after;
  before.day = -3;
  before.pain_activity = 8;
  after.day = 370;
  after.pain_activity = 3;
  record.follow_ups = {before, after};
  model::ScoreQuestion question;
  question.measure = Measure::kPainActivity;
  const auto answer = Ask(question, {record});
  const VisitScore* year = Find(answer->groups[0], Visit::k12Months);
  EXPECT_EQ(year->change->mean, -5);
  ASSERT_EQ(year->responders.size(), 1u);  // 1.1
  EXPECT_EQ(year->responders[0].share.count, 1);
}

TEST(ScoreChange, SatisfactionHasNoBaseline) {
  std::mt19937_64 random(5);
  Cases cases;
  for (int i = 0; i < 200; ++i) cases.push_back(tests::RandomCase(random));
  model::ScoreQuestion question;
  question.measure = Measure::kSatisfaction;
  const auto answer = Ask(question, cases);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(Find(answer->groups[0], Visit::kBaseline), nullptr);
  for (const VisitScore& visit : answer->groups[0].visits) {
    EXPECT_FALSE(visit.baseline || visit.change || visit.t_test);
    EXPECT_TRUE(visit.responders.empty());
  }
}

TEST(ScoreChange, EqualsTheEstimatorOnNaiveTables) {
  std::mt19937_64 random(6);
  Cases cases;
  for (int i = 0; i < 2000; ++i) cases.push_back(tests::RandomCase(random));
  for (const Measure measure :
       {Measure::kVisaA, Measure::kStrengthSymmetry, Measure::kPainRest}) {
    const model::MeasureInfo& info = model::InfoOf(measure);
    model::ScoreQuestion question;
    question.measure = measure;
    question.group_by = model::Dimension::kSex;
    question.thresholds = {2, 9.5};
    const auto answer = Ask(question, cases);
    ASSERT_TRUE(answer.ok());
    const auto groups = tests::GroupCases(cases, {}, question.group_by);
    ASSERT_EQ(answer->groups.size(), groups.size());
    for (size_t g = 0; g < groups.size(); ++g) {
      for (const VisitScore& visit : answer->groups[g].visits) {
        if (visit.visit == Visit::kBaseline) continue;
        stats::ScoreTable table = stats::EmptyScoreTable(info.min, info.max);
        for (const model::Case& record : groups[g].second) {
          const auto after = tests::ScoreAt(record, measure, visit.visit);
          const auto before = tests::ScoreAt(record, measure, Visit::kBaseline);
          if (!after.has_value()) continue;
          ++table.follow_up[static_cast<size_t>(*after - info.min)];
          if (!before.has_value()) continue;
          ++table.paired[static_cast<size_t>(
              (*before - info.min) * table.width() + *after - info.min)];
        }
        const auto expected = stats::EstimateScoreChange(
            table, {0.95, {2, 9.5}, info.higher_is_better});
        ASSERT_TRUE(expected.ok());
        EXPECT_EQ(visit.score.mean, expected->follow_up.mean);
        EXPECT_EQ(visit.change->mean, expected->change.mean);
        EXPECT_EQ(visit.change->upper, expected->change.upper);
        if (visit.t_test.has_value()) {
          EXPECT_EQ(visit.t_test->p_value, expected->t_test.p_value);
        }
        EXPECT_EQ(visit.responders[1].share.count,
                  expected->responders[1].proportion.count);
        EXPECT_EQ(visit.ready.has_value(),
                  measure == Measure::kStrengthSymmetry);
        EXPECT_EQ(visit.full_recovery.has_value(), measure == Measure::kVisaA);
      }
      EXPECT_FALSE(answer->groups[g].readiness.empty());
    }
  }
}

}  // namespace
}  // namespace enthesis::analysis
