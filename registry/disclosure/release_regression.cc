#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "registry/disclosure/release.h"
#include "registry/disclosure/releaser.h"
#include "registry/disclosure/withhold.h"
#include "registry/model/model_support.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::ModelSupport;
using model::ReasonToWithhold;

// Whether a number of cases left out for a reason is withheld.
bool LacksAReason(const analysis::Provenance& provenance) {
  return std::any_of(
      provenance.exclusions.begin(), provenance.exclusions.end(),
      [](const analysis::Exclusion& exclusion) { return !exclusion.n; });
}

// What the provenance says of a model that is withheld: how many are left out,
// which with other answers tells how many are in it, and levels of reference.
void WithholdGrounds(analysis::Provenance& provenance) {
  WithholdExclusions(provenance);
  std::erase_if(provenance.conventions, [](const std::string& convention) {
    return absl::StartsWith(convention, analysis::kReferenceConvention);
  });
}

// As points of a curve: only what enough cases are still at risk for.
void ReleasePredictions(std::vector<analysis::Prediction>& predictions,
                        int threshold) {
  for (analysis::Prediction& prediction : predictions) {
    for (analysis::PredictedPoint& point : prediction.at) {
      if (point.at_risk.value_or(0) >= threshold) continue;
      const std::optional<int32_t> day = point.day;
      point = {};
      point.day = day;
      point.absence = Absence::kSuppressed;
    }
  }
}

void WithholdFigures(analysis::EventModel& model) {
  model.n.reset();
  model.events.reset();
  model.dropped.reset();
  model.log_likelihood_null.reset();
  model.log_likelihood.reset();
  // With their names: levels of a number as a factor are values of cases.
  model.coefficients.clear();
  model.likelihood_ratio = {};
  model.predictions.clear();
  model.absence = Absence::kSuppressed;
}

bool ReleaseHazards(analysis::HazardModel& model, const CohortParts& parts,
                    analysis::Provenance& provenance, const Policy& policy) {
  if (ReleaseModel(model, parts, provenance, policy)) return true;
  model.wald = {};
  model.score = {};
  return false;
}

// Only what was asked stays.
void WithholdFigures(analysis::AncovaAnswer& answer) {
  answer.n.reset();
  answer.dropped.reset();
  answer.coefficients.clear();
  answer.residual_variance.reset();
  answer.residual_df.reset();
  answer.r_squared.reset();
  for (analysis::AdjustedMean& mean : answer.adjusted_means) {
    analysis::AdjustedMean withheld;
    withheld.group = std::move(mean.group);
    withheld.absence = Absence::kSuppressed;
    mean = std::move(withheld);
  }
  answer.contrasts.clear();
  answer.group_test = {};
  answer.absence = Absence::kSuppressed;
}

}  // namespace

bool ReleaseModel(analysis::EventModel& model, const CohortParts& parts,
                  analysis::Provenance& provenance, const Policy& policy) {
  const ModelSupport support = std::exchange(model.support, {});
  if (!policy.threshold.has_value()) return true;
  model.withheld_for =
      ReasonToWithhold(support, parts.left_out, *policy.threshold);
  if (!model.withheld_for.empty()) {
    WithholdFigures(model);
    WithholdGrounds(provenance);
    return false;
  }
  ReleasePredictions(model.predictions, *policy.threshold);
  // Which of the covariates they lack may still be withheld.
  if (LacksAReason(provenance)) model.dropped.reset();
  return true;
}

absl::StatusOr<Released<analysis::CoxAnswer>> Release(
    analysis::CoxAnswer answer, const Policy& policy) {
  const CohortParts parts = PartsOf(answer.provenance);
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (!ReleaseHazards(answer, parts, answer.provenance, policy)) {
    answer.concordance.reset();
    answer.concordance_std_error.reset();
    answer.proportional_hazards.clear();
  }
  return Releaser::Make(std::move(answer), policy);
}

absl::StatusOr<Released<analysis::AncovaAnswer>> Release(
    analysis::AncovaAnswer answer, const Policy& policy) {
  const CohortParts parts = PartsOf(answer.provenance);
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  const ModelSupport support = std::exchange(answer.support, {});
  if (policy.threshold.has_value()) {
    answer.withheld_for =
        ReasonToWithhold(support, parts.left_out, *policy.threshold,
                         "no case has all covariates and both measurements");
    if (!answer.withheld_for.empty()) {
      WithholdFigures(answer);
      WithholdGrounds(answer.provenance);
    } else if (LacksAReason(answer.provenance)) {
      answer.dropped.reset();
    }
  }
  return Releaser::Make(std::move(answer), policy);
}

absl::StatusOr<Released<analysis::FineGrayAnswer>> Release(
    analysis::FineGrayAnswer answer, const Policy& policy) {
  const CohortParts parts = PartsOf(answer.provenance);
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (!ReleaseHazards(answer, parts, answer.provenance, policy)) {
    answer.competing.reset();
  }
  return Releaser::Make(std::move(answer), policy);
}

absl::StatusOr<Released<analysis::ParametricAnswer>> Release(
    analysis::ParametricAnswer answer, const Policy& policy) {
  const CohortParts parts = PartsOf(answer.provenance);
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (!ReleaseModel(answer, parts, answer.provenance, policy)) {
    answer.scale.reset();
    answer.log_scale_std_error.reset();
  }
  // The two kinds sum to the events: one that is too small takes both.
  const bool few = policy.threshold.has_value() &&
                   (TooFew(answer.exact, *policy.threshold) ||
                    TooFew(answer.known_by_visit, *policy.threshold));
  if (few || !answer.events.has_value()) {
    answer.exact.reset();
    answer.known_by_visit.reset();
  }
  return Releaser::Make(std::move(answer), policy);
}

absl::StatusOr<Released<analysis::GlmAnswer>> Release(
    analysis::GlmAnswer answer, const Policy& policy) {
  const CohortParts parts = PartsOf(answer.provenance);
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (!ReleaseModel(answer, parts, answer.provenance, policy)) {
    answer.theta.reset();
    answer.theta_std_error.reset();
    answer.discrimination = {};
    answer.deviance.reset();
    answer.null_deviance.reset();
    answer.aic.reset();
  }
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
