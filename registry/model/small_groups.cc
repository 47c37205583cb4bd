#include "registry/model/small_groups.h"

#include <algorithm>
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

std::vector<bool> SmallLeftOut(absl::Span<const int64_t> left_out,
                               int64_t least) {
  std::vector<bool> withheld(left_out.size());
  MarkSmallGroups(left_out, least, withheld);
  return withheld;
}

namespace {

// The groups and those left out are all of a total; without hidden ones among
// the latter the groups are.
void MarkOfTotal(absl::Span<const int64_t> sizes,
                 absl::Span<const int64_t> left_out, int64_t least,
                 std::vector<bool>& withheld) {
  const std::vector<bool> reasons = SmallLeftOut(left_out, least);
  if (std::find(reasons.begin(), reasons.end(), true) == reasons.end()) {
    return MarkSmallGroups(sizes, least, withheld);
  }
  std::vector<int64_t> parts(sizes.begin(), sizes.end());
  std::vector<bool> marks = withheld;
  parts.insert(parts.end(), left_out.begin(), left_out.end());
  marks.insert(marks.end(), reasons.begin(), reasons.end());
  MarkSmallGroups(parts, least, marks);
  std::copy_n(marks.begin(), withheld.size(), withheld.begin());
}

void MarkLineOf(absl::Span<const int64_t> sizes,
                const std::vector<size_t>& line, int64_t least,
                std::vector<bool>& withheld) {
  std::vector<int64_t> cells;
  std::vector<bool> marks;
  for (const size_t group : line) {
    cells.push_back(sizes[group]);
    marks.push_back(withheld[group]);
  }
  MarkSmallGroups(cells, least, marks);
  for (size_t i = 0; i < line.size(); ++i) withheld[line[i]] = marks[i];
}

}  // namespace

void MarkSmallGroups(absl::Span<const int64_t> sizes,
                     absl::Span<const int64_t> left_out, int64_t least,
                     std::vector<bool>& withheld) {
  MarkSmallGroups(sizes, least, withheld);
  MarkOfTotal(sizes, left_out, least, withheld);
}

void MarkSmallGroups(absl::Span<const int64_t> sizes, const GroupLines& lines,
                     absl::Span<const int64_t> left_out, int64_t least,
                     std::vector<bool>& withheld) {
  MarkSmallGroups(sizes, left_out, least, withheld);
  std::vector<bool> before;
  while (!lines.empty() && before != withheld) {
    before = withheld;
    for (const std::vector<size_t>& line : lines) {
      MarkLineOf(sizes, line, least, withheld);
    }
    MarkOfTotal(sizes, left_out, least, withheld);
  }
}

void MarkOverlappingGroups(absl::Span<const int64_t> sizes,
                           std::optional<size_t> none,
                           std::optional<int64_t> total, int64_t least,
                           std::vector<bool>& withheld) {
  bool any = false;
  for (size_t g = 0; g < sizes.size(); ++g) {
    const int64_t rest = total.has_value() ? *total - sizes[g] : 0;
    if (sizes[g] > 0 && (IsSmall(sizes[g], least) || IsSmall(rest, least))) {
      withheld[g] = true;
    }
    any = any || (withheld[g] && sizes[g] > 0);
  }
  if (any && none.has_value()) withheld[*none] = true;
}

namespace {

void MarkLine(absl::Span<const int64_t> sizes, const CellOverlap* overlap,
              size_t line, int64_t least, std::vector<bool>& withheld) {
  if (overlap == nullptr) return MarkSmallGroups(sizes, least, withheld);
  std::optional<int64_t> total;
  if (!overlap->totals.empty()) total = overlap->totals[line];
  MarkOverlappingGroups(sizes, overlap->none, total, least, withheld);
}

}  // namespace

void MarkSmallCells(absl::Span<const std::vector<int64_t>> sizes,
                    const CellOverlap* along_rows,
                    const CellOverlap* along_columns, int64_t least,
                    std::vector<std::vector<bool>>& withheld) {
  if (sizes.empty()) return;
  std::vector<std::vector<bool>> before;
  while (before != withheld) {
    before = withheld;
    for (size_t row = 0; row < sizes.size(); ++row) {
      MarkLine(sizes[row], along_rows, row, least, withheld[row]);
    }
    for (size_t column = 0; column < sizes[0].size(); ++column) {
      std::vector<int64_t> cells;
      std::vector<bool> marks;
      for (size_t row = 0; row < sizes.size(); ++row) {
        cells.push_back(sizes[row][column]);
        marks.push_back(withheld[row][column]);
      }
      MarkLine(cells, along_columns, column, least, marks);
      for (size_t row = 0; row < sizes.size(); ++row) {
        withheld[row][column] = marks[row];
      }
    }
  }
}

}  // namespace enthesis::model
