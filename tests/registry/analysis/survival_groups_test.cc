// What a survival question asks beside the curve: quantiles, restricted means,
// landmarks, tests between groups.

#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "registry/model/small_groups.h"
#include "stats/follow_up.h"
#include "stats/rank_test.h"
#include "stats/restricted_mean.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {
namespace {

using model::Dimension;
using model::Endpoint;
using model::RankTestKind;
using ::testing::Contains;
using ::testing::HasSubstr;
using tests::Cases;
using tests::EventsOf;
using tests::RandomCases;

absl::StatusOr<SurvivalAnswer> AskGroups(
    const model::SurvivalQuestion& question, const Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases), pool, {});
}

std::vector<stats::EventTable> TablesBy(const Cases& cases, Dimension by,
                                        Endpoint endpoint) {
  std::vector<stats::EventTable> tables;
  for (const auto& [label, members] : tests::GroupCases(cases, {}, by)) {
    tables.push_back(EventsOf(members, endpoint));
  }
  return tables;
}

TEST(SurvivalGroups, EveryTransform) {
  const Cases cases = RandomCases(400, 31);
  const stats::EventTable table = EventsOf(cases, Endpoint::kComplication);
  for (const auto& [asked, transform] :
       {std::pair(model::ConfidenceTransform::kLogLog,
                  stats::IntervalTransform::kLogLog),
        std::pair(model::ConfidenceTransform::kLog,
                  stats::IntervalTransform::kLog),
        std::pair(model::ConfidenceTransform::kPlain,
                  stats::IntervalTransform::kPlain),
        std::pair(model::ConfidenceTransform::kLogit,
                  stats::IntervalTransform::kLogit),
        std::pair(model::ConfidenceTransform::kArcsin,
                  stats::IntervalTransform::kArcsin)}) {
    model::SurvivalQuestion question;
    question.endpoint = Endpoint::kComplication;
    question.transform = asked;
    question.at_days = {365};
    question.quantiles = {0.25, 0.9};
    const auto answer = AskGroups(question, cases);
    ASSERT_TRUE(answer.ok());
    const auto curve = stats::EstimateKaplanMeier(table, {0.95, transform});
    const auto at = stats::SurvivalAt(*curve, {365.0});
    EXPECT_EQ(answer->curves[0].at[0].lower, at[0]->lower);
    EXPECT_EQ(answer->curves[0].at[0].upper, at[0]->upper);
    ASSERT_EQ(answer->curves[0].quantiles.size(), 2u);
    for (size_t q = 0; q < 2; ++q) {
      const CurveQuantile& quantile = answer->curves[0].quantiles[q];
      EXPECT_EQ(quantile.p, question.quantiles[q]);
      const auto expected = stats::SurvivalQuantile(*curve, quantile.p);
      EXPECT_EQ(quantile.time.estimate, expected.estimate);
      EXPECT_EQ(quantile.time.lower, expected.lower);
      EXPECT_EQ(quantile.time.absence == Absence::kNotReached,
                !expected.estimate.has_value());
    }
    EXPECT_THAT(
        answer->provenance.conventions,
        Contains("interval: " + std::string(model::CodeOf(
                                    model::kConfidenceTransformCodes, asked))));
  }
}

TEST(SurvivalGroups, MeansAndTheirContrasts) {
  const Cases cases = RandomCases(1500, 32);
  model::SurvivalQuestion question;
  question.endpoint = Endpoint::kReoperation;
  question.group_by = Dimension::kSex;
  question.mean_horizon = 730;
  const auto answer = AskGroups(question, cases);
  ASSERT_TRUE(answer.ok());
  const auto tables = TablesBy(cases, Dimension::kSex, question.endpoint);
  std::vector<stats::RestrictedMean> means;
  for (size_t g = 0; g < tables.size(); ++g) {
    means.push_back(*stats::EstimateRestrictedMean(
        *stats::EstimateKaplanMeier(tables[g]), 730));
    const RestrictedMean& mean = *answer->curves[g].restricted_mean;
    EXPECT_EQ(mean.horizon, 730);
    EXPECT_EQ(mean.estimate, means[g].estimate);
    EXPECT_EQ(mean.std_error, means[g].std_error);
    EXPECT_EQ(mean.upper, means[g].upper);
  }
  ASSERT_EQ(answer->mean_contrasts.size(), tables.size() - 1);
  for (size_t g = 1; g < tables.size(); ++g) {
    const RestrictedMeanContrast& contrast = answer->mean_contrasts[g - 1];
    EXPECT_EQ(contrast.group, answer->curves[g].group);
    EXPECT_EQ(contrast.reference, answer->curves[0].group);
    const auto expected = stats::CompareRestrictedMeans(means[g], means[0]);
    EXPECT_EQ(contrast.difference->estimate, expected->difference.estimate);
    EXPECT_EQ(contrast.difference->p_value, expected->difference.p_value);
    EXPECT_EQ(contrast.ratio->lower, expected->ratio->lower);
    EXPECT_EQ(contrast.lost_ratio->z, expected->lost_ratio->z);
  }
  // No curve is carried on beyond what was seen.
  question.mean_horizon = 7305;
  const auto late = AskGroups(question, cases);
  EXPECT_EQ(late->curves[0].restricted_mean->absence, Absence::kBeyondFollowUp);
  EXPECT_EQ(late->mean_contrasts[0].absence, Absence::kBeyondFollowUp);
  EXPECT_FALSE(late->mean_contrasts[0].difference.has_value());
}

