// What of a comparison of sites may leave.

#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/disclosure/release.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::ComparedSite;
using analysis::SitesAnswer;
using ::testing::IsEmpty;

constexpr int kLeast = 11;

ComparedSite SiteOf(const std::string& code, int64_t n) {
  ComparedSite site;
  site.site = code;
  site.outcome = {3, n, 0.1, 0.05, 0.2, Absence::kNone};
  site.completeness = {n, n + 20, 0.9, 0.8, 0.95, Absence::kNone};
  site.expected = 2.5;
  site.mean = 70;
  site.ratio = {1.2, 0.5, 2.5};
  site.std_error = 0.5;
  site.shrunken = {1.1, 0.7, 1.6};
  site.z = 0.3;
  site.weight = 50;
  site.flag = analysis::FunnelFlag::kIn;
  site.limits = analysis::FunnelLimits{30, 0.0, 0.3, std::nullopt, 0.4};
  site.screen = analysis::OutlierScreen{2.0, 1.1, 0.4, false};
  return site;
}

SitesAnswer Comparison() {
  SitesAnswer answer;
  answer.provenance.n_cases = 100;
  answer.provenance.n_synthetic = 0;
  answer.provenance.exclusions = {{"NOT_FOLLOWED", 20}};
  answer.n = 80;
  answer.events = 30;
  answer.target = 0.375;
  answer.sites = {SiteOf("S01", 40), SiteOf("S02", 40)};
  answer.limits = {*answer.sites[0].limits};
  answer.phi = 1.1;
  answer.tau_squared = 0.01;
  answer.pooled.ratio = {1.0, 0.8, 1.2};
  answer.standard_deviation = 12;
  answer.coefficients = {analysis::Coefficient()};
  answer.discrimination.auc = 0.7;
  answer.support = {80, 30, std::nullopt, 1, {{"outcome", 50}}};
  return answer;
}

bool HasFigures(const ComparedSite& site) {
  return site.outcome.n || site.outcome.estimate || site.completeness.n ||
         site.completeness.estimate || site.expected || site.ratio.estimate ||
         site.mean || site.std_error || site.shrunken.estimate || site.z ||
         site.weight || site.limits || site.screen ||
         site.flag != analysis::FunnelFlag::kNone;
}

void ExpectNoComparison(const SitesAnswer& answer) {
  EXPECT_EQ(answer.absence, Absence::kSuppressed);
  EXPECT_FALSE(answer.target || answer.phi || answer.tau_squared ||
               answer.pooled.ratio.estimate || answer.discrimination.auc ||
               answer.standard_deviation);
  EXPECT_THAT(answer.limits, IsEmpty());
  EXPECT_THAT(answer.coefficients, IsEmpty());
}

TEST(ReleaseSites, EnoughCasesLeaveWhole) {
  SitesAnswer expected = Comparison();
  const auto released = Release(expected, {kLeast});
  ASSERT_TRUE(released.ok());
  expected.support = {};
  EXPECT_TRUE(released->answer() == expected);
}

// Analysis leaves it out of the comparison; who is left out would tell it.
TEST(ReleaseSites, ASiteThatIsNotComparedSaysNothing) {
  SitesAnswer answer = Comparison();
  ComparedSite small;
  small.site = "S03";
  small.completeness = {5, 9, 0.5, 0.2, 0.8, Absence::kNone};
  small.absence = Absence::kSuppressed;
  answer.sites.push_back(small);
  const SitesAnswer released = Release(answer, {kLeast})->answer();
  EXPECT_FALSE(HasFigures(released.sites[2]));
  EXPECT_EQ(released.sites[2].site, "S03");
  EXPECT_EQ(released.sites[2].absence, Absence::kSuppressed);
  EXPECT_TRUE(HasFigures(released.sites[0]));
  // Nor do the 120 due at the others, of 129 in all.
  EXPECT_TRUE(released.sites[1].completeness.n.has_value());
  EXPECT_FALSE(released.sites[0].completeness.n.has_value());
  EXPECT_EQ(released.target, 0.375);
  EXPECT_FALSE(released.provenance.exclusions[0].n.has_value());
}

