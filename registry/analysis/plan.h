// What every answer begins with: the rows asked for, their groups, where the
// answer comes from. Internal to the analysis.

#ifndef ENTHESIS_REGISTRY_ANALYSIS_PLAN_H_
#define ENTHESIS_REGISTRY_ANALYSIS_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "registry/analysis/result.h"
#include "registry/cohort/selection.h"
#include "registry/cohort/snapshot.h"
#include "registry/cohort/tabulate.h"
#include "registry/model/question.h"
#include "registry/model/small_groups.h"
#include "stats/kaplan_meier.h"
#include "stats/mean.h"
#include "stats/parallel.h"
#include "stats/proportion.h"
#include "stats/stop.h"

namespace enthesis::analysis {

struct Plan {
  const cohort::Snapshot& snapshot;
  cohort::Selection selection;
  cohort::Grouping grouping;
  stats::ThreadPool& pool;
  std::stop_token stop;
  cohort::CohortCounts counts;
  Provenance provenance;  // but for estimand, conventions, exclusions

  cohort::Pass pass() const {
    return {snapshot, selection, grouping, pool, stop};
  }
};

// Errors: FAILED_PRECONDITION with payload kNoCases, INVALID_ARGUMENT (an
// unknown site), CANCELLED.
absl::StatusOr<Plan> MakePlan(const model::Question& question,
                              const cohort::Snapshot& snapshot,
                              stats::ThreadPool& pool, std::stop_token stop);

// The group of a row of results; empty when pooled.
Group GroupOf(const Plan& plan, size_t group);

// Of groups by two dimensions the lines whose totals are known, as places in
// `groups`, indexes of the plan's grouping; none by one.
model::GroupLines LinesOf(const Plan& plan, absl::Span<const size_t> groups);

// Conventions that several questions share.
std::string ConfidenceConvention(double conf_level);
std::string IntervalConvention(model::ConfidenceTransform transform);
std::string ScaleConvention(model::Measure measure);
inline constexpr char kTimeConvention[] = "time: whole days since surgery";
inline constexpr char kUnitConvention[] = "unit of analysis: the operated limb";
inline constexpr char kMonthConvention[] = "month: 30.4375 days";
inline constexpr char kWilsonConvention[] = "interval of a share: Wilson";
inline constexpr char kCompletenessConvention[] =
    "completeness: a visit is due once 31 December of the year of surgery plus "
    "the last day of its window has passed on the day of the last commit; "
    "cases that died leave, lost and declined stay";
inline constexpr char kOverlapConvention[] =
    "groups by concomitant procedure overlap: a case counts in each of its "
    "groups; \"unknown\" is none";
// What happens at an endpoint, in words: "a first rupture ...".
std::string EventOf(model::Endpoint endpoint,
                    std::optional<model::ComplicationKind> complication);
// Adds the cases outside the risk set of the endpoint, where there can be any.
void NoteOutsideRiskSet(model::Endpoint endpoint, const Plan& plan,
                        Provenance& provenance);
// Adds what a day stands for that only a visit tells, where it may be so.
void NoteKnownByVisit(model::Endpoint endpoint, Provenance& provenance);
// Adds kOverlapConvention where it applies.
void NoteOverlap(const model::Question& question, Provenance& provenance);

stats::IntervalTransform TransformOf(model::ConfidenceTransform transform);

// A share with Wilson's interval; undefined for n = 0.
absl::StatusOr<ProportionEstimate> ShareOf(int64_t count, int64_t n,
                                           double conf_level);

// A mean with its spread; undefined for fewer than two values.
MeanEstimate MeanOf(const stats::MeanEstimate& mean);

// Days asked for, as times.
std::vector<double> Times(absl::Span<const int32_t> days);

// Asked between groups.
using stats::CheckStop;

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_PLAN_H_
