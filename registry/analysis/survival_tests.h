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
#include "registry/model/question.h"
#include "stats/event_table.h"
#include "stats/rank_test.h"

namespace enthesis::analysis {

// One group of a question: its place in the grouping and its table of one
// cause, from the landmark on where there is one.
struct EventSample {
  size_t group = 0;
  stats::EventTable table;
};

// The table that a survival question is about: every other cause censors, and
// only what is after the landmark counts.
stats::EventTable SampleTable(const model::SurvivalQuestion& question,
                              const stats::EventTable& exits);

// The groups large enough for a test, `smallest` cases and more, as indexes of
// `samples`, in their order.
std::vector<size_t> LargeEnough(absl::Span<const EventSample> samples,
                                int64_t smallest);

// Why a test of these groups is not there: fewer than two groups with anybody,
// or too small ones; kNone where it can be.
Absence AbsenceOfTest(absl::Span<const EventSample> samples,
                      absl::Span<const size_t> compared);

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

  const std::vector<size_t>& compared() const { return compared_; }

 private:
  SurvivalTests(const model::SurvivalQuestion& question, const Plan& plan,
                absl::Span<const EventSample> samples);

  const model::SurvivalQuestion* question_;
  const Plan* plan_;
  absl::Span<const EventSample> samples_;
  std::vector<size_t> compared_;
  bool possible_ = false;  // groups that do not overlap, not too many
  Absence absence_ = Absence::kNone;
  std::vector<std::vector<stats::EventTable>> strata_;  // [stratum][compared]
};

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_SURVIVAL_TESTS_H_
