// Aalen-Johansen cumulative incidence of an endpoint and of what competes with
// it, with Gray's tests of groups.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "registry/analysis/answer.h"
#include "registry/analysis/incidence_curves.h"
#include "registry/analysis/plan.h"
#include "registry/cohort/tabulate.h"
#include "stats/cumulative_incidence.h"

namespace enthesis::analysis {
namespace {

absl::Status EstimateCauses(const model::IncidenceQuestion& question,
                            const Plan& plan, const EventSample& sample,
                            absl::Span<const std::string> names,
                            IncidenceCurve& curve) {
  curve.group = GroupOf(plan, sample.group);
  curve.n = static_cast<int64_t>(sample.table.Total());
  if (*curve.n == 0) {
    curve.absence = Absence::kUndefined;
    return absl::OkStatus();
  }
  stats::IncidenceOptions options;
  options.conf_level = question.conf_level;
  options.transform = TransformOf(question.transform);
  if (question.variance == model::IncidenceVariance::kJackknife) {
    options.variance = stats::IncidenceVariance::kJackknife;
  }
  const absl::StatusOr<stats::CumulativeIncidence> estimate =
      stats::EstimateCumulativeIncidence(sample.table, options);
  if (!estimate.ok()) return estimate.status();
  curve.causes = CausesOf(*estimate, names, question.at_days);
  return absl::OkStatus();
}

void ExplainIncidence(const model::IncidenceQuestion& question,
                      const Plan& plan, absl::Span<const std::string> names,
                      Provenance& provenance) {
  provenance.estimand = absl::StrCat(
      "probability of ", EventOf(question.endpoint, question.complication),
      " by each day since surgery, in the cohort asked for, had no one been "
      "lost; competing: ",
      absl::StrJoin(names.subspan(1), ", "));
  provenance.conventions = {
      "method: Aalen-Johansen",
      IntervalConvention(question.transform),
      ConfidenceConvention(question.conf_level),
      absl::StrCat("variance: ",
                   model::kIncidenceVarianceCodes
                       .Find(static_cast<int32_t>(question.variance))
                       ->label),
      absl::StrCat("ties: ", absl::StrJoin(names, " before "),
                   "; event before censoring"),
      "censoring: last contact; at day 0 without contact after surgery",
      kTimeConvention,
      kUnitConvention};
  NoteKnownByVisit(question.endpoint, provenance);
  NoteOverlap(question, provenance);
  NoteOutsideRiskSet(question.endpoint, plan, provenance);
}

}  // namespace

absl::StatusOr<IncidenceAnswer> Answer(const model::IncidenceQuestion& question,
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
  const std::vector<std::string> names = CauseNames(
      question.endpoint,
      std::string(model::CodeOf(model::kEndpointCodes, question.endpoint)));
  IncidenceAnswer answer;
  answer.provenance = plan->provenance;
  ExplainIncidence(question, *plan, names, answer.provenance);
  std::vector<EventSample> samples;
  for (cohort::EventGroup& group : *groups) {
    samples.push_back({group.group, std::move(group.table)});
  }
  answer.curves.resize(samples.size());
  std::vector<absl::Status> statuses(samples.size());
  pool.Run(samples.size(), [&](size_t s, int) {
    statuses[s] = CheckStop(plan->stop);
    if (!statuses[s].ok()) return;
    statuses[s] =
        EstimateCauses(question, *plan, samples[s], names, answer.curves[s]);
  });
  for (const absl::Status& status : statuses) {
    if (!status.ok()) return status;
  }
  auto tests = TestCauses(
      question,
      {question.endpoint, question.complication, question.strata, question.rho},
      *plan, samples, names, answer.provenance);
  if (!tests.ok()) return tests.status();
  answer.tests = *std::move(tests);
  return answer;
}

}  // namespace enthesis::analysis
