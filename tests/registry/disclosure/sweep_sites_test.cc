// Sites compared on whatever outcome of whatever cases, by every method: no
// released figure rests on fewer cases than the threshold, no number of cases
// of a site follows by subtraction, and what is released is what was computed.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "registry/analysis/compared_sites.h"
#include "registry/analysis/plan.h"
#include "registry/disclosure/release.h"
#include "tests/registry/disclosure/released_counts.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::ComparedSite;
using analysis::SitesAnswer;

// The cases of each site that has some, as the lines of an answer.
std::vector<int64_t> SizesOf(const model::SitesQuestion& question,
                             const cohort::Snapshot& snapshot,
                             stats::ThreadPool& pool) {
  const auto plan = analysis::MakePlan(question, snapshot, pool, {});
  SitesAnswer unused;
  const auto data = analysis::GatherSites(question, *plan, unused);
  EXPECT_TRUE(data.ok()) << data.status();
  std::vector<int64_t> sizes;
  for (const analysis::SiteCases& site : data->sites) sizes.push_back(site.n);
  return sizes;
}

bool HasFigures(const ComparedSite& site) {
  return site.outcome.n || site.outcome.count || site.outcome.estimate ||
         site.expected || site.mean || site.ratio.estimate ||
         site.ratio.lower || site.shrunken.estimate || site.std_error ||
         site.z || site.weight || site.limits || site.screen ||
         site.flag != analysis::FunnelFlag::kNone;
}

bool HasComparison(const SitesAnswer& answer) {
  return answer.n || answer.events || answer.dropped || answer.target ||
         answer.phi || answer.tau_squared || answer.standard_deviation ||
         answer.pooled.ratio.estimate || answer.pooled.tau_squared ||
         answer.discrimination.auc || !answer.limits.empty() ||
         !answer.coefficients.empty() || answer.log_likelihood;
}

// Those left over of a total that everybody can ask for, by site: cases with
// the outcome, and cases that could have it.
void CheckSubtraction(const SitesAnswer& before, const SitesAnswer& after,
                      const std::vector<int64_t>& sizes, int64_t k) {
  const int64_t left_out = HiddenLeftOut(before.provenance, k);
  Remainder compared{left_out, left_out > 0 ? 1 : 0, 0}, followed;
  int64_t not_followed = 0;
  for (size_t s = 0; s < after.sites.size(); ++s) {
    const ComparedSite& site = after.sites[s];
    if (site.outcome.n.has_value()) {
      EXPECT_EQ(*site.outcome.n, sizes[s]);
    }
    compared.Add(sizes[s], site.outcome.n.has_value());
    const bool is_shown = site.completeness.n.has_value();
    followed.Add(*before.sites[s].completeness.n, is_shown);
    if (is_shown)
      not_followed += *site.completeness.n - *site.completeness.count;
  }
  EXPECT_TRUE(compared.IsSafe(k) || compared.hidden == left_out)
      << compared.groups << " sites with " << compared.hidden;
  EXPECT_TRUE(followed.IsSafe(k))
      << followed.groups << " sites with " << followed.hidden << " due";
  // Of an endpoint they are all who are left out for that reason.
  if (followed.groups == 0 && after.sites.size() == sizes.size() &&
      after.provenance.exclusions.back().reason == "NOT_FOLLOWED") {
    ExpectAllowed(not_followed, k);
  }
}

// A value after fewer than k cases, or with fewer than k left out of all of the
// site, would tell the outcome of some.
void CheckCusum(const SitesAnswer& after, int64_t k) {
  if (!after.cusum.has_value()) return;
  const analysis::SiteCusum& cusum = *after.cusum;
  if (cusum.blocks.empty()) {
    EXPECT_FALSE(cusum.n.value_or(0) > 0 || cusum.threshold ||
                 cusum.run_length || cusum.out_of_control_run_length);
    return;
  }
  ASSERT_TRUE(after.sites[0].is_own && after.sites[0].outcome.n.has_value());
  EXPECT_GE(cusum.n, k);
  ExpectAllowed(*after.sites[0].outcome.n - *cusum.n, k);
  int64_t last = 0;
  for (const analysis::CusumBlock& block : cusum.blocks) {
    EXPECT_GE(block.last_case - last, k);
    last = block.last_case;
  }
  EXPECT_EQ(last, cusum.n);
}

void CheckSites(const SitesAnswer& before, const SitesAnswer& after,
                const std::vector<int64_t>& sizes, int64_t k) {
  ASSERT_EQ(before.sites.size(), after.sites.size());
  int64_t n = 0;
  for (size_t s = 0; s < after.sites.size(); ++s) {
    const ComparedSite& site = after.sites[s];
    EXPECT_EQ(site.site, before.sites[s].site);
    ExpectAllowed(site.outcome.n, k);
    Check(site.completeness, k);
    n += site.outcome.n.value_or(0);
    if (site.outcome.n.has_value()) {
      ComparedSite shown = before.sites[s];
      shown.completeness = site.completeness;
      EXPECT_TRUE(site == shown);
    } else {
      EXPECT_FALSE(HasFigures(site)) << site.site;
      EXPECT_NE(site.absence, Absence::kNone);
    }
  }
  if (after.absence != Absence::kNone) {
    EXPECT_FALSE(HasComparison(after));
    EXPECT_EQ(n, 0);
    EXPECT_TRUE(!after.cusum || after.cusum->blocks.empty());
    return;
  }
  // Whatever speaks of all speaks of those that are shown.
  EXPECT_EQ(after.n, n);
  EXPECT_GE(n, k);
  if (after.events.has_value()) {
    ExpectAllowed(after.events, k);
    ExpectAllowed(n - *after.events, k);
  }
  if (after.sites.size() == sizes.size()) {
    CheckSubtraction(before, after, sizes, k);
  }
  CheckCusum(after, k);
  ExpectAllowed(after.dropped, k);
  int64_t rest = *after.provenance.n_cases - n;
  for (const analysis::Exclusion& exclusion : after.provenance.exclusions) {
    ExpectAllowed(exclusion.n, k);
    rest -= exclusion.n.value_or(0);
  }
  ExpectAllowed(rest, k);
}

