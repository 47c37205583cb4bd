// The one writer of columns: puts cases in, takes them out, publishes
// snapshots. Rows stay dense: a case that leaves is replaced by the last one.

#ifndef ENTHESIS_REGISTRY_COHORT_COLUMN_WRITER_H_
#define ENTHESIS_REGISTRY_COHORT_COLUMN_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "registry/cohort/columns.h"
#include "registry/cohort/snapshot.h"
#include "registry/model/case.h"

namespace enthesis::cohort {

// Threads: externally synchronized; published snapshots are free of it.
class ColumnWriter {
 public:
  ColumnWriter();
  ~ColumnWriter();
  ColumnWriter(const ColumnWriter&) = delete;
  ColumnWriter& operator=(const ColumnWriter&) = delete;

  // The index of a site, which is added when new. RESOURCE_EXHAUSTED above
  // 65,536 sites.
  absl::StatusOr<uint16_t> AddSite(absl::string_view site);

  // Adds the case or replaces what it was.
  absl::Status Put(const model::Case& record);
  // The same from values already encoded.
  void PutRow(const model::Id& id, const Row& row);
  // Takes the case out; nothing happens when it is not there.
  void Remove(absl::string_view site, const model::Id& id);

  size_t n_rows() const { return ids_.size(); }

  // What is written from now on is not seen by this snapshot.
  std::shared_ptr<const Snapshot> Publish(storage::CommitIndex as_of,
                                          int32_t utc_day);

 private:
  // A case; the same id at two sites names two cases.
  struct CaseKey {
    model::Id id;
    uint16_t site = 0;
    bool operator==(const CaseKey&) const = default;
  };
  // The map from case to row holds rows only and looks keys up in `ids_`.
  struct HashRow {
    using is_transparent = void;
    const std::vector<CaseKey>* ids;
    size_t operator()(const CaseKey& key) const;
    size_t operator()(uint32_t row) const { return (*this)((*ids)[row]); }
  };
  struct SameRow {
    using is_transparent = void;
    const std::vector<CaseKey>* ids;
    bool operator()(uint32_t a, uint32_t b) const { return a == b; }
    bool operator()(uint32_t a, const CaseKey& b) const {
      return (*ids)[a] == b;
    }
    bool operator()(const CaseKey& a, uint32_t b) const {
      return (*ids)[b] == a;
    }
  };

  Chunk& ChunkOf(uint32_t row);
  static size_t InChunk(uint32_t row) { return row % kChunkRows; }
  Row Read(uint32_t row);
  void Write(uint32_t row, const Row& values);
  void SetShared(uint32_t row, bool shared);
  bool LinkPatient(uint64_t patient, uint32_t row);
  void UnlinkPatient(uint64_t patient, uint32_t row);
  void MovePatient(uint64_t patient, uint32_t from, uint32_t to);
  MemoryUse Memory() const;

  std::vector<Chunk> chunks_;
  std::vector<bool> changed_;  // chunks that differ from published_
  std::vector<std::shared_ptr<const Chunk>> published_;
  int32_t last_day_ = 0;

  std::vector<CaseKey> ids_;  // by row
  absl::flat_hash_set<uint32_t, HashRow, SameRow> rows_;
  // Rows of each patient: most have one; the rest are listed apart.
  absl::flat_hash_map<uint64_t, uint32_t> patients_;
  absl::flat_hash_map<uint64_t, std::vector<uint32_t>> shared_patients_;

  std::shared_ptr<std::vector<std::string>> sites_;
  bool sites_shared_ = false;
  absl::flat_hash_map<std::string, uint16_t> site_index_;
};

}  // namespace enthesis::cohort

#endif  // ENTHESIS_REGISTRY_COHORT_COLUMN_WRITER_H_
