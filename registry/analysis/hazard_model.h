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

inline constexpr char kMissingConvention[] =
    "missing: a case without a value of a covariate is left out, counted at "
    "the first one it lacks";
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

// An estimator that gives up on these data: FAILED_PRECONDITION with payload
// kNotFitted. Other errors stay as they are.
absl::Status ExplainFit(const absl::Status& status);

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_HAZARD_MODEL_H_
