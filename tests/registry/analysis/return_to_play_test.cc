#include <cmath>
#include <optional>
#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "stats/cumulative_incidence.h"
#include "stats/event_table.h"
#include "stats/proportion.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {
namespace {

using model::Endpoint;
using model::Exit;
using ::testing::ElementsAre;
using tests::Cases;

absl::StatusOr<ReturnAnswer> Ask(const model::ReturnQuestion& question,
                                 const Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases), pool, {});
}

// Competitive athletes without follow-up.
Cases Athletes(int n) {
  std::mt19937_64 random(3);
  Cases cases;
  while (std::ssize(cases) < n) {
    model::Case record = tests::RandomCase(random);
    record.baseline.sport_level = model::SportLevel::kCompetitive;
    record.status = model::CaseStatus::kActive;
    record.status_day.reset();
    record.follow_ups.clear();
    cases.push_back(record);
  }
  return cases;
}

model::FollowUp At(int32_t day) {
  model::FollowUp follow_up;
  follow_up.day = day;
  return follow_up;
}

// Eight athletes: back on days 80 (told) and 100 (by visit), a reoperation on
// day 120, back on 150, last contact 160 (twice), and two without contact,
// censored at 0; and one who is no athlete. At risk: 6 on day 80.
//   F(80) = 1/6, F(100) = 2/6, F(150) = 2/6 + 4/6 * 3/4 * ... see below.
Cases EightAthletes() {
  Cases cases = Athletes(9);
  cases[0].follow_ups = {At(90)};
  cases[0].follow_ups[0].return_sport_day = 80;
  cases[1].follow_ups = {At(60), At(100)};
  cases[1].follow_ups[0].return_stage = model::ReturnStage::kParticipation;
  cases[1].follow_ups[1].return_stage = model::ReturnStage::kSport;
  cases[2].follow_ups = {At(130)};
  cases[2].follow_ups[0].reoperations = {
      {model::ReoperationKind::kRevision, 120}};
  cases[3].follow_ups = {At(700)};
  cases[3].follow_ups[0].return_sport_day = 150;
  cases[3].follow_ups[0].sustained_return = true;
  cases[4].follow_ups = {At(160)};
  cases[5].follow_ups = {At(160)};
  cases[8].baseline.sport_level = model::SportLevel::kNone;
  cases[8].follow_ups = {At(50)};
  return cases;
}

TEST(ReturnToPlay, EightAthletesByHand) {
  model::ReturnQuestion question;
  question.at_days = {79, 80, 100, 120, 150, 160, 400};
  const auto answer = Ask(question, EightAthletes());
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->curves.size(), 1u);
  const ReturnCurve& curve = answer->curves[0];
  EXPECT_EQ(curve.n, 8);
  EXPECT_EQ(curve.not_athletes, 1);
  ASSERT_EQ(curve.causes.size(), 4u);
  EXPECT_EQ(curve.causes[0].cause, "return");
  EXPECT_EQ(curve.causes[1].cause, "reoperation");
  EXPECT_EQ(curve.causes[2].cause, "retirement");
  EXPECT_EQ(curve.causes[3].cause, "death");
  EXPECT_EQ(curve.causes[0].events, 3);
  EXPECT_EQ(curve.causes[1].events, 1);
  EXPECT_EQ(curve.causes[2].events, 0);
  // Survival of all causes before each time: 1, 5/6, 4/6, 3/6; so the return
  // gains 1/6 on day 80, 5/6 * 1/5 on 100 and 3/6 * 1/3 on 150.
  const std::vector<IncidencePoint>& at = curve.causes[0].at;
  EXPECT_EQ(at[0].incidence, 0);
  EXPECT_NEAR(*at[1].incidence, 1.0 / 6, 1e-15);
  EXPECT_NEAR(*at[2].incidence, 2.0 / 6, 1e-15);
  EXPECT_NEAR(*at[3].incidence, 2.0 / 6, 1e-15);
  EXPECT_NEAR(*at[4].incidence, 3.0 / 6, 1e-15);
  EXPECT_EQ(at[1].at_risk, 6);
  EXPECT_EQ(at[4].at_risk, 3);
  EXPECT_EQ(at[6].absence, Absence::kBeyondFollowUp);
  EXPECT_NEAR(*curve.causes[1].at[4].incidence, 1.0 / 6, 1e-15);
  EXPECT_EQ(curve.causes[0].points.size(), 3u);
  EXPECT_EQ(curve.median.estimate, 150);
  EXPECT_EQ(curve.known_by_visit.count, 1);
  EXPECT_EQ(curve.known_by_visit.n, 3);
  EXPECT_EQ(curve.sustained.count, 1);
  EXPECT_EQ(curve.sustained.n, 1);
  ASSERT_EQ(answer->provenance.exclusions.size(), 1u);
  EXPECT_EQ(answer->provenance.exclusions[0], (Exclusion{"NOT_AN_ATHLETE", 1}));
}

