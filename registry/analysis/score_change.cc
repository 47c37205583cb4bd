// Level and paired change of a score at each visit, responders, completeness.

#include "stats/score_change.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "registry/analysis/answer.h"
#include "registry/analysis/plan.h"
#include "registry/cohort/tabulate.h"
#include "registry/model/measure.h"
#include "registry/model/visa_a.h"

namespace enthesis::analysis {
namespace {

using model::Measure;
using model::Visit;

// Share of the scores at the visit that are at least `level`.
absl::StatusOr<ProportionEstimate> ShareFrom(const stats::ScoreTable& table,
                                             int32_t level, double conf_level) {
  int64_t n = 0, count = 0;
  for (size_t i = 0; i < table.follow_up.size(); ++i) {
    n += table.follow_up[i];
    if (table.min_score + static_cast<int32_t>(i) >= level) {
      count += table.follow_up[i];
    }
  }
  return ShareOf(count, n, conf_level);
}

bool IsSymmetry(Measure measure) {
  return measure == Measure::kStrengthSymmetry ||
         measure == Measure::kHopSymmetry;
}

// What the visit says of the change since baseline.
void AddChange(const stats::ScoreChange& change, VisitScore& visit) {
  visit.baseline = MeanOf(change.baseline);
  visit.change = MeanOf(change.change);
  if (change.t_test.statistic.has_value()) {
    visit.t_test =
        TTest{change.t_test.statistic, change.t_test.df, change.t_test.p_value};
  } else {
    visit.change->absence = Absence::kUndefined;  // n < 2 or no spread
  }
  const stats::SignedRank& ranks = change.signed_rank;
  if (ranks.statistic.has_value()) {
    visit.signed_rank = ShiftTest{ranks.statistic,
                                  ranks.p_value,
                                  ranks.is_exact,
                                  ranks.hodges_lehmann.estimate,
                                  ranks.hodges_lehmann.lower,
                                  ranks.hodges_lehmann.upper};
  }
  visit.standardized_response_mean = change.standardized_response_mean;
  visit.hedges_g = change.hedges_g;
  for (const stats::Responders& responders : change.responders) {
    ResponderShare share;
    share.threshold = responders.threshold;
    share.share.count = responders.proportion.count;
    share.share.n = responders.proportion.n;
    share.share.estimate = responders.proportion.estimate;
    share.share.lower = responders.proportion.lower;
    share.share.upper = responders.proportion.upper;
    if (!responders.proportion.estimate.has_value()) {
      share.share.absence = Absence::kUndefined;
    }
    visit.responders.push_back(std::move(share));
  }
}

absl::StatusOr<VisitScore> VisitOf(const model::ScoreQuestion& question,
                                   const stats::ScoreChangeOptions& options,
                                   Visit at, const stats::ScoreTable& table,
                                   const cohort::Completeness& completeness) {
  VisitScore visit;
  visit.visit = at;
  const absl::StatusOr<stats::ScoreChange> change =
      stats::EstimateScoreChange(table, options);
  if (!change.ok()) return change.status();
  visit.score = MeanOf(change->follow_up);
  absl::StatusOr<ProportionEstimate> complete =
      ShareOf(completeness.completed, completeness.due, question.conf_level);
  if (!complete.ok()) return complete.status();
  visit.completeness = *std::move(complete);
  if (at != Visit::kBaseline && model::InfoOf(question.measure).has_baseline) {
    AddChange(*change, visit);
  }
  if (at != Visit::kBaseline && question.measure == Measure::kVisaA) {
    absl::StatusOr<ProportionEstimate> full =
        ShareFrom(table, model::kVisaAFullRecovery, question.conf_level);
    if (!full.ok()) return full.status();
    visit.full_recovery = *std::move(full);
  }
  if (at != Visit::kBaseline && IsSymmetry(question.measure)) {
    absl::StatusOr<ProportionEstimate> ready =
        ShareFrom(table, model::kReadySymmetryPercent, question.conf_level);
    if (!ready.ok()) return ready.status();
    visit.ready = *std::move(ready);
  }
  return visit;
}

// A visit with no score is left out when none is due, and at two weeks, when
// most measures are not taken.
bool IsListed(const cohort::ScoreGroup& group, size_t visit,
              bool has_baseline) {
  if (visit == 0 && !has_baseline) return false;
  for (const int64_t n : group.visits[visit].follow_up) {
    if (n > 0) return true;
  }
  return group.completeness[visit].due > 0 &&
         visit + 1 != static_cast<size_t>(Visit::k2Weeks);
}

absl::StatusOr<ScoreGroup> GroupFrom(const model::ScoreQuestion& question,
                                     const stats::ScoreChangeOptions& options,
                                     const Plan& plan,
                                     const cohort::ScoreGroup& counts) {
  ScoreGroup group;
  group.group = GroupOf(plan, counts.group);
  group.n_cases = counts.n_cases;
  const bool has_baseline = model::InfoOf(question.measure).has_baseline;
  for (size_t v = 0; v < counts.visits.size(); ++v) {
    const auto at = static_cast<Visit>(v + 1);
    if (IsListed(counts, v, has_baseline)) {
      absl::StatusOr<VisitScore> visit = VisitOf(
          question, options, at, counts.visits[v], counts.completeness[v]);
      if (!visit.ok()) return visit.status();
      group.visits.push_back(*std::move(visit));
    }
    if (counts.strength[v].n + counts.hop[v].n + counts.plyometric[v].n == 0) {
      continue;
    }
    VisitReadiness readiness;
    readiness.visit = at;
    for (const auto& [share, result] :
         {std::pair(counts.strength[v], &readiness.strength),
          std::pair(counts.hop[v], &readiness.hop),
          std::pair(counts.plyometric[v], &readiness.plyometric)}) {
      absl::StatusOr<ProportionEstimate> estimate =
          ShareOf(share.count, share.n, question.conf_level);
      if (!estimate.ok()) return estimate.status();
      *result = *std::move(estimate);
    }
    group.readiness.push_back(std::move(readiness));
  }
  return group;
}

void Explain(const model::ScoreQuestion& question, Provenance& provenance) {
  const model::MeasureInfo& info = model::InfoOf(question.measure);
  provenance.estimand = absl::StrCat(
      "level of ", model::CodeOf(model::kMeasureCodes, question.measure),
      " at each visit",
      info.has_baseline ? ", and mean change since baseline of the cases with "
                          "both"
                        : "");
  provenance.conventions = {
      ScaleConvention(question.measure),
      "change: follow-up minus baseline, paired cases",
      "baseline: the latest assessment with the measure at or before day 0",
      "visit: the assessment nearest to the target day, then the earlier",
      "versions of VISA-A are not pooled",
      "limb symmetry is absent where both limbs have symptoms",
      "interval of a mean: t",
      "tests: paired t; signed-rank, exact below 50 changes without ties or "
      "zeros, else normal with tie and continuity correction; two-sided",
      "effect: mean over SD of the change; Hedges' g with the exact factor",
      "responder: improved by at least the threshold",
      kWilsonConvention,
      ConfidenceConvention(question.conf_level),
      kCompletenessConvention,
      kUnitConvention};
  NoteOverlap(question, provenance);
}

}  // namespace

absl::StatusOr<ScoreAnswer> Answer(const model::ScoreQuestion& question,
                                   const cohort::Snapshot& snapshot,
                                   stats::ThreadPool& pool,
                                   std::stop_token stop) {
  absl::StatusOr<Plan> plan =
      MakePlan(question, snapshot, pool, std::move(stop));
  if (!plan.ok()) return plan.status();
  const cohort::Pass pass = plan->pass();
  const absl::StatusOr<int64_t> without =
      cohort::CountWithoutScore(pass, question.measure);
  if (!without.ok()) return without.status();
  const model::MeasureInfo& info = model::InfoOf(question.measure);
  stats::ScoreChangeOptions options;
  options.conf_level = question.conf_level;
  options.higher_is_better = info.higher_is_better;
  options.thresholds = question.thresholds;
  if (options.thresholds.empty()) {
    options.thresholds.assign(info.thresholds.begin(), info.thresholds.end());
  }
  ScoreAnswer answer;
  answer.measure = question.measure;
  answer.provenance = plan->provenance;
  answer.provenance.exclusions.push_back({"NO_VALUE", *without});
  Explain(question, answer.provenance);
  const absl::Status tabulated = cohort::TabulateScores(
      pass, question.measure,
      [&](const cohort::ScoreGroup& counts) -> absl::Status {
        absl::StatusOr<ScoreGroup> group =
            GroupFrom(question, options, *plan, counts);
        if (!group.ok()) return group.status();
        answer.groups.push_back(*std::move(group));
        return absl::OkStatus();
      });
  if (!tabulated.ok()) return tabulated;
  return answer;
}

}  // namespace enthesis::analysis
