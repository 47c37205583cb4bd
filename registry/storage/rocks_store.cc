#include "registry/storage/rocks_store.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "registry/storage/commit_queue.h"
#include "registry/storage/commit_records.h"
#include "registry/storage/last_commit.h"
#include "registry/storage/records.h"
#include "registry/storage/rocks_eraser.h"
#include "registry/storage/rocks_files.h"
#include "registry/storage/rocks_group.h"
#include "registry/storage/rocks_keys.h"
#include "registry/storage/rocks_options.h"
#include "rocksdb/db.h"

namespace enthesis::storage {
namespace {

constexpr char kFormatName[] = "format";
// Versions stepped over before a seek: a seek costs as much as a few steps.
constexpr int kMaxSteps = 8;
// A scan that may return more than this leaves the cache alone.
constexpr size_t kSmallScan = 2000;

// The first key after all that start with `prefix`, which starts with a table
// letter.
std::string PrefixEnd(std::string prefix) {
  while (prefix.back() == '\xff') prefix.pop_back();
  ++prefix.back();
  return prefix;
}

absl::Status Corrupt(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("store: ", what));
}

absl::Status ReadValue(const rocksdb::Slice& value, Document& document) {
  if (value.empty() ||
      (value[0] != kDocumentKind && value[0] != kTombstoneKind)) {
    return Corrupt("a version of unknown kind");
  }
  document.tombstone = value[0] == kTombstoneKind;
  document.value.assign(value.data() + 1, value.size() - 1);
  return absl::OkStatus();
}

// The version of `key` in a view that is not clamped any more.
absl::StatusOr<Document> ReadDocument(absl::string_view key, CommitIndex view,
                                      rocksdb::Iterator& it) {
  const std::string prefix = VersionsPrefix(key);
  it.Seek(prefix + VersionSuffix(view));
  if (!it.status().ok()) return FromRocks(it.status(), "reading a document");
  if (!it.Valid() || !it.key().starts_with(prefix)) {
    return absl::NotFoundError("no such document in this view");
  }
  const auto version = ParseVersionKey(ToView(it.key()));
  if (!version.has_value()) return Corrupt("a malformed key of a version");
  Document document;
  document.key.assign(key.data(), key.size());
  document.index = version->index;
  if (absl::Status status = ReadValue(it.value(), document); !status.ok()) {
    return status;
  }
  return document;
}

class RocksStore : public Store {
 public:
  RocksStore(std::unique_ptr<rocksdb::DB> db, const RocksStoreOptions& options)
      : db_(std::move(db)),
        eraser_(db_.get()),
        writer_(db_.get(), {options.sync, options.request_retention_nanos},
                &last_, &eraser_),
        queue_(
            [this](absl::Span<CommitQueue::Entry* const> group) {
              WriteGroup(group);
            },
            CommitQueue::Limits()),
        retention_nanos_(options.request_retention_nanos) {}

  ~RocksStore() override { last_.Close(); }

  // Checks the format and finds the last commit.
  absl::Status Start(bool sync);
  absl::Status WaitForErasure() { return eraser_.Wait(); }

  absl::StatusOr<CommitResult> Commit(Batch batch) override;
  std::vector<absl::StatusOr<CommitResult>> CommitAll(
      std::vector<Batch> batches) override;
  absl::StatusOr<std::optional<CommitResult>> Replay(
      absl::string_view request_id, absl::string_view digest) override;
  std::vector<absl::StatusOr<std::optional<CommitResult>>> ReplayAll(
      absl::Span<const RequestName> requests) override;
  Change LastCommit() override;
  absl::StatusOr<Change> CommitAt(CommitIndex as_of) override;
  absl::StatusOr<Document> Get(absl::string_view key,
                               CommitIndex as_of) override;
  std::vector<absl::StatusOr<Document>> GetAll(
      absl::Span<const std::string> keys, CommitIndex as_of) override;
  absl::Status Scan(
      absl::string_view prefix, CommitIndex as_of, const ScanOptions& options,
      const std::function<bool(const Document& document)>& visit) override;
  absl::StatusOr<std::vector<Document>> Versions(absl::string_view key,
                                                 CommitIndex as_of) override;
  absl::StatusOr<std::vector<std::string>> ScanIndex(absl::string_view prefix,
                                                     size_t limit) override;
  absl::StatusOr<std::vector<std::vector<std::string>>> ScanIndexes(
      absl::Span<const std::string> prefixes, size_t limit) override;
  absl::StatusOr<std::vector<Change>> Changes(CommitIndex after,
                                              size_t limit) override;
  CommitIndex WaitForCommit(CommitIndex after,
                            int64_t timeout_millis) override {
    return last_.Wait(after, timeout_millis);
  }

