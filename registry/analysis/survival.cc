// Kaplan-Meier survival free of an endpoint, with rank tests of groups.

#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "registry/analysis/answer.h"
#include "registry/analysis/plan.h"
#include "registry/analysis/survival_tests.h"
#include "registry/cohort/tabulate.h"
#include "stats/kaplan_meier.h"
#include "stats/restricted_mean.h"

namespace enthesis::analysis {
namespace {

SurvivalPoint PointOf(const stats::SurvivalPoint& point) {
  SurvivalPoint result;
  result.day = static_cast<int32_t>(point.time);
  result.at_risk = static_cast<int64_t>(point.at_risk);
  result.events = static_cast<int64_t>(point.events);
  result.censored = static_cast<int64_t>(point.censored);
  result.survival = point.survival;
  result.std_error = point.std_error;
  result.lower = point.lower;
  result.upper = point.upper;
  result.cumulative_hazard = point.cumulative_hazard;
  if (!point.std_error.has_value() || !point.lower.has_value() ||
      !point.upper.has_value()) {
    result.absence = Absence::kUndefined;
  }
  return result;
}

std::vector<SurvivalPoint> PointsAt(const stats::KaplanMeierCurve& curve,
                                    const std::vector<int32_t>& days) {
  const auto found = stats::SurvivalAt(curve, Times(days));
  std::vector<SurvivalPoint> points;
  for (size_t i = 0; i < days.size(); ++i) {
    SurvivalPoint point;
    if (found[i].has_value()) {
      point = PointOf(*found[i]);
    } else {
      point.absence = Absence::kBeyondFollowUp;
    }
    point.day = days[i];
    points.push_back(std::move(point));
  }
  return points;
}

TimeEstimate TimeOf(const stats::TimeQuantile& quantile) {
  TimeEstimate time;
  time.estimate = quantile.estimate;
  time.lower = quantile.lower;
  time.upper = quantile.upper;
  if (!time.estimate.has_value()) time.absence = Absence::kNotReached;
  return time;
}

// The estimate up to the horizon. A curve that ends before it above 0 is not
// carried on: nothing is known there.
absl::Status AddMean(int32_t horizon, const stats::KaplanMeierCurve& estimate,
                     SurvivalCurve& curve,
                     std::optional<stats::RestrictedMean>& mean) {
  curve.restricted_mean.emplace();
  curve.restricted_mean->horizon = horizon;
  const auto result = stats::EstimateRestrictedMean(estimate, horizon);
  if (!result.ok()) return result.status();
  if (result->extended) {
    curve.restricted_mean->absence = Absence::kBeyondFollowUp;
    return absl::OkStatus();
  }
  mean = *result;
  curve.restricted_mean->estimate = result->estimate;
  curve.restricted_mean->std_error = result->std_error;
  curve.restricted_mean->lower = result->lower;
  curve.restricted_mean->upper = result->upper;
  return absl::OkStatus();
}

void LeaveUndefined(const model::SurvivalQuestion& question,
                    SurvivalCurve& curve) {
  curve.absence = Absence::kUndefined;
  curve.median.absence = Absence::kUndefined;
  for (const double p : question.quantiles) {
    curve.quantiles.push_back({p, curve.median});
  }
  if (question.mean_horizon.has_value()) {
    curve.restricted_mean.emplace();
    curve.restricted_mean->horizon = *question.mean_horizon;
    curve.restricted_mean->absence = Absence::kUndefined;
  }
}

// A curve, and its restricted mean as the contrasts need it.
struct Estimated {
  SurvivalCurve curve;
  std::optional<stats::RestrictedMean> mean;
};

absl::Status EstimateCurve(const model::SurvivalQuestion& question,
                           const Plan& plan, const EventSample& sample,
                           Estimated& result) {
  SurvivalCurve& curve = result.curve;
  curve.group = GroupOf(plan, sample.group);
  curve.n = static_cast<int64_t>(sample.table.Total());
  if (*curve.n == 0) {
    LeaveUndefined(question, curve);
    return absl::OkStatus();
  }
  stats::KaplanMeierOptions options;
  options.conf_level = question.conf_level;
  options.transform = TransformOf(question.transform);
  const absl::StatusOr<stats::KaplanMeierCurve> estimate =
      stats::EstimateKaplanMeier(sample.table, options);
  if (!estimate.ok()) return estimate.status();
  curve.events = static_cast<int64_t>(estimate->events);
  curve.median = TimeOf(estimate->median);
  for (const double p : question.quantiles) {
    curve.quantiles.push_back(
        {p, TimeOf(stats::SurvivalQuantile(*estimate, p))});
  }
  curve.at = PointsAt(*estimate, question.at_days);
  curve.points.reserve(estimate->points.size());
  for (const stats::SurvivalPoint& point : estimate->points) {
    curve.points.push_back(PointOf(point));
  }
  if (!question.mean_horizon.has_value()) return absl::OkStatus();
  return AddMean(*question.mean_horizon, *estimate, curve, result.mean);
}

MeanContrast ContrastOf(const stats::RestrictedMeanContrast& contrast) {
  return {contrast.estimate, contrast.std_error, contrast.lower,
          contrast.upper,    contrast.z,         contrast.p_value};
}

// Each of the groups compared against the first of them.
absl::Status AddContrasts(const model::SurvivalQuestion& question,
                          const std::vector<size_t>& compared,
                          const std::vector<Estimated>& estimated,
                          SurvivalAnswer& answer) {
  if (!question.mean_horizon.has_value()) return absl::OkStatus();
  for (size_t i = 1; i < compared.size(); ++i) {
    const Estimated& group = estimated[compared[i]];
    const Estimated& reference = estimated[compared[0]];
    RestrictedMeanContrast contrast;
    contrast.group = answer.curves[compared[i]].group;
    contrast.reference = answer.curves[compared[0]].group;
    if (group.mean.has_value() && reference.mean.has_value()) {
      const auto result = stats::CompareRestrictedMeans(
          *group.mean, *reference.mean, question.conf_level);
      if (!result.ok()) return result.status();
      contrast.difference = ContrastOf(result->difference);
      if (result->ratio) contrast.ratio = ContrastOf(*result->ratio);
      if (result->lost_ratio) {
        contrast.lost_ratio = ContrastOf(*result->lost_ratio);
      }
    } else {
      contrast.absence = Absence::kBeyondFollowUp;
    }
    answer.mean_contrasts.push_back(std::move(contrast));
  }
  return absl::OkStatus();
}

std::string EstimandOf(const model::SurvivalQuestion& question) {
  return absl::StrCat("probability of being free of ",
                      EventOf(question.endpoint, question.complication),
                      " by each day since surgery, in the cohort asked for, "
                      "had no one died or been lost");
}

void Explain(const model::SurvivalQuestion& question, const Plan& plan,
             Provenance& provenance) {
  provenance.estimand = EstimandOf(question);
  provenance.conventions = {"method: Kaplan-Meier",
                            IntervalConvention(question.transform),
                            ConfidenceConvention(question.conf_level),
                            "variance: Greenwood",
                            "ties: event before censoring",
                            "censoring: last contact; death censors",
                            "median: Brookmeyer-Crowley interval",
                            kTimeConvention,
                            kUnitConvention};
  if (!question.quantiles.empty()) {
    provenance.conventions.push_back(
        "quantiles: of the share with the event; Brookmeyer-Crowley interval");
  }
  if (question.mean_horizon.has_value()) {
    provenance.conventions.push_back(
        absl::StrCat("restricted mean: area up to day ", *question.mean_horizon,
                     "; normal interval, that of a ratio on the log scale"));
  }
  NoteOverlap(question, provenance);
  NoteKnownByVisit(question.endpoint, provenance);
  NoteOutsideRiskSet(question.endpoint, plan, provenance);
}

void NoteLandmark(const model::SurvivalQuestion& question, int64_t n_before,
                  Provenance& provenance) {
  absl::StrAppend(&provenance.estimand, ", among those at risk after day ",
                  *question.landmark_day);
  provenance.conventions.push_back(
      absl::StrCat("landmark: day ", *question.landmark_day,
                   "; cases that left by then take no part; time from "
                   "surgery"));
  provenance.exclusions.push_back({"BEFORE_LANDMARK", n_before});
}

}  // namespace

absl::StatusOr<SurvivalAnswer> Answer(const model::SurvivalQuestion& question,
                                      const cohort::Snapshot& snapshot,
                                      stats::ThreadPool& pool,
                                      std::stop_token stop) {
  absl::StatusOr<Plan> plan =
      MakePlan(question, snapshot, pool, std::move(stop));
  if (!plan.ok()) return plan.status();
  absl::StatusOr<std::vector<cohort::EventGroup>> groups =
      cohort::TabulateEvents(plan->pass(), question.endpoint,
                             question.complication);
  if (!groups.ok()) return groups.status();
  SurvivalAnswer answer;
  answer.provenance = plan->provenance;
  Explain(question, *plan, answer.provenance);
  std::vector<EventSample> samples;
  double before_landmark = 0;
  for (const cohort::EventGroup& group : *groups) {
    samples.push_back({group.group, SampleTable(question, group.table)});
    before_landmark += group.table.Total() - samples.back().table.Total();
  }
  if (question.landmark_day.has_value()) {
    NoteLandmark(question, static_cast<int64_t>(before_landmark),
                 answer.provenance);
  }
  const absl::StatusOr<SurvivalTests> tests =
      SurvivalTests::Make(question, *plan, samples, answer);
  if (!tests.ok()) return tests.status();
  std::vector<Estimated> estimated(samples.size());
  // The tests first: each takes as long as several curves.
  const std::function<absl::Status()> kTests[] = {
      [&] { return tests->AddTest(answer); },
      [&] { return tests->AddPairs(answer); },
      [&] { return tests->AddTrend(answer); }};
  constexpr size_t kNTests = std::size(kTests);
  std::vector<absl::Status> statuses(kNTests + samples.size());
  pool.Run(statuses.size(), [&](size_t index, int) {
    absl::Status& status = statuses[index];
    status = CheckStop(plan->stop);
    if (!status.ok()) return;
    if (index < kNTests) {
      status = kTests[index]();
      return;
    }
    const size_t s = index - kNTests;
    status = EstimateCurve(question, *plan, samples[s], estimated[s]);
  });
  for (const absl::Status& status : statuses) {
    if (!status.ok()) return status;
  }
  for (Estimated& one : estimated) {
    answer.curves.push_back(std::move(one.curve));
  }
  const absl::Status contrasted =
      AddContrasts(question, tests->compared(), estimated, answer);
  if (!contrasted.ok()) return contrasted;
  return answer;
}

}  // namespace enthesis::analysis
