#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "registry/disclosure/release.h"
#include "registry/disclosure/releaser.h"
#include "registry/disclosure/withhold.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::SurvivalCurve;
using analysis::SurvivalPoint;

void Suppress(SurvivalPoint& point) {
  const std::optional<int32_t> day = point.day;
  point = {};
  point.day = day;
  point.absence = Absence::kSuppressed;
}

void ReleaseCurve(SurvivalCurve& curve, int threshold) {
  if (TooFew(curve.n, threshold)) {
    curve.n.reset();
    curve.events.reset();
    curve.median = {};
    curve.median.absence = Absence::kSuppressed;
    for (SurvivalPoint& point : curve.at) Suppress(point);
    curve.points.clear();
    curve.absence = Absence::kSuppressed;
    return;
  }
  const auto first_thin =
      std::find_if(curve.points.begin(), curve.points.end(),
                   [threshold](const SurvivalPoint& point) {
                     return point.at_risk.value_or(0) < threshold;
                   });
  // A time between the last day shown and the next one has as few at risk as
  // that next one: a median may lie there, halfway.
  std::optional<int32_t> cut;
  if (first_thin == curve.points.begin()) {
    cut = 0;
  } else if (first_thin != curve.points.end()) {
    cut = std::prev(first_thin)->day.value_or(0) + 1;
  }
  curve.points.erase(first_thin, curve.points.end());
  WithholdFrom(cut, curve.median);
  for (SurvivalPoint& point : curve.at) {
    const bool thin = point.at_risk.value_or(0) < threshold;
    if (thin || (cut.has_value() && point.day >= cut)) Suppress(point);
  }
}

void ReleaseTest(analysis::CurveTest& test, int threshold) {
  int released = 0;
  for (analysis::TestGroup& group : test.groups) {
    if (group.n.value_or(0) >= threshold) ++released;
    if (!TooFew(group.n, threshold)) continue;
    group.n.reset();
    group.observed.reset();
    group.expected.reset();
    group.absence = Absence::kSuppressed;
  }
  if (released >= 2) return;
  test.chi_square.reset();
  test.p_value.reset();
  test.df.reset();
  test.absence = Absence::kSuppressed;
}

}  // namespace

absl::StatusOr<Released<analysis::SurvivalAnswer>> Release(
    analysis::SurvivalAnswer answer, const Policy& policy) {
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (policy.threshold.has_value()) {
    for (SurvivalCurve& curve : answer.curves) {
      ReleaseCurve(curve, *policy.threshold);
    }
    if (answer.test.has_value()) ReleaseTest(*answer.test, *policy.threshold);
  }
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