TEST(SurvivalGroups, ALandmarkLeavesOutWhoLeftByThen) {
  const Cases cases = RandomCases(900, 33);
  model::SurvivalQuestion question;
  question.endpoint = Endpoint::kComplication;
  question.group_by = Dimension::kSite;
  question.landmark_day = 100;
  question.at_days = {50, 365};
  const auto answer = AskGroups(question, cases);
  ASSERT_TRUE(answer.ok());
  std::vector<stats::EventTable> tables;
  int64_t before = 0;
  for (const auto& table :
       TablesBy(cases, Dimension::kSite, question.endpoint)) {
    tables.push_back(stats::AfterLandmark(table, 100));
    before += static_cast<int64_t>(table.Total() - tables.back().Total());
  }
  ASSERT_EQ(answer->curves.size(), tables.size());
  for (size_t g = 0; g < tables.size(); ++g) {
    const auto expected = stats::EstimateKaplanMeier(tables[g]);
    EXPECT_EQ(answer->curves[g].n, static_cast<int64_t>(expected->n));
    EXPECT_EQ(answer->curves[g].at[0].survival, 1);
    EXPECT_EQ(answer->curves[g].at[1].survival,
              stats::SurvivalAt(*expected, {365.0})[0]->survival);
  }
  EXPECT_EQ(answer->test->p_value, stats::TestLogRank({tables})->p_value);
  EXPECT_THAT(answer->provenance.exclusions,
              Contains(Exclusion{"BEFORE_LANDMARK", before}));
  EXPECT_THAT(answer->provenance.estimand, HasSubstr("after day 100"));
}

TEST(SurvivalGroups, EveryTestEqualsThatOfTheEngine) {
  const Cases cases = RandomCases(1200, 34);
  const auto tables =
      TablesBy(cases, Dimension::kPathology, Endpoint::kReoperation);
  const std::map<RankTestKind, stats::RankWeight> kinds = {
      {RankTestKind::kLogRank, stats::RankWeight::kLogRank},
      {RankTestKind::kGehanBreslow, stats::RankWeight::kGehanBreslow},
      {RankTestKind::kTaroneWare, stats::RankWeight::kTaroneWare},
      {RankTestKind::kPetoPeto, stats::RankWeight::kPetoPeto},
      {RankTestKind::kPetoPetoTextbook, stats::RankWeight::kPetoPetoTextbook},
      {RankTestKind::kFlemingHarrington,
       stats::RankWeight::kFlemingHarrington}};
  ASSERT_EQ(kinds.size(), model::kRankTestCodes.codes.size());
  for (const auto& [kind, weight] : kinds) {
    model::SurvivalQuestion question;
    question.group_by = Dimension::kPathology;
    question.test = kind;
    question.rho = 0.5;
    question.gamma = 2;
    question.pairwise = true;
    const auto answer = AskGroups(question, cases);
    ASSERT_TRUE(answer.ok());
    const std::string name(model::CodeOf(model::kRankTestCodes, kind));
    SCOPED_TRACE(name);
    const stats::RankTestOptions options{weight, 0.5, 2};
    const auto expected = stats::TestRank({tables}, options);
    EXPECT_EQ(answer->test->name, name);
    EXPECT_EQ(answer->test->chi_square, expected->chi_square);
    EXPECT_EQ(answer->test->groups[0].observed, expected->groups[0].observed);
    const auto pairs = stats::TestRankPairs({tables}, options);
    ASSERT_EQ(answer->pairs.size(), pairs->size());
    for (size_t p = 0; p < pairs->size(); ++p) {
      EXPECT_EQ(answer->pairs[p].first,
                answer->curves[(*pairs)[p].first].group);
      EXPECT_EQ(answer->pairs[p].second,
                answer->curves[(*pairs)[p].second].group);
      EXPECT_EQ(answer->pairs[p].chi_square, (*pairs)[p].test.chi_square);
      EXPECT_EQ(answer->pairs[p].adjusted_p_value,
                (*pairs)[p].adjusted_p_value);
    }
  }
}

