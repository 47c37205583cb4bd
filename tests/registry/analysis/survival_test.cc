#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "stats/event_table.h"
#include "stats/kaplan_meier.h"
#include "stats/rank_test.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {
namespace {

using model::Dimension;
using model::Endpoint;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::Cases;
using tests::EventsOf;
using tests::RandomCases;

absl::StatusOr<SurvivalAnswer> Ask(const model::SurvivalQuestion& question,
                                   const Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases), pool, {});
}

TEST(Survival, EqualsTheEstimatorOnNaiveTables) {
  const Cases cases = RandomCases(3000, 1);
  for (const auto endpoint :
       {Endpoint::kReoperation, Endpoint::kComplication, Endpoint::kRupture,
        Endpoint::kFullWeightBearing, Endpoint::kOsteotomyUnion}) {
    SCOPED_TRACE(static_cast<int>(endpoint));
    model::SurvivalQuestion question;
    question.endpoint = endpoint;
    question.group_by = Dimension::kSite;
    question.conf_level = 0.9;
    question.transform = model::ConfidenceTransform::kPlain;
    question.at_days = {365, 0, 7305};
    question.cohort.filters = {{Dimension::kSex, {1, 2}, {}}};
    const auto answer = Ask(question, cases);
    ASSERT_TRUE(answer.ok()) << answer.status();
    const auto groups =
        tests::GroupCases(cases, question.cohort, Dimension::kSite);
    ASSERT_EQ(answer->curves.size(), groups.size());
    std::vector<stats::EventTable> tables;
    for (size_t g = 0; g < groups.size(); ++g) {
      const SurvivalCurve& curve = answer->curves[g];
      EXPECT_EQ(curve.group[0].value, groups[g].first);
      tables.push_back(EventsOf(groups[g].second, endpoint));
      const auto expected = stats::EstimateKaplanMeier(
          tables.back(), {0.9, stats::IntervalTransform::kPlain});
      ASSERT_TRUE(expected.ok());
      EXPECT_EQ(curve.n, static_cast<int64_t>(expected->n));
      EXPECT_EQ(curve.events, static_cast<int64_t>(expected->events));
      EXPECT_EQ(curve.median.estimate, expected->median.estimate);
      EXPECT_EQ(curve.median.upper, expected->median.upper);
      ASSERT_EQ(curve.points.size(), expected->points.size());
      for (size_t i = 0; i < curve.points.size(); ++i) {
        EXPECT_EQ(curve.points[i].survival, expected->points[i].survival);
        EXPECT_EQ(curve.points[i].lower, expected->points[i].lower);
        EXPECT_EQ(curve.points[i].day, expected->points[i].time);
      }
      const auto at = stats::SurvivalAt(*expected, {365.0});
      EXPECT_EQ(curve.at[0].day, 365);
      EXPECT_EQ(curve.at[0].survival, at[0]->survival);
      EXPECT_EQ(curve.at[0].std_error, at[0]->std_error);
      // Beyond the last time a curve is known only when it is at 0.
      const bool known = stats::SurvivalAt(*expected, {7305.0})[0].has_value();
      EXPECT_EQ(curve.at[2].survival.has_value(), known);
      if (!known) {
        EXPECT_EQ(curve.at[2].absence, Absence::kBeyondFollowUp);
      }
    }
    const auto test = stats::TestLogRank({tables});
    ASSERT_TRUE(test.ok());
    EXPECT_EQ(answer->test->chi_square, test->chi_square);
    EXPECT_EQ(answer->test->p_value, test->p_value);
    EXPECT_EQ(answer->test->df, test->df);
    EXPECT_EQ(answer->test->groups[1].expected, test->groups[1].expected);
  }
}

TEST(Survival, OneKindOfComplication) {
  const Cases cases = RandomCases(1500, 2);
  model::SurvivalQuestion question;
  question.endpoint = Endpoint::kComplication;
  question.complication = model::ComplicationKind::kSuralNerve;
  const auto answer = Ask(question, cases);
  ASSERT_TRUE(answer.ok());
  int64_t events = 0;
  for (const model::Case& record : cases) {
    const auto time = model::TimeTo(record, Endpoint::kComplication,
                                    model::ComplicationKind::kSuralNerve);
    events += time.exit == model::Exit::kEvent ? 1 : 0;
  }
  EXPECT_GT(events, 0);
  EXPECT_EQ(answer->curves[0].events, events);
  EXPECT_THAT(answer->provenance.estimand, HasSubstr("sural_nerve"));
}

