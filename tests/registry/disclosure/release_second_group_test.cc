// A small group is not told by what is shown of the others.

#include <string>

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