TEST(SurvivalGroups, StrataHoldTheTestWithinThem) {
  const Cases cases = RandomCases(2000, 35);
  model::SurvivalQuestion question;
  question.endpoint = Endpoint::kComplication;
  question.group_by = Dimension::kSex;
  question.strata = Dimension::kSite;
  for (const bool landmark : {false, true}) {
    if (landmark) question.landmark_day = 30;
    const auto answer = AskGroups(question, cases);
    ASSERT_TRUE(answer.ok());
    std::vector<std::vector<stats::EventTable>> strata;
    for (const auto& [site, members] :
         tests::GroupCases(cases, {}, Dimension::kSite)) {
      strata.emplace_back();
      for (const SurvivalCurve& curve : answer->curves) {
        const auto& sex = curve.group[0].value;
        Cases own;
        for (const model::Case& record : members) {
          if (tests::GroupsOf(Dimension::kSex, record)[0] == sex) {
            own.push_back(record);
          }
        }
        stats::EventTable table = EventsOf(own, question.endpoint);
        if (landmark) table = stats::AfterLandmark(table, 30);
        strata.back().push_back(std::move(table));
      }
    }
    const auto expected = stats::TestLogRank(strata);
    EXPECT_EQ(answer->test->chi_square, expected->chi_square);
    EXPECT_EQ(answer->test->groups[1].expected, expected->groups[1].expected);
    EXPECT_THAT(answer->provenance.conventions,
                Contains(HasSubstr("strata of the test: site")));
  }
}

TEST(SurvivalGroups, TrendOverYearsAndBands) {
  const Cases cases = RandomCases(1500, 36);
  for (const Dimension by : {Dimension::kSurgeryYear, Dimension::kBmiBand}) {
    model::SurvivalQuestion question;
    question.group_by = by;
    question.trend = true;
    const auto answer = AskGroups(question, cases);
    ASSERT_TRUE(answer.ok());
    std::vector<stats::EventTable> tables;
    std::vector<double> scores;
    for (const auto& [label, members] : tests::GroupCases(cases, {}, by)) {
      if (label == "unknown") continue;
      tables.push_back(EventsOf(members, question.endpoint));
      scores.push_back(*model::ParseValue(by, label));
    }
    if (by == Dimension::kBmiBand) {
      ASSERT_LT(tables.size(), answer->curves.size()) << "someone is unknown";
    }
    const auto expected = stats::TestRankTrend({tables}, scores);
    EXPECT_NEAR(*answer->trend->z, *expected->z, 1e-9);
    EXPECT_NEAR(*answer->trend->p_value, *expected->p_value, 1e-9);
    EXPECT_EQ(answer->trend->df, 1);
  }
}

TEST(SurvivalGroups, SmallGroupsStayOutOfTheTest) {
  const Cases cases = RandomCases(300, 37);
  model::SurvivalQuestion question;
  question.group_by = Dimension::kAgeBand;
  question.smallest_group = 30;
  question.pairwise = true;
  question.trend = true;
  question.mean_horizon = 200;
  const auto answer = AskGroups(question, cases);
  ASSERT_TRUE(answer.ok());
  const auto tables = TablesBy(cases, Dimension::kAgeBand, question.endpoint);
  std::vector<int64_t> sizes;
  for (const stats::EventTable& table : tables) {
    sizes.push_back(static_cast<int64_t>(table.Total()));
  }
  std::vector<bool> withheld(sizes.size());
  model::MarkSmallGroups(sizes, 30, withheld);
  std::vector<stats::EventTable> large;
  size_t first = tables.size();
  for (size_t g = 0; g < tables.size(); ++g) {
    const TestGroup& group = answer->test->groups[g];
    const bool compared = !withheld[g];
    EXPECT_EQ(group.expected.has_value(), compared);
    EXPECT_EQ(group.absence, compared ? Absence::kNone : Absence::kSuppressed);
    if (!compared) continue;
    first = std::min(first, g);
    large.push_back(tables[g]);
  }
  ASSERT_GE(large.size(), 2u);
  ASSERT_LT(large.size(), tables.size());
  EXPECT_EQ(answer->test->p_value, stats::TestLogRank({large})->p_value);
  EXPECT_EQ(answer->pairs.size(), large.size() * (large.size() - 1) / 2);
  ASSERT_EQ(answer->mean_contrasts.size(), large.size() - 1);
  EXPECT_EQ(answer->mean_contrasts[0].reference, answer->curves[first].group);
  // With one of them left there is none.
  question.smallest_group = 301;
  const auto none = AskGroups(question, cases);
  EXPECT_EQ(none->test->absence, Absence::kSuppressed);
  EXPECT_FALSE(none->test->chi_square.has_value());
  EXPECT_EQ(none->trend->absence, Absence::kSuppressed);
  EXPECT_TRUE(none->pairs.empty());
  EXPECT_TRUE(none->mean_contrasts.empty());
}

TEST(SurvivalGroups, NobodyAfterTheLandmarkIsUndefined) {
  model::SurvivalQuestion question;
  question.landmark_day = 7305;
  question.mean_horizon = 7305;
  question.quantiles = {0.5};
  question.group_by = Dimension::kSex;
  const auto answer = AskGroups(question, RandomCases(40, 38));
  ASSERT_TRUE(answer.ok());
  for (const SurvivalCurve& curve : answer->curves) {
    EXPECT_EQ(curve.n, 0);
    EXPECT_EQ(curve.quantiles[0].time.absence, Absence::kUndefined);
    EXPECT_EQ(curve.restricted_mean->absence, Absence::kUndefined);
  }
  EXPECT_EQ(answer->test->absence, Absence::kUndefined);
}

}  // namespace
}  // namespace enthesis::analysis
