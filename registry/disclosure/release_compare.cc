#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "registry/disclosure/release.h"
#include "registry/disclosure/releaser.h"
#include "registry/disclosure/withhold.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::ComparedGroup;

// A quantile is somebody's value: at least k cases lie on either side of it.
void ReleaseQuantiles(ComparedGroup& group, bool withheld, int threshold) {
  const int64_t n = withheld ? 0 : group.value.n.value_or(0);
  if (n >= int64_t{4} * threshold) return;
  group.q1.reset();
  group.q3.reset();
  if (n < int64_t{2} * threshold) group.median.reset();
  group.quantiles_absence = Absence::kSuppressed;
}

// Analysis takes only groups that are shown into a test.
void ReleaseTests(analysis::CompareAnswer& answer, int64_t shown,
                  int threshold) {
  const bool enough = answer.groups_compared.value_or(0) >= 2 &&
                      answer.groups_compared <= shown &&
                      answer.smallest_compared >= threshold;
  if (enough) {
    for (analysis::ComparedPair& pair : answer.pairs) {
      // The shift is a difference of two cases' values.
      if (answer.smallest_compared < int64_t{2} * threshold) {
        pair.mann_whitney.shift.reset();
        pair.mann_whitney.shift_lower.reset();
        pair.mann_whitney.shift_upper.reset();
      }
    }
    return;
  }
  answer.anova.reset();
  answer.welch_anova.reset();
  answer.kruskal_wallis.reset();
  answer.pairs.clear();
  if (answer.tests_absence == Absence::kNone) {
    answer.tests_absence = Absence::kSuppressed;
  }
}

}  // namespace

absl::StatusOr<Released<analysis::CompareAnswer>> Release(
    analysis::CompareAnswer answer, const Policy& policy) {
  const CohortParts parts = PartsOf(answer.provenance);
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (policy.threshold.has_value()) {
    const std::vector<bool> withheld = SmallRows(
        answer.groups, parts,
        [](const ComparedGroup& group) { return group.value.n; },
        *policy.threshold);
    for (size_t g = 0; g < withheld.size(); ++g) {
      ComparedGroup& group = answer.groups[g];
      ReleaseQuantiles(group, withheld[g], *policy.threshold);
      if (!withheld[g]) continue;
      Withhold(group.value);
      WithholdExclusions(answer.provenance);
    }
    ExplainLeftOut(parts, *policy.threshold, answer.provenance);
    ReleaseTests(answer, std::count(withheld.begin(), withheld.end(), false),
                 *policy.threshold);
  }
  answer.smallest_compared = 0;
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
