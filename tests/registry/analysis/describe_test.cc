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

using model::Dimension;
using ::testing::ElementsAre;
using tests::Cases;

constexpr int32_t kUtcDay = 18'900;  // September 2021

model::Case CaseOf(std::mt19937_64& random, const char* site, int32_t age,
                   std::optional<int32_t> contact) {
  model::Case record = tests::RandomCase(random);
  record.site = site;
  record.baseline.age_years = age;
  record.baseline.surgery_year = 2019;
  record.baseline.sex = model::Sex::kFemale;
  record.baseline.sport_level = model::SportLevel::kNone;
  record.status = model::CaseStatus::kActive;
  record.status_day.reset();
  record.follow_ups.clear();
  if (contact.has_value()) {
    model::FollowUp follow_up;
    follow_up.day = contact;
    record.follow_ups = {follow_up};
  }
  return record;
}

// Four limbs of three persons at two sites. Follow-up ends on days 0, 100 and
// 400 (events) and by death on day 200: reverse Kaplan-Meier falls to 3/4 on
// day 0, to 2/4 on day 100 (flat until 400), to 0 on day 400; the median is
// halfway, 250.
Cases FourLimbs() {
  std::mt19937_64 random(1);
  Cases cases = {
      CaseOf(random, "site-b", 40, {}), CaseOf(random, "site-a", 50, 100),
      CaseOf(random, "site-b", 60, 400), CaseOf(random, "site-b", 70, 150)};
  cases[2].patient = cases[0].patient;
  cases[3].status = model::CaseStatus::kDied;
  cases[3].status_day = 200;
  cases[1].baseline.sex = model::Sex::kMale;
  cases[1].baseline.sport_level = model::SportLevel::kRecreational;
  return cases;
}

const DimensionCounts& Of(const CohortGroup& group, Dimension dimension) {
  for (const DimensionCounts& counts : group.dimensions) {
    if (counts.dimension == dimension) return counts;
  }
  static const auto* const kNone = new DimensionCounts();
  ADD_FAILURE() << "no such dimension";
  return *kNone;
}

TEST(Describe, FourLimbsByHand) {
  stats::ThreadPool pool(1);
  const auto answer =
      Answer(model::DescribeQuestion(),
             *tests::SnapshotOf(FourLimbs(), kUtcDay), pool, {});
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->groups.size(), 1u);
  const CohortGroup& group = answer->groups[0];
  EXPECT_EQ(group.n_cases, 4);
  EXPECT_EQ(group.n_patients, 3);
  EXPECT_EQ(group.n_sites, 2);
  EXPECT_EQ(group.n_athletes, 1);
  EXPECT_EQ(group.mean_age_years, 55);
  EXPECT_EQ(group.median_follow_up_days, 250);
  EXPECT_EQ(group.follow_up_at_risk, 1);
  EXPECT_EQ(group.dimensions.size(), 16u);
  EXPECT_THAT(Of(group, Dimension::kSex).values,
              ElementsAre(ValueCount{"female", 3, Absence::kNone},
                          ValueCount{"male", 1, Absence::kNone}));
  EXPECT_THAT(Of(group, Dimension::kSite).values,
              ElementsAre(ValueCount{"site-a", 1, Absence::kNone},
                          ValueCount{"site-b", 3, Absence::kNone}));
  EXPECT_THAT(Of(group, Dimension::kSurgeryYear).values,
              ElementsAre(ValueCount{"2019", 4, Absence::kNone}));
  // Operated in 2019, seen in September 2021: all visits up to 12 months are
  // due, and the case that died leaves.
  ASSERT_EQ(group.visits.size(), 6u);
  EXPECT_EQ(group.visits[5].visit, model::Visit::k12Months);
  EXPECT_EQ(group.visits[5].due, 3);
  EXPECT_EQ(group.visits[5].completed, 0);
  EXPECT_EQ(group.visits[5].completeness, 0);
}

TEST(Describe, BySiteLeavesTheSiteOut) {
  stats::ThreadPool pool(1);
  model::DescribeQuestion question;
  question.group_by = Dimension::kSite;
  const auto answer =
      Answer(question, *tests::SnapshotOf(FourLimbs(), kUtcDay), pool, {});
  ASSERT_EQ(answer->groups.size(), 2u);
  EXPECT_EQ(answer->groups[0].group[0].value, "site-a");
  EXPECT_EQ(answer->groups[1].n_cases, 3);
  EXPECT_EQ(answer->groups[1].n_patients, 2);
  EXPECT_EQ(answer->groups[1].n_sites, 1);
  EXPECT_EQ(answer->groups[1].dimensions.size(), 15u);
}

TEST(Describe, UnknownComesLast) {
  std::mt19937_64 random(2);
  Cases cases;
  for (int i = 0; i < 300; ++i) cases.push_back(tests::RandomCase(random));
  stats::ThreadPool pool(1);
  const auto answer = Answer(model::DescribeQuestion(),
                             *tests::SnapshotOf(cases, kUtcDay), pool, {});
  const DimensionCounts& bmi = Of(answer->groups[0], Dimension::kBmiBand);
  ASSERT_GT(bmi.values.size(), 3u);
  EXPECT_EQ(bmi.values.front().value, "<18.5");
  EXPECT_EQ(bmi.values.back().value, "unknown");
}

}  // namespace
}  // namespace enthesis::analysis
