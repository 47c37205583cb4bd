#include <algorithm>
#include <vector>

#include "registry/disclosure/release.h"
#include "registry/disclosure/releaser.h"
#include "registry/disclosure/withhold.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::IncidenceCause;
using analysis::IncidencePoint;
using analysis::ReturnCurve;

void Suppress(IncidencePoint& point) {
  const std::optional<int32_t> day = point.day;
  point = {};
  point.day = day;
  point.absence = Absence::kSuppressed;
}

void SuppressCurve(ReturnCurve& curve) {
  curve.n.reset();
  curve.not_athletes.reset();  // with the cases of the cohort it tells n
  for (IncidenceCause& cause : curve.causes) {
    cause.events.reset();
    for (IncidencePoint& point : cause.at) Suppress(point);
    cause.points.clear();
  }
  curve.median = {};
  curve.median.absence = Absence::kSuppressed;
  curve.known_by_visit = {};
  curve.known_by_visit.absence = Absence::kSuppressed;
  curve.sustained = {};
  curve.sustained.absence = Absence::kSuppressed;
  curve.absence = Absence::kSuppressed;
}

// First day with an event, of any cause, at which too few are at risk.
std::optional<int32_t> FirstThinDay(const ReturnCurve& curve, int threshold) {
  std::optional<int32_t> cut;
  const auto see = [&](const IncidencePoint& point) {
    if (!point.day.has_value() || !point.at_risk.has_value()) return;
    if (*point.at_risk >= threshold) return;
    cut = cut.has_value() ? std::min(*cut, *point.day) : *point.day;
  };
  for (const IncidenceCause& cause : curve.causes) {
    for (const IncidencePoint& point : cause.points) see(point);
  }
  return cut;
}

void ReleaseCurve(ReturnCurve& curve, int threshold) {
  WithholdCount(curve.not_athletes, threshold);
  if (TooFew(curve.n, threshold)) {
    SuppressCurve(curve);
    return;
  }
  const std::optional<int32_t> cut = FirstThinDay(curve, threshold);
  for (IncidenceCause& cause : curve.causes) {
    std::erase_if(cause.points, [&](const IncidencePoint& point) {
      return cut.has_value() && point.day >= cut;
    });
    for (IncidencePoint& point : cause.at) {
      const bool thin = point.at_risk.value_or(0) < threshold;
      if (thin || (cut.has_value() && point.day >= cut)) Suppress(point);
    }
  }
  WithholdFrom(cut, curve.median);
  Withhold(curve.known_by_visit, threshold);
  Withhold(curve.sustained, threshold);
}

}  // namespace

absl::StatusOr<Released<analysis::ReturnAnswer>> Release(
    analysis::ReturnAnswer answer, const Policy& policy) {
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (policy.threshold.has_value()) {
    for (ReturnCurve& curve : answer.curves) {
      ReleaseCurve(curve, *policy.threshold);
    }
  }
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
