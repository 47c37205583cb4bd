// Parametric regression of the time to an endpoint, known by visits included.

#include "stats/parametric.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "registry/analysis/answer.h"
#include "registry/analysis/hazard_model.h"
#include "registry/analysis/plan.h"
#include "registry/analysis/predictions.h"
#include "registry/cohort/row.h"

namespace enthesis::analysis {
namespace {

void ExplainParametric(const model::ParametricQuestion& question,
                       Provenance& provenance) {
  provenance.estimand = absl::StrCat(
      "ratio of the times to ",
      EventOf(question.endpoint, question.complication),
      " of two cases that differ by one unit or level of a covariate, the "
      "others equal, in the cohort asked for");
  provenance.conventions = {
      "method: accelerated failure time regression, maximum likelihood",
      absl::StrCat("distribution: ",
                   model::kParametricDistributionCodes
                       .Find(static_cast<int32_t>(question.distribution))
                       ->label),
      "parameters: as survreg, log days = intercept + covariates + scale * "
      "error",
      "event known by a visit: between the last contact without it and the "
      "visit; a known day is exact, and day 0 is within the first day",
      "variance: observed information",
      "interval: normal, on the log time ratio",
      ConfidenceConvention(question.conf_level),
      model::IsReturn(question.endpoint)
          ? "censoring: last contact; reoperation, retirement and death censor"
          : "censoring: last contact; death censors",
      kMissingConvention,
      kTimeConvention,
      kUnitConvention};
}

// Where the event of each row lies, and how many are of each kind.
struct KnownTimes {
  std::vector<double> lower, upper;
  int64_t exact = 0, known_by_visit = 0;
};

KnownTimes KnownTimesOf(const cohort::GatheredRows& rows) {
  KnownTimes known;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows.causes[i] != static_cast<int>(model::Exit::kEvent)) {
      known.lower.push_back(rows.times[i]);
      known.upper.push_back(stats::kOpenUpper);
      continue;
    }
    const bool is_exact = rows.last_free[i] == rows.times[i];
    ++(is_exact ? known.exact : known.known_by_visit);
    known.lower.push_back(rows.last_free[i]);
    // A time of 0 has no logarithm.
    known.upper.push_back(std::max(rows.times[i], 1.0));
  }
  return known;
}

stats::ParametricDistribution DistributionOf(
    model::ParametricDistribution distribution) {
  switch (distribution) {
    case model::ParametricDistribution::kWeibull:
      return stats::ParametricDistribution::kWeibull;
    case model::ParametricDistribution::kExponential:
      return stats::ParametricDistribution::kExponential;
    case model::ParametricDistribution::kLogNormal:
      return stats::ParametricDistribution::kLogNormal;
    case model::ParametricDistribution::kLogLogistic:
      return stats::ParametricDistribution::kLogLogistic;
  }
  return stats::ParametricDistribution::kWeibull;
}

void SetModel(const stats::ParametricFit& fit, const ModelColumns& columns,
              ParametricAnswer& answer) {
  for (size_t c = 0; c < fit.coefficients.size(); ++c) {
    const bool is_intercept = c == 0;
    answer.coefficients.push_back(CoefficientOf(
        fit.coefficients[c],
        is_intercept ? ColumnLabel() : columns.labels[c - 1], fit.separated));
    if (!is_intercept) SetRatio(answer.coefficients.back());
    if (fit.outcome == stats::ParametricOutcome::kEstimated) continue;
    answer.coefficients.back().absence = Absence::kUndefined;
  }
  if (fit.outcome != stats::ParametricOutcome::kEstimated) {
    answer.absence = Absence::kUndefined;
    answer.provenance.conventions.push_back(
        absl::StrCat("no estimate: ", stats::ExplainOutcome(fit.outcome)));
  }
  answer.scale = fit.scale;
  answer.log_scale_std_error = fit.log_scale_std_error;
  answer.log_likelihood_null = fit.log_likelihood_null;
  answer.log_likelihood = fit.log_likelihood;
  answer.likelihood_ratio = ChiSquareOf(fit.likelihood_ratio);
}

// Beyond the last contact, too: the model says how it goes on.
absl::Status PredictTimes(const model::ParametricQuestion& question,
                          const ModelRows& data,
                          const stats::ParametricFit& fit,
                          ParametricAnswer& answer) {
  const model::PredictionQuestion& asked = question.predictions;
  if (asked.profiles.empty()) return absl::OkStatus();
  answer.predictions =
      StartPredictions(asked, question.covariates, data, {}, {});
  answer.provenance.conventions.push_back(
      "predicted survival: delta method; limits from (log time - predictor) / "
      "scale");
  const stats::DesignMatrix profiles =
      ProfileRows(asked, question.covariates, data.columns);
  for (size_t p = 0; p < profiles.n_rows; ++p) {
    const auto at = stats::PredictParametricSurvival(fit, profiles, p,
                                                     Times(asked.at_days));
    if (!at.ok()) return at.status();
    for (size_t i = 0; i < at->size(); ++i) {
      const stats::ParametricPrediction& found = (*at)[i];
      PredictedPoint& point = answer.predictions[p].at[i];
      if (found.estimate.has_value() || fit.separated.empty()) {
        SetFigures(found.estimate, found.std_error, found.lower, found.upper,
                   point);
      } else if (point.absence == Absence::kNone) {
        point.absence = Absence::kSeparated;
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ParametricAnswer> Answer(
    const model::ParametricQuestion& question, const cohort::Snapshot& snapshot,
    stats::ThreadPool& pool, std::stop_token stop) {
  absl::StatusOr<Plan> plan =
      MakePlan(question, snapshot, pool, std::move(stop));
  if (!plan.ok()) return plan.status();
  ParametricAnswer answer;
  answer.provenance = plan->provenance;
  ExplainParametric(question, answer.provenance);
  cohort::RowContent content;
  content.endpoint = question.endpoint;
  content.kind = question.complication;
  content.intervals = true;
  const absl::StatusOr<ModelRows> data =
      GatherModelRows(question.covariates, std::move(content), *plan, answer,
                      answer.provenance);
  if (!data.ok()) return data.status();
  const KnownTimes known = KnownTimesOf(data->rows);
  answer.exact = known.exact;
  answer.known_by_visit = known.known_by_visit;
  answer.events = known.exact + known.known_by_visit;
  answer.support.events = answer.events;
  ++answer.support.n_coefficients;  // the intercept
  if (answer.n == 0) {
    answer.absence = Absence::kUndefined;
    return answer;
  }
  if (IsWithheld(question, answer)) return answer;
  stats::ParametricOptions options;
  options.distribution = DistributionOf(question.distribution);
  options.conf_level = question.conf_level;
  options.stop = plan->stop;
  const absl::StatusOr<stats::ParametricFit> fit =
      stats::FitParametric({known.lower, known.upper, {}}, data->columns.design,
                           options, &plan->pool);
  if (!fit.ok()) return ExplainFit(fit.status());
  SetModel(*fit, data->columns, answer);
  const absl::Status status = PredictTimes(question, *data, *fit, answer);
  if (!status.ok()) return status;
  return answer;
}

}  // namespace enthesis::analysis
