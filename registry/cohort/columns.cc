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

namespace {

// Spares rows without a complication, most of them, the search of the list.
bool HasComplication(const Chunk& chunk, size_t row) {
  constexpr auto kIndex =
      static_cast<size_t>(model::Endpoint::kComplication) - 1;
  constexpr unsigned kCause =
      (1U << CauseBits(model::Endpoint::kComplication)) - 1;
  return (chunk.exit[kIndex].Get(row) & kCause) != 0;
}

}  // namespace

void WriteRow(Chunk& chunk, size_t row, const Row& values) {
  if (row < chunk.rows && HasComplication(chunk, row)) {
    chunk.complications.Remove(row);
  }
  ForEachColumn(chunk, values, [row](auto& column, auto value, ColumnKind) {
    column.Set(row, value);
  });
  chunk.complications.Add(row, values.complications);
  chunk.rows = std::max(chunk.rows, row + 1);
}

Row ReadRow(const Chunk& chunk, size_t row) {
  Row values;
  ForEachColumn(chunk, values,
                [row](const auto& column, auto& value, ColumnKind) {
                  value = column.Get(row);
                });
  if (!HasComplication(chunk, row)) return values;
  for (const SparseComplication& entry : chunk.complications.entries()) {
    if (entry.row == row) {
      values.complications.push_back({entry.kind, entry.exit});
    }
  }
  return values;
}

void DropLastRow(Chunk& chunk) {
  --chunk.rows;
  if (HasComplication(chunk, chunk.rows)) {
    chunk.complications.Remove(chunk.rows);
  }
  Row none;
  ForEachColumn(chunk, none, [&chunk](auto& column, auto&, ColumnKind) {
    column.Truncate(chunk.rows);
  });
}

void MarkShared(Chunk& chunk) {
  Row none;
  ForEachColumn(chunk, none,
                [](auto& column, auto&, ColumnKind) { column.Share(); });
  chunk.complications.Share();
}

}  // namespace enthesis::cohort
