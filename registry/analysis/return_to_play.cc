// Aalen-Johansen cumulative incidence of return to play.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "registry/analysis/answer.h"
#include "registry/analysis/incidence_curves.h"
#include "registry/analysis/plan.h"
#include "registry/cohort/tabulate.h"
#include "stats/cumulative_incidence.h"
#include "stats/interval.h"

namespace enthesis::analysis {
namespace {

// 3, 4, 6, 9 and 12 months.
constexpr int32_t kDefaultDays[] = {91, 122, 183, 274, 365};

constexpr int kReturn = 0;  // the first cause

model::Endpoint EndpointOf(model::ReturnStage stage) {
  switch (stage) {
    case model::ReturnStage::kParticipation:
      return model::Endpoint::kReturnParticipation;
    case model::ReturnStage::kPerformance:
      return model::Endpoint::kReturnPerformance;
    case model::ReturnStage::kNone:
    case model::ReturnStage::kSport:
      break;
  }
  return model::Endpoint::kReturnSport;
}

// First time at which a limit of the incidence reaches one half.
std::optional<double> FirstTimeOfLimit(
    const std::vector<stats::IncidencePoint>& points,
    std::optional<double> stats::IncidencePoint::*limit) {
  for (const stats::IncidencePoint& point : points) {
    const std::optional<double>& value = point.*limit;
    if (value.has_value() && *value >= 0.5 - stats::kLevelTolerance) {
      return point.time;
    }
  }
  return std::nullopt;
}

TimeEstimate MedianOf(const stats::CumulativeIncidence& curve) {
  const std::vector<stats::IncidencePoint>& points = curve.causes[kReturn];
  TimeEstimate median;
  median.estimate = stats::FirstTimeAtIncidence(curve, kReturn, 0.5);
  median.lower = FirstTimeOfLimit(points, &stats::IncidencePoint::upper);
  median.upper = FirstTimeOfLimit(points, &stats::IncidencePoint::lower);
  if (!median.estimate.has_value()) median.absence = Absence::kNotReached;
  return median;
}

absl::StatusOr<ReturnCurve> CurveOf(const model::ReturnQuestion& question,
                                    const std::vector<int32_t>& days,
                                    const Plan& plan,
                                    const cohort::EventGroup& group) {
  ReturnCurve curve;
  curve.group = GroupOf(plan, group.group);
  curve.n = group.n_cases - group.outside_risk_set;
  curve.not_athletes = group.outside_risk_set;
  if (*curve.n == 0) {
    curve.absence = Absence::kUndefined;
    curve.median.absence = Absence::kUndefined;
    curve.known_by_visit.absence = Absence::kUndefined;
    curve.sustained.absence = Absence::kUndefined;
    return curve;
  }
  stats::IncidenceOptions options;
  options.conf_level = question.conf_level;
  options.transform = TransformOf(question.transform);
  const absl::StatusOr<stats::CumulativeIncidence> estimate =
      stats::EstimateCumulativeIncidence(group.table, options);
  if (!estimate.ok()) return estimate.status();
  curve.causes = CausesOf(
      *estimate, CauseNames(EndpointOf(question.stage), "return"), days);
  curve.median = MedianOf(*estimate);
  absl::StatusOr<ProportionEstimate> by_visit = ShareOf(
      group.known_by_visit, *curve.causes[kReturn].events, question.conf_level);
  if (!by_visit.ok()) return by_visit.status();
  curve.known_by_visit = *std::move(by_visit);
  absl::StatusOr<ProportionEstimate> sustained =
      ShareOf(group.sustained, group.sustained_asked, question.conf_level);
  if (!sustained.ok()) return sustained.status();
  curve.sustained = *std::move(sustained);
  return curve;
}

void Explain(const model::ReturnQuestion& question, const Plan& plan,
             Provenance& provenance) {
  provenance.estimand = absl::StrCat(
      "probability of return to ",
      model::CodeOf(model::kReturnStageCodes, question.stage),
      " by each day since surgery among athletes; reoperation, retirement from "
      "sport and death compete");
  NoteOutsideRiskSet(EndpointOf(question.stage), plan, provenance);
  provenance.conventions = {
      "method: Aalen-Johansen",
      IntervalConvention(question.transform),
      ConfidenceConvention(question.conf_level),
      "variance: Aalen, as cmprsk::cuminc",
      "ties: return before reoperation before retirement before death; event "
      "before censoring",
      "censoring: last contact; at day 0 without contact after surgery",
      "known only by a visit: the day of the visit",
      "median: first day at which half are back; limits where the limits of "
      "the incidence reach one half",
      "sustained: of the athletes asked at or after the 24-month visit, as "
      "last reported",
      kWilsonConvention,
      kMonthConvention,
      kTimeConvention,
      kUnitConvention};
  NoteOverlap(question, provenance);
}

}  // namespace

absl::StatusOr<ReturnAnswer> Answer(const model::ReturnQuestion& question,
                                    const cohort::Snapshot& snapshot,
                                    stats::ThreadPool& pool,
                                    std::stop_token stop) {
  absl::StatusOr<Plan> plan =
      MakePlan(question, snapshot, pool, std::move(stop));
  if (!plan.ok()) return plan.status();
  const absl::StatusOr<std::vector<cohort::EventGroup>> groups =
      cohort::TabulateEvents(plan->pass(), EndpointOf(question.stage),
                             std::nullopt);
  if (!groups.ok()) return groups.status();
  std::vector<int32_t> days = question.at_days;
  if (days.empty()) {
    days.assign(std::begin(kDefaultDays), std::end(kDefaultDays));
  }
  ReturnAnswer answer;
  answer.stage = question.stage;
  answer.provenance = plan->provenance;
  Explain(question, *plan, answer.provenance);
  for (const cohort::EventGroup& group : *groups) {
    const absl::Status running = CheckStop(plan->stop);
    if (!running.ok()) return running;
    absl::StatusOr<ReturnCurve> curve = CurveOf(question, days, *plan, group);
    if (!curve.ok()) return curve.status();
    answer.curves.push_back(*std::move(curve));
  }
  std::vector<EventSample> samples;
  for (const cohort::EventGroup& group : *groups) {
    samples.push_back({group.group, group.table});
  }
  const model::Endpoint endpoint = EndpointOf(question.stage);
  auto tests = TestCauses(question, {endpoint, {}, {}, 0}, *plan, samples,
                          CauseNames(endpoint, "return"), answer.provenance);
  if (!tests.ok()) return tests.status();
  answer.tests = *std::move(tests);
  return answer;
}

}  // namespace enthesis::analysis
