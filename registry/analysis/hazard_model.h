// What the regressions of hazards share: rows with strata and clusters, and the
// parts of their answers. Internal to the analysis.

#ifndef ENTHESIS_REGISTRY_ANALYSIS_HAZARD_MODEL_H_
#define ENTHESIS_REGISTRY_ANALYSIS_HAZARD_MODEL_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "registry/analysis/model_columns.h"
#include "registry/analysis/plan.h"
#include "registry/analysis/result_regression.h"
#include "registry/cohort/gather.h"
#include "registry/model/regression_question.h"
#include "stats/regression.h"

namespace enthesis::analysis {

inline constexpr char kVisitConvention[] =
    "known only by a visit: the day of the visit";

struct HazardRows {
  cohort::GatheredRows rows;
  ModelColumns columns;
  std::vector<int> strata;    // by row; empty: one
  std::vector<int> clusters;  // by row; empty: none
};

// The rows of the cohort with a value of every covariate and stratum, and what
// `model` says before the fit: n, dropped, support but for events. States in
// `provenance` who was left out, references, strata and clusters.
// Errors: INVALID_ARGUMENT with the path of the field as payload kFieldPath
// (AddTerm), CANCELLED.
absl::StatusOr<HazardRows> GatherHazards(
    const model::TimeRegressionQuestion& question, model::Endpoint endpoint,
    std::optional<model::ComplicationKind> kind, const Plan& plan,
    HazardModel& model, Provenance& provenance);

// Coefficients with hazard ratios, and which columns have none and why.
std::vector<Coefficient> HazardCoefficients(
    const std::vector<stats::Coefficient>& coefficients,
    const std::vector<std::string>& separated, const ModelColumns& columns);

ChiSquare ChiSquareOf(const stats::ChiSquareTest& test);

// Events, coefficients, likelihoods and tests of a fit of either regression.
template <typename Fit>
void SetHazardModel(const Fit& fit, const ModelColumns& columns,
                    HazardModel& model) {
  model.events = static_cast<int64_t>(fit.events);
  model.coefficients =
      HazardCoefficients(fit.coefficients, fit.separated, columns);
  model.log_likelihood_null = fit.log_likelihood_null;
  model.log_likelihood = fit.log_likelihood;
  model.likelihood_ratio = ChiSquareOf(fit.tests.likelihood_ratio);
  model.wald = ChiSquareOf(fit.tests.wald);
  model.score = ChiSquareOf(fit.tests.score);
}

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_HAZARD_MODEL_H_
