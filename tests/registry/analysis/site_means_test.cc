// Sites compared on the mean of a measure.

#include <cmath>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "tests/registry/analysis/asked_sites.h"
#include "tests/registry/support/naive_cohort.h"

namespace enthesis::analysis {
namespace {

using ::testing::SizeIs;

// Who has VISA-A at 12 months of those due, as the change of the score has it.
ProportionEstimate KnownOf(const std::string& site, const tests::Cases& cases) {
  stats::ThreadPool pool(2);
  model::ScoreQuestion question;
  question.group_by = model::Dimension::kSite;
  const auto change = Answer(question, *tests::SnapshotOf(cases), pool, {});
  EXPECT_TRUE(change.ok()) << change.status();
  for (const ScoreGroup& group : change->groups) {
    if (group.group[0].value != site) continue;
    for (const VisitScore& row : group.visits) {
      if (row.visit == model::Visit::k12Months) return row.completeness;
    }
  }
  ADD_FAILURE() << "no score of " << site << " at 12 months";
  return {};
}

TEST(SiteMeans, MeansOfAScoreAreHeldAgainstThatOfAll) {
  const tests::Cases cases = CasesOfSites(1500, 7);
  model::SitesQuestion question;
  question.measure = model::Measure::kVisaA;
  question.score = model::SiteScore::kLevel;
  question.own_site = "site-02";
  const auto level = AskSites(question, cases);
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
    if (site.is_own) {
      const ProportionEstimate known = KnownOf("site-02", cases);
      EXPECT_EQ(site.completeness.count, known.count);
      EXPECT_EQ(site.completeness.n, known.n);
      EXPECT_GT(known.count, 0);
    }
    EXPECT_FALSE(site.screen.has_value());
  }
  // The change needs the baseline; its case mix is linear.
  question.score = model::SiteScore::kChange;
  question.covariates = {{"baseline_visa_a", false, ""}};
  const auto change = AskSites(question, cases);
  ASSERT_TRUE(change.ok()) << change.status();
  ASSERT_THAT(change->coefficients, SizeIs(2));
  question.score = model::SiteScore::kLevel;
  const auto adjusted = AskSites(question, cases);
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
