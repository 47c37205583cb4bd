#include "registry/disclosure/release.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "registry/disclosure/releaser.h"
#include "registry/disclosure/withhold.h"
#include "registry/model/small_groups.h"

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
  // What is left out of one reason does not follow from the others.
  const std::vector<bool> told =
      model::SmallLeftOut(analysis::LeftOut(provenance), *policy.threshold);
  for (size_t i = 0; i < told.size(); ++i) {
    std::optional<int64_t>& n = provenance.exclusions[i].n;
    withhold_part(n);
    if (told[i] && n != 0) n.reset();
  }
  withhold_part(provenance.n_synthetic);
  return absl::OkStatus();
}

}  // namespace enthesis::disclosure