 private:
  absl::Status CheckFormat(bool sync);
  void WriteGroup(absl::Span<CommitQueue::Entry* const> entries);
  // A view never reaches past what is durable.
  CommitIndex Clamp(CommitIndex as_of) const {
    return std::min(as_of, last_.index());
  }

  // In order of dependence: destroyed from the last to the first.
  std::unique_ptr<rocksdb::DB> db_;
  storage::LastCommit last_;
  RocksEraser eraser_;
  RocksGroupWriter writer_;
  CommitQueue queue_;
  const int64_t retention_nanos_;
};

absl::Status RocksStore::CheckFormat(bool sync) {
  const std::string key = TableKey(KeyTable::kMeta, kFormatName);
  std::string value;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), key, &value);
  if (status.ok()) {
    int format = 0;
    if (!absl::SimpleAtoi(value, &format)) return Corrupt("bad format number");
    if (format != kStoreFormat) {
      return absl::FailedPreconditionError(absl::StrCat(
          "store: format ", format, "; this version knows ", kStoreFormat));
    }
    return absl::OkStatus();
  }
  if (!status.IsNotFound()) return FromRocks(status, "reading the format");
  std::unique_ptr<rocksdb::Iterator> it(
      db_->NewIterator(ScanReadOptions(false)));
  it->SeekToFirst();
  if (!it->status().ok()) return FromRocks(it->status(), "reading the store");
  if (it->Valid()) return Corrupt("the format is missing");
  rocksdb::WriteOptions write;
  write.sync = sync;
  return FromRocks(db_->Put(write, key, absl::StrCat(kStoreFormat)),
                   "writing the format");
}

absl::Status RocksStore::Start(bool sync) {
  if (absl::Status status = CheckFormat(sync); !status.ok()) return status;
  std::unique_ptr<rocksdb::Iterator> it(
      db_->NewIterator(ScanReadOptions(false)));
  it->SeekForPrev(IntegerKey(KeyTable::kLog, UINT64_MAX));
  if (!it->status().ok()) return FromRocks(it->status(), "reading the log");
  if (it->Valid() && it->key()[0] == static_cast<char>(KeyTable::kLog)) {
    if (it->key().size() != 1 + kIntegerBytes) return Corrupt("bad log key");
    const CommitIndex index = DecodeInteger(ToView(it->key()).substr(1));
    const absl::StatusOr<Change> change =
        DecodeLogEntry(index, ToView(it->value()));
    if (!change.ok()) return change.status();
    // The time of day is not needed: only requests of this run are compared
    // with it, and until the first commit none expires.
    last_.Publish({index, change->utc_day, INT64_MIN});
  }
  return eraser_.Resume();
}

void RocksStore::WriteGroup(absl::Span<CommitQueue::Entry* const> entries) {
  std::vector<RocksCommit*> commits;
  for (CommitQueue::Entry* entry : entries) {
    for (RocksCommit& commit : static_cast<RocksCommits*>(entry)->commits) {
      commits.push_back(&commit);
    }
  }
  writer_.Write(commits);
}

absl::StatusOr<CommitResult> RocksStore::Commit(Batch batch) {
  std::vector<Batch> batches;
  batches.push_back(std::move(batch));
  return std::move(CommitAll(std::move(batches)).front());
}

std::vector<absl::StatusOr<CommitResult>> RocksStore::CommitAll(
    std::vector<Batch> batches) {
  std::vector<absl::StatusOr<CommitResult>> results;
  results.reserve(batches.size());
  RocksCommits entry;
  entry.commits.reserve(batches.size());
  for (Batch& batch : batches) {
    RocksCommit commit;
    results.emplace_back(CommitResult());
    if (absl::Status status = PrepareCommit(std::move(batch), commit);
        !status.ok()) {
      results.back() = std::move(status);
      continue;
    }
    entry.bytes += commit.bytes;
    entry.commits.push_back(std::move(commit));
  }
  if (!entry.commits.empty()) queue_.Run(entry);
  size_t next = 0;  // of those that went into the queue
  for (absl::StatusOr<CommitResult>& result : results) {
    if (result.ok()) result = std::move(entry.commits[next++].result);
  }
  return results;
}

