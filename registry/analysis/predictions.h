// Curves of a fitted model for chosen values of its covariates, at days asked
// for. Internal to the analysis.

#ifndef ENTHESIS_REGISTRY_ANALYSIS_PREDICTIONS_H_
#define ENTHESIS_REGISTRY_ANALYSIS_PREDICTIONS_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "registry/analysis/hazard_model.h"
#include "registry/analysis/model_columns.h"
#include "registry/analysis/result_regression.h"
#include "registry/model/regression_question.h"
#include "stats/design_matrix.h"

namespace enthesis::analysis {

// The profiles of a question in the columns of its model, one row each, with a
// value of every covariate (validation::ValidateQuestion). A level that no case
// of the model has leaves its columns at 0; see StartPredictions.
stats::DesignMatrix ProfileRows(
    const model::PredictionQuestion& question,
    absl::Span<const model::CovariateTerm> covariates,
    const ModelColumns& columns);

// One for each stratum in the order of codes and, in it, for each profile, as
// the estimators give them: for whom, and how many are at risk at each day. The
// figures are still to come, but where a level of the profile is one that no
// case of the model has they are undefined.
std::vector<Prediction> StartPredictions(
    const model::PredictionQuestion& question,
    absl::Span<const model::CovariateTerm> covariates, const ModelRows& data,
    absl::Span<const int> strata, absl::Span<const Group> groups);

// The reason of figures that are still to come.
void LeaveOut(Absence absence, std::vector<Prediction>& predictions);

// Figures that are not there, or not finite, make the point undefined.
void SetFigures(std::optional<double> estimate, std::optional<double> std_error,
                std::optional<double> lower, std::optional<double> upper,
                PredictedPoint& point);

// The value of a curve at a day, or nothing beyond its end.
template <typename Point>
void SetFigures(const std::optional<Point>& found, double Point::*estimate,
                PredictedPoint& point) {
  if (found.has_value()) {
    SetFigures((*found).*estimate, found->std_error, found->lower, found->upper,
               point);
  } else if (point.absence == Absence::kNone) {
    point.absence = Absence::kBeyondFollowUp;
  }
}

// The values of curves of hazards, [prediction], at the days that the points
// have; `values_at` gives those of one curve, in the order of the days.
template <typename Curve, typename ValuesAt, typename Point>
void SetCurves(const std::vector<Curve>& curves, ValuesAt values_at,
               double Point::*estimate, std::vector<Prediction>& predictions) {
  for (size_t c = 0; c < curves.size(); ++c) {
    const std::vector<std::optional<Point>> found = values_at(curves[c]);
    for (size_t i = 0; i < found.size(); ++i) {
      SetFigures(found[i], estimate, predictions[c].at[i]);
    }
  }
}

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_PREDICTIONS_H_