// Of an endpoint, improvement in a measure, or its mean.
model::SitesQuestion RandomQuestion(std::mt19937_64& random) {
  model::SitesQuestion question;
  switch (random() % 4) {
    case 0:
      question.measure = model::Measure::kVisaA;
      question.score = static_cast<model::SiteScore>(1 + random() % 2);
      break;
    case 1:
      question.measure = model::Measure::kVisaA;
      question.threshold = 12;
      break;
    default: {
      constexpr model::Endpoint kEndpoints[] = {model::Endpoint::kComplication,
                                                model::Endpoint::kReturnSport,
                                                model::Endpoint::kDailyLife};
      question.endpoint = kEndpoints[random() % 3];
      question.by_day = random() % 2 == 0 ? 90 : 365;
    }
  }
  question.visit = static_cast<model::Visit>(3 + random() % 4);
  if (random() % 3 == 0)
    question.covariates.push_back({"age_years", false, ""});
  if (random() % 4 == 0) question.covariates.push_back({"smoking", false, ""});
  if (random() % 3 != 0) {
    question.own_site = "site-0" + std::to_string(1 + random() % 8);
    question.cusum = !question.score.has_value();
  }
  question.limits = static_cast<model::FunnelLimits>(1 + random() % 3);
  question.overdispersion = static_cast<model::Overdispersion>(random() % 3);
  question.pooling = static_cast<model::SitePooling>(1 + random() % 7);
  question.hartung_knapp = random() % 2 == 0;
  if (random() % 3 == 0) {
    question.cohort.filters = {{model::Dimension::kPathology, {1, 2}, {}}};
  }
  return question;
}

// Sites of unequal size, some of them small.
tests::Cases RandomSites(std::mt19937_64& random) {
  tests::Cases cases;
  const auto n_sites = 2 + random() % 7;
  for (uint64_t s = 1; s <= n_sites; ++s) {
    // One draw a statement: compilers may draw in any order within one.
    const uint64_t most = random() % 3 == 0 ? 20 : 90;
    const auto n = 1 + random() % most;
    const bool has_sequences = random() % 2 == 0;
    for (uint64_t i = 0; i < n; ++i) {
      cases.push_back(tests::RandomCase(random));
      cases.back().site = "site-0" + std::to_string(s);
      // Else the order of a fifth of them is not known.
      if (has_sequences && (i > 0 || random() % 2 == 0)) {
        cases.back().baseline.operation_sequence = static_cast<int32_t>(i + 1);
      }
    }
  }
  return cases;
}

struct Swept {
  int compared = 0, charts = 0, hidden = 0;
};

void Sweep(const model::SitesQuestion& question, const tests::Cases& cases,
           int64_t k, Swept& swept) {
  stats::ThreadPool pool(1);
  const auto snapshot = tests::SnapshotOf(cases);
  const auto answer = analysis::Answer(question, *snapshot, pool, {});
  if (!answer.ok()) return;  // no case of one's own, or a model without a fit
  const std::vector<int64_t> sizes = SizesOf(question, *snapshot, pool);
  const auto released = Release(*answer, Policy{static_cast<int>(k)});
  EXPECT_EQ(released.ok(), *answer->provenance.n_cases >= k);
  if (!released.ok()) return;
  const SitesAnswer& after = released->answer();
  CheckSites(*answer, after, sizes, k);
  if (after.absence == Absence::kNone) {
    ++swept.compared;
    for (const ComparedSite& site : after.sites) {
      if (!site.outcome.n.has_value()) ++swept.hidden;
    }
  }
  if (after.cusum.has_value() && !after.cusum->blocks.empty()) ++swept.charts;
}

TEST(SitesSweep, NothingRestsOnFewerThanTheThreshold) {
  std::mt19937_64 random(20261128);
  Swept swept;
  for (int trial = 0; trial < 600; ++trial) {
    SCOPED_TRACE(trial);
    const tests::Cases cases = RandomSites(random);
    const int64_t k = 5 + static_cast<int64_t>(random() % 12);
    model::SitesQuestion question = RandomQuestion(random);
    // Disclosure control does not rest on what analysis was told.
    question.smallest_group = trial % 8 == 0 ? 1 : k;
    Sweep(question, cases, k, swept);
    if (HasFailure()) return;
  }
  EXPECT_GT(swept.compared, 100);
  EXPECT_GT(swept.charts, 20);
  EXPECT_GT(swept.hidden, 50);
}

}  // namespace
}  // namespace enthesis::disclosure