absl::StatusOr<std::optional<CommitResult>> RocksStore::Replay(
    absl::string_view request_id, absl::string_view digest) {
  const storage::LastCommit::Value last = last_.Get();
  std::string value;
  const rocksdb::Status status = db_->Get(
      rocksdb::ReadOptions(), TableKey(KeyTable::kRequest, request_id), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return FromRocks(status, "reading a request");
  absl::StatusOr<KeptAnswer> kept = DecodeAnswer(value);
  if (!kept.ok()) return kept.status();
  // Written in this moment and not yet published, or past its retention.
  if (kept->index > last.index) return std::nullopt;
  if (last.time_unix_nanos != INT64_MIN &&
      kept->time_unix_nanos <= last.time_unix_nanos - retention_nanos_) {
    return std::nullopt;
  }
  if (kept->digest != digest) return RequestIdReused();
  return CommitResult{kept->index, true, std::move(kept->response)};
}

std::vector<absl::StatusOr<std::optional<CommitResult>>> RocksStore::ReplayAll(
    absl::Span<const RequestName> requests) {
  std::vector<absl::StatusOr<std::optional<CommitResult>>> answers;
  answers.reserve(requests.size());
  for (const RequestName& request : requests) {
    answers.push_back(Replay(request.id, request.digest));
  }
  return answers;
}

Change RocksStore::LastCommit() {
  const storage::LastCommit::Value last = last_.Get();
  Change change;
  change.index = last.index;
  change.utc_day = last.utc_day;
  return change;
}

absl::StatusOr<Change> RocksStore::CommitAt(CommitIndex as_of) {
  if (as_of > last_.index()) {
    return absl::OutOfRangeError("no commit has this index yet");
  }
  Change change;
  change.index = as_of;
  if (as_of == 0) return change;
  std::string value;
  const rocksdb::Status status = db_->Get(
      rocksdb::ReadOptions(), IntegerKey(KeyTable::kLog, as_of), &value);
  if (status.IsNotFound()) return Corrupt("a log entry is missing");
  if (!status.ok()) return FromRocks(status, "reading the log");
  const absl::StatusOr<Change> entry = DecodeLogEntry(as_of, value);
  if (!entry.ok()) return entry.status();
  change.utc_day = entry->utc_day;
  return change;
}

absl::StatusOr<Document> RocksStore::Get(absl::string_view key,
                                         CommitIndex as_of) {
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(PrefixReadOptions()));
  return ReadDocument(key, Clamp(as_of), *it);
}

// One iterator sees one state of the files: it is made once for all keys.
std::vector<absl::StatusOr<Document>> RocksStore::GetAll(
    absl::Span<const std::string> keys, CommitIndex as_of) {
  std::vector<absl::StatusOr<Document>> documents;
  documents.reserve(keys.size());
  const CommitIndex view = Clamp(as_of);
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(PrefixReadOptions()));
  for (const std::string& key : keys) {
    documents.push_back(ReadDocument(key, view, *it));
  }
  return documents;
}

// Puts `it` on the first version that is not of the document `prefix`.
void StepOver(const std::string& prefix, rocksdb::Iterator& it) {
  for (int step = 0; step < kMaxSteps; ++step) {
    it.Next();
    if (!it.Valid() || !it.key().starts_with(prefix)) return;
  }
  it.Seek(AfterVersions(prefix));
}

absl::Status RocksStore::Scan(
    absl::string_view prefix, CommitIndex as_of, const ScanOptions& options,
    const std::function<bool(const Document& document)>& visit) {
  const CommitIndex view = Clamp(as_of);
  std::string start = VersionsOfPrefix(prefix);
  const std::string end = PrefixEnd(start);
  const rocksdb::Slice upper(end);
  if (!options.after.empty()) {
    start = std::max(start, AfterVersions(VersionsPrefix(options.after)));
  }
  rocksdb::ReadOptions read =
      ScanReadOptions(options.limit == 0 || options.limit > kSmallScan);
  read.iterate_upper_bound = &upper;
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read));
  Document document;
  std::string current;
  size_t visited = 0;
  int steps = 0;
  it->Seek(start);
  while (it->Valid()) {
    const auto version = ParseVersionKey(ToView(it->key()));
    if (!version.has_value()) return Corrupt("a malformed key of a version");
    if (version->index > view) {
      if (++steps % kMaxSteps != 0) {
        it->Next();
      } else {
        it->Seek(absl::StrCat(version->versions_prefix, VersionSuffix(view)));
      }
      continue;
    }
    current.assign(version->versions_prefix.data(),
                   version->versions_prefix.size());
    document.index = version->index;
    absl::Status status = ReadValue(it->value(), document);
    if (!status.ok()) return status;
    if (!document.tombstone || options.include_tombstones) {
      DecodeVersionsPrefix(current, document.key);
      if (!visit(document)) return absl::OkStatus();
      if (++visited == options.limit) return absl::OkStatus();
    }
    StepOver(current, *it);
  }
  return FromRocks(it->status(), "scanning documents");
}

