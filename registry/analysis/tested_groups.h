// Which groups of a time-to-event question enter a test between them, and their
// tables, within strata where these are asked for. Internal to the analysis.

#ifndef ENTHESIS_REGISTRY_ANALYSIS_TESTED_GROUPS_H_
#define ENTHESIS_REGISTRY_ANALYSIS_TESTED_GROUPS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "registry/analysis/plan.h"
#include "registry/analysis/result.h"
#include "registry/model/question.h"
#include "stats/event_table.h"

namespace enthesis::analysis {

// One group of a question: its place in the grouping and the table that the
// question is about.
struct EventSample {
  size_t group = 0;
  stats::EventTable table;
};

// What a test is asked about.
struct TestScope {
  model::Endpoint endpoint = model::Endpoint::kReoperation;
  std::optional<model::ComplicationKind> complication;
  std::optional<model::Dimension> strata;
  // From the exits of the cohort to the table that the question is about.
  std::function<stats::EventTable(stats::EventTable)> table_of;
  // A test costs times x groups^power in each stratum; beyond `max_cost` no one
  // reads it, and a cancelled question would go on for too long.
  int power = 2;
  size_t max_groups = 0;
  size_t max_cost = 0;  // strata x groups^power
};

struct TestedGroups {
  // Groups do not overlap and are not too many; else the conventions say so.
  bool possible = false;
  // Why there is no test all the same: fewer than two groups with anybody, or
  // with as many cases as a test needs.
  Absence absence = Absence::kNone;
  std::vector<size_t> compared;  // indexes of samples, in their order
  int64_t smallest = 0;          // cases in the smallest of them
  std::vector<std::vector<stats::EventTable>> strata;  // [stratum][compared]
};

// Takes the groups that are shown, given the question's `smallest_group` and
// the cases that `provenance` says are left out. Its conventions say why
// nothing is tested, or which groups and strata are. Errors: CANCELLED.
absl::StatusOr<TestedGroups> FindTestedGroups(
    const model::Question& question, const TestScope& scope, const Plan& plan,
    absl::Span<const EventSample> samples, Provenance& provenance);

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_TESTED_GROUPS_H_
