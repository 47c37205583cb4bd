// Which groups of a grouping may not be shown, so that none of fewer cases than
// the disclosure threshold can be read off an answer or worked out from it.
// Analysis and disclosure control both ask here: a test never rests on a group
// that is withheld.

#ifndef ENTHESIS_REGISTRY_MODEL_SMALL_GROUPS_H_
#define ENTHESIS_REGISTRY_MODEL_SMALL_GROUPS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace enthesis::model {

// Whether a number of cases is some but fewer than `least`.
constexpr bool IsSmall(int64_t n, int64_t least) { return n > 0 && n < least; }

// Marks in `withheld`, one for each of `sizes` (cases or values of a group;
// an empty group is no one), what may not be shown besides what is marked
// already. First the small ones. Then, where groups sum to a total that
// readers know, what is withheld follows from it by subtraction: so further
// groups, the smallest first and the earlier of equals, until those withheld
// are two and hold `least` together (secondary suppression; SDC handbook of the
// European Statistical System, "tabular data").
void MarkSmallGroups(absl::Span<const int64_t> sizes, int64_t least,
                     std::vector<bool>& withheld);

// The same for a table, sizes[row][column], along rows and columns, until
// neither has a small remainder.
void MarkSmallCells(absl::Span<const std::vector<int64_t>> sizes, int64_t least,
                    std::vector<std::vector<bool>>& withheld);

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_SMALL_GROUPS_H_
