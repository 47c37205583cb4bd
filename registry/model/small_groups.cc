#include "registry/model/small_groups.h"

#include <cstddef>

namespace enthesis::model {

void MarkSmallGroups(absl::Span<const int64_t> sizes, int64_t least,
                     std::vector<bool>& withheld) {
  int64_t hidden = 0, groups = 0;
  for (size_t g = 0; g < sizes.size(); ++g) {
    if (IsSmall(sizes[g], least)) withheld[g] = true;
    if (!withheld[g] || sizes[g] == 0) continue;
    hidden += sizes[g];
    ++groups;
  }
  while (groups > 0 && (groups < 2 || hidden < least)) {
    size_t next = sizes.size();
    for (size_t g = 0; g < sizes.size(); ++g) {
      if (withheld[g] || sizes[g] == 0) continue;
      if (next == sizes.size() || sizes[g] < sizes[next]) next = g;
    }
    if (next == sizes.size()) return;  // nothing is shown
    withheld[next] = true;
    hidden += sizes[next];
    ++groups;
  }
}

void MarkSmallCells(absl::Span<const std::vector<int64_t>> sizes, int64_t least,
                    std::vector<std::vector<bool>>& withheld) {
  if (sizes.empty()) return;
  std::vector<std::vector<bool>> before;
  while (before != withheld) {
    before = withheld;
    for (size_t row = 0; row < sizes.size(); ++row) {
      MarkSmallGroups(sizes[row], least, withheld[row]);
    }
    for (size_t column = 0; column < sizes[0].size(); ++column) {
      std::vector<int64_t> cells;
      std::vector<bool> marks;
      for (size_t row = 0; row < sizes.size(); ++row) {
        cells.push_back(sizes[row][column]);
        marks.push_back(withheld[row][column]);
      }
      MarkSmallGroups(cells, least, marks);
      for (size_t row = 0; row < sizes.size(); ++row) {
        withheld[row][column] = marks[row];
      }
    }
  }
}

}  // namespace enthesis::model
