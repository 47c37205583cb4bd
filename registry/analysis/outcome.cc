#include "registry/analysis/outcome.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "registry/analysis/plan.h"
#include "registry/model/limits.h"
#include "registry/model/measure.h"
#include "stats/binary_prediction.h"

namespace enthesis::analysis {
namespace {

// Whether the measure is better than at baseline by the threshold.
std::vector<double> Improvements(const model::OutcomeQuestion& question,
                                 const ModelRows& data) {
  const double sign =
      model::InfoOf(*question.measure).higher_is_better ? 1 : -1;
  const std::vector<int32_t>& baseline =
      data.rows.values[question.covariates.size()];
  std::vector<double> improved;
  for (size_t i = 0; i < data.rows.size(); ++i) {
    const double better = sign * (data.rows.scores[i] - baseline[i]);
    improved.push_back(better >= *question.threshold ? 1 : 0);
  }
  return improved;
}

std::vector<double> Changes(const model::OutcomeQuestion& question,
                            const ModelRows& data) {
  std::vector<double> changes = data.rows.scores;
  for (size_t i = 0; i < changes.size(); ++i) {
    changes[i] -= data.rows.values[question.covariates.size()][i];
  }
  return changes;
}

}  // namespace

std::string OutcomeName(const model::OutcomeQuestion& question,
                        OutcomeKind kind) {
  const bool is_binary = kind == OutcomeKind::kBinary;
  if (question.endpoint.has_value()) {
    const std::string event =
        EventOf(*question.endpoint, question.complication);
    if (!is_binary) return event;
    return absl::StrCat(event, " by the end of day ", *question.by_day);
  }
  const std::string measure = absl::StrCat(
      model::kMeasureCodes.Find(static_cast<int32_t>(*question.measure))->label,
      " at the visit ", model::CodeOf(model::kVisitCodes, question.visit));
  if (kind == OutcomeKind::kChange) {
    return absl::StrCat(measure, " less baseline");
  }
  if (!is_binary) return measure;
  return absl::StrCat(measure, " better than at baseline by at least ",
                      *question.threshold);
}

cohort::RowContent OutcomeContent(const model::OutcomeQuestion& question,
                                  OutcomeKind kind) {
  cohort::RowContent content;
  content.endpoint = question.endpoint;
  content.kind = question.complication;
  const bool is_binary = kind == OutcomeKind::kBinary;
  if (question.endpoint.has_value()) {
    if (is_binary) content.known_by_day = question.by_day;
    return content;
  }
  content.measure = *question.measure;
  content.visit = question.visit;
  if (kind != OutcomeKind::kCount) {
    content.covariates.push_back(*model::FindCovariate(absl::StrCat(
        "baseline_", model::CodeOf(model::kMeasureCodes, content.measure))));
  }
  return content;
}

void NoteOutcome(const model::OutcomeQuestion& question, OutcomeKind kind,
                 std::vector<std::string>& conventions) {
  if (!question.endpoint.has_value()) {
    conventions.push_back(ScaleConvention(*question.measure));
    return;
  }
  if (kind == OutcomeKind::kBinary) {
    conventions.push_back(
        "competing events: the event has not come; a case that left without "
        "either before the day is left out");
  } else {
    conventions.push_back(
        "offset: logarithm of the days at risk; day 0 counts as one; competing "
        "events and last contact end the time at risk");
  }
  conventions.push_back(kVisitConvention);
  conventions.push_back(kTimeConvention);
}

Outcomes ReadOutcomes(const model::OutcomeQuestion& question, OutcomeKind kind,
                      const ModelRows& data) {
  const bool is_binary = kind == OutcomeKind::kBinary;
  if (kind == OutcomeKind::kChange) return {Changes(question, data), {}};
  if (!question.endpoint.has_value()) {
    return {is_binary ? Improvements(question, data) : data.rows.scores, {}};
  }
  Outcomes outcomes;
  const double last_day = question.by_day.value_or(model::kMaxDay);
  for (size_t i = 0; i < data.rows.size(); ++i) {
    const double time = data.rows.times[i];
    const bool is_event =
        data.rows.causes[i] == static_cast<int>(model::Exit::kEvent) &&
        time <= last_day;
    outcomes.response.push_back(is_event ? 1 : 0);
    if (is_binary) continue;
    outcomes.offsets.push_back(std::log(std::clamp(time, 1.0, last_day)));
  }
  return outcomes;
}

std::vector<Coefficient> CoefficientsOf(const stats::GlmFit& fit,
                                        const ModelColumns& columns) {
  std::vector<Coefficient> coefficients;
  for (size_t c = 0; c < fit.coefficients.size(); ++c) {
    coefficients.push_back(CoefficientOf(
        fit.coefficients[c], c == 0 ? ColumnLabel() : columns.labels[c - 1],
        fit.separated));
    SetRatio(coefficients.back());
  }
  return coefficients;
}

absl::StatusOr<Discrimination> Assess(const std::vector<double>& response,
                                      const stats::GlmFit& fit,
                                      stats::ThreadPool& pool) {
  constexpr size_t kProbabilityGroups = 10;
  const auto assessed = stats::AssessBinaryPredictions(
      {response, fit.predictors, {}}, kProbabilityGroups, &pool);
  if (!assessed.ok()) return assessed.status();
  return Discrimination{assessed->auc, assessed->brier,
                        ChiSquareOf(assessed->hosmer_lemeshow)};
}

}  // namespace enthesis::analysis
