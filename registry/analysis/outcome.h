// The outcome of a case that a question asks about: whether an event came by a
// day, how often in the time at risk, whether a score improved, or a count; and
// what is told of a model of it. Internal to the analysis.

#ifndef ENTHESIS_REGISTRY_ANALYSIS_OUTCOME_H_
#define ENTHESIS_REGISTRY_ANALYSIS_OUTCOME_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "registry/analysis/hazard_model.h"
#include "registry/analysis/model_columns.h"
#include "registry/analysis/result_regression.h"
#include "registry/cohort/gather.h"
#include "registry/model/regression_question.h"
#include "stats/glm.h"
#include "stats/parallel.h"

namespace enthesis::analysis {

// How the outcome is read.
enum class OutcomeKind {
  kBinary,  // yes or no
  kCount,   // first events by the time at risk, or the measure itself
  kChange,  // of the measure since baseline
};

// "a first reoperation ... by the end of day 365", "VISA-A at the visit ...".
std::string OutcomeName(const model::OutcomeQuestion& question,
                        OutcomeKind kind);

// What the outcome needs of a row. The baseline of a measure whose improvement
// or change is asked about is the covariate after those of the question.
cohort::RowContent OutcomeContent(const model::OutcomeQuestion& question,
                                  OutcomeKind kind);

// How the outcome is defined.
void NoteOutcome(const model::OutcomeQuestion& question, OutcomeKind kind,
                 std::vector<std::string>& conventions);

// By row of `data`, gathered with that content.
struct Outcomes {
  std::vector<double> response;  // binary: 0 or 1
  std::vector<double> offsets;   // of rates: logarithm of the days at risk
};
Outcomes ReadOutcomes(const model::OutcomeQuestion& question, OutcomeKind kind,
                      const ModelRows& data);

// Intercept first, then by column, with their ratios.
std::vector<Coefficient> CoefficientsOf(const stats::GlmFit& fit,
                                        const ModelColumns& columns);

// How well the probabilities of a logistic fit meet the outcomes it was made
// from.
inline constexpr char kApparentConvention[] =
    "discrimination and calibration: on the cases that the model was fitted to";
absl::StatusOr<Discrimination> Assess(const std::vector<double>& response,
                                      const stats::GlmFit& fit,
                                      stats::ThreadPool& pool);

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_OUTCOME_H_