TEST(Survival, PooledHasNoTestAndNoGroup) {
  const auto answer = Ask({}, RandomCases(50, 3));
  ASSERT_TRUE(answer.ok());
  EXPECT_FALSE(answer->test.has_value());
  ASSERT_EQ(answer->curves.size(), 1u);
  EXPECT_THAT(answer->curves[0].group, IsEmpty());
  EXPECT_EQ(answer->provenance.n_cases, 50);
  EXPECT_TRUE(answer->provenance.synthetic);
  EXPECT_EQ(answer->provenance.n_synthetic, 50);
  EXPECT_EQ(answer->provenance.as_of, 50u);
  EXPECT_THAT(answer->provenance.conventions,
              Contains(std::string("interval: log-log")));
}

TEST(Survival, OverlappingGroupsAreNotTested) {
  model::SurvivalQuestion question;
  question.group_by = Dimension::kConcomitantProcedure;
  const Cases cases = RandomCases(500, 4);
  const auto answer = Ask(question, cases);
  ASSERT_TRUE(answer.ok());
  EXPECT_FALSE(answer->test.has_value());
  EXPECT_GT(answer->curves.size(), 3u);
  EXPECT_EQ(answer->curves.back().group[0].value, "none");
  int64_t sum = 0;
  for (const SurvivalCurve& curve : answer->curves) sum += *curve.n;
  EXPECT_GT(sum, 500);  // some count in two groups
  EXPECT_THAT(answer->provenance.conventions,
              Contains(std::string("test: none, the groups overlap")));
}

TEST(Survival, OneGroupLeavesTheTestUndefined) {
  Cases cases = RandomCases(60, 5);
  for (model::Case& record : cases) record.site = "site-01";
  model::SurvivalQuestion question;
  question.group_by = Dimension::kSite;
  const auto answer = Ask(question, cases);
  ASSERT_TRUE(answer.ok());
  ASSERT_TRUE(answer->test.has_value());
  EXPECT_EQ(answer->test->absence, Absence::kUndefined);
  EXPECT_FALSE(answer->test->chi_square.has_value());
}

TEST(Survival, OutsideTheRiskSetIsExcludedAndCounted) {
  model::SurvivalQuestion question;
  question.endpoint = Endpoint::kOsteotomyUnion;
  const Cases cases = RandomCases(300, 6);
  const auto answer = Ask(question, cases);
  ASSERT_TRUE(answer.ok());
  int64_t without = 0;
  for (const model::Case& record : cases) {
    without += model::InRiskSet(record, Endpoint::kOsteotomyUnion) ? 0 : 1;
  }
  ASSERT_EQ(answer->provenance.exclusions.size(), 1u);
  EXPECT_EQ(answer->provenance.exclusions[0],
            (Exclusion{"NO_OSTEOTOMY", without}));
  EXPECT_EQ(answer->curves[0].n, 300 - without);
}

TEST(Survival, NoCaseIsAPrecondition) {
  model::SurvivalQuestion question;
  question.cohort.filters = {{Dimension::kSurgeryYear, {1991}, {}}};
  const auto answer = Ask(question, RandomCases(20, 7));
  ASSERT_EQ(answer.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(answer.status().GetPayload(kNoCases).has_value());
}

TEST(Survival, UnknownSiteIsInvalid) {
  model::SurvivalQuestion question;
  question.cohort.filters = {{Dimension::kSite, {}, {"nowhere"}}};
  EXPECT_EQ(Ask(question, RandomCases(20, 8)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Survival, StopEndsEveryQuestion) {
  const auto snapshot = tests::SnapshotOf(RandomCases(50, 9));
  stats::ThreadPool pool(1);
  std::stop_source source;
  source.request_stop();
  const std::stop_token stop = source.get_token();
  const auto cancelled = [](const absl::Status& status) {
    return status.code() == absl::StatusCode::kCancelled;
  };
  EXPECT_TRUE(cancelled(
      Answer(model::SurvivalQuestion(), *snapshot, pool, stop).status()));
  EXPECT_TRUE(cancelled(
      Answer(model::ReturnQuestion(), *snapshot, pool, stop).status()));
  EXPECT_TRUE(cancelled(
      Answer(model::ScoreQuestion(), *snapshot, pool, stop).status()));
  EXPECT_TRUE(cancelled(
      Answer(model::DescribeQuestion(), *snapshot, pool, stop).status()));
}

}  // namespace
}  // namespace enthesis::analysis
