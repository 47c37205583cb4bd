#include "registry/cohort/columns.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace enthesis::cohort {

const std::vector<SparseComplication>& SparseComplications::entries() const {
  static const auto* const kNone = new std::vector<SparseComplication>();
  return entries_ ? *entries_ : *kNone;
}

size_t SparseComplications::bytes() const {
  return entries().capacity() * sizeof(SparseComplication);
}

void SparseComplications::Add(size_t row,
                              const std::vector<RowComplication>& values) {
  if (values.empty()) return;
  Own();
  for (const RowComplication& value : values) {
    entries_->push_back({static_cast<uint16_t>(row), value.kind, value.exit});
  }
}

void SparseComplications::Remove(size_t row) {
  const auto of_row = [row](const SparseComplication& entry) {
    return entry.row == row;
  };
  if (std::none_of(entries().begin(), entries().end(), of_row)) return;
  Own();
  std::erase_if(*entries_, of_row);
}

void SparseComplications::Own() {
  if (owned_) return;
  entries_ = std::make_shared<std::vector<SparseComplication>>(entries());
  owned_ = true;
}

void WriteRow(Chunk& chunk, size_t row, const Row& values) {
  ForEachColumn(chunk, values, [row](auto& column, auto value, ColumnKind) {
    column.Set(row, value);
  });
  if (row < chunk.rows) chunk.complications.Remove(row);
  chunk.complications.Add(row, values.complications);
  chunk.rows = std::max(chunk.rows, row + 1);
}

Row ReadRow(const Chunk& chunk, size_t row) {
  Row values;
  ForEachColumn(chunk, values,
                [row](const auto& column, auto& value, ColumnKind) {
                  value = column.Get(row);
                });
  for (const SparseComplication& entry : chunk.complications.entries()) {
    if (entry.row == row) {
      values.complications.push_back({entry.kind, entry.exit});
    }
  }
  return values;
}

void DropLastRow(Chunk& chunk) {
  --chunk.rows;
  Row none;
  ForEachColumn(chunk, none, [&chunk](auto& column, auto&, ColumnKind) {
    column.Truncate(chunk.rows);
  });
  chunk.complications.Remove(chunk.rows);
}

void MarkShared(Chunk& chunk) {
  Row none;
  ForEachColumn(chunk, none,
                [](auto& column, auto&, ColumnKind) { column.Share(); });
  chunk.complications.Share();
}

}  // namespace enthesis::cohort
