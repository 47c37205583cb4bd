// Sites compared on the mean of a measure.

#include <cmath>
#include <cstdint>
#include <random>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {
namespace {

using ::testing::SizeIs;

tests::Cases CasesWithScores(int n, uint64_t seed) {
  std::mt19937_64 random(seed);
  tests::Cases cases;
  for (int i = 0; i < n; ++i) {
    cases.push_back(tests::RandomCase(random));
    cases.back().site = "site-0" + std::to_string(1 + i % 5);
  }
  return cases;
}

absl::StatusOr<SitesAnswer> AskMeans(const model::SitesQuestion& question,
                                     const tests::Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases), pool, {});
}

TEST(SiteMeans, MeansOfAScoreAreHeldAgainstThatOfAll) {
  const tests::Cases cases = CasesWithScores(1500, 7);
  model::SitesQuestion question;
  question.measure = model::Measure::kVisaA;
  question.score = model::SiteScore::kLevel;
  question.own_site = "site-02";
  const auto level = AskMeans(question, cases);
  ASSERT_TRUE(level.ok()) << level.status();
  ASSERT_THAT(level->sites, SizeIs(5));
  double n = 0, sum = 0, weights = 0;
  for (const ComparedSite& site : level->sites) {
    n += static_cast<double>(*site.outcome.n);
    sum += static_cast<double>(*site.outcome.n) * *site.mean;
    weights += *site.weight;
  }
  EXPECT_EQ(level->n, n);
  EXPECT_EQ(level->target, 0);
  EXPECT_NEAR(weights, 100, 1e-9);
  EXPECT_FALSE(level->events.has_value());
  for (const ComparedSite& site : level->sites) {
    const double size = static_cast<double>(*site.outcome.n);
    EXPECT_NEAR(*site.expected, sum / n, 1e-9);
    EXPECT_NEAR(*site.ratio.estimate, *site.mean - sum / n, 1e-9);
    EXPECT_NEAR(*site.std_error, *level->standard_deviation / std::sqrt(size),
                1e-12);
    EXPECT_NEAR(*site.z, *site.ratio.estimate / *site.std_error, 1e-9);
    // A score may come before its visit is due.
    EXPECT_LE(*site.completeness.count, *site.outcome.n);
    EXPECT_FALSE(site.screen.has_value());
  }
  // The change needs the baseline; its case mix is linear.
  question.score = model::SiteScore::kChange;
  question.covariates = {{"baseline_visa_a", false, ""}};
  const auto change = AskMeans(question, cases);
  ASSERT_TRUE(change.ok()) << change.status();
  ASSERT_THAT(change->coefficients, SizeIs(2));
  question.score = model::SiteScore::kLevel;
  const auto adjusted = AskMeans(question, cases);
  ASSERT_TRUE(adjusted.ok()) << adjusted.status();
  // Given the baseline, level and change differ by it alone.
  EXPECT_NEAR(*change->coefficients[1].estimate,
              *adjusted->coefficients[1].estimate - 1, 1e-9);
  for (size_t s = 0; s < 5; ++s) {
    EXPECT_NEAR(*change->sites[s].ratio.estimate,
                *adjusted->sites[s].ratio.estimate, 1e-9);
    EXPECT_NEAR(*change->sites[s].std_error, *adjusted->sites[s].std_error,
                1e-9);
  }
}

}  // namespace
}  // namespace enthesis::analysis
