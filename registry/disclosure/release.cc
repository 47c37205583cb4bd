#include "registry/disclosure/release.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "registry/disclosure/releaser.h"
#include "registry/disclosure/withhold.h"

namespace enthesis::disclosure {

absl::Status CheckPolicy(const Policy& policy) {
  if (!policy.threshold.has_value() || *policy.threshold >= kMinThreshold) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("the disclosure threshold is ", *policy.threshold,
                   "; allowed: ", kMinThreshold, " and above"));
}

absl::Status ReleaseCohort(analysis::Provenance& provenance,
                           const Policy& policy) {
  if (!policy.threshold.has_value()) return absl::OkStatus();
  if (provenance.n_cases.value_or(0) < *policy.threshold) {
    absl::Status status = absl::FailedPreconditionError(absl::StrCat(
        "the cohort holds fewer than ", *policy.threshold, " cases; widen it"));
    status.SetPayload(kCohortTooSmall, absl::Cord());
    return status;
  }
  // Both sides of a split are cases: left out and kept, synthetic and clinical.
  const auto withhold_part = [&](std::optional<int64_t>& n) {
    if (!n.has_value()) return;
    const int64_t rest = *provenance.n_cases - *n;
    if (TooFew(*n, *policy.threshold) || TooFew(rest, *policy.threshold)) {
      n.reset();
    }
  };
  for (analysis::Exclusion& exclusion : provenance.exclusions) {
    withhold_part(exclusion.n);
  }
  withhold_part(provenance.n_synthetic);
  return absl::OkStatus();
}

}  // namespace enthesis::disclosure
