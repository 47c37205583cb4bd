#include <algorithm>
#include <string>
#include <utility>

#include "registry/disclosure/incidence_rules.h"
#include "registry/disclosure/release.h"
#include "registry/disclosure/releaser.h"
#include "registry/disclosure/withhold.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::IncidenceCause;
using analysis::IncidencePoint;

void Suppress(IncidencePoint& point) {
  const std::optional<int32_t> day = point.day;
  point = {};
  point.day = day;
  point.absence = Absence::kSuppressed;
}

// First day with an event, of any cause, at which too few are at risk.
std::optional<int32_t> FirstThinDay(const std::vector<IncidenceCause>& causes,
                                    int threshold) {
  std::optional<int32_t> cut;
  const auto see = [&](const IncidencePoint& point) {
    if (!point.day.has_value() || !point.at_risk.has_value()) return;
    if (*point.at_risk >= threshold) return;
    cut = cut.has_value() ? std::min(*cut, *point.day) : *point.day;
  };
  for (const IncidenceCause& cause : causes) {
    for (const IncidencePoint& point : cause.points) see(point);
  }
  return cut;
}

void SuppressCurve(analysis::IncidenceCurve& curve) {
  curve.n.reset();
  SuppressCauses(curve.causes);
  curve.absence = Absence::kSuppressed;
}

}  // namespace

void SuppressCauses(std::vector<IncidenceCause>& causes) {
  for (IncidenceCause& cause : causes) {
    cause.events.reset();
    for (IncidencePoint& point : cause.at) Suppress(point);
    cause.points.clear();
  }
}

std::optional<int32_t> ReleaseCauses(std::vector<IncidenceCause>& causes,
                                     int threshold) {
  const std::optional<int32_t> cut = FirstThinDay(causes, threshold);
  for (IncidenceCause& cause : causes) {
    std::erase_if(cause.points, [&](const IncidencePoint& point) {
      return cut.has_value() && point.day >= cut;
    });
    for (IncidencePoint& point : cause.at) {
      const bool few = point.at_risk.value_or(0) < threshold;
      if (few || (cut.has_value() && point.day >= cut)) Suppress(point);
    }
  }
  return cut;
}

void ReleaseGrayTests(analysis::GrayTests& tests, int64_t shown,
                      int threshold) {
  for (analysis::GrayTest& test : tests.causes) {
    if (!test.df.has_value()) continue;
    if (tests.smallest_compared >= threshold && *test.df < shown) continue;
    std::string cause = std::move(test.cause), name = std::move(test.name);
    test = {std::move(cause),    std::move(name), {}, {}, {},
            Absence::kSuppressed};
  }
}

absl::StatusOr<Released<analysis::IncidenceAnswer>> Release(
    analysis::IncidenceAnswer answer, const Policy& policy) {
  const CohortParts parts = PartsOf(answer.provenance);
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (policy.threshold.has_value()) {
    const int least = *policy.threshold;
    ReleaseRows(
        answer.curves, parts,
        [](const analysis::IncidenceCurve& curve) { return curve.n; }, least,
        [](analysis::IncidenceCurve& curve) { SuppressCurve(curve); },
        [least](analysis::IncidenceCurve& curve) {
          ReleaseCauses(curve.causes, least);
        });
    ReleaseGrayTests(answer.curves, answer.tests, least);
    WithholdExclusions(answer.provenance, answer.curves);
    ExplainLeftOut(parts, least, answer.provenance);
  }
  answer.tests.smallest_compared = 0;
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
