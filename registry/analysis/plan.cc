#include "registry/analysis/plan.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "registry/analysis/answer.h"

namespace enthesis::analysis {

namespace {

// Each takes its counters, and a pass over the cases for some hundreds.
constexpr size_t kMaxPairs = 4096;

}  // namespace

absl::StatusOr<Plan> MakePlan(const model::Question& question,
                              const cohort::Snapshot& snapshot,
                              stats::ThreadPool& pool, std::stop_token stop) {
  absl::StatusOr<cohort::Selection> selection =
      cohort::Selection::Make(question.cohort, snapshot);
  if (!selection.ok()) return selection.status();
  const cohort::Grouping grouping(question.group_by, question.then_by,
                                  snapshot);
  if (question.then_by.has_value() && grouping.size() > kMaxPairs) {
    absl::Status status = absl::InvalidArgumentError(
        absl::StrCat("too many pairs of values; allowed: at most ", kMaxPairs));
    status.SetPayload(kFieldPath, absl::Cord("options.then_by"));
    return status;
  }
  Plan plan{
      snapshot, *std::move(selection), grouping, pool, std::move(stop), {}, {}};
  const absl::StatusOr<cohort::CohortCounts> counts =
      cohort::CountCases(plan.pass());
  if (!counts.ok()) return counts.status();
  if (counts->n_cases == 0) {
    absl::Status status =
        absl::FailedPreconditionError("the cohort holds no case");
    status.SetPayload(kNoCases, absl::Cord());
    return status;
  }
  plan.counts = *counts;
  plan.provenance.as_of = snapshot.as_of();
  plan.provenance.cohort = question.cohort;
  plan.provenance.n_cases = counts->n_cases;
  plan.provenance.n_sites = counts->n_sites;
  plan.provenance.synthetic = counts->n_synthetic > 0;
  plan.provenance.n_synthetic = counts->n_synthetic;
  return plan;
}

Group GroupOf(const Plan& plan, size_t group) {
  if (!plan.grouping.dimension().has_value()) return {};
  Group values = {{*plan.grouping.dimension(), plan.grouping.label(group)}};
  if (plan.grouping.then().has_value()) {
    values.push_back({*plan.grouping.then(), plan.grouping.then_label(group)});
  }
  return values;
}

model::GroupLines LinesOf(const Plan& plan, absl::Span<const size_t> groups) {
  if (!plan.grouping.then().has_value()) return {};
  std::map<std::pair<int, std::string>, std::vector<size_t>> lines;
  for (size_t i = 0; i < groups.size(); ++i) {
    lines[{0, plan.grouping.label(groups[i])}].push_back(i);
    lines[{1, plan.grouping.then_label(groups[i])}].push_back(i);
  }
  model::GroupLines found;
  for (auto& [of, line] : lines) found.push_back(std::move(line));
  return found;
}

std::string ConfidenceConvention(double conf_level) {
  return absl::StrCat("confidence level: ", conf_level);
}

std::string ScaleConvention(model::Measure measure) {
  const model::MeasureInfo& info = model::InfoOf(measure);
  return absl::StrCat("unit: ", info.unit, ", ", info.min, " to ", info.max,
                      ", ", info.higher_is_better ? "high" : "low", " is good");
}

std::string IntervalConvention(model::ConfidenceTransform transform) {
  return absl::StrCat(
      "interval: ", model::CodeOf(model::kConfidenceTransformCodes, transform));
}

std::string EventOf(model::Endpoint endpoint,
                    std::optional<model::ComplicationKind> complication) {
  switch (endpoint) {
    case model::Endpoint::kReoperation:
      return "a first reoperation (removal of an implant included)";
    case model::Endpoint::kComplication:
      return complication.has_value()
                 ? absl::StrCat("a first complication of kind ",
                                model::CodeOf(model::kComplicationKindCodes,
                                              *complication))
                 : "a first complication of any kind";
    case model::Endpoint::kRupture:
      return "a first rupture or avulsion of the tendon";
    case model::Endpoint::kReturnParticipation:
      return "return to participation";
    case model::Endpoint::kReturnSport:
      return "return to sport";
    case model::Endpoint::kReturnPerformance:
      return "return to performance";
    case model::Endpoint::kFullWeightBearing:
      return "full weight-bearing";
    case model::Endpoint::kDailyLife:
      return "return to daily life";
    case model::Endpoint::kOsteotomyUnion:
      return "union of the osteotomy";
  }
  return "";
}

void NoteOutsideRiskSet(model::Endpoint endpoint, const Plan& plan,
                        Provenance& provenance) {
  if (model::IsReturn(endpoint)) {
    provenance.exclusions.push_back(
        {"NOT_AN_ATHLETE", plan.counts.n_cases - plan.counts.n_athletes});
  } else if (endpoint == model::Endpoint::kOsteotomyUnion) {
    provenance.exclusions.push_back(
        {"NO_OSTEOTOMY", plan.counts.n_cases - plan.counts.n_osteotomies});
  }
}

void NoteKnownByVisit(model::Endpoint endpoint, Provenance& provenance) {
  if (!model::IsKnownByVisit(endpoint)) return;
  provenance.conventions.push_back(
      "known only by a visit: the day of the visit");
}

void NoteOverlap(const model::Question& question, Provenance& provenance) {
  if (question.group_by == model::Dimension::kConcomitantProcedure) {
    provenance.conventions.push_back(kOverlapConvention);
  }
}

stats::IntervalTransform TransformOf(model::ConfidenceTransform transform) {
  switch (transform) {
    case model::ConfidenceTransform::kLog:
      return stats::IntervalTransform::kLog;
    case model::ConfidenceTransform::kPlain:
      return stats::IntervalTransform::kPlain;
    case model::ConfidenceTransform::kLogit:
      return stats::IntervalTransform::kLogit;
    case model::ConfidenceTransform::kArcsin:
      return stats::IntervalTransform::kArcsin;
    case model::ConfidenceTransform::kLogLog:
      break;
  }
  return stats::IntervalTransform::kLogLog;
}

absl::StatusOr<ProportionEstimate> ShareOf(int64_t count, int64_t n,
                                           double conf_level) {
  const absl::StatusOr<stats::Proportion> share =
      stats::EstimateProportion(count, n, conf_level);
  if (!share.ok()) return share.status();
  ProportionEstimate result;
  result.count = share->count;
  result.n = share->n;
  result.estimate = share->estimate;
  result.lower = share->lower;
  result.upper = share->upper;
  if (!share->estimate.has_value()) result.absence = Absence::kUndefined;
  return result;
}

MeanEstimate MeanOf(const stats::MeanEstimate& mean) {
  MeanEstimate result;
  result.n = mean.n;
  result.mean = mean.mean;
  result.std_dev = mean.std_dev;
  result.lower = mean.lower;
  result.upper = mean.upper;
  if (!mean.mean.has_value() || !mean.std_dev.has_value() ||
      !mean.lower.has_value() || !mean.upper.has_value()) {
    result.absence = Absence::kUndefined;
  }
  return result;
}

std::vector<double> Times(absl::Span<const int32_t> days) {
  return std::vector<double>(days.begin(), days.end());
}

}  // namespace enthesis::analysis
