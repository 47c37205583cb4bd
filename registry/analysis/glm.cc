// Logistic, Poisson and negative binomial regression of an outcome.

#include "stats/glm.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "registry/analysis/answer.h"
#include "registry/analysis/hazard_model.h"
#include "registry/analysis/outcome.h"
#include "registry/analysis/plan.h"

namespace enthesis::analysis {
namespace {

using model::RegressionFamily;

OutcomeKind KindOf(const model::GlmQuestion& question) {
  return question.family == RegressionFamily::kLogistic ? OutcomeKind::kBinary
                                                        : OutcomeKind::kCount;
}

const char* RatioOf(const model::GlmQuestion& question) {
  if (question.family == RegressionFamily::kLogistic) return "odds";
  return question.endpoint.has_value() ? "rates" : "means";
}

void ExplainGlm(const model::GlmQuestion& question, Provenance& provenance) {
  provenance.estimand = absl::StrCat(
      "ratio of the ", RatioOf(question), " of ",
      OutcomeName(question, KindOf(question)),
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
  NoteOutcome(question, KindOf(question), conventions);
  conventions.push_back(kMissingConvention);
  conventions.push_back(kUnitConvention);
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
  answer.coefficients = CoefficientsOf(fit, columns);
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
  cohort::RowContent content = OutcomeContent(question, KindOf(question));
  AskForClusters(question.cluster, content);
  const absl::StatusOr<ModelRows> data =
      GatherModelRows(question.covariates, std::move(content), *plan, answer,
                      answer.provenance);
  if (!data.ok()) return data.status();
  const Outcomes outcomes = ReadOutcomes(question, KindOf(question), *data);
  CountOutcomes(question, outcomes.response, answer);
  if (answer.n == 0) {
    answer.absence = Absence::kUndefined;
    return answer;
  }
  if (IsWithheld(question, answer)) return answer;
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
  absl::StatusOr<Discrimination> discrimination =
      Assess(outcomes.response, *fit, plan->pool);
  if (!discrimination.ok()) return discrimination.status();
  answer.discrimination = *std::move(discrimination);
  answer.provenance.conventions.push_back(kApparentConvention);
  return answer;
}

}  // namespace enthesis::analysis
