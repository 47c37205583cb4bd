// Interval-censored time to a stage of return or a milestone: a sensitivity
// analysis.

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "registry/analysis/answer.h"
#include "registry/analysis/plan.h"
#include "registry/cohort/tabulate.h"
#include "registry/model/small_groups.h"
#include "stats/interval_rank_test.h"
#include "stats/interval_times.h"
#include "stats/turnbull.h"

namespace enthesis::analysis {
namespace {

// Cases of one or more groups as the rows of an estimate.
struct IntervalRows {
  std::vector<double> lower, upper, weights;
  std::vector<int> groups;

  void Add(const cohort::IntervalGroup& group, int code) {
    for (const cohort::CensoredCases& cases : group.cases) {
      lower.push_back(cases.last_free);
      upper.push_back(cases.first_known.has_value() ? *cases.first_known
                                                    : stats::kOpenUpper);
      weights.push_back(static_cast<double>(cases.n));
      groups.push_back(code);
    }
  }
  stats::IntervalTimes times() const { return {lower, upper, weights}; }
};

// Cases that had neither event nor censoring before `day`, as far as is known.
int64_t ObservedAt(const cohort::IntervalGroup& group, double day) {
  int64_t n = 0;
  for (const cohort::CensoredCases& cases : group.cases) {
    if (cases.first_known.value_or(cases.last_free) >= day) n += cases.n;
  }
  return n;
}

std::optional<int32_t> DayOf(double time) {
  if (time == stats::kOpenUpper) return std::nullopt;
  return static_cast<int32_t>(time);
}

// The interval in which the curve falls to one half or below.
void AddMedian(const stats::TurnbullCurve& estimate, IntervalCurve& curve) {
  double survival = 1;
  for (const stats::TurnbullInterval& interval : estimate.intervals) {
    survival -= interval.mass;
    if (interval.right == stats::kOpenUpper) break;
    if (survival > 0.5 + 1e-9) continue;
    curve.median_left_day = DayOf(interval.left);
    curve.median_right_day = DayOf(interval.right);
    return;
  }
  curve.median_absence = Absence::kNotReached;
}

void AddEstimate(const model::IntervalQuestion& question,
                 const cohort::IntervalGroup& group,
                 const stats::TurnbullCurve& estimate, IntervalCurve& curve) {
  for (const stats::TurnbullInterval& interval : estimate.intervals) {
    CensoredInterval added;
    added.left_day = DayOf(interval.left);
    added.right_day = DayOf(interval.right);
    added.mass = interval.mass;
    added.observed =
        ObservedAt(group, added.right_day.value_or(*added.left_day));
    curve.intervals.push_back(added);
  }
  const auto bounds =
      stats::SurvivalBoundsAt(estimate, Times(question.at_days));
  double last = 0;
  for (const cohort::CensoredCases& cases : group.cases) {
    last = std::max<double>(last, cases.first_known.value_or(cases.last_free));
  }
  for (size_t i = 0; i < bounds.size(); ++i) {
    SurvivalBounds at;
    at.day = question.at_days[i];
    at.observed = ObservedAt(group, question.at_days[i]);
    if (bounds[i].has_value() && question.at_days[i] <= last) {
      at.lower = bounds[i]->lower;
      at.upper = bounds[i]->upper;
    } else {
      at.absence = Absence::kBeyondFollowUp;
    }
    curve.at.push_back(at);
  }
  AddMedian(estimate, curve);
  curve.log_likelihood = estimate.log_likelihood;
  curve.max_violation = estimate.max_violation;
}

absl::StatusOr<IntervalCurve> CurveFrom(const model::IntervalQuestion& question,
                                        const Plan& plan,
                                        const cohort::IntervalGroup& group) {
  IntervalCurve curve;
  curve.group = GroupOf(plan, group.group);
  curve.n = group.n_cases - group.outside_risk_set;
  curve.exact = curve.known_by_visit = curve.right_censored = 0;
  for (const cohort::CensoredCases& cases : group.cases) {
    std::optional<int64_t>& kind =
        !cases.first_known.has_value()          ? curve.right_censored
        : *cases.first_known == cases.last_free ? curve.exact
                                                : curve.known_by_visit;
    *kind += cases.n;
  }
  if (*curve.n == 0) {
    curve.absence = curve.median_absence = Absence::kUndefined;
    return curve;
  }
  IntervalRows rows;
  rows.Add(group, 0);
  const auto estimate = stats::EstimateTurnbull(rows.times(), {plan.stop});
  if (!estimate.ok()) return estimate.status();
  AddEstimate(question, group, *estimate, curve);
  return curve;
}

// Between the groups that are large enough for a test.
absl::Status AddTest(const model::IntervalQuestion& question, const Plan& plan,
                     const std::vector<cohort::IntervalGroup>& groups,
                     IntervalAnswer& answer) {
  IntervalTest test;
  test.name = "log-rank";
  IntervalRows rows;
  std::vector<int64_t> sizes;
  std::vector<size_t> places;
  for (const cohort::IntervalGroup& group : groups) {
    sizes.push_back(group.n_cases - group.outside_risk_set);
    places.push_back(group.group);
  }
  std::vector<bool> withheld(sizes.size());
  model::MarkSmallGroups(sizes, LinesOf(plan, places),
                         LeftOut(answer.provenance), question.smallest_group,
                         withheld);
  int candidates = 0, compared = 0;
  for (size_t g = 0; g < groups.size(); ++g) {
    if (sizes[g] == 0) continue;
    ++candidates;
    if (withheld[g]) continue;
    rows.Add(groups[g], compared++);
    test.groups.push_back(
        {GroupOf(plan, groups[g].group), sizes[g], std::nullopt});
  }
  if (compared < 2) {
    test.groups.clear();
    test.absence = candidates < 2 ? Absence::kUndefined : Absence::kSuppressed;
    answer.test = std::move(test);
    return absl::OkStatus();
  }
  const auto result = stats::TestIntervalGroups(rows.times(), rows.groups,
                                                compared, {plan.stop});
  if (!result.ok()) return result.status();
  for (size_t g = 0; g < test.groups.size(); ++g) {
    test.groups[g].score = result->groups[g].score;
  }
  test.chi_square = result->test.chi_square;
  test.p_value = result->test.p_value;
  if (test.chi_square.has_value()) {
    test.df = static_cast<int32_t>(result->test.df);
  } else {
    test.absence = Absence::kUndefined;
  }
  answer.test = std::move(test);
  return absl::OkStatus();
}

void Explain(const model::IntervalQuestion& question, const Plan& plan,
             Provenance& provenance) {
  const absl::string_view endpoint =
      model::CodeOf(model::kEndpointCodes, question.endpoint);
  provenance.estimand = absl::StrCat(
      "sensitivity analysis: time to ", endpoint,
      ", cause-specific, the event between the last contact without it and the "
      "first with it");
  NoteOutsideRiskSet(question.endpoint, plan, provenance);
  provenance.conventions = {
      "method: nonparametric maximum likelihood (Turnbull)",
      "competing events: censored at their day; the primary answer, in which "
      "they compete, is that of return to play",
      "censoring: last contact",
      "interval: (last contact without, first with]; a known day is exact",
      "confidence interval: none",
      "test: log-rank for intervals, scores of Sun (1996), variance by "
      "permutation; supposes that groups are visited alike",
      absl::StrCat("groups in the test: those that are shown, of ",
                   question.smallest_group, " cases and more"),
      kTimeConvention,
      kUnitConvention};
  NoteOverlap(question, provenance);
}

}  // namespace

absl::StatusOr<IntervalAnswer> Answer(const model::IntervalQuestion& question,
                                      const cohort::Snapshot& snapshot,
                                      stats::ThreadPool& pool,
                                      std::stop_token stop) {
  absl::StatusOr<Plan> plan =
      MakePlan(question, snapshot, pool, std::move(stop));
  if (!plan.ok()) return plan.status();
  const auto groups =
      cohort::TabulateIntervals(plan->pass(), question.endpoint);
  if (!groups.ok()) return groups.status();
  IntervalAnswer answer;
  answer.endpoint = question.endpoint;
  answer.provenance = plan->provenance;
  Explain(question, *plan, answer.provenance);
  for (const cohort::IntervalGroup& group : *groups) {
    absl::StatusOr<IntervalCurve> curve = CurveFrom(question, *plan, group);
    if (!curve.ok()) return curve.status();
    answer.curves.push_back(*std::move(curve));
  }
  const bool overlap =
      question.group_by == model::Dimension::kConcomitantProcedure;
  if (question.group_by.has_value() && !overlap) {
    const absl::Status tested = AddTest(question, *plan, *groups, answer);
    if (!tested.ok()) return tested;
  }
  return answer;
}

}  // namespace enthesis::analysis
