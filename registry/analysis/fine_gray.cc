// Fine-Gray regression of the incidence of an endpoint or of what competes.

#include "stats/fine_gray.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "registry/analysis/answer.h"
#include "registry/analysis/hazard_model.h"
#include "registry/analysis/plan.h"
#include "registry/analysis/predictions.h"
#include "stats/fine_gray_curves.h"

namespace enthesis::analysis {
namespace {

std::string HazardOf(const model::FineGrayQuestion& question) {
  if (question.cause == model::Exit::kEvent) return "it";
  return absl::StrCat(model::CompetingName(question.cause), " before it");
}

void ExplainFineGray(const model::FineGrayQuestion& question,
                     Provenance& provenance) {
  const bool crr = question.convention == model::FineGrayConvention::kCrr;
  provenance.estimand = absl::StrCat(
      "with ", EventOf(question.endpoint, question.complication),
      " as the event: ratio of the subdistribution hazards of ",
      HazardOf(question),
      ", in two cases that differ by one unit or level of a covariate, the "
      "others equal, in the cohort asked for; competing: ",
      absl::StrJoin(model::CompetingExits(question.endpoint), ", ",
                    [](std::string* out, model::Exit exit) {
                      absl::StrAppend(out, model::CompetingName(exit));
                    }));
  provenance.conventions = {
      "method: Fine-Gray regression of the subdistribution hazard",
      crr ? "convention: cmprsk::crr"
          : "convention: survival::finegray with coxph",
      crr || question.ties == model::RegressionTies::kBreslow ? "ties: Breslow"
                                                              : "ties: Efron",
      crr ? "ties of censoring: whoever has an event is at risk of censoring "
            "at its time"
          : "ties of censoring: whoever has an event is not at risk of "
            "censoring at its time",
      crr ? "variance: sandwich, the censoring distribution estimated"
          : "variance: sandwich, the censoring distribution given",
      "interval: normal, on the log hazard ratio",
      ConfidenceConvention(question.conf_level),
      kMissingConvention,
      kVisitConvention,
      kTimeConvention,
      kUnitConvention};
}

absl::Status PredictIncidence(const model::FineGrayQuestion& question,
                              const Plan& plan, const HazardRows& data,
                              const stats::FineGrayRows& rows,
                              const stats::FineGrayFit& fit,
                              FineGrayAnswer& answer) {
  const model::PredictionQuestion& asked = question.predictions;
  if (asked.profiles.empty()) return absl::OkStatus();
  answer.predictions = StartPredictions(asked, question.covariates, data,
                                        data.strata, data.groups);
  answer.provenance.conventions.push_back(
      "predicted incidence: 1 - exp(-hazard); interval log-log of 1 - "
      "incidence");
  if (!fit.separated.empty()) {
    LeaveOut(Absence::kSeparated, answer.predictions);
    return absl::OkStatus();
  }
  stats::FineGrayCurveOptions how;
  how.conf_level = question.conf_level;
  how.stop = plan.stop;
  const std::vector<double> times = Times(asked.at_days);
  const absl::StatusOr<std::vector<stats::FineGrayCurve>> curves =
      stats::PredictFineGrayIncidence(
          rows, data.columns.design, fit,
          ProfileRows(asked, question.covariates, data.columns), times, how);
  if (!curves.ok()) return ExplainFit(curves.status());
  SetCurves(
      *curves,
      [&](const stats::FineGrayCurve& curve) {
        return stats::FineGrayCurveAt(curve, times);
      },
      &stats::FineGrayCurvePoint::incidence, answer.predictions);
  return absl::OkStatus();
}

absl::Status FitIncidence(const model::FineGrayQuestion& question,
                          const Plan& plan, const HazardRows& data,
                          FineGrayAnswer& answer) {
  stats::FineGrayRows rows;
  rows.times = data.rows.times;
  rows.causes = data.rows.causes;
  rows.clusters = data.clusters;
  rows.strata = data.strata;
  stats::FineGrayOptions options;
  options.cause = static_cast<int>(question.cause);
  options.conf_level = question.conf_level;
  options.convention = question.convention == model::FineGrayConvention::kCrr
                           ? stats::FineGrayConvention::kCrr
                           : stats::FineGrayConvention::kFineGray;
  options.ties = question.ties == model::RegressionTies::kEfron
                     ? stats::FineGrayTies::kEfron
                     : stats::FineGrayTies::kBreslow;
  options.stop = plan.stop;
  const absl::StatusOr<stats::FineGrayFit> fit =
      stats::FitFineGray(rows, data.columns.design, options);
  if (!fit.ok()) return ExplainFit(fit.status());
  answer.competing = static_cast<int64_t>(fit->competing);
  SetHazardModel(*fit, data.columns, answer);
  NoteRank(*fit, answer.provenance);
  return PredictIncidence(question, plan, data, rows, *fit, answer);
}

void CountCauses(const model::FineGrayQuestion& question,
                 const std::vector<int>& causes, ModelSupport& support) {
  support.events = support.competing = 0;
  for (const int cause : causes) {
    if (cause == static_cast<int>(model::Exit::kCensored)) continue;
    ++(cause == static_cast<int>(question.cause) ? *support.events
                                                 : *support.competing);
  }
}

}  // namespace

absl::StatusOr<FineGrayAnswer> Answer(const model::FineGrayQuestion& question,
                                      const cohort::Snapshot& snapshot,
                                      stats::ThreadPool& pool,
                                      std::stop_token stop) {
  absl::StatusOr<Plan> plan =
      MakePlan(question, snapshot, pool, std::move(stop));
  if (!plan.ok()) return plan.status();
  FineGrayAnswer answer;
  answer.cause = question.cause;
  answer.provenance = plan->provenance;
  ExplainFineGray(question, answer.provenance);
  const absl::StatusOr<HazardRows> data =
      GatherHazards(question, question.endpoint, question.complication, *plan,
                    answer, answer.provenance);
  if (!data.ok()) return data.status();
  if (answer.n == 0) {
    answer.events = answer.competing = 0;
    answer.absence = Absence::kUndefined;
    return answer;
  }
  CountCauses(question, data->rows.causes, answer.support);
  if (IsWithheld(question, answer)) return answer;
  const absl::Status status = FitIncidence(question, *plan, *data, answer);
  if (!status.ok()) return status;
  return answer;
}

}  // namespace enthesis::analysis
