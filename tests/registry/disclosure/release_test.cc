#include "registry/disclosure/release.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/model/small_groups.h"
#include "tests/registry/disclosure/cohort_of.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

analysis::SurvivalPoint PointAt(int32_t day, int64_t at_risk) {
  analysis::SurvivalPoint point;
  point.day = day;
  point.at_risk = at_risk;
  point.events = 1;
  point.censored = 0;
  point.survival = 0.5;
  point.std_error = 0.1;
  point.lower = 0.3;
  point.upper = 0.7;
  point.cumulative_hazard = 0.6;
  return point;
}

analysis::SurvivalCurve CurveOf(int64_t n) {
  analysis::SurvivalCurve curve;
  curve.group = {{model::Dimension::kSite, "site-01"}};
  curve.n = n;
  curve.events = 3;
  curve.median = {100.0, 50.0, 400.0, Absence::kNone};
  curve.points = {PointAt(30, n), PointAt(200, 12), PointAt(300, 10),
                  PointAt(310, 9)};
  curve.at = {PointAt(90, 20), PointAt(305, 10)};
  return curve;
}

analysis::SurvivalAnswer SurvivalOf(int64_t cohort,
                                    std::vector<int64_t> groups) {
  analysis::SurvivalAnswer answer;
  answer.provenance = CohortOf(cohort);
  answer.test.emplace();
  answer.test->name = "log-rank";
  answer.test->chi_square = 3.2;
  answer.test->df = 1;
  answer.test->p_value = 0.07;
  std::vector<bool> withheld(groups.size());
  model::MarkSmallGroups(groups, kThreshold, withheld);
  for (size_t g = 0; g < groups.size(); ++g) {
    answer.curves.push_back(CurveOf(groups[g]));
    // As analysis does it: a withheld group takes no part in the test.
    analysis::TestGroup& group = answer.test->groups.emplace_back();
    group.group = answer.curves.back().group;
    group.n = groups[g];
    if (withheld[g]) continue;
    group.observed = 3.0;
    group.expected = 2.5;
  }
  return answer;
}

TEST(Release, PolicyBelowFiveIsRefused) {
  EXPECT_TRUE(CheckPolicy({std::nullopt}).ok());
  EXPECT_TRUE(CheckPolicy({5}).ok());
  const absl::Status status = CheckPolicy({4});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("5 and above"));
}

