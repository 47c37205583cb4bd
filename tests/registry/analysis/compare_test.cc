#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "stats/group_comparison.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {
namespace {

using model::Sex;
using model::Visit;
using tests::Cases;

absl::StatusOr<CompareAnswer> AskCompare(const model::CompareQuestion& question,
                                         const Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases, 18'900), pool, {});
}

model::CompareQuestion BySex() {
  model::CompareQuestion question;
  question.group_by = model::Dimension::kSex;
  return question;
}

model::Case Measured(std::mt19937_64& random, Sex sex,
                     std::optional<int32_t> before,
                     std::optional<int32_t> after) {
  model::Case record = tests::ScoredCase(random, before, after);
  record.baseline.sex = sex;
  return record;
}

Cases SixOfTwo(std::mt19937_64& random) {
  return {Measured(random, Sex::kFemale, 40, 70),
          Measured(random, Sex::kFemale, 50, 80),
          Measured(random, Sex::kFemale, {}, 90),
          Measured(random, Sex::kMale, 30, 60),
          Measured(random, Sex::kMale, 40, 64),
          Measured(random, Sex::kMale, 60, {})};
}

// Women 70, 80, 90 (mean 80, variance 100), men 60, 64 (mean 62, variance 8):
// pooled variance 208 / 3, F = 6/5 18^2 / (208/3).
TEST(Compare, LevelsByHand) {
  std::mt19937_64 random(1);
  const auto answer = AskCompare(BySex(), SixOfTwo(random));
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->groups.size(), 2u);
  EXPECT_EQ(answer->groups[0].group[0].value, "female");
  EXPECT_EQ(answer->groups[0].value.n, 3);
  EXPECT_EQ(answer->groups[0].value.mean, 80);
  EXPECT_EQ(answer->groups[0].median, 80);
  EXPECT_EQ(answer->groups[1].value.mean, 62);
  EXPECT_EQ(answer->groups_compared, 2);
  EXPECT_NEAR(*answer->anova->statistic, 1.2 * 18 * 18 / (208.0 / 3), 1e-12);
  EXPECT_EQ(answer->anova->df, 1);
  EXPECT_EQ(answer->anova->residual_df, 3);
  ASSERT_EQ(answer->pairs.size(), 1u);
  const ComparedPair& pair = answer->pairs[0];
  EXPECT_EQ(pair.welch.difference, 18);
  EXPECT_NEAR(*pair.welch.std_error, std::sqrt(100.0 / 3 + 4), 1e-12);
  EXPECT_NEAR(*pair.pooled.std_error, std::sqrt(208.0 / 3 * 5 / 6), 1e-12);
  EXPECT_EQ(pair.welch.p_value, pair.welch_p_holm);
  // Every woman is above every man: 2 of the 10 orders are as far.
  EXPECT_EQ(pair.mann_whitney.statistic, 6);
  EXPECT_NEAR(*pair.mann_whitney.p_value, 0.2, 1e-12);
  EXPECT_EQ(pair.mann_whitney.exact, true);
  EXPECT_EQ(answer->provenance.exclusions[0], (Exclusion{"NO_VALUE", 1}));
}

// Changes of those with both scores: 30, 30 and 30, 24.
TEST(Compare, ChangesAreOfPairs) {
  std::mt19937_64 random(2);
  model::CompareQuestion question = BySex();
  question.change = true;
  const auto answer = AskCompare(question, SixOfTwo(random));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->groups[0].value.n, 2);
  EXPECT_EQ(answer->groups[0].value.mean, 30);
  EXPECT_EQ(answer->groups[0].value.std_dev, 0);
  EXPECT_EQ(answer->groups[1].value.mean, 27);
  EXPECT_EQ(answer->pairs[0].welch.difference, 3);
  EXPECT_EQ(answer->provenance.exclusions[0], (Exclusion{"NO_VALUE", 2}));
}

TEST(Compare, SmallGroupsAreDescribedButNotTested) {
  std::mt19937_64 random(3);
  model::CompareQuestion question = BySex();
  question.smallest_group = 3;
  const auto answer = AskCompare(question, SixOfTwo(random));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->groups.size(), 2u);
  // Three and two: the larger one goes with the smaller.
  EXPECT_EQ(answer->groups_compared, 0);
  EXPECT_FALSE(answer->anova.has_value());
  EXPECT_TRUE(answer->pairs.empty());
  EXPECT_EQ(answer->tests_absence, Absence::kSuppressed);
}

TEST(Compare, OneGroupHasNoTest) {
  std::mt19937_64 random(4);
  const Cases cases = {Measured(random, Sex::kMale, 30, 60),
                       Measured(random, Sex::kMale, 30, 70),
                       Measured(random, Sex::kFemale, 30, {})};
  const auto answer = AskCompare(BySex(), cases);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->groups.size(), 1u);
  EXPECT_EQ(answer->tests_absence, Absence::kUndefined);
}

TEST(Compare, MoreThanTwentyGroupsHaveNoPairs) {
  std::mt19937_64 random(5);
  Cases cases;
  for (int32_t year = 1995; year < 2017; ++year) {
    for (int32_t i = 0; i < 3; ++i) {
      cases.push_back(Measured(random, Sex::kMale, {}, 50 + year % 7 * i));
      cases.back().baseline.surgery_year = year;
    }
  }
  model::CompareQuestion question;
  question.group_by = model::Dimension::kSurgeryYear;
  const auto answer = AskCompare(question, cases);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->groups_compared, 22);
  EXPECT_TRUE(answer->anova.has_value());
  EXPECT_TRUE(answer->pairs.empty());
}

// The columns give the comparison of the same values as rows.
TEST(Compare, EqualsTheLibraryOnRows) {
  std::mt19937_64 random(6);
  Cases cases;
  std::vector<double> values;
  std::vector<int> groups;
  for (int i = 0; i < 400; ++i) {
    const auto sex = random() % 2 == 0 ? Sex::kFemale : Sex::kMale;
    const auto after = static_cast<int32_t>(random() % 101);
    cases.push_back(Measured(random, sex, {}, after));
    values.push_back(after);
    groups.push_back(sex == Sex::kFemale ? 0 : 1);
  }
  const auto answer = AskCompare(BySex(), cases);
  const auto counts = stats::CountValuesByGroup(values, groups, 2);
  const auto direct = stats::CompareGroups(*counts, 0.95);
  ASSERT_TRUE(answer.ok() && direct.ok());
  EXPECT_EQ(answer->anova->p_value, direct->anova.p_value);
  EXPECT_EQ(answer->welch_anova->p_value, direct->welch_anova.p_value);
  EXPECT_EQ(answer->kruskal_wallis->p_value, direct->kruskal_wallis.p_value);
  EXPECT_EQ(answer->pairs[0].welch.lower, direct->welch->lower);
  EXPECT_EQ(answer->pairs[0].mann_whitney.shift,
            direct->mann_whitney->shift.estimate);
}

}  // namespace
}  // namespace enthesis::analysis
