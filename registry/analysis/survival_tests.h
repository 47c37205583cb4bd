// Rank tests between the groups of a survival question. Internal to the
// analysis.

#ifndef ENTHESIS_REGISTRY_ANALYSIS_SURVIVAL_TESTS_H_
#define ENTHESIS_REGISTRY_ANALYSIS_SURVIVAL_TESTS_H_

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "registry/analysis/plan.h"
#include "registry/analysis/result.h"
#include "registry/analysis/tested_groups.h"
#include "registry/model/question.h"
#include "stats/event_table.h"

namespace enthesis::analysis {

// The table that a survival question is about: every other cause censors, and
// only what is after the landmark counts.
stats::EventTable SampleTable(const model::SurvivalQuestion& question,
                              const stats::EventTable& exits);

// What a question asks between groups, made ready so that its parts can run
// side by side; each writes a part of the answer of its own.
class SurvivalTests {
 public:
  // Counts the strata, where there are any; says what is tested, or why
  // nothing is, in the conventions of `answer`. `samples` outlive the tests.
  // Errors: CANCELLED.
  static absl::StatusOr<SurvivalTests> Make(
      const model::SurvivalQuestion& question, const Plan& plan,
      absl::Span<const EventSample> samples, SurvivalAnswer& answer);

  // Independent of each other; an answer stays without what was not asked.
  absl::Status AddTest(SurvivalAnswer& answer) const;
  absl::Status AddTrend(SurvivalAnswer& answer) const;
  absl::Status AddPairs(SurvivalAnswer& answer) const;

  // Indexes of the samples in the tests.
  const std::vector<size_t>& compared() const { return groups_.compared; }

 private:
  SurvivalTests(const model::SurvivalQuestion& question, const Plan& plan,
                absl::Span<const EventSample> samples);

  const model::SurvivalQuestion* question_;
  const Plan* plan_;
  absl::Span<const EventSample> samples_;
  TestedGroups groups_;
};

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_SURVIVAL_TESTS_H_
