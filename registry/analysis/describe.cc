// Counts of a cohort: who is in it, how long and how completely followed.

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "registry/analysis/answer.h"
#include "registry/analysis/baseline_table.h"
#include "registry/analysis/plan.h"
#include "registry/cohort/tabulate.h"
#include "stats/kaplan_meier.h"

namespace enthesis::analysis {
namespace {

using model::Dimension;

// The distribution of one dimension, by the order of its groups.
DimensionCounts CountsOf(Dimension dimension, const Plan& plan,
                         const std::vector<int64_t>& values) {
  const cohort::Grouping order(dimension, plan.snapshot);
  std::vector<int64_t> by_group(order.size());
  for (size_t value = 0; value < values.size(); ++value) {
    by_group[order.group_of_value()[value]] += values[value];
  }
  DimensionCounts counts;
  counts.dimension = dimension;
  for (size_t group = 0; group < by_group.size(); ++group) {
    if (by_group[group] == 0) continue;
    ValueCount count;
    count.value = order.label(group);
    count.n = by_group[group];
    counts.values.push_back(std::move(count));
  }
  return counts;
}

// Cases at risk at a time: those at the first time of the table from it on.
int64_t AtRisk(const stats::EventTable& table, double time) {
  const auto found =
      std::lower_bound(table.times.begin(), table.times.end(), time);
  if (found == table.times.end()) return 0;
  return static_cast<int64_t>(
      table.AtRisk()[static_cast<size_t>(found - table.times.begin())]);
}

// Median follow-up by reverse Kaplan-Meier.
absl::Status AddFollowUp(const stats::EventTable& table, CohortGroup& group) {
  const absl::StatusOr<stats::KaplanMeierCurve> curve =
      stats::EstimateKaplanMeier(table);
  if (!curve.ok()) return curve.status();
  group.median_follow_up_days = curve->median.estimate;
  if (curve->median.estimate.has_value()) {
    group.follow_up_at_risk = AtRisk(table, *curve->median.estimate);
  } else {
    group.absence = Absence::kNotReached;
  }
  return absl::OkStatus();
}

absl::StatusOr<CohortGroup> GroupFrom(const Plan& plan,
                                      const cohort::CaseGroup& counts) {
  CohortGroup group;
  group.group = GroupOf(plan, counts.group);
  group.n_cases = counts.n_cases;
  group.n_patients = counts.n_patients;
  group.n_athletes = counts.n_athletes;
  const std::vector<int64_t>& sites = counts.values[0];
  group.n_sites = std::count_if(sites.begin(), sites.end(),
                                [](int64_t n) { return n > 0; });
  if (counts.age_n > 0) {
    group.mean_age_years =
        static_cast<double>(counts.age_sum) / static_cast<double>(counts.age_n);
  }
  const absl::Status followed = AddFollowUp(counts.follow_up, group);
  if (!followed.ok()) return followed;
  for (int d = 1; d <= model::kDimensionCount; ++d) {
    const auto dimension = static_cast<Dimension>(d);
    if (dimension == Dimension::kSite &&
        (plan.grouping.dimension() == Dimension::kSite ||
         plan.grouping.then() == Dimension::kSite)) {
      continue;
    }
    group.dimensions.push_back(
        CountsOf(dimension, plan, counts.values[static_cast<size_t>(d - 1)]));
  }
  for (size_t v = 0; v < counts.completeness.size(); ++v) {
    const cohort::Completeness& visit = counts.completeness[v];
    if (visit.due == 0) continue;
    VisitCompleteness row;
    row.visit = static_cast<model::Visit>(v + 1);
    row.due = visit.due;
    row.completed = visit.completed;
    row.completeness =
        static_cast<double>(visit.completed) / static_cast<double>(visit.due);
    group.visits.push_back(std::move(row));
  }
  return group;
}

void Explain(const model::DescribeQuestion& question, Provenance& provenance) {
  provenance.estimand = "counts of the cases of the cohort";
  provenance.conventions = {
      kUnitConvention,
      "persons: two limbs of one person count once",
      "median follow-up: reverse Kaplan-Meier, death censored",
      "mean age: 90 stands for 90 and over",
      "completed visit: a VISA-A of either version; at 2 weeks any assessment",
      kCompletenessConvention,
      kTimeConvention};
  NoteOverlap(question, provenance);
}

}  // namespace

absl::StatusOr<DescribeAnswer> Answer(const model::DescribeQuestion& question,
                                      const cohort::Snapshot& snapshot,
                                      stats::ThreadPool& pool,
                                      std::stop_token stop) {
  absl::StatusOr<Plan> plan =
      MakePlan(question, snapshot, pool, std::move(stop));
  if (!plan.ok()) return plan.status();
  const absl::StatusOr<std::vector<cohort::CaseGroup>> groups =
      cohort::TabulateCases(plan->pass());
  if (!groups.ok()) return groups.status();
  DescribeAnswer answer;
  answer.provenance = plan->provenance;
  Explain(question, answer.provenance);
  for (const cohort::CaseGroup& counts : *groups) {
    const absl::Status running = CheckStop(plan->stop);
    if (!running.ok()) return running;
    absl::StatusOr<CohortGroup> group = GroupFrom(*plan, counts);
    if (!group.ok()) return group.status();
    answer.groups.push_back(*std::move(group));
  }
  if (question.baseline_table) {
    const absl::Status added = AddBaselineTable(*plan, answer);
    if (!added.ok()) return added;
  }
  return answer;
}

}  // namespace enthesis::analysis
