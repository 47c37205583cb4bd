#include <cstddef>
#include <optional>
#include <vector>

#include "registry/disclosure/incidence_rules.h"
#include "registry/disclosure/release.h"
#include "registry/disclosure/releaser.h"
#include "registry/disclosure/withhold.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::ReturnCurve;

void SuppressCurve(ReturnCurve& curve) {
  curve.n.reset();
  curve.not_athletes.reset();  // with the cases of the cohort it tells n
  SuppressCauses(curve.causes);
  curve.median = {};
  curve.median.absence = Absence::kSuppressed;
  curve.known_by_visit = {};
  curve.known_by_visit.absence = Absence::kSuppressed;
  curve.sustained = {};
  curve.sustained.absence = Absence::kSuppressed;
  curve.absence = Absence::kSuppressed;
}

void ReleaseCurve(ReturnCurve& curve, int threshold) {
  WithholdCount(curve.not_athletes, threshold);
  const std::optional<int32_t> cut = ReleaseCauses(curve.causes, threshold);
  WithholdFrom(cut, curve.median);
  Withhold(curve.known_by_visit, threshold);
  Withhold(curve.sustained, threshold);
}

}  // namespace

absl::StatusOr<Released<analysis::ReturnAnswer>> Release(
    analysis::ReturnAnswer answer, const Policy& policy) {
  const CohortParts parts = PartsOf(answer.provenance);
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (policy.threshold.has_value()) {
    const int least = *policy.threshold;
    ReleaseRows(
        answer.curves, parts, [](const ReturnCurve& curve) { return curve.n; },
        least, [](ReturnCurve& curve) { SuppressCurve(curve); },
        [least](ReturnCurve& curve) { ReleaseCurve(curve, least); });
    ReleaseGrayTests(answer.curves, answer.tests, least);
    WithholdExclusions(answer.provenance, answer.curves);
    ExplainLeftOut(parts, least, answer.provenance);
  }
  answer.tests.smallest_compared = 0;
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
