#include "registry/disclosure/release.h"
#include "registry/disclosure/releaser.h"
#include "registry/disclosure/withhold.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::CohortGroup;

void ReleaseGroup(CohortGroup& group, int threshold) {
  if (TooFew(group.n_cases, threshold)) {
    analysis::Group label = std::move(group.group);
    group = {};
    group.group = std::move(label);
    group.absence = Absence::kSuppressed;
    return;
  }
  WithholdCount(group.n_patients, threshold);
  WithholdCount(group.n_athletes, threshold);
  if (group.follow_up_at_risk.value_or(0) < threshold) {
    group.median_follow_up_days.reset();
  }
  if (!group.n_patients || !group.n_athletes || !group.median_follow_up_days) {
    group.absence = Absence::kSuppressed;
  }
  for (analysis::DimensionCounts& counts : group.dimensions) {
    for (analysis::ValueCount& count : counts.values) {
      if (!TooFew(count.n, threshold)) continue;
      count.n.reset();
      count.absence = Absence::kSuppressed;
    }
  }
  for (analysis::VisitCompleteness& visit : group.visits) {
    const bool few_due = TooFew(visit.due, threshold);
    // The cases with a score are the denominator of its mean.
    if (!few_due && !TooFew(visit.completed, threshold)) continue;
    if (few_due) visit.due.reset();
    visit.completed.reset();
    visit.completeness.reset();
    visit.absence = Absence::kSuppressed;
  }
}

}  // namespace

absl::StatusOr<Released<analysis::DescribeAnswer>> Release(
    analysis::DescribeAnswer answer, const Policy& policy) {
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (policy.threshold.has_value()) {
    for (CohortGroup& group : answer.groups) {
      ReleaseGroup(group, *policy.threshold);
    }
  }
  for (CohortGroup& group : answer.groups) group.follow_up_at_risk.reset();
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
