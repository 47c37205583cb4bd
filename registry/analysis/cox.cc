// Cox regression of the time to an endpoint.

#include "stats/cox.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "registry/analysis/answer.h"
#include "registry/analysis/hazard_model.h"
#include "registry/analysis/plan.h"
#include "registry/analysis/predictions.h"
#include "registry/cohort/row.h"
#include "stats/cox_curves.h"
#include "stats/proportional_hazards.h"

namespace enthesis::analysis {
namespace {

void ExplainCox(const model::CoxQuestion& question, Provenance& provenance) {
  provenance.estimand = absl::StrCat(
      "ratio of the hazards of ",
      EventOf(question.endpoint, question.complication),
      " of two cases that differ by one unit or level of a covariate, the "
      "others equal, in the cohort asked for");
  provenance.conventions = {
      "method: Cox proportional hazards regression",
      question.ties == model::RegressionTies::kEfron ? "ties: Efron"
                                                     : "ties: Breslow",
      question.cluster == model::Cluster::kNone
          ? "variance: model-based"
          : "variance: robust (sandwich) by cluster; score and "
            "likelihood-ratio tests stay model-based",
      "interval: normal, on the log hazard ratio",
      ConfidenceConvention(question.conf_level),
      model::IsReturn(question.endpoint)
          ? "hazard: cause-specific; reoperation, retirement and death censor"
          : "censoring: last contact; death censors",
      kMissingConvention,
      kVisitConvention,
      kTimeConvention,
      kUnitConvention};
}

absl::Status PredictSurvival(const model::CoxQuestion& question,
                             const Plan& plan, const HazardRows& data,
                             const stats::CoxRows& rows,
                             const stats::CoxFit& fit, CoxAnswer& answer) {
  const model::PredictionQuestion& asked = question.predictions;
  if (asked.profiles.empty()) return absl::OkStatus();
  answer.predictions = StartPredictions(asked, question.covariates, data,
                                        data.strata, data.groups);
  answer.provenance.conventions.push_back(
      "predicted survival: as survfit of coxph, the hazard by the rule for "
      "ties; interval log-log");
  if (!fit.separated.empty()) {
    LeaveOut(Absence::kSeparated, answer.predictions);
    return absl::OkStatus();
  }
  stats::CoxCurveOptions how;
  how.conf_level = question.conf_level;
  how.stop = plan.stop;
  const absl::StatusOr<std::vector<stats::CoxCurve>> curves =
      stats::PredictCoxSurvival(
          rows, data.columns.design, fit,
          ProfileRows(asked, question.covariates, data.columns), how);
  if (!curves.ok()) return ExplainFit(curves.status());
  const std::vector<double> times = Times(asked.at_days);
  SetCurves(
      *curves,
      [&](const stats::CoxCurve& curve) {
        return stats::CoxCurveAt(curve, times);
      },
      &stats::CoxCurvePoint::survival, answer.predictions);
  return absl::OkStatus();
}

absl::Status TestHazards(const Plan& plan, const HazardRows& data,
                         const stats::CoxRows& rows, const stats::CoxFit& fit,
                         CoxAnswer& answer) {
  std::vector<std::string>& conventions = answer.provenance.conventions;
  if (!fit.separated.empty() || fit.events == 0) {
    conventions.push_back(absl::StrCat(
        "proportional hazards: not tested, ",
        fit.events == 0 ? "there are no events" : "a coefficient is infinite"));
    return absl::OkStatus();
  }
  stats::ProportionalHazardsOptions how;
  how.stop = plan.stop;
  const absl::StatusOr<stats::ProportionalHazards> tested =
      stats::TestProportionalHazards(rows, data.columns.design, fit, how,
                                     &plan.pool);
  if (!tested.ok()) return ExplainFit(tested.status());
  for (const stats::ProportionalHazardsTest& test : tested->tests) {
    answer.proportional_hazards.push_back({test.name, ChiSquareOf(test.test)});
  }
  conventions.push_back(
      "proportional hazards: score test as cox.zph, transform km");
  return absl::OkStatus();
}

// The fit needs events of the endpoint alone; competing ones censor.
absl::Status FitModel(const model::CoxQuestion& question, const Plan& plan,
                      const HazardRows& data, CoxAnswer& answer) {
  std::vector<int> events(data.rows.causes.size());
  for (size_t i = 0; i < events.size(); ++i) {
    events[i] = data.rows.causes[i] == static_cast<int>(model::Exit::kEvent);
  }
  stats::CoxRows rows;
  rows.times = data.rows.times;
  rows.events = events;
  rows.strata = data.strata;
  rows.clusters = data.clusters;
  stats::CoxOptions options;
  options.conf_level = question.conf_level;
  options.ties = question.ties == model::RegressionTies::kEfron
                     ? stats::CoxTies::kEfron
                     : stats::CoxTies::kBreslow;
  options.stop = plan.stop;
  const absl::StatusOr<stats::CoxFit> fit =
      stats::FitCox(rows, data.columns.design, options, &plan.pool);
  if (!fit.ok()) return ExplainFit(fit.status());
  SetHazardModel(*fit, data.columns, answer);
  NoteRank(*fit, answer.provenance);
  if (fit->concordance.has_value()) {
    answer.concordance = fit->concordance->estimate;
    answer.concordance_std_error = fit->concordance->std_error;
  }
  if (question.proportional_hazards) {
    const absl::Status status = TestHazards(plan, data, rows, *fit, answer);
    if (!status.ok()) return status;
  }
  return PredictSurvival(question, plan, data, rows, *fit, answer);
}

}  // namespace

absl::StatusOr<CoxAnswer> Answer(const model::CoxQuestion& question,
                                 const cohort::Snapshot& snapshot,
                                 stats::ThreadPool& pool,
                                 std::stop_token stop) {
  absl::StatusOr<Plan> plan =
      MakePlan(question, snapshot, pool, std::move(stop));
  if (!plan.ok()) return plan.status();
  CoxAnswer answer;
  answer.provenance = plan->provenance;
  ExplainCox(question, answer.provenance);
  const absl::StatusOr<HazardRows> data =
      GatherHazards(question, question.endpoint, question.complication, *plan,
                    answer, answer.provenance);
  if (!data.ok()) return data.status();
  if (answer.n == 0) {
    answer.events = 0;
    answer.absence = Absence::kUndefined;
    return answer;
  }
  answer.support.events =
      std::count(data->rows.causes.begin(), data->rows.causes.end(),
                 static_cast<int>(model::Exit::kEvent));
  if (IsWithheld(question, answer)) return answer;
  const absl::Status status = FitModel(question, *plan, *data, answer);
  if (!status.ok()) return status;
  return answer;
}

}  // namespace enthesis::analysis
