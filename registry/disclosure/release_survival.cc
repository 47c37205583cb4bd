#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
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

void Suppress(analysis::TimeEstimate& time) {
  time = {};
  time.absence = Absence::kSuppressed;
}

void Suppress(analysis::RestrictedMean& mean) {
  const int32_t horizon = mean.horizon;
  mean = {};
  mean.horizon = horizon;
  mean.absence = Absence::kSuppressed;
}

void SuppressCurve(SurvivalCurve& curve) {
  curve.n.reset();
  curve.events.reset();
  Suppress(curve.median);
  for (analysis::CurveQuantile& quantile : curve.quantiles) {
    Suppress(quantile.time);
  }
  if (curve.restricted_mean.has_value()) Suppress(*curve.restricted_mean);
  for (SurvivalPoint& point : curve.at) Suppress(point);
  curve.points.clear();
  curve.absence = Absence::kSuppressed;
}

void ReleaseCurve(SurvivalCurve& curve, int threshold) {
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
  for (analysis::CurveQuantile& quantile : curve.quantiles) {
    WithholdFrom(cut, quantile.time);
  }
  // The mean rests on the whole curve up to its horizon.
  if (curve.restricted_mean.has_value() && cut.has_value() &&
      curve.restricted_mean->horizon >= *cut) {
    Suppress(*curve.restricted_mean);
  }
  for (SurvivalPoint& point : curve.at) {
    const bool thin = point.at_risk.value_or(0) < threshold;
    if (thin || (cut.has_value() && point.day >= cut)) Suppress(point);
  }
}

// The groups in the test are those with expected events. Analysis takes only
// large enough ones into it; one that is not withholds all.
void ReleaseTests(analysis::SurvivalAnswer& answer, const CohortParts& parts,
                  int threshold) {
  if (!answer.test.has_value()) {
    answer.trend.reset();
    answer.pairs.clear();
    return;
  }
  int tested = 0;
  bool small = false;
  std::vector<analysis::TestGroup>& groups = answer.test->groups;
  const std::vector<bool> withheld = SmallRows(
      groups, parts, [](const analysis::TestGroup& group) { return group.n; },
      threshold);
  for (size_t g = 0; g < groups.size(); ++g) {
    analysis::TestGroup& group = groups[g];
    if (group.expected.has_value()) {
      ++tested;
      small = small || withheld[g];
    }
    if (!withheld[g]) continue;
    group.n.reset();
    group.observed.reset();
    group.expected.reset();
    group.absence = Absence::kSuppressed;
  }
  if (tested >= 2 && !small) return;
  // No pair of groups with anybody stays undefined.
  const Absence absence = !small && answer.test->absence == Absence::kUndefined
                              ? Absence::kUndefined
                              : Absence::kSuppressed;
  answer.test->chi_square.reset();
  answer.test->p_value.reset();
  answer.test->df.reset();
  answer.test->absence = absence;
  for (analysis::TestGroup& group : answer.test->groups) {
    if (!group.expected.has_value()) continue;
    group.observed.reset();
    group.expected.reset();
    group.absence = absence;
  }
  if (answer.trend.has_value()) {
    const std::string name = answer.trend->name;
    answer.trend.emplace();
    answer.trend->name = name;
    answer.trend->absence = absence;
  }
  answer.pairs.clear();
}

bool HasMean(const analysis::SurvivalAnswer& answer,
             const analysis::Group& group) {
  for (const SurvivalCurve& curve : answer.curves) {
    if (curve.group != group) continue;
    return curve.restricted_mean.has_value() &&
           curve.restricted_mean->estimate.has_value();
  }
  return false;
}

// A contrast is there where both of its means are.
void ReleaseContrasts(analysis::SurvivalAnswer& answer) {
  for (auto& contrast : answer.mean_contrasts) {
    if (!contrast.difference.has_value() ||
        (HasMean(answer, contrast.group) &&
         HasMean(answer, contrast.reference))) {
      continue;
    }
    contrast.difference.reset();
    contrast.ratio.reset();
    contrast.lost_ratio.reset();
    contrast.absence = Absence::kSuppressed;
  }
}

}  // namespace

absl::StatusOr<Released<analysis::SurvivalAnswer>> Release(
    analysis::SurvivalAnswer answer, const Policy& policy) {
  const CohortParts parts = PartsOf(answer.provenance);
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (policy.threshold.has_value()) {
    const int least = *policy.threshold;
    ReleaseRows(
        answer.curves, parts,
        [](const SurvivalCurve& curve) { return curve.n; }, least,
        [](SurvivalCurve& curve) { SuppressCurve(curve); },
        [least](SurvivalCurve& curve) { ReleaseCurve(curve, least); });
    ReleaseTests(answer, parts, *policy.threshold);
    ReleaseContrasts(answer);
    WithholdExclusions(answer.provenance, answer.curves);
    ExplainLeftOut(parts, least, answer.provenance);
  }
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