TEST(ReturnToPlay, DefaultDaysAreMonths) {
  const auto answer = Ask({}, EightAthletes());
  ASSERT_TRUE(answer.ok());
  std::vector<int32_t> days;
  for (const IncidencePoint& point : answer->curves[0].causes[0].at) {
    days.push_back(*point.day);
  }
  EXPECT_THAT(days, ElementsAre(91, 122, 183, 274, 365));
}

TEST(ReturnToPlay, WithoutAthletesTheCurveIsUndefined) {
  Cases cases = Athletes(12);
  for (model::Case& record : cases) {
    record.baseline.sport_level = model::SportLevel::kNone;
  }
  const auto answer = Ask({}, cases);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->curves[0].n, 0);
  EXPECT_EQ(answer->curves[0].not_athletes, 12);
  EXPECT_EQ(answer->curves[0].absence, Absence::kUndefined);
}

TEST(ReturnToPlay, EqualsTheEstimatorOnNaiveTables) {
  std::mt19937_64 random(11);
  Cases cases;
  for (int i = 0; i < 3000; ++i) cases.push_back(tests::RandomCase(random));
  for (const auto& [stage, endpoint] :
       {std::pair(model::ReturnStage::kParticipation,
                  Endpoint::kReturnParticipation),
        std::pair(model::ReturnStage::kSport, Endpoint::kReturnSport),
        std::pair(model::ReturnStage::kPerformance,
                  Endpoint::kReturnPerformance)}) {
    model::ReturnQuestion question;
    question.stage = stage;
    question.group_by = model::Dimension::kPrimaryProcedure;
    const auto answer = Ask(question, cases);
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(answer->stage, stage);
    const auto groups = tests::GroupCases(cases, {}, question.group_by);
    ASSERT_EQ(answer->curves.size(), groups.size());
    for (size_t g = 0; g < groups.size(); ++g) {
      SCOPED_TRACE(groups[g].first);
      std::vector<stats::EventRow> rows;
      for (const model::Case& record : groups[g].second) {
        if (!model::WasAthlete(record)) continue;
        const model::EndpointTime time = model::TimeTo(record, endpoint);
        rows.push_back(
            {static_cast<double>(time.exit_day), static_cast<int>(time.exit)});
      }
      const auto expected =
          stats::EstimateCumulativeIncidence(*stats::TabulateEvents(rows, 4));
      ASSERT_TRUE(expected.ok());
      const ReturnCurve& curve = answer->curves[g];
      EXPECT_EQ(curve.n, std::ssize(rows));
      EXPECT_EQ(curve.median.estimate,
                stats::FirstTimeAtIncidence(*expected, 0, 0.5));
      for (size_t cause = 0; cause < 4; ++cause) {
        size_t next = 0;
        for (const stats::IncidencePoint& point : expected->causes[cause]) {
          if (point.events <= 0) continue;
          ASSERT_LT(next, curve.causes[cause].points.size());
          const IncidencePoint& shown = curve.causes[cause].points[next++];
          EXPECT_EQ(shown.day, point.time);
          EXPECT_EQ(shown.incidence, point.incidence);
          EXPECT_EQ(shown.std_error, point.std_error);
          EXPECT_EQ(shown.upper, point.upper);
          EXPECT_EQ(shown.at_risk, point.at_risk);
        }
        EXPECT_EQ(next, curve.causes[cause].points.size());
      }
      // The limits of the median lie around it, in reversed order of curves.
      if (curve.median.estimate && curve.median.lower) {
        EXPECT_LE(*curve.median.lower, *curve.median.estimate);
      }
      if (curve.median.upper) {
        EXPECT_GE(*curve.median.upper, *curve.median.estimate);
      }
    }
  }
}

}  // namespace
}  // namespace enthesis::analysis
