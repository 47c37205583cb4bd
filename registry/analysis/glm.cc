// Logistic, Poisson and negative binomial regression of an outcome.

#include "stats/glm.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "registry/analysis/answer.h"
#include "registry/analysis/hazard_model.h"
#include "registry/analysis/plan.h"
#include "registry/model/limits.h"
#include "stats/binary_prediction.h"

namespace enthesis::analysis {
namespace {

using model::RegressionFamily;

constexpr size_t kProbabilityGroups = 10;

std::string OutcomeOf(const model::GlmQuestion& question) {
  if (question.endpoint.has_value()) {
    const std::string event =
        EventOf(*question.endpoint, question.complication);
    if (question.family == RegressionFamily::kPoisson) return event;
    return absl::StrCat(event, " by the end of day ", *question.by_day);
  }
  const std::string measure = absl::StrCat(
      model::kMeasureCodes.Find(static_cast<int32_t>(*question.measure))->label,
      " at the visit ", model::CodeOf(model::kVisitCodes, question.visit));
  if (question.family != RegressionFamily::kLogistic) return measure;
  return absl::StrCat(measure, " better than at baseline by at least ",
                      *question.threshold);
}

const char* RatioOf(const model::GlmQuestion& question) {
  if (question.family == RegressionFamily::kLogistic) return "odds";
  return question.endpoint.has_value() ? "rates" : "means";
}

void ExplainGlm(const model::GlmQuestion& question, Provenance& provenance) {
  provenance.estimand = absl::StrCat(
      "ratio of the ", RatioOf(question), " of ", OutcomeOf(question),
      " of two cases that differ by one unit or level of a covariate, the "
      "others equal, in the cohort asked for");
  std::vector<std::string>& conventions = provenance.conventions;
  conventions = {absl::StrCat("method: ",
                              model::kRegressionFamilyCodes
                                  .Find(static_cast<int32_t>(question.family))
                                  ->label,
                              " regression, ",
                              question.firth ? "Firth's penalized likelihood"
                                             : "maximum likelihood"),
                 question.cluster == model::Cluster::kNone
                     ? "variance: model-based (expected information)"
                     : "variance: robust (sandwich) by cluster, G / (G - 1)",
                 "interval: normal, on the logarithm of the ratio",
                 ConfidenceConvention(question.conf_level)};
  if (!question.endpoint.has_value()) {
    conventions.push_back(ScaleConvention(*question.measure));
  } else if (question.family == RegressionFamily::kLogistic) {
    conventions.push_back(
        "competing events: the event has not come; a case that left without "
        "either before the day is left out");
  } else {
    conventions.push_back(
        "offset: logarithm of the days at risk; day 0 counts as one; competing "
        "events and last contact end the time at risk");
  }
  if (question.endpoint.has_value()) {
    conventions.push_back(kVisitConvention);
    conventions.push_back(kTimeConvention);
  }
  conventions.push_back(kMissingConvention);
  conventions.push_back(kUnitConvention);
}

cohort::RowContent ContentOf(const model::GlmQuestion& question) {
  cohort::RowContent content;
  content.endpoint = question.endpoint;
  content.kind = question.complication;
  const bool is_logistic = question.family == RegressionFamily::kLogistic;
  if (question.endpoint.has_value()) {
    if (is_logistic) content.known_by_day = question.by_day;
  } else {
    content.measure = *question.measure;
    content.visit = question.visit;
    if (is_logistic) {
      content.covariates.push_back(*model::FindCovariate(absl::StrCat(
          "baseline_", model::CodeOf(model::kMeasureCodes, content.measure))));
    }
  }
  AskForClusters(question.cluster, content);
  return content;
}

// The response and, of rates, the logarithm of the time at risk.
struct Outcomes {
  std::vector<double> response, offsets;
};

Outcomes OutcomesOf(const model::GlmQuestion& question, const ModelRows& data) {
  Outcomes outcomes;
  const cohort::GatheredRows& rows = data.rows;
  const bool is_logistic = question.family == RegressionFamily::kLogistic;
  if (!question.endpoint.has_value()) {
    if (!is_logistic) return {rows.scores, {}};
    const double sign =
        model::InfoOf(*question.measure).higher_is_better ? 1 : -1;
    const std::vector<int32_t>& baseline =
        rows.values[question.covariates.size()];
    for (size_t i = 0; i < rows.size(); ++i) {
      const double better = sign * (rows.scores[i] - baseline[i]);
      outcomes.response.push_back(better >= *question.threshold ? 1 : 0);
    }
    return outcomes;
  }
  const double last_day = question.by_day.value_or(model::kMaxDay);
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool is_event =
        rows.causes[i] == static_cast<int>(model::Exit::kEvent) &&
        rows.times[i] <= last_day;
    outcomes.response.push_back(is_event ? 1 : 0);
    if (is_logistic) continue;
    outcomes.offsets.push_back(
        std::log(std::clamp(rows.times[i], 1.0, last_day)));
  }
  return outcomes;
}

stats::GlmFamily FamilyOf(RegressionFamily family) {
  switch (family) {
    case RegressionFamily::kLogistic:
      return stats::GlmFamily::kLogistic;
    case RegressionFamily::kPoisson:
      return stats::GlmFamily::kPoisson;
    case RegressionFamily::kNegativeBinomial:
      return stats::GlmFamily::kNegativeBinomial;
  }
  return stats::GlmFamily::kLogistic;
}

// Both kinds of an outcome are cases that a figure rests on.
void CountOutcomes(const model::GlmQuestion& question,
                   const std::vector<double>& response, GlmAnswer& answer) {
  ++answer.support.n_coefficients;  // the intercept
  if (!question.endpoint.has_value() &&
      question.family != RegressionFamily::kLogistic) {
    return;
  }
  answer.events =
      static_cast<int64_t>(std::count(response.begin(), response.end(), 1.0));
  answer.support.events = answer.events;
  if (question.family == RegressionFamily::kLogistic) {
    answer.support.parts.push_back({"outcome", *answer.n - *answer.events});
  }
}

void SetGlm(const stats::GlmFit& fit, const ModelColumns& columns,
            GlmAnswer& answer) {
  for (size_t c = 0; c < fit.coefficients.size(); ++c) {
    answer.coefficients.push_back(CoefficientOf(
        fit.coefficients[c], c == 0 ? ColumnLabel() : columns.labels[c - 1],
        fit.separated));
    SetRatio(answer.coefficients.back());
  }
  answer.log_likelihood_null = fit.log_likelihood_null;
  answer.log_likelihood = fit.log_likelihood;
  answer.deviance = fit.deviance;
  answer.null_deviance = fit.null_deviance;
  answer.aic = fit.aic;
  if (!fit.options.firth && fit.coefficients.size() > 1) {
    answer.likelihood_ratio = ChiSquareOf(fit.likelihood_ratio);
  }
  if (fit.theta.has_value()) {
    answer.theta = fit.theta->estimate;
    answer.theta_std_error = fit.theta->std_error;
  }
  if (fit.theta_infinite) {
    answer.provenance.conventions.push_back(
        "theta: infinite, the outcome varies no more than Poisson's");
  }
}

absl::Status Assess(const std::vector<double>& response,
                    const stats::GlmFit& fit, stats::ThreadPool& pool,
                    GlmAnswer& answer) {
  const auto assessed = stats::AssessBinaryPredictions(
      {response, fit.predictors, {}}, kProbabilityGroups, &pool);
  if (!assessed.ok()) return assessed.status();
  answer.auc = assessed->auc;
  answer.brier = assessed->brier;
  answer.hosmer_lemeshow = ChiSquareOf(assessed->hosmer_lemeshow);
  answer.provenance.conventions.push_back(
      "discrimination and calibration: on the cases that the model was fitted "
      "to");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<GlmAnswer> Answer(const model::GlmQuestion& question,
                                 const cohort::Snapshot& snapshot,
                                 stats::ThreadPool& pool,
                                 std::stop_token stop) {
  absl::StatusOr<Plan> plan =
      MakePlan(question, snapshot, pool, std::move(stop));
  if (!plan.ok()) return plan.status();
  GlmAnswer answer;
  answer.provenance = plan->provenance;
  answer.family = question.family;
  ExplainGlm(question, answer.provenance);
  const absl::StatusOr<ModelRows> data =
      GatherModelRows(question.covariates, ContentOf(question), *plan, answer,
                      answer.provenance);
  if (!data.ok()) return data.status();
  const Outcomes outcomes = OutcomesOf(question, *data);
  CountOutcomes(question, outcomes.response, answer);
  if (answer.n == 0) {
    answer.absence = Absence::kUndefined;
    return answer;
  }
  const std::vector<int> clusters =
      ClustersOf(question.cluster, data->rows, answer.provenance);
  stats::GlmOptions options;
  options.family = FamilyOf(question.family);
  options.firth = question.firth;
  options.conf_level = question.conf_level;
  options.stop = plan->stop;
  const absl::StatusOr<stats::GlmFit> fit =
      stats::FitGlm({outcomes.response, {}, outcomes.offsets, clusters},
                    data->columns.design, options, &plan->pool);
  if (!fit.ok()) return ExplainFit(fit.status());
  SetGlm(*fit, data->columns, answer);
  if (question.family != RegressionFamily::kLogistic) return answer;
  const absl::Status status =
      Assess(outcomes.response, *fit, plan->pool, answer);
  if (!status.ok()) return status;
  return answer;
}

}  // namespace enthesis::analysis
