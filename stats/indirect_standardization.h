// Indirectly standardized ratios: the events of each group over those that a
// case-mix model expects of its cases.
// See: METHODS.md, "Indirect standardization".

#ifndef ENTHESIS_STATS_INDIRECT_STANDARDIZATION_H_
#define ENTHESIS_STATS_INDIRECT_STANDARDIZATION_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace enthesis::stats {

// n cases, in columns of one length.
struct StandardizedCases {
  absl::Span<const double> outcome;   // events: a whole number from 0 to 2^53
  absl::Span<const double> expected;  // from 0 to 1e9: a probability or count
  absl::Span<const int> groups;       // from 0; empty: one group
  int n_groups = 1;
};

// About a ratio, of a Poisson count of events; the expected number is taken as
// known.
struct RatioInterval {
  double lower = 0, upper = 0;
};

struct StandardizedRatio {
  size_t n = 0;
  double observed = 0, expected = 0;
  // Absent where nothing is expected.
  std::optional<double> ratio;
  std::optional<RatioInterval> exact;  // Garwood (1936, Biometrika 28:437)
  std::optional<RatioInterval> byar;   // Breslow & Day (1987), eq. 2.12
};

// Ratios by group. Figures do not depend on the order of cases.
// Errors: INVALID_ARGUMENT for columns of other lengths, "row N, ..." for a
// value out of range, a level outside (0, 1). FAILED_PRECONDITION without
// cases. Cost: O(n).
absl::StatusOr<std::vector<StandardizedRatio>> StandardizeIndirectly(
    const StandardizedCases& cases, double conf_level);

// Largest expected number of a case.
inline constexpr double kLargestExpectedOfCase = 1e9;

// Logarithms of ratios and their errors, as metafor's escalc(measure = "IRLN")
// has them: log(O / E) and 1 / sqrt(O), a half for no event. A group of which
// nothing is expected has none.
struct LogRatio {
  double estimate = 0, std_error = 0;
};
std::optional<LogRatio> LogRatioOf(const StandardizedRatio& ratio);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_INDIRECT_STANDARDIZATION_H_
