// A small group is not told by what is shown of the others.

#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/disclosure/release.h"
#include "tests/registry/disclosure/cohort_of.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using ::testing::IsEmpty;
using ::testing::SizeIs;

analysis::CohortGroup SiteOf(const std::string& site, int64_t n,
                             int64_t female) {
  analysis::CohortGroup group;
  group.group = {{model::Dimension::kSite, site}};
  group.n_cases = n;
  group.n_athletes = n;
  group.mean_age_years = 50;
  group.dimensions = {
      {model::Dimension::kSex, {{"female", female}, {"male", n - female}}}};
  group.visits = {{model::Visit::k12Months, n, n / 2, 0.5}};
  return group;
}

TEST(ReleaseSecondGroup, DescriptionTakesASecondGroupWithASmallOne) {
  analysis::DescribeAnswer answer;
  answer.provenance = CohortOf(140);
  answer.groups = {SiteOf("site-01", 80, 40), SiteOf("site-02", 10, 5),
                   SiteOf("site-03", 50, 30)};
  const auto released = Release(answer, {kThreshold});
  ASSERT_TRUE(released.ok());
  EXPECT_EQ(released->answer().groups[0].n_cases, 80);
  EXPECT_EQ(released->answer().groups[0].dimensions[0].values[1].n, 40);
  for (const size_t g : {1u, 2u}) {
    const analysis::CohortGroup& hidden = released->answer().groups[g];
    EXPECT_FALSE(hidden.n_cases || hidden.mean_age_years);
    EXPECT_THAT(hidden.dimensions, IsEmpty());
    EXPECT_THAT(hidden.group, SizeIs(1));
  }
}

TEST(ReleaseSecondGroup, DescriptionLeavesNoSmallCellToSubtraction) {
  analysis::DescribeAnswer answer;
  answer.provenance = CohortOf(300);
  answer.groups = {SiteOf("site-01", 80, 4), SiteOf("site-02", 100, 30),
                   SiteOf("site-03", 120, 50)};
  const auto released = Release(answer, {kThreshold});
  ASSERT_TRUE(released.ok());
  const auto& groups = released->answer().groups;
  for (const size_t g : {0u, 1u}) {
    EXPECT_EQ(groups[g].n_cases, answer.groups[g].n_cases);
    EXPECT_FALSE(groups[g].dimensions[0].values[0].n.has_value());
    EXPECT_FALSE(groups[g].dimensions[0].values[1].n.has_value());
  }
  EXPECT_EQ(groups[2].dimensions[0].values[0].n, 50);
}

// 18 cases less the 13 without a concomitant procedure are 5 with one.
TEST(ReleaseSecondGroup, NoneOfTheProceduresTellsOfThose) {
  analysis::DescribeAnswer answer;
  answer.provenance = CohortOf(18);
  analysis::CohortGroup group;
  group.n_cases = 18;
  group.n_athletes = 17;
  group.dimensions = {{model::Dimension::kConcomitantProcedure,
                       {{"gastrocnemius_recession", 3},
                        {"graft_reinforcement", 3},
                        {"none", 13}}}};
  answer.groups = {group};
  const auto released = Release(answer, {kThreshold});
  for (const auto& count : released->answer().groups[0].dimensions[0].values) {
    EXPECT_FALSE(count.n.has_value()) << count.value;
  }
  // So does the one who is no athlete.
  EXPECT_FALSE(released->answer().groups[0].n_athletes.has_value());
  // Two that overlap, and enough in each and in neither.
  group.n_cases = 60;
  group.n_athletes = 40;
  answer.provenance = CohortOf(60);
  group.dimensions[0].values = {{"gastrocnemius_recession", 20},
                                {"graft_reinforcement", 15},
                                {"none", 30}};
  answer.groups = {group};
  const auto whole = Release(answer, {kThreshold});
  EXPECT_EQ(whole->answer().groups[0].dimensions, group.dimensions);
  EXPECT_EQ(whole->answer().groups[0].n_athletes, 40);
}

analysis::SurvivalAnswer ByProcedure(const std::vector<int64_t>& sizes) {
  analysis::SurvivalAnswer answer;
  const char* const names[] = {"gastrocnemius_recession", "graft_reinforcement",
                               "none"};
  for (size_t g = 0; g < sizes.size(); ++g) {
    analysis::SurvivalCurve& curve = answer.curves.emplace_back();
    curve.group = {{model::Dimension::kConcomitantProcedure, names[g]}};
    curve.n = sizes[g];
  }
  return answer;
}

TEST(ReleaseSecondGroup, CurvesByProcedureHaveTheSameRule) {
  analysis::SurvivalAnswer answer = ByProcedure({3, 20, 40});
  answer.provenance = CohortOf(62);
  auto curves = Release(answer, {kThreshold})->answer().curves;
  EXPECT_FALSE(curves[0].n || curves[2].n);
  EXPECT_EQ(curves[1].n, 20);
  // 5 of all have no graft.
  answer = ByProcedure({20, 57, 0});
  answer.provenance = CohortOf(62);
  curves = Release(answer, {kThreshold})->answer().curves;
  EXPECT_EQ(curves[0].n, 20);
  EXPECT_FALSE(curves[1].n.has_value());
}

// 100 cases less 96 analyzed are the 4 left out.
TEST(ReleaseSecondGroup, AGroupGoesWithAFewLeftOut) {
  analysis::ReturnAnswer answer;
  answer.provenance = CohortOf(100);
  answer.provenance.exclusions = {{"NOT_AN_ATHLETE", 4}};
  answer.curves.emplace_back().n = 96;
  auto released = Release(answer, {kThreshold})->answer();
  EXPECT_FALSE(released.curves[0].n.has_value());
  EXPECT_EQ(released.curves[0].absence, Absence::kSuppressed);
  // Of two groups the smaller.
  answer.curves[0].n = 60;
  answer.curves.emplace_back().n = 36;
  released = Release(answer, {kThreshold})->answer();
  EXPECT_EQ(released.curves[0].n, 60);
  EXPECT_FALSE(released.curves[1].n.has_value());
  // None when more are left out.
  answer.provenance.exclusions[0].n = 14;
  answer.curves[1].n = 26;
  released = Release(answer, {kThreshold})->answer();
  EXPECT_EQ(released.curves[1].n, 26);
  EXPECT_EQ(released.provenance.exclusions[0].n, 14);
}

TEST(ReleaseSecondGroup, AScoreOfAVisitTakesASecondGroupWithASmallOne) {
  analysis::ScoreAnswer answer;
  answer.provenance = CohortOf(150);
  for (const int64_t n : {40, 30, 9}) {
    analysis::VisitScore visit;
    visit.visit = model::Visit::k12Months;
    visit.score = {n, 70.0, 10.0, 65.0, 75.0, Absence::kNone};
    visit.completeness = {n, 50, 0.5, 0.3, 0.6, Absence::kNone};
    answer.groups.push_back(
        {{{model::Dimension::kSite, "site"}}, 50, {visit}, {}});
  }
  const auto released = Release(answer, {kThreshold});
  ASSERT_TRUE(released.ok());
  const auto& groups = released->answer().groups;
  EXPECT_EQ(groups[0].visits[0].score.n, 40);
  for (const size_t g : {1u, 2u}) {
    EXPECT_EQ(groups[g].n_cases, 50);
    EXPECT_FALSE(groups[g].visits[0].score.n.has_value());
    EXPECT_EQ(groups[g].visits[0].score.absence, Absence::kSuppressed);
    EXPECT_FALSE(groups[g].visits[0].completeness.count.has_value());
  }
}

}  // namespace
}  // namespace enthesis::disclosure
