// Rules of what a survival question asks beside the curve.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/disclosure/release.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kLeast = 11;

analysis::Group Named(const char* site) {
  return {{model::Dimension::kSite, site}};
}

// At risk: all on day 30, 12 on day 200, 10 on day 300.
analysis::SurvivalCurve MeanCurve(const char* site, int64_t n,
                                  int32_t horizon) {
  analysis::SurvivalCurve curve;
  curve.group = Named(site);
  curve.n = n;
  for (const auto& [day, at_risk] :
       {std::pair(30, n), std::pair(200, int64_t{12}),
        std::pair(300, int64_t{10})}) {
    analysis::SurvivalPoint point;
    point.day = day;
    point.at_risk = at_risk;
    curve.points.push_back(point);
  }
  curve.quantiles = {{0.25, {100.0, 50.0, 250.0, Absence::kNone}},
                     {0.75, {300.0, 200.0, {}, Absence::kNone}}};
  curve.restricted_mean = {horizon, 90.0, 5.0, 80.0, 100.0, Absence::kNone};
  return curve;
}

analysis::SurvivalAnswer MeansOf(int64_t first, int64_t second,
                                 int32_t horizon) {
  analysis::SurvivalAnswer answer;
  answer.provenance.n_cases = 200;
  answer.provenance.exclusions = {{"BEFORE_LANDMARK", 50}};
  answer.curves = {MeanCurve("one", first, horizon),
                   MeanCurve("two", second, horizon)};
  analysis::RestrictedMeanContrast contrast;
  contrast.group = Named("two");
  contrast.reference = Named("one");
  contrast.difference.emplace().estimate = 3;
  contrast.ratio.emplace().estimate = 1.1;
  contrast.lost_ratio.emplace().estimate = 0.9;
  answer.mean_contrasts = {contrast};
  answer.test.emplace().chi_square = 4;
  answer.test->groups = {{Named("one"), first, 3.0, 2.0, Absence::kNone},
                         {Named("two"), second, 3.0, 4.0, Absence::kNone}};
  answer.trend.emplace().name = "log-rank";
  answer.trend->z = 2;
  answer.pairs.emplace_back().p_value = 0.04;
  return answer;
}

TEST(ReleaseSurvival, AMeanNeedsEnoughAtRiskUpToItsHorizon) {
  // The curve ends after day 200.
  for (const int32_t horizon : {200, 201, 300}) {
    const auto released = Release(MeansOf(60, 60, horizon), {kLeast});
    const auto& mean = *released->answer().curves[0].restricted_mean;
    const auto& contrast = released->answer().mean_contrasts[0];
    EXPECT_EQ(mean.horizon, horizon);
    EXPECT_EQ(mean.estimate.has_value(), horizon == 200);
    EXPECT_EQ(mean.std_error.has_value(), horizon == 200);
    EXPECT_EQ(mean.absence,
              horizon == 200 ? Absence::kNone : Absence::kSuppressed);
    EXPECT_EQ(contrast.difference.has_value(), horizon == 200);
    EXPECT_EQ(contrast.lost_ratio.has_value(), horizon == 200);
  }
}

TEST(ReleaseSurvival, QuantilesEndWithTheCurve) {
  const auto released = Release(MeansOf(60, 60, 100), {kLeast});
  const auto& quantiles = released->answer().curves[0].quantiles;
  EXPECT_EQ(quantiles[0].time.estimate, 100);
  EXPECT_FALSE(quantiles[0].time.upper.has_value());
  EXPECT_FALSE(quantiles[1].time.estimate || quantiles[1].time.lower);
  EXPECT_EQ(quantiles[1].time.absence, Absence::kNotReached);
  EXPECT_EQ(quantiles[1].p, 0.75);
}

TEST(ReleaseSurvival, NothingOfASmallGroup) {
  const auto released = Release(MeansOf(60, 10, 100), {kLeast});
  const analysis::SurvivalAnswer& answer = released->answer();
  const analysis::SurvivalCurve& small = answer.curves[1];
  EXPECT_FALSE(small.quantiles[0].time.estimate.has_value());
  EXPECT_EQ(small.quantiles[0].time.absence, Absence::kSuppressed);
  EXPECT_FALSE(small.restricted_mean->estimate.has_value());
  EXPECT_FALSE(answer.mean_contrasts[0].difference.has_value());
  EXPECT_EQ(answer.mean_contrasts[0].absence, Absence::kSuppressed);
  // 200 less 50 less 60 and so on would tell its size.
  EXPECT_FALSE(answer.provenance.exclusions[0].n.has_value());
  // Nor of the other one, which with the cohort's own count would tell it.
  EXPECT_FALSE(answer.curves[0].n || answer.curves[0].events);
  EXPECT_FALSE(answer.curves[0].restricted_mean->estimate.has_value());
}

TEST(ReleaseSurvival, ASmallGroupInATestWithholdsAllTests) {
  const auto released = Release(MeansOf(60, 10, 100), {kLeast});
  const analysis::SurvivalAnswer& answer = released->answer();
  EXPECT_FALSE(answer.test->chi_square.has_value());
  EXPECT_EQ(answer.test->absence, Absence::kSuppressed);
  for (const analysis::TestGroup& group : answer.test->groups) {
    EXPECT_FALSE(group.observed || group.expected);
  }
  EXPECT_FALSE(answer.test->groups[0].n.has_value());
  EXPECT_FALSE(answer.trend->z.has_value());
  EXPECT_EQ(answer.trend->name, "log-rank");
  EXPECT_EQ(answer.trend->absence, Absence::kSuppressed);
  EXPECT_THAT(answer.pairs, IsEmpty());
}

TEST(ReleaseSurvival, LargeGroupsKeepTheirTests) {
  const auto released = Release(MeansOf(60, 11, 100), {kLeast});
  const analysis::SurvivalAnswer& answer = released->answer();
  EXPECT_EQ(answer.test->chi_square, 4);
  EXPECT_EQ(answer.test->groups[1].expected, 4);
  EXPECT_EQ(answer.trend->z, 2);
  EXPECT_THAT(answer.pairs, SizeIs(1));
  EXPECT_EQ(answer.provenance.exclusions[0].n, 50);
}

}  // namespace
}  // namespace enthesis::disclosure
