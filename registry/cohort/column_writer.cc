#include "registry/cohort/column_writer.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"
#include "registry/cohort/encode.h"

namespace enthesis::cohort {

size_t ColumnWriter::HashRow::operator()(const CaseKey& key) const {
  return absl::HashOf(key.id.high, key.id.low, key.site);
}

ColumnWriter::ColumnWriter()
    : rows_(0, HashRow{&ids_}, SameRow{&ids_}),
      sites_(std::make_shared<std::vector<std::string>>()) {}
ColumnWriter::~ColumnWriter() = default;

absl::StatusOr<uint16_t> ColumnWriter::AddSite(absl::string_view site) {
  const auto found = site_index_.find(site);
  if (found != site_index_.end()) return found->second;
  if (sites_->size() > 0xFFFF) {
    return absl::ResourceExhaustedError("more than 65,536 sites");
  }
  if (sites_shared_) {
    sites_ = std::make_shared<std::vector<std::string>>(*sites_);
    sites_shared_ = false;
  }
  const auto index = static_cast<uint16_t>(sites_->size());
  sites_->emplace_back(site);
  site_index_.emplace(site, index);
  return index;
}

absl::Status ColumnWriter::Put(const model::Case& record) {
  const absl::StatusOr<uint16_t> site = AddSite(record.site);
  if (!site.ok()) return site.status();
  PutRow(record.id, Encode(record, *site));
  return absl::OkStatus();
}

void ColumnWriter::PutRow(const model::Id& id, const Row& row) {
  const CaseKey key{id, row.site};
  Row values = row;
  const auto found = rows_.find(key);
  uint32_t at = 0;
  if (found != rows_.end()) {
    at = *found;
    const uint64_t before = ChunkOf(at).patient.Get(InChunk(at));
    if (before != row.patient) UnlinkPatient(before, at);
  } else {
    at = static_cast<uint32_t>(ids_.size());
    ids_.push_back(key);
    rows_.insert(at);
  }
  values.flags = static_cast<uint8_t>(values.flags & ~unsigned{kSharesPatient});
  if (LinkPatient(row.patient, at)) {
    values.flags = static_cast<uint8_t>(values.flags | kSharesPatient);
  }
  Write(at, values);
}

void ColumnWriter::Remove(absl::string_view site, const model::Id& id) {
  const auto index = site_index_.find(site);
  if (index == site_index_.end()) return;
  const auto found = rows_.find(CaseKey{id, index->second});
  if (found == rows_.end()) return;
  const uint32_t hole = *found;
  UnlinkPatient(ChunkOf(hole).patient.Get(InChunk(hole)), hole);
  rows_.erase(found);
  const auto last = static_cast<uint32_t>(ids_.size() - 1);
  if (hole != last) {
    const Row moved = Read(last);
    MovePatient(moved.patient, last, hole);
    rows_.erase(last);
    ids_[hole] = ids_[last];
    rows_.insert(hole);
    Write(hole, moved);
  }
  ids_.pop_back();
  DropLastRow(ChunkOf(last));
  changed_[last / kChunkRows] = true;
  if (chunks_.back().rows == 0) {
    chunks_.pop_back();
    changed_.pop_back();
    published_.resize(chunks_.size());
  }
}

std::shared_ptr<const Snapshot> ColumnWriter::Publish(
    storage::CommitIndex as_of, int32_t utc_day) {
  for (size_t i = 0; i < chunks_.size(); ++i) {
    if (!changed_[i]) continue;
    MarkShared(chunks_[i]);
    published_[i] = std::make_shared<const Chunk>(chunks_[i]);
    changed_[i] = false;
  }
  sites_shared_ = true;
  Snapshot::Content content;
  content.as_of = as_of;
  content.utc_day = utc_day;
  content.n_rows = ids_.size();
  content.last_day = last_day_;
  content.sites = sites_;
  content.chunks = published_;
  content.memory = Memory();
  return std::make_shared<const Snapshot>(std::move(content));
}

Chunk& ColumnWriter::ChunkOf(uint32_t row) {
  const size_t index = row / kChunkRows;
  if (index == chunks_.size()) {
    chunks_.emplace_back();
    changed_.push_back(true);
    published_.emplace_back();
  }
  return chunks_[index];
}

Row ColumnWriter::Read(uint32_t row) {
  return ReadRow(ChunkOf(row), InChunk(row));
}

void ColumnWriter::Write(uint32_t row, const Row& values) {
  WriteRow(ChunkOf(row), InChunk(row), values);
  changed_[row / kChunkRows] = true;
  last_day_ = std::max(last_day_, values.last_day());
  for (int e = 1; e <= kEndpointCount; ++e) {
    const int bits = CauseBits(static_cast<model::Endpoint>(e));
    last_day_ =
        std::max(last_day_, values.exit[static_cast<size_t>(e - 1)] >> bits);
  }
}

void ColumnWriter::SetShared(uint32_t row, bool shared) {
  Chunk& chunk = ChunkOf(row);
  const unsigned flags = chunk.flags.Get(InChunk(row));
  chunk.flags.Set(
      InChunk(row),
      static_cast<uint8_t>(shared ? flags | kSharesPatient
                                  : flags & ~unsigned{kSharesPatient}));
  changed_[row / kChunkRows] = true;
}

// Whether the patient has other rows too; those are marked.
bool ColumnWriter::LinkPatient(uint64_t patient, uint32_t row) {
  if (patient == 0) return false;
  const auto [first, added] = patients_.try_emplace(patient, row);
  const auto shared = shared_patients_.find(patient);
  if (shared == shared_patients_.end()) {
    if (added || first->second == row) return false;
    SetShared(first->second, true);
    shared_patients_[patient] = {first->second, row};
    return true;
  }
  std::vector<uint32_t>& rows = shared->second;
  if (std::find(rows.begin(), rows.end(), row) == rows.end()) {
    rows.push_back(row);
  }
  return true;
}

void ColumnWriter::UnlinkPatient(uint64_t patient, uint32_t row) {
  if (patient == 0) return;
  const auto shared = shared_patients_.find(patient);
  if (shared == shared_patients_.end()) {
    patients_.erase(patient);
    return;
  }
  std::vector<uint32_t>& rows = shared->second;
  std::erase(rows, row);
  patients_[patient] = rows.front();
  if (rows.size() > 1) return;
  SetShared(rows.front(), false);
  shared_patients_.erase(shared);
}

void ColumnWriter::MovePatient(uint64_t patient, uint32_t from, uint32_t to) {
  if (patient == 0) return;
  uint32_t& first = patients_[patient];
  if (first == from) first = to;
  const auto shared = shared_patients_.find(patient);
  if (shared == shared_patients_.end()) return;
  std::replace(shared->second.begin(), shared->second.end(), from, to);
}

MemoryUse ColumnWriter::Memory() const {
  MemoryUse use;
  for (const Chunk& chunk : chunks_) {
    Row none;
    ForEachColumn(chunk, none,
                  [&use](const auto& column, const auto&, ColumnKind kind) {
                    const auto bytes = static_cast<double>(column.bytes());
                    switch (kind) {
                      case ColumnKind::kDimension:
                      case ColumnKind::kEndpoint:
                      case ColumnKind::kVisaA:
                        use.columns += bytes;
                        break;
                      case ColumnKind::kField:
                      case ColumnKind::kOtherMeasure:
                        use.sparse += bytes;
                        break;
                      case ColumnKind::kIdMap:
                        use.id_maps += bytes;
                    }
                  });
    use.sparse += static_cast<double>(chunk.complications.bytes());
  }
  // A slot of a hash table has one byte of control beside it.
  use.id_maps += static_cast<double>(
      ids_.capacity() * sizeof(CaseKey) +
      rows_.capacity() * (sizeof(uint32_t) + 1) +
      patients_.capacity() * (sizeof(std::pair<uint64_t, uint32_t>) + 1));
  const auto cases = static_cast<double>(std::max<size_t>(ids_.size(), 1));
  use.columns /= cases;
  use.sparse /= cases;
  use.id_maps /= cases;
  return use;
}

}  // namespace enthesis::cohort
