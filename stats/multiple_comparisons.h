// p values adjusted for their number, as stats::p.adjust.
// See: METHODS.md, "Multiple comparisons".

#ifndef ENTHESIS_STATS_MULTIPLE_COMPARISONS_H_
#define ENTHESIS_STATS_MULTIPLE_COMPARISONS_H_

#include <optional>
#include <vector>

#include "absl/types/span.h"

namespace enthesis::stats {

enum class PAdjustment { kNone, kHolm, kBenjaminiHochberg };

// Input: p values in [0, 1] in any order; an absent one, or one that is not in
// [0, 1], stays absent and does not count among the comparisons.
// Returns: adjusted values in the order given, at most 1.
// Cost: O(m log m).
std::vector<std::optional<double>> AdjustPValues(
    absl::Span<const std::optional<double>> p_values, PAdjustment adjustment);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MULTIPLE_COMPARISONS_H_
