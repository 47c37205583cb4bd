// What the regressions of an outcome share: rows, strata and clusters, and the
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

struct ModelRows {
  cohort::GatheredRows rows;
  ModelColumns columns;
};

// The rows of the cohort with a value of every covariate, and what `model` says
// before the fit: n, dropped, support but for events. `content` names the
// outcome and whatever else a row must have; its covariates come after those of
// the question. States in `provenance` who was left out, and references.
// Errors: INVALID_ARGUMENT with the path of the field as payload kFieldPath
// (AddTerm), CANCELLED.
absl::StatusOr<ModelRows> GatherModelRows(
    const std::vector<model::CovariateTerm>& covariates,
    cohort::RowContent content, const Plan& plan, EventModel& model,
    Provenance& provenance);

// Clusters by row, of rows whose content was asked for them, the last thing
// that was; none: empty. States them.
void AskForClusters(model::Cluster cluster, cohort::RowContent& content);
std::vector<int> ClustersOf(model::Cluster cluster,
                            const cohort::GatheredRows& rows,
                            Provenance& provenance);

struct HazardRows : ModelRows {
  std::vector<int> strata;    // by row; empty: one
  std::vector<Group> groups;  // by stratum
  std::vector<int> clusters;  // by row; empty: none
};

// Those with a value of every stratum, too. States strata and clusters.
// Errors: as GatherModelRows.
absl::StatusOr<HazardRows> GatherHazards(
    const model::TimeRegressionQuestion& question, model::Endpoint endpoint,
    std::optional<model::ComplicationKind> kind, const Plan& plan,
    HazardModel& model, Provenance& provenance);

// Of one column, with its limits as they are; where there is no estimate, why.
Coefficient CoefficientOf(const stats::Coefficient& from, ColumnLabel label,
                          const std::vector<std::string>& separated);
// Gives it its ratio, of hazards or times, and the limits of that.
void SetRatio(Coefficient& coefficient);

ChiSquare ChiSquareOf(const stats::ChiSquareTest& test);

// Events, coefficients, likelihoods and tests of a fit of either regression.
template <typename Fit>
void SetHazardModel(const Fit& fit, const ModelColumns& columns,
                    HazardModel& model) {
  model.events = static_cast<int64_t>(fit.events);
  for (size_t c = 0; c < fit.coefficients.size(); ++c) {
    model.coefficients.push_back(
        CoefficientOf(fit.coefficients[c], columns.labels[c], fit.separated));
    SetRatio(model.coefficients.back());
  }
  model.log_likelihood_null = fit.log_likelihood_null;
  model.log_likelihood = fit.log_likelihood;
  if (fit.coefficients.empty()) return;  // nothing to test
  model.likelihood_ratio = ChiSquareOf(fit.tests.likelihood_ratio);
  model.wald = ChiSquareOf(fit.tests.wald);
  model.score = ChiSquareOf(fit.tests.score);
}

// Says why there is no Wald test of finite coefficients.
template <typename Fit>
void NoteRank(const Fit& fit, Provenance& provenance) {
  const size_t n_estimates =
      fit.coefficients.size() - fit.dropped.size() - fit.separated.size();
  if (fit.rank >= n_estimates) return;
  provenance.conventions.push_back(
      "Wald test: none, the robust variance has a rank below the number of "
      "coefficients, for want of clusters");
}

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_HAZARD_MODEL_H_
