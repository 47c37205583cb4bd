#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "registry/disclosure/release.h"
#include "registry/disclosure/releaser.h"
#include "registry/disclosure/withhold.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::ModelSupport;

// Why a model may not leave, without a count; empty when it may.
std::string ReasonToWithhold(const ModelSupport& support, int threshold) {
  if (TooFew(support.n, threshold)) return "too few cases in the model";
  if (TooFew(support.events, threshold)) return "too few events";
  if (TooFew(support.competing, threshold)) return "too few competing events";
  for (const ModelSupport::Part& part : support.parts) {
    if (TooFew(part.n, threshold)) {
      return part.name + ": too few cases with one of its values";
    }
  }
  if (support.n < threshold * support.n_coefficients) {
    return "too many coefficients for the cases in the model";
  }
  return "";
}

// Cases left out for one reason that are some but too few: their count is
// withheld by now, and what the model says of its own would give it away.
bool TellsWhoIsLeftOut(const analysis::Provenance& provenance) {
  return std::any_of(
      provenance.exclusions.begin(), provenance.exclusions.end(),
      [](const analysis::Exclusion& exclusion) { return !exclusion.n; });
}

void WithholdCounts(analysis::HazardModel& model) {
  model.n.reset();
  model.events.reset();
  model.dropped.reset();
  model.log_likelihood_null.reset();
  model.log_likelihood.reset();
}

void WithholdFigures(analysis::HazardModel& model) {
  WithholdCounts(model);
  for (analysis::Coefficient& coefficient : model.coefficients) {
    analysis::Coefficient withheld;
    withheld.name = std::move(coefficient.name);
    withheld.covariate = std::move(coefficient.covariate);
    withheld.level = std::move(coefficient.level);
    withheld.absence = Absence::kSuppressed;
    coefficient = std::move(withheld);
  }
  model.likelihood_ratio = {};
  model.wald = {};
  model.score = {};
  model.absence = Absence::kSuppressed;
}

// Whether the model leaves, with or without its counts.
bool ReleaseModel(analysis::HazardModel& model,
                  const analysis::Provenance& provenance,
                  const Policy& policy) {
  const ModelSupport support = std::exchange(model.support, {});
  if (!policy.threshold.has_value()) return true;
  model.withheld_for = ReasonToWithhold(support, *policy.threshold);
  if (!model.withheld_for.empty()) {
    WithholdFigures(model);
    return false;
  }
  if (TellsWhoIsLeftOut(provenance)) WithholdCounts(model);
  return true;
}

}  // namespace

absl::StatusOr<Released<analysis::CoxAnswer>> Release(
    analysis::CoxAnswer answer, const Policy& policy) {
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (!ReleaseModel(answer, answer.provenance, policy)) {
    answer.concordance.reset();
    answer.concordance_std_error.reset();
    answer.proportional_hazards.clear();
  }
  return Releaser::Make(std::move(answer), policy);
}

absl::StatusOr<Released<analysis::FineGrayAnswer>> Release(
    analysis::FineGrayAnswer answer, const Policy& policy) {
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  ReleaseModel(answer, answer.provenance, policy);
  if (!answer.n.has_value()) answer.competing.reset();
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
