// Gray's test: do the groups have one cumulative incidence of a cause?
// Equal to the tests of cmprsk::cuminc.
// See: METHODS.md, "Gray's test".

#ifndef ENTHESIS_STATS_GRAY_TEST_H_
#define ENTHESIS_STATS_GRAY_TEST_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/event_table.h"
#include "stats/parallel.h"

namespace enthesis::stats {

struct GrayTestOptions {
  // Weight (1 - F)^rho of a time, F the incidence of all groups together just
  // before it; finite.
  double rho = 0;
};

// The test of one cause.
struct GrayTest {
  // Groups with anybody at risk at an event of any cause, less one; or the
  // rank of the variance, where that is smaller (cuminc gives -1 there).
  int df = 0;
  std::optional<double> chi_square;  // absent when df is 0
  std::optional<double> p_value;
};

// Input: `strata[s][g]`, the table of group g within stratum s, all of the
// same causes; every stratum lists the same groups (an empty table where a
// group has none). Tables to be compared come from one TabulateEventGroups, or
// hold whole days. Late entry is refused: the test has no risk set for it.
// Returns: one test per cause, in their order.
// Errors: INVALID_ARGUMENT (rho; fewer than two groups, ragged strata, a bad
// table, tables of different causes, late entry). No events is an answer with
// df 0.
// Causes and strata are shared out over `pool`; the answer has the same bytes
// without it.
// Cost: O(causes x times x groups^3 / 2).
absl::StatusOr<std::vector<GrayTest>> TestGray(
    absl::Span<const std::vector<EventTable>> strata,
    const GrayTestOptions& options = {}, ThreadPool* pool = nullptr);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_GRAY_TEST_H_