absl::StatusOr<std::vector<Document>> RocksStore::Versions(
    absl::string_view key, CommitIndex as_of) {
  const std::string prefix = VersionsPrefix(key);
  std::vector<Document> versions;
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(PrefixReadOptions()));
  for (it->Seek(prefix + VersionSuffix(Clamp(as_of)));
       it->Valid() && it->key().starts_with(prefix); it->Next()) {
    const auto version = ParseVersionKey(ToView(it->key()));
    if (!version.has_value()) return Corrupt("a malformed key of a version");
    Document& document = versions.emplace_back();
    document.key.assign(key.data(), key.size());
    document.index = version->index;
    absl::Status status = ReadValue(it->value(), document);
    if (!status.ok()) return status;
  }
  if (!it->status().ok()) return FromRocks(it->status(), "reading versions");
  std::reverse(versions.begin(), versions.end());
  return versions;
}

absl::StatusOr<std::vector<std::string>> RocksStore::ScanIndex(
    absl::string_view prefix, size_t limit) {
  const std::string start = TableKey(KeyTable::kIndex, prefix);
  const std::string end = PrefixEnd(start);
  const rocksdb::Slice upper(end);
  rocksdb::ReadOptions read = ScanReadOptions(false);
  read.iterate_upper_bound = &upper;
  std::vector<std::string> keys;
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read));
  for (it->Seek(start); it->Valid() && (limit == 0 || keys.size() < limit);
       it->Next()) {
    keys.emplace_back(it->key().data() + 1, it->key().size() - 1);
  }
  if (!it->status().ok()) return FromRocks(it->status(), "scanning an index");
  return keys;
}

absl::StatusOr<std::vector<std::vector<std::string>>> RocksStore::ScanIndexes(
    absl::Span<const std::string> prefixes, size_t limit) {
  std::vector<std::vector<std::string>> found(prefixes.size());
  // A search by less than a whole prefix cannot ask the filters.
  const bool by_whole_prefix =
      std::all_of(prefixes.begin(), prefixes.end(), [](const auto& prefix) {
        return !prefix.empty() && CandidatePrefixOf(prefix) == prefix;
      });
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(
      by_whole_prefix ? PrefixReadOptions() : ScanReadOptions(false)));
  // In order of key, so that a seek finds near what the last one read.
  std::vector<size_t> order(prefixes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [prefixes](size_t a, size_t b) {
    return prefixes[a] < prefixes[b];
  });
  for (const size_t i : order) {
    const std::string start = TableKey(KeyTable::kIndex, prefixes[i]);
    for (it->Seek(start); it->Valid() && it->key().starts_with(start) &&
                          (limit == 0 || found[i].size() < limit);
         it->Next()) {
      found[i].emplace_back(it->key().data() + 1, it->key().size() - 1);
    }
    if (!it->status().ok()) {
      return FromRocks(it->status(), "scanning an index");
    }
  }
  return found;
}

absl::StatusOr<std::vector<Change>> RocksStore::Changes(CommitIndex after,
                                                        size_t limit) {
  const CommitIndex last = last_.index();
  std::vector<Change> changes;
  if (after >= last) return changes;
  std::unique_ptr<rocksdb::Iterator> it(
      db_->NewIterator(ScanReadOptions(false)));
  CommitIndex index = after + 1;
  for (it->Seek(IntegerKey(KeyTable::kLog, index));
       index <= last && (limit == 0 || changes.size() < limit);
       it->Next(), ++index) {
    if (!it->status().ok()) return FromRocks(it->status(), "reading the log");
    if (!it->Valid() ||
        ToView(it->key()) != IntegerKey(KeyTable::kLog, index)) {
      return Corrupt("a log entry is missing");
    }
    absl::StatusOr<Change> change = DecodeLogEntry(index, ToView(it->value()));
    if (!change.ok()) return change.status();
    changes.push_back(*std::move(change));
  }
  return changes;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenRocksStore(
    const RocksStoreOptions& options) {
  if (options.env == nullptr) {
    if (absl::Status status = PrepareFolder(options.folder); !status.ok()) {
      return status;
    }
  }
  rocksdb::DB* db = nullptr;
  const rocksdb::Status opened =
      rocksdb::DB::Open(MakeRocksOptions(options), options.folder, &db);
  if (!opened.ok()) return FromRocks(opened, "opening");
  auto store =
      std::make_unique<RocksStore>(std::unique_ptr<rocksdb::DB>(db), options);
  if (absl::Status status = store->Start(options.sync); !status.ok()) {
    return status;
  }
  return std::unique_ptr<Store>(std::move(store));
}

absl::Status WaitForErasure(Store& store) {
  auto* rocks = dynamic_cast<RocksStore*>(&store);
  if (rocks == nullptr) {
    return absl::InvalidArgumentError("not a store of OpenRocksStore");
  }
  return rocks->WaitForErasure();
}

}  // namespace enthesis::storage
