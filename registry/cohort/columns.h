// The columns of the cohort: structure of arrays in chunks of 64 Ki rows, one
// row a case. Written by one writer; what a snapshot holds is immutable.
//
// A column is copied when it is first written after it was shared with a
// snapshot, so an update costs the columns it changes, not the chunk. A column
// with nothing but its default is not allocated at all.
//
// Bytes a case: dimensions 21, endpoints 38 (day and cause 18, start of the
// interval up to 18, last contact 2), VISA-A totals up to 16 (8 visits, two
// versions): at most 75. Other measures: 8 each in chunks that have them;
// fields known before surgery that are no dimension: 1 each in chunks that have
// them.

#ifndef ENTHESIS_REGISTRY_COHORT_COLUMNS_H_
#define ENTHESIS_REGISTRY_COHORT_COLUMNS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "registry/cohort/row.h"
#include "registry/model/dimension.h"
#include "registry/model/visits.h"

namespace enthesis::cohort {

inline constexpr size_t kChunkRows = size_t{64} * 1024;

// One column of one chunk. Copies share the values.
template <typename T, T kDefault>
class Column {
 public:
  // Values of the rows of the chunk; kChunkRows defaults when none was set.
  const T* data() const { return values_ ? values_->data() : Defaults(); }
  T Get(size_t row) const { return values_ ? (*values_)[row] : kDefault; }
  // Every row has the default.
  bool empty() const { return values_ == nullptr; }
  size_t bytes() const { return values_ ? values_->capacity() * sizeof(T) : 0; }

  // For the one writer. Rows are set in order; later ones may be set again.
  void Set(size_t row, T value) {
    if (!values_ && value == kDefault) return;
    if (values_ && row < values_->size() && (*values_)[row] == value) return;
    Own();
    if (row >= values_->size()) values_->resize(row + 1, kDefault);
    (*values_)[row] = value;
  }
  // Drops rows from `rows` on.
  void Truncate(size_t rows) {
    if (!values_ || values_->size() <= rows) return;
    Own();
    values_->resize(rows);
  }
  // From now on the values are shared: the next change copies them.
  void Share() { owned_ = false; }

 private:
  static const T* Defaults() {
    static const std::vector<T>* const kDefaults =
        new std::vector<T>(kChunkRows, kDefault);  // never destroyed
    return kDefaults->data();
  }
  void Own() {
    if (owned_) return;
    values_ = values_ ? std::make_shared<std::vector<T>>(*values_)
                      : std::make_shared<std::vector<T>>();
    owned_ = true;
  }

  std::shared_ptr<std::vector<T>> values_;
  bool owned_ = false;
};

// The first complication of one kind of one row.
struct SparseComplication {
  uint16_t row = 0;
  uint8_t kind = 0;
  uint16_t exit = 0;  // as PackExit
};

// The complications of a chunk by kind, in no order. Copies share.
class SparseComplications {
 public:
  const std::vector<SparseComplication>& entries() const;
  size_t bytes() const;
  // For the one writer: adds those of a row that has none yet.
  void Add(size_t row, const std::vector<RowComplication>& values);
  void Remove(size_t row);
  void Share() { owned_ = false; }

 private:
  void Own();

  std::shared_ptr<std::vector<SparseComplication>> entries_;
  bool owned_ = false;
};

struct Chunk {
  size_t rows = 0;

  Column<uint16_t, 0> site;         // index into Snapshot::sites()
  Column<uint16_t, 0> concomitant;  // bit procedure - 1
  // By dimension - 1; those of site and concomitant procedure are not used.
  std::array<Column<uint8_t, 0>, model::kDimensionCount> dimension;
  Column<uint8_t, 0> age_years;  // 0 unknown
  // By place in model::PreoperativeFields; 0 unknown.
  std::array<Column<uint8_t, 0>, model::kPreoperativeFieldCount> field;
  Column<uint8_t, 0> flags;  // Flag
  Column<uint8_t, 0> seen;   // bit visit - 1: any assessment

  // By endpoint - 1.
  std::array<Column<uint16_t, 0>, kEndpointCount> exit;
  std::array<Column<uint16_t, kExactDay>, kEndpointCount> interval_start;
  Column<uint16_t, 0> last_contact;  // as PackExit: an event unless died

  // By score - 1 and visit - 1: value - minimum of the measure, or kMissing.
  std::array<std::array<Column<uint8_t, kMissing>, model::kVisitCount>,
             kScoreCount>
      score;

  // An id map rather than a figure: tells the two limbs of one person.
  Column<uint64_t, 0> patient;
  // Likewise: tells the order of operations in a site.
  Column<uint32_t, 0> sequence;

  SparseComplications complications;
};

// What a column holds, for the count of bytes.
enum class ColumnKind {
  kDimension,
  kField,
  kEndpoint,
  kVisaA,
  kOtherMeasure,
  kIdMap
};

// Calls visit(column, value, kind) for each column and its value in `row`: the
// one list of what a chunk holds.
template <typename ChunkType, typename RowType, typename Visit>
void ForEachColumn(ChunkType& chunk, RowType& row, const Visit& visit) {
  visit(chunk.site, row.site, ColumnKind::kDimension);
  visit(chunk.concomitant, row.concomitant, ColumnKind::kDimension);
  for (size_t d = 0; d < chunk.dimension.size(); ++d) {
    visit(chunk.dimension[d], row.dimension[d], ColumnKind::kDimension);
  }
  visit(chunk.age_years, row.age_years, ColumnKind::kDimension);
  for (size_t f = 0; f < chunk.field.size(); ++f) {
    visit(chunk.field[f], row.field[f], ColumnKind::kField);
  }
  visit(chunk.flags, row.flags, ColumnKind::kDimension);
  visit(chunk.seen, row.seen, ColumnKind::kDimension);
  for (size_t e = 0; e < chunk.exit.size(); ++e) {
    visit(chunk.exit[e], row.exit[e], ColumnKind::kEndpoint);
    visit(chunk.interval_start[e], row.interval_start[e],
          ColumnKind::kEndpoint);
  }
  visit(chunk.last_contact, row.last_contact, ColumnKind::kEndpoint);
  for (size_t s = 0; s < chunk.score.size(); ++s) {
    for (size_t v = 0; v < chunk.score[s].size(); ++v) {
      visit(chunk.score[s][v], row.score[s][v],
            s < 2 ? ColumnKind::kVisaA : ColumnKind::kOtherMeasure);
    }
  }
  visit(chunk.patient, row.patient, ColumnKind::kIdMap);
  visit(chunk.sequence, row.sequence, ColumnKind::kIdMap);
}

// For the one writer: sets a row (the next one, or one there is already).
void WriteRow(Chunk& chunk, size_t row, const Row& values);
Row ReadRow(const Chunk& chunk, size_t row);
// Drops the last row.
void DropLastRow(Chunk& chunk);
// Marks every column as shared with a snapshot.
void MarkShared(Chunk& chunk);

}  // namespace enthesis::cohort

#endif  // ENTHESIS_REGISTRY_COHORT_COLUMNS_H_
