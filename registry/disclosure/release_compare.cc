#include "registry/disclosure/release.h"
#include "registry/disclosure/releaser.h"
#include "registry/disclosure/withhold.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::ComparedGroup;

// A quantile is somebody's value: at least k cases lie on either side of it.
void ReleaseQuantiles(ComparedGroup& group, int threshold) {
  const int64_t n = group.value.n.value_or(0);
  if (n >= int64_t{4} * threshold) return;
  group.q1.reset();
  group.q3.reset();
  if (n < int64_t{2} * threshold) group.median.reset();
  group.quantiles_absence = Absence::kSuppressed;
}

void ReleaseTests(analysis::CompareAnswer& answer, int threshold) {
  const bool enough = answer.groups_compared.value_or(0) >= 2 &&
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
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (policy.threshold.has_value()) {
    bool any_withheld = false;
    for (ComparedGroup& group : answer.groups) {
      any_withheld = any_withheld || TooFew(group.value.n, *policy.threshold);
      ReleaseQuantiles(group, *policy.threshold);
      Withhold(group.value, *policy.threshold);
    }
    if (any_withheld) WithholdExclusions(answer.provenance);
    ReleaseTests(answer, *policy.threshold);
  }
  answer.smallest_compared = 0;
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
