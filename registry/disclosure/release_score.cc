#include "registry/disclosure/release.h"
#include "registry/disclosure/releaser.h"
#include "registry/disclosure/withhold.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::ScoreGroup;

void ReleaseTests(analysis::VisitScore& visit, int threshold) {
  const int64_t n = visit.change->n.value_or(0);
  if (n < threshold) {
    visit.t_test.reset();
    visit.signed_rank.reset();
    visit.standardized_response_mean.reset();
    visit.hedges_g.reset();
  } else if (visit.signed_rank.has_value() && n < int64_t{2} * threshold) {
    // A median of changes is a case's own, or halfway between two.
    visit.signed_rank->shift.reset();
    visit.signed_rank->shift_lower.reset();
    visit.signed_rank->shift_upper.reset();
  }
}

void ReleaseVisit(analysis::VisitScore& visit, int threshold) {
  // Completeness would give a withheld number of scores away.
  if (TooFew(visit.score.n, threshold)) {
    visit.completeness = {};
    visit.completeness.absence = Absence::kSuppressed;
  }
  Withhold(visit.score, threshold);
  if (visit.baseline.has_value()) Withhold(*visit.baseline, threshold);
  if (visit.change.has_value()) {
    ReleaseTests(visit, threshold);
    Withhold(*visit.change, threshold);
  }
  for (analysis::ResponderShare& responders : visit.responders) {
    Withhold(responders.share, threshold);
  }
  if (visit.full_recovery.has_value()) {
    Withhold(*visit.full_recovery, threshold);
  }
  Withhold(visit.completeness, threshold);
  if (visit.ready.has_value()) Withhold(*visit.ready, threshold);
}

void ReleaseGroup(ScoreGroup& group, int threshold) {
  if (TooFew(group.n_cases, threshold)) {
    group.n_cases.reset();
    group.visits.clear();
    group.readiness.clear();
    group.absence = Absence::kSuppressed;
    return;
  }
  for (analysis::VisitScore& visit : group.visits) {
    ReleaseVisit(visit, threshold);
  }
  for (analysis::VisitReadiness& visit : group.readiness) {
    Withhold(visit.strength, threshold);
    Withhold(visit.hop, threshold);
    Withhold(visit.plyometric, threshold);
  }
}

}  // namespace

absl::StatusOr<Released<analysis::ScoreAnswer>> Release(
    analysis::ScoreAnswer answer, const Policy& policy) {
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (policy.threshold.has_value()) {
    for (ScoreGroup& group : answer.groups) {
      ReleaseGroup(group, *policy.threshold);
    }
  }
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
