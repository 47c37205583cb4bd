// Kaplan-Meier survival free of an endpoint, with the log-rank test of groups.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "registry/analysis/answer.h"
#include "registry/analysis/plan.h"
#include "registry/cohort/tabulate.h"
#include "stats/kaplan_meier.h"
#include "stats/rank_test.h"

namespace enthesis::analysis {
namespace {

using model::Endpoint;

// The test costs times x groups^2; beyond this no one reads it, and a cancelled
// question would go on for too long.
constexpr size_t kMaxTestGroups = 200;

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

TimeEstimate MedianOf(const stats::KaplanMeierCurve& curve) {
  TimeEstimate median;
  median.estimate = curve.median.estimate;
  median.lower = curve.median.lower;
  median.upper = curve.median.upper;
  if (!median.estimate.has_value()) median.absence = Absence::kNotReached;
  return median;
}

absl::StatusOr<SurvivalCurve> CurveOf(const model::SurvivalQuestion& question,
                                      const Plan& plan,
                                      const cohort::EventGroup& group,
                                      const stats::EventTable& table) {
  SurvivalCurve curve;
  curve.group = GroupOf(plan, group.group);
  curve.n = group.n_cases - group.outside_risk_set;
  if (*curve.n == 0) {
    curve.absence = Absence::kUndefined;
    curve.median.absence = Absence::kUndefined;
    return curve;
  }
  stats::KaplanMeierOptions options;
  options.conf_level = question.conf_level;
  options.transform = TransformOf(question.transform);
  const absl::StatusOr<stats::KaplanMeierCurve> estimate =
      stats::EstimateKaplanMeier(table, options);
  if (!estimate.ok()) return estimate.status();
  curve.events = static_cast<int64_t>(estimate->events);
  curve.median = MedianOf(*estimate);
  curve.at = PointsAt(*estimate, question.at_days);
  curve.points.reserve(estimate->points.size());
  for (const stats::SurvivalPoint& point : estimate->points) {
    curve.points.push_back(PointOf(point));
  }
  return curve;
}

// `result` is null when there are not two groups.
CurveTest TestOf(const SurvivalAnswer& answer,
                 const std::optional<stats::RankTest>& result) {
  CurveTest test;
  test.name = "log-rank";
  for (const SurvivalCurve& curve : answer.curves) {
    TestGroup group;
    group.group = curve.group;
    group.n = curve.n;
    test.groups.push_back(std::move(group));
  }
  if (!result.has_value()) {
    test.absence = Absence::kUndefined;
    for (TestGroup& group : test.groups) group.absence = Absence::kUndefined;
    return test;
  }
  for (size_t g = 0; g < test.groups.size(); ++g) {
    test.groups[g].observed = result->groups[g].observed;
    test.groups[g].expected = result->groups[g].expected;
  }
  test.df = result->df;
  test.chi_square = result->chi_square;
  test.p_value = result->p_value;
  if (!test.chi_square.has_value()) test.absence = Absence::kUndefined;
  return test;
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
  NoteOverlap(question, provenance);
  if (question.endpoint == Endpoint::kFullWeightBearing ||
      question.endpoint == Endpoint::kDailyLife ||
      question.endpoint == Endpoint::kOsteotomyUnion) {
    provenance.conventions.push_back(
        "known only by a visit: the day of the visit");
  }
  if (question.endpoint == Endpoint::kOsteotomyUnion) {
    provenance.exclusions.push_back(
        {"NO_OSTEOTOMY", plan.counts.n_cases - plan.counts.n_osteotomies});
  }
}

// Keeps the value of `result`, and returns its status.
template <typename Result, typename Place>
absl::Status Keep(absl::StatusOr<Result> result, Place& place) {
  if (result.ok()) place = *std::move(result);
  return result.status();
}

// Whether a test of the groups makes sense; if not, says why.
bool IsTested(const model::SurvivalQuestion& question, size_t n_groups,
              Provenance& provenance) {
  if (!question.group_by.has_value()) return false;
  if (*question.group_by == model::Dimension::kConcomitantProcedure) {
    provenance.conventions.push_back("test: none, the groups overlap");
    return false;
  }
  if (n_groups > kMaxTestGroups) {
    provenance.conventions.push_back(
        absl::StrCat("test: none, more than ", kMaxTestGroups, " groups"));
    return false;
  }
  provenance.conventions.push_back(
      "test: log-rank, hypergeometric variance, over all groups");
  return true;
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
  const bool tested = IsTested(question, groups->size(), answer.provenance);
  std::vector<std::vector<stats::EventTable>> strata(1);
  for (cohort::EventGroup& group : *groups) {
    strata[0].push_back(std::move(group.table));
  }
  std::vector<absl::Status> statuses(groups->size() + 1);
  answer.curves.resize(groups->size());
  std::optional<stats::RankTest> rank_test;
  // The test first: it takes as long as several curves.
  pool.Run(statuses.size(), [&](size_t index, int) {
    absl::Status& status = statuses[index];
    status = CheckStop(plan->stop);
    if (!status.ok()) return;
    if (index == 0) {
      if (!tested || groups->size() < 2) return;
      status = Keep(stats::TestLogRank(strata), rank_test);
      return;
    }
    const size_t g = index - 1;
    status = Keep(CurveOf(question, *plan, (*groups)[g], strata[0][g]),
                  answer.curves[g]);
  });
  for (const absl::Status& status : statuses) {
    if (!status.ok()) return status;
  }
  if (tested) answer.test = TestOf(answer, rank_test);
  return answer;
}

}  // namespace enthesis::analysis
