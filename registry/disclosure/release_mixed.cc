#include <optional>
#include <utility>
#include <vector>

#include "registry/disclosure/release.h"
#include "registry/disclosure/releaser.h"

namespace enthesis::disclosure {
namespace {

// Only what was asked stays.
void WithholdFigures(analysis::MixedAnswer& answer) {
  answer.n_measurements.reset();
  answer.fixed_effects.clear();
  answer.terms.clear();
  answer.intercept_variance.reset();
  answer.slope_variance.reset();
  answer.covariance.reset();
  answer.site_variance.reset();
  answer.residual_variance.reset();
  answer.singular.reset();
  answer.visit_covariance.clear();
  answer.means.clear();
  answer.contrasts.clear();
}

}  // namespace

absl::StatusOr<Released<analysis::MixedAnswer>> Release(
    analysis::MixedAnswer answer, const Policy& policy) {
  const CohortParts parts = PartsOf(answer.provenance);
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (!ReleaseModel(answer, parts, answer.provenance, policy)) {
    WithholdFigures(answer);
  }
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