// A comparison that rests on a small site goes with it.
TEST(ReleaseSites, AComparisonWithASmallSiteIsWithheld) {
  SitesAnswer answer = Comparison();
  answer.sites[1].outcome.n = 10;
  const SitesAnswer released = Release(answer, {kLeast})->answer();
  for (const ComparedSite& site : released.sites) {
    EXPECT_FALSE(HasFigures(site)) << site.site;
  }
  ExpectNoComparison(released);
}

TEST(ReleaseSites, TheCaseMixDecidesForTheWhole) {
  SitesAnswer answer = Comparison();
  answer.support.parts[0].n = 10;
  const SitesAnswer released = Release(answer, {kLeast})->answer();
  EXPECT_EQ(released.withheld_for,
            "outcome: too few cases with one of its values");
  ExpectNoComparison(released);
  for (const ComparedSite& site : released.sites) {
    EXPECT_FALSE(HasFigures(site));
  }
  EXPECT_FALSE(released.n || released.events);
  const auto open = Release(answer, Policy{std::nullopt});
  EXPECT_TRUE(HasFigures(open->answer().sites[0]));
}

TEST(ReleaseSites, CompletenessNeedsEnoughCasesOfItsOwn) {
  SitesAnswer answer = Comparison();
  answer.sites[0].completeness.n = 10;
  const SitesAnswer released = Release(answer, {kLeast})->answer();
  EXPECT_FALSE(released.sites[0].completeness.estimate.has_value());
  EXPECT_EQ(released.sites[0].outcome.n, 40);
}

// Analysis leaves a site out with them; where it did not, all of it goes.
TEST(ReleaseSites, FewLeftOutAreNotToldByTheSites) {
  SitesAnswer answer = Comparison();
  answer.provenance.exclusions[0].n = 1;
  answer.provenance.n_cases = 81;
  const SitesAnswer none = Release(answer, {kLeast})->answer();
  ExpectNoComparison(none);
  // With a site that is not compared they are enough; but completeness, 39 of
  // 40 beside them, would tell.
  answer.provenance.n_cases = 111;
  answer.sites[0].completeness = {39, 40, 0.975, 0.9, 0.99, Absence::kNone};
  answer.sites.emplace_back().site = "S03";
  answer.sites[2].absence = Absence::kSuppressed;
  const SitesAnswer some = Release(answer, {kLeast})->answer();
  EXPECT_EQ(some.sites[0].outcome.n, 40);
  EXPECT_FALSE(some.sites[0].completeness.count.has_value());
  EXPECT_EQ(some.sites[0].completeness.absence, Absence::kSuppressed);
}

analysis::SiteCusum Chart(int64_t first, int64_t second) {
  analysis::SiteCusum cusum;
  cusum.n = second;
  cusum.threshold = 3.5;
  cusum.blocks = {{first, 1.0, false, 0.5, 1.0}, {second, 2.0, true, -1.5, 2}};
  return cusum;
}

TEST(ReleaseSites, AChartIsToldInBlocksOfEnoughCases) {
  SitesAnswer answer = Comparison();
  answer.cusum = Chart(11, 22);
  EXPECT_EQ(Release(answer, {kLeast})->answer().cusum, answer.cusum);
  for (const auto& few : {Chart(10, 22), Chart(12, 22)}) {
    answer.cusum = few;
    const SitesAnswer released = Release(answer, {kLeast})->answer();
    EXPECT_THAT(released.cusum->blocks, IsEmpty());
    EXPECT_FALSE(released.cusum->n || released.cusum->threshold);
    EXPECT_EQ(released.cusum->absence, Absence::kSuppressed);
    EXPECT_EQ(Release(answer, Policy{std::nullopt})->answer().cusum, few);
  }
  // All of the site less those in order, whose outcomes the chart and the line
  // of the site would tell.
  answer.cusum = Chart(11, 22);
  answer.sites[0].is_own = true;
  answer.sites[0].outcome.n = 23;
  EXPECT_THAT(Release(answer, {kLeast})->answer().cusum->blocks, IsEmpty());
  answer.sites[0].outcome.n = 22;
  EXPECT_EQ(Release(answer, {kLeast})->answer().cusum, answer.cusum);
  // With the comparison it rests on.
  answer.cusum = Chart(11, 22);
  answer.support.parts[0].n = 10;
  EXPECT_THAT(Release(answer, {kLeast})->answer().cusum->blocks, IsEmpty());
}

}  // namespace
}  // namespace enthesis::disclosure
