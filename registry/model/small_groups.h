// Which groups of a grouping may not be shown, so that none of fewer cases than
// the disclosure threshold can be read off an answer or worked out from it.
// Analysis and disclosure control both ask here: a test never rests on a group
// that is withheld.

#ifndef ENTHESIS_REGISTRY_MODEL_SMALL_GROUPS_H_
#define ENTHESIS_REGISTRY_MODEL_SMALL_GROUPS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
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

// Those left out, a count for each reason, are groups as well: with the groups
// of an answer they sum to the cases of the cohort, which readers know. Marks
// of them what may not be shown. Others of them follow a small one first; where
// none are left, a group does.
std::vector<bool> SmallLeftOut(absl::Span<const int64_t> left_out,
                               int64_t least);
void MarkSmallGroups(absl::Span<const int64_t> sizes,
                     absl::Span<const int64_t> left_out, int64_t least,
                     std::vector<bool>& withheld);

// Groups by two dimensions: along each line of them, those of one value of
// either dimension, a total is known as well. `lines` are places in `sizes`.
using GroupLines = std::vector<std::vector<size_t>>;
void MarkSmallGroups(absl::Span<const int64_t> sizes, const GroupLines& lines,
                     absl::Span<const int64_t> left_out, int64_t least,
                     std::vector<bool>& withheld);

// The same for groups that share cases, of `total` cases. Each parts them in
// two, those in it and the rest, neither of which may be small. Where one is
// withheld, so is `none`, the group of those in no other: the total less it
// and less what is shown would tell of the others.
void MarkOverlappingGroups(absl::Span<const int64_t> sizes,
                           std::optional<size_t> none,
                           std::optional<int64_t> total, int64_t least,
                           std::vector<bool>& withheld);

// How the cells of a line of a table share cases; `totals` of its lines, or
// empty where no one can ask for them.
struct CellOverlap {
  std::optional<size_t> none;
  std::vector<int64_t> totals;
};

// The same for a table, sizes[row][column], along rows and columns, until
// neither has a small remainder. Null: the cells along a row, or along a
// column, sum to a total.
void MarkSmallCells(absl::Span<const std::vector<int64_t>> sizes,
                    const CellOverlap* along_rows,
                    const CellOverlap* along_columns, int64_t least,
                    std::vector<std::vector<bool>>& withheld);

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_SMALL_GROUPS_H_
