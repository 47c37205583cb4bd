#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "registry/disclosure/release.h"
#include "registry/disclosure/releaser.h"
#include "registry/disclosure/withhold.h"
#include "registry/model/small_groups.h"

namespace enthesis::disclosure {
namespace {

using analysis::ComparedSite;

// Which site it is stays.
void WithholdSite(ComparedSite& site) {
  ComparedSite withheld;
  withheld.site = std::move(site.site);
  withheld.is_own = site.is_own;
  withheld.absence = analysis::Absence::kSuppressed;
  Withhold(withheld.outcome);
  Withhold(withheld.completeness);
  site = std::move(withheld);
}

void WithholdCusum(std::optional<analysis::SiteCusum>& cusum) {
  if (!cusum.has_value()) return;
  cusum = analysis::SiteCusum();
  cusum->absence = analysis::Absence::kSuppressed;
}

// A value after each case would tell the outcome of each: blocks hold enough.
// So would one after all of the site but a few, beside what is expected and
// observed of the site: those without a place in the order are enough or none.
void ReleaseCusum(const std::vector<ComparedSite>& sites, int threshold,
                  std::optional<analysis::SiteCusum>& cusum) {
  if (!cusum.has_value()) return;
  for (const ComparedSite& site : sites) {
    if (!site.is_own || !site.outcome.n.has_value()) continue;
    if (TooFew(*site.outcome.n - cusum->n.value_or(0), threshold)) {
      return WithholdCusum(cusum);
    }
  }
  int64_t before = 0;
  for (const analysis::CusumBlock& block : cusum->blocks) {
    if (block.last_case - before < threshold) return WithholdCusum(cusum);
    before = block.last_case;
  }
  if (TooFew(cusum->n, threshold)) WithholdCusum(cusum);
}

void WithholdComparison(analysis::SitesAnswer& answer) {
  answer.target.reset();
  answer.phi.reset();
  answer.tau_squared.reset();
  answer.standard_deviation.reset();
  answer.limits.clear();
  answer.pooled = {};
  answer.coefficients.clear();
  answer.discrimination = {};
  WithholdCusum(answer.cusum);
}

// Whether the sites that are compared, and the cohort, tell a small number of
// cases left out. Cases of sites that are not compared are as left out as
// those.
bool TellsWhoIsLeftOut(const analysis::SitesAnswer& answer,
                       const CohortParts& parts, int threshold) {
  std::vector<int64_t> compared, others = parts.left_out;
  int64_t rest = parts.in_groups;
  for (const ComparedSite& site : answer.sites) {
    if (!site.outcome.n.has_value()) continue;
    compared.push_back(*site.outcome.n);
    rest -= *site.outcome.n;
  }
  others.push_back(rest);
  std::vector<bool> before(compared.size()), told(compared.size());
  model::MarkSmallGroups(compared, threshold, before);
  model::MarkSmallGroups(compared, others, threshold, told);
  return told != before;
}

// Those due sum to all who are, which readers can ask for, so that no site
// may follow by subtraction.
void ReleaseCompleteness(const std::vector<int64_t>& due, int threshold,
                         std::vector<ComparedSite>& sites) {
  std::vector<bool> withheld;
  for (const ComparedSite& site : sites) {
    withheld.push_back(!site.completeness.n.has_value());
  }
  model::MarkSmallGroups(due, threshold, withheld);
  for (size_t s = 0; s < sites.size(); ++s) {
    if (withheld[s]) Withhold(sites[s].completeness);
  }
}

// Completeness of the sites sums to who is left out for want of follow-up.
void WithholdCompleteness(analysis::SitesAnswer& answer) {
  for (const analysis::Exclusion& exclusion : answer.provenance.exclusions) {
    if (exclusion.n.has_value() || (exclusion.reason != "NOT_FOLLOWED" &&
                                    exclusion.reason != "NO_VALUE")) {
      continue;
    }
    for (ComparedSite& site : answer.sites) Withhold(site.completeness);
  }
}

// Analysis compares only sites that are shown: one that may not be is either
// not in the comparison, or the comparison goes.
void ReleaseSites(analysis::SitesAnswer& answer, const CohortParts& parts,
                  int threshold) {
  std::vector<int64_t> due;
  bool any_small = false, any_withheld = false;
  for (const ComparedSite& site : answer.sites) {
    due.push_back(site.completeness.n.value_or(0));
    any_small = any_small || TooFew(site.outcome.n, threshold);
  }
  if (any_small || TellsWhoIsLeftOut(answer, parts, threshold)) {
    WithholdComparison(answer);
    answer.absence = analysis::Absence::kSuppressed;
    for (ComparedSite& site : answer.sites) WithholdSite(site);
  }
  for (ComparedSite& site : answer.sites) {
    if (site.outcome.n.has_value()) continue;
    any_withheld = true;
    WithholdSite(site);
  }
  ReleaseCompleteness(due, threshold, answer.sites);
  WithholdCompleteness(answer);
  if (any_withheld) WithholdExclusions(answer.provenance);
  if (answer.absence == analysis::Absence::kNone) return;
  answer.n.reset();
  answer.events.reset();
  answer.dropped.reset();
}

}  // namespace

absl::StatusOr<Released<analysis::SitesAnswer>> Release(
    analysis::SitesAnswer answer, const Policy& policy) {
  const CohortParts parts = PartsOf(answer.provenance);
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (policy.threshold.has_value()) {
    ReleaseSites(answer, parts, *policy.threshold);
    ReleaseCusum(answer.sites, *policy.threshold, answer.cusum);
    ExplainLeftOut(parts, *policy.threshold, answer.provenance);
    if (answer.absence == analysis::Absence::kNone &&
        !ReleaseModel(answer, {}, answer.provenance, policy)) {
      WithholdComparison(answer);
      for (ComparedSite& site : answer.sites) WithholdSite(site);
    }
  }
  answer.support = {};
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