TEST(Release, CohortBelowThresholdIsRefusedWithoutItsCount) {
  const auto released = Release(SurvivalOf(9, {9}), {kThreshold});
  ASSERT_EQ(released.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(released.status().GetPayload(kCohortTooSmall).has_value());
  EXPECT_THAT(std::string(released.status().message()),
              ::testing::Not(HasSubstr("9")));
}

TEST(Release, EmptyCohortIsRefused) {
  EXPECT_FALSE(Release(SurvivalOf(0, {}), {kThreshold}).ok());
}

TEST(Release, CohortAtThresholdIsReleased) {
  EXPECT_TRUE(Release(SurvivalOf(11, {11}), {kThreshold}).ok());
}

TEST(Release, OffLetsEverythingPass) {
  const auto released = Release(SurvivalOf(3, {3}), {std::nullopt});
  ASSERT_TRUE(released.ok());
  EXPECT_EQ(released->answer().curves[0].n, 3);
  EXPECT_THAT(released->answer().curves[0].points, SizeIs(4));
  EXPECT_FALSE(released->policy().threshold.has_value());
}

TEST(Release, CurveEndsWhereTooFewAreAtRisk) {
  const auto released = Release(SurvivalOf(40, {40}), {kThreshold});
  ASSERT_TRUE(released.ok());
  const analysis::SurvivalCurve& curve = released->answer().curves[0];
  EXPECT_THAT(curve.points, SizeIs(2));
  EXPECT_EQ(curve.at[0].survival, 0.5);
  EXPECT_FALSE(curve.at[1].survival.has_value());
  EXPECT_FALSE(curve.at[1].at_risk.has_value());
  EXPECT_EQ(curve.at[1].day, 305);
  EXPECT_EQ(curve.at[1].absence, Absence::kSuppressed);
}

TEST(Release, MedianKeepsWhatTheReleasedCurveShows) {
  const auto released = Release(SurvivalOf(40, {40}), {kThreshold});
  const analysis::TimeEstimate& median = released->answer().curves[0].median;
  EXPECT_EQ(median.estimate, 100);
  EXPECT_EQ(median.lower, 50);
  EXPECT_FALSE(median.upper.has_value());  // day 400 is after the cut
}

TEST(Release, MedianAfterTheCutLooksLikeOneNeverReached) {
  analysis::SurvivalAnswer late = SurvivalOf(40, {40});
  late.curves[0].median.estimate = 305;
  analysis::SurvivalAnswer never = SurvivalOf(40, {40});
  never.curves[0].median = {};
  never.curves[0].median.absence = Absence::kNotReached;
  for (auto& answer : {late, never}) {
    const auto released = Release(answer, {kThreshold});
    const analysis::TimeEstimate& median = released->answer().curves[0].median;
    EXPECT_FALSE(median.estimate || median.lower || median.upper);
    EXPECT_EQ(median.absence, Absence::kNotReached);
  }
}

TEST(Release, SmallGroupKeepsItsLabelOnly) {
  const auto released = Release(SurvivalOf(110, {60, 40, 10}), {kThreshold});
  ASSERT_TRUE(released.ok());
  EXPECT_EQ(released->answer().curves[0].n, 60);
  EXPECT_EQ(released->answer().curves[1].absence, Absence::kSuppressed);
  const analysis::SurvivalCurve& small = released->answer().curves[2];
  EXPECT_THAT(small.group, SizeIs(1));
  EXPECT_FALSE(small.n || small.events || small.median.estimate);
  EXPECT_THAT(small.points, IsEmpty());
  EXPECT_FALSE(small.at[0].survival.has_value());
  EXPECT_EQ(small.absence, Absence::kSuppressed);
}

TEST(Release, TestRowsOfSmallGroupsAreWithheld) {
  const auto released =
      Release(SurvivalOf(140, {40, 10, 40, 50}), {kThreshold});
  const analysis::CurveTest& test = *released->answer().test;
  EXPECT_EQ(test.chi_square, 3.2);
  EXPECT_FALSE(test.groups[0].n.has_value());
  EXPECT_FALSE(test.groups[1].n || test.groups[1].observed ||
               test.groups[1].expected);
  EXPECT_EQ(test.groups[1].absence, Absence::kSuppressed);
  EXPECT_EQ(test.groups[2].n, 40);
}

TEST(Release, TestWithOneGroupLeftIsWithheld) {
  const auto released = Release(SurvivalOf(50, {40, 10}), {kThreshold});
  const analysis::CurveTest& test = *released->answer().test;
  EXPECT_FALSE(test.chi_square || test.p_value || test.df);
  EXPECT_EQ(test.absence, Absence::kSuppressed);
}

analysis::ReturnAnswer ReturnOf(int64_t n) {
  analysis::ReturnAnswer answer;
  answer.provenance = CohortOf(100);
  answer.provenance.exclusions = {{"NOT_AN_ATHLETE", 50}, {"NO_VALUE", 0}};
  analysis::ReturnCurve curve;
  curve.n = n;
  curve.not_athletes = 4;
  analysis::IncidencePoint early, late;
  early.day = 90;
  early.at_risk = 30;
  early.incidence = 0.4;
  late.day = 300;
  late.at_risk = 8;
  late.incidence = 0.9;
  curve.causes = {{"return", 20, {early, late}, {early, late}},
                  {"death", 1, {early, late}, {late}}};
  curve.median = {300.0, 90.0, std::nullopt, Absence::kNone};
  curve.known_by_visit = {3, 20, 0.15, 0.1, 0.3, Absence::kNone};
  curve.sustained = {3, 6, 0.5, 0.2, 0.8, Absence::kNone};
  answer.curves = {curve};
  return answer;
}

TEST(Release, ReturnCurveEndsWhereTooFewAreAtRisk) {
  const auto released = Release(ReturnOf(50), {kThreshold});
  ASSERT_TRUE(released.ok());
  const analysis::ReturnCurve& curve = released->answer().curves[0];
  EXPECT_THAT(curve.causes[0].points, SizeIs(1));
  EXPECT_THAT(curve.causes[1].points, IsEmpty());
  EXPECT_EQ(curve.causes[0].at[0].incidence, 0.4);
  EXPECT_FALSE(curve.causes[0].at[1].incidence.has_value());
  EXPECT_EQ(curve.median.absence, Absence::kNotReached);
  EXPECT_EQ(curve.known_by_visit.count, 3);
  EXPECT_FALSE(curve.sustained.count.has_value());  // n = 6
  EXPECT_EQ(curve.sustained.absence, Absence::kSuppressed);
  EXPECT_FALSE(curve.not_athletes.has_value());
}

TEST(Release, SmallExclusionsAreWithheldZeroIsNot) {
  analysis::ReturnAnswer answer = ReturnOf(50);
  answer.provenance.exclusions = {
      {"NOT_AN_ATHLETE", 4}, {"NO_VALUE", 0}, {"BEFORE_LANDMARK", 46}};
  const auto released = Release(answer, {kThreshold});
  const auto& exclusions = released->answer().provenance.exclusions;
  EXPECT_FALSE(exclusions[0].n.has_value());
  EXPECT_EQ(exclusions[1].n, 0);
  EXPECT_FALSE(exclusions[2].n.has_value());  // 100 less 50 less 46
  EXPECT_EQ(released->answer().curves[0].n, 50);
}

TEST(Release, SyntheticCasesDoNotGiveFewClinicalOnesAway) {
  analysis::ReturnAnswer answer = ReturnOf(50);
  for (const auto& [n, shown] : std::vector<std::pair<int64_t, bool>>{
           {100, true}, {60, true}, {95, false}, {4, false}, {0, true}}) {
    answer.provenance.n_synthetic = n;
    const auto released = Release(answer, {kThreshold});
    EXPECT_EQ(released->answer().provenance.n_synthetic.has_value(), shown)
        << n;
  }
}

TEST(Release, SmallReturnGroupIsWithheldWhole) {
  const auto released = Release(ReturnOf(10), {kThreshold});
  const analysis::ReturnCurve& curve = released->answer().curves[0];
  EXPECT_FALSE(curve.n.has_value());
  for (const analysis::IncidenceCause& cause : curve.causes) {
    EXPECT_FALSE(cause.events.has_value());
    EXPECT_THAT(cause.points, IsEmpty());
    for (const auto& point : cause.at) EXPECT_FALSE(point.incidence);
  }
}

TEST(Release, ScoreFiguresRestOnTheirOwnDenominator) {
  analysis::ScoreAnswer answer;
  answer.provenance = CohortOf(100);
  analysis::VisitScore visit;
  visit.score = {20, 70.0, 10.0, 65.0, 75.0, Absence::kNone};
  visit.change = analysis::MeanEstimate{10, 20.0, 9.0, 14.0, 26.0};
  visit.baseline = analysis::MeanEstimate{10, 50.0, 9.0, 44.0, 56.0};
  visit.t_test = analysis::TTest{4.0, 9.0, 0.001};
  visit.responders = {{14.0, {7, 10, 0.7, 0.4, 0.9, Absence::kNone}}};
  visit.completeness = {20, 40, 0.5, 0.35, 0.65, Absence::kNone};
  analysis::VisitReadiness readiness;
  readiness.hop = {2, 4, 0.5, 0.1, 0.9, Absence::kNone};
  answer.groups = {{{}, 50, {visit}, {readiness}}};
  const auto released = Release(answer, {kThreshold});
  ASSERT_TRUE(released.ok());
  const analysis::VisitScore& shown = released->answer().groups[0].visits[0];
  EXPECT_EQ(shown.score.mean, 70);
  EXPECT_FALSE(shown.change->mean.has_value());
  EXPECT_FALSE(shown.baseline->mean.has_value());
  EXPECT_FALSE(shown.t_test.has_value());
  EXPECT_FALSE(shown.responders[0].share.estimate.has_value());
  EXPECT_EQ(shown.responders[0].threshold, 14);
  EXPECT_EQ(shown.completeness.estimate, 0.5);
  EXPECT_FALSE(released->answer().groups[0].readiness[0].hop.count);
}

analysis::IntervalAnswer IntervalsOf(int64_t n) {
  analysis::IntervalAnswer answer;
  answer.provenance = CohortOf(100);
  answer.provenance.exclusions = {{"NOT_AN_ATHLETE", 40}};
  analysis::IntervalCurve curve;
  curve.n = n;
  curve.exact = n - 25;
  curve.known_by_visit = 12;
  curve.right_censored = 13;
  curve.median_left_day = 60;
  curve.median_right_day = 100;
  curve.intervals = {{20, 40, 0.3, 50}, {60, 100, 0.3, 11}, {120, {}, 0.4, 10}};
  curve.at = {{30, 0.7, 1.0, Absence::kNone, 50},
              {110, 0.4, 0.4, Absence::kNone, 11},
              {125, 0.0, 0.4, Absence::kNone, 9}};
  curve.log_likelihood = -12;
  answer.curves = {curve};
  return answer;
}

TEST(Release, IntervalsEndWhereFewAreObserved) {
  const auto released = Release(IntervalsOf(60), {kThreshold});
  ASSERT_TRUE(released.ok());
  const analysis::IntervalCurve& curve = released->answer().curves[0];
  ASSERT_EQ(curve.intervals.size(), 2u);
  EXPECT_EQ(curve.intervals[1].observed, 0);
  EXPECT_EQ(curve.median_right_day, 100);
  EXPECT_TRUE(curve.at[0].lower && curve.at[1].lower);
  EXPECT_FALSE(curve.at[2].lower || curve.at[2].upper);
  EXPECT_EQ(curve.at[2].absence, Absence::kSuppressed);
  EXPECT_EQ(curve.exact, 35);
  EXPECT_FALSE(curve.log_likelihood.has_value());  // of the end, too
  // One of the second interval less: it goes, and with it what lies inside.
  analysis::IntervalAnswer thin = IntervalsOf(60);
  thin.curves[0].intervals[1].observed = 10;
  const auto thinner = Release(thin, {kThreshold});
  EXPECT_EQ(thinner->answer().curves[0].intervals.size(), 1u);
  EXPECT_FALSE(thinner->answer().curves[0].median_right_day.has_value());
  EXPECT_EQ(thinner->answer().curves[0].median_absence, Absence::kNotReached);
  EXPECT_FALSE(thinner->answer().curves[0].at[1].lower.has_value());
}

TEST(Release, OneSmallKindOfIntervalTakesAll) {
  const auto released = Release(IntervalsOf(30), {kThreshold});
  const analysis::IntervalCurve& curve = released->answer().curves[0];
  EXPECT_EQ(curve.n, 30);
  EXPECT_FALSE(curve.exact || curve.known_by_visit || curve.right_censored);
}

TEST(Release, SmallIntervalGroupIsWithheldWhole) {
  analysis::IntervalAnswer answer = IntervalsOf(60);
  answer.curves.push_back(IntervalsOf(10).curves[0]);
  answer.test.emplace().p_value = 0.1;
  answer.test->groups = {{{}, 60, 1.0}, {{}, 10, -1.0}};
  const auto released = Release(answer, {kThreshold});
  const analysis::IntervalCurve& curve = released->answer().curves[1];
  EXPECT_FALSE(curve.n || curve.log_likelihood || curve.median_left_day);
  EXPECT_THAT(curve.intervals, IsEmpty());
  EXPECT_EQ(curve.at.size(), 3u);
  EXPECT_FALSE(curve.at[0].lower.has_value());
  EXPECT_FALSE(released->answer().test->p_value.has_value());
  EXPECT_EQ(released->answer().test->absence, Absence::kSuppressed);
  EXPECT_FALSE(released->answer().provenance.exclusions[0].n.has_value());
}

analysis::ComparedGroup ComparedOf(int64_t n) {
  analysis::ComparedGroup group;
  group.value = {n, 70.0, 10.0, 65.0, 75.0, Absence::kNone};
  group.median = 71;
  group.q1 = 60;
  group.q3 = 80;
  return group;
}

analysis::CompareAnswer CompareOf(const std::vector<int64_t>& sizes,
                                  int64_t smallest) {
  analysis::CompareAnswer answer;
  answer.provenance = CohortOf(200);
  answer.provenance.exclusions = {{"NO_VALUE", 100}};
  answer.groups_compared = 0;
  std::vector<bool> withheld(sizes.size());
  model::MarkSmallGroups(sizes, kThreshold, withheld);
  for (size_t g = 0; g < sizes.size(); ++g) {
    answer.groups.push_back(ComparedOf(sizes[g]));
    if (!withheld[g]) ++*answer.groups_compared;
  }
  answer.smallest_compared = smallest;
  answer.anova.emplace().p_value = 0.01;
  answer.pairs.emplace_back().mann_whitney.shift = 4;
  answer.pairs[0].welch.p_value = 0.02;
  return answer;
}

TEST(Release, QuantilesNeedCasesOnEitherSide) {
  const auto released = Release(CompareOf({44, 43, 22, 21}, 21), {kThreshold});
  ASSERT_TRUE(released.ok());
  const auto& groups = released->answer().groups;
  EXPECT_TRUE(groups[0].q1 && groups[0].median && groups[0].q3);
  EXPECT_TRUE(!groups[1].q1 && groups[1].median && !groups[1].q3);
  EXPECT_TRUE(groups[2].median.has_value());
  EXPECT_FALSE(groups[3].median.has_value());
  EXPECT_EQ(groups[3].quantiles_absence, Absence::kSuppressed);
  EXPECT_TRUE(groups[3].value.mean.has_value());
  EXPECT_FALSE(released->answer().pairs[0].mann_whitney.shift.has_value());
  EXPECT_TRUE(released->answer().pairs[0].welch.p_value.has_value());
  EXPECT_EQ(released->answer().provenance.exclusions[0].n, 100);
}

TEST(Release, ATestOfASmallGroupIsWithheld) {
  const auto released = Release(CompareOf({60, 10}, 10), {kThreshold});
  ASSERT_TRUE(released.ok());
  EXPECT_FALSE(released->answer().anova.has_value());
  EXPECT_TRUE(released->answer().pairs.empty());
  EXPECT_EQ(released->answer().tests_absence, Absence::kSuppressed);
}

// 60 and 40 shown, 100 without a value: of 240 cases 40 are left, of two
// groups.
TEST(Release, ExclusionsDoNotTellTheSizeOfAWithheldGroup) {
  const auto released = Release(CompareOf({60, 40, 30, 10}, 40), {kThreshold});
  ASSERT_TRUE(released.ok());
  EXPECT_EQ(released->answer().groups[1].value.n, 40);
  EXPECT_FALSE(released->answer().groups[2].value.n.has_value());
  EXPECT_FALSE(released->answer().groups[2].median.has_value());
  EXPECT_FALSE(released->answer().groups[3].value.n.has_value());
  EXPECT_FALSE(released->answer().provenance.exclusions[0].n.has_value());
  EXPECT_TRUE(released->answer().anova.has_value());
}

TEST(Release, TestsOfFewChangesAreWithheld) {
  for (const int64_t n : {int64_t{10}, int64_t{11}, int64_t{22}}) {
    analysis::ScoreAnswer answer;
    answer.provenance = CohortOf(100);
    analysis::VisitScore visit;
    visit.score = {40, 70.0, 10.0, 65.0, 75.0, Absence::kNone};
    visit.change = analysis::MeanEstimate{n, 20.0, 9.0, 14.0, 26.0};
    visit.signed_rank.emplace().p_value = 0.01;
    visit.signed_rank->shift = 19.5;
    visit.hedges_g = 1.1;
    answer.groups = {{{}, 50, {visit}, {}}};
    const auto released = Release(answer, {kThreshold});
    const analysis::VisitScore& shown = released->answer().groups[0].visits[0];
    EXPECT_EQ(shown.hedges_g.has_value(), n >= 11) << n;
    EXPECT_EQ(shown.signed_rank.has_value(), n >= 11) << n;
    EXPECT_EQ(shown.signed_rank.has_value() && shown.signed_rank->shift,
              n >= 22)
        << n;
  }
}

TEST(Release, CompletenessDoesNotGiveAWithheldCountAway) {
  analysis::ScoreAnswer answer;
  answer.provenance = CohortOf(100);
  analysis::VisitScore visit;
  visit.score = {9, 70.0, 10.0, 65.0, 75.0, Absence::kNone};
  visit.completeness = {9, 24, 0.375, 0.2, 0.6, Absence::kNone};
  answer.groups = {{{}, 50, {visit}, {}}};
  const auto released = Release(answer, {kThreshold});
  ASSERT_TRUE(released.ok());
  const analysis::VisitScore& shown = released->answer().groups[0].visits[0];
  EXPECT_FALSE(shown.score.n || shown.completeness.count ||
               shown.completeness.estimate);
  EXPECT_EQ(shown.completeness.absence, Absence::kSuppressed);
}

TEST(Release, DescriptionWithholdsSmallCounts) {
  analysis::DescribeAnswer answer;
  answer.provenance = CohortOf(100);
  analysis::CohortGroup group;
  group.n_cases = 100;
  group.n_athletes = 5;
  group.dimensions = {
      {model::Dimension::kSex, {{"female", 60}, {"male", 6}, {"unknown", 34}}}};
  group.visits = {{model::Visit::k6Months, 10, 4, 0.4},
                  {model::Visit::k12Months, 11, 4, 4.0 / 11}};
  answer.groups = {group};
  const auto released = Release(answer, {kThreshold});
  ASSERT_TRUE(released.ok());
  const analysis::CohortGroup& shown = released->answer().groups[0];
  EXPECT_FALSE(shown.n_athletes.has_value());
  EXPECT_EQ(shown.dimensions[0].values[0].n, 60);
  EXPECT_FALSE(shown.dimensions[0].values[1].n.has_value());
  // 100 less 60 less 34 would be the 6.
  EXPECT_FALSE(shown.dimensions[0].values[2].n.has_value());
  EXPECT_FALSE(shown.visits[0].due || shown.visits[0].completed);
  EXPECT_EQ(shown.visits[1].due, 11);
  EXPECT_FALSE(shown.visits[1].completed || shown.visits[1].completeness);
}

}  // namespace
}  // namespace enthesis::disclosure
