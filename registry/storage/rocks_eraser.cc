#include "registry/storage/rocks_eraser.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "registry/storage/rocks_keys.h"
#include "registry/storage/rocks_options.h"
#include "rocksdb/env.h"
#include "rocksdb/metadata.h"
#include "rocksdb/transaction_log.h"
#include "rocksdb/write_batch.h"

namespace enthesis::storage {
namespace {

// Above this many ranges one compaction over all of them costs less.
constexpr size_t kMaxRanges = 16;
// How often to look whether RocksDB has unlinked its obsolete files; it does
// so on a thread of its own and tells nobody.
constexpr std::chrono::milliseconds kUnlinkPoll{2};

using Range = std::pair<std::string, std::string>;

Range RangeOfTable(KeyTable table) {
  return {TableKey(table),
          std::string(1, static_cast<char>(static_cast<char>(table) + 1))};
}

std::vector<Range> RangesOf(const RocksEraser::Job& job) {
  std::vector<Range> versions;
  for (const std::string& document : job.documents) {
    const std::string prefix = VersionsPrefix(document);
    versions.push_back({prefix, AfterVersions(prefix)});
  }
  std::vector<Range> indexes;
  for (const std::string& key : job.index_keys) {
    const std::string full = TableKey(KeyTable::kIndex, key);
    indexes.push_back({full, full});
  }
  std::vector<Range> ranges;
  for (std::vector<Range>* some : {&versions, &indexes}) {
    std::sort(some->begin(), some->end());
    if (some->size() > kMaxRanges) {
      *some = {{some->front().first, some->back().second}};
    }
    std::move(some->begin(), some->end(), std::back_inserter(ranges));
  }
  if (job.every_index_key) ranges.push_back(RangeOfTable(KeyTable::kIndex));
  return ranges;
}

RocksEraser::Job Merge(std::vector<RocksEraser::Job> jobs) {
  RocksEraser::Job all;
  for (RocksEraser::Job& job : jobs) {
    std::move(job.documents.begin(), job.documents.end(),
              std::back_inserter(all.documents));
    std::move(job.index_keys.begin(), job.index_keys.end(),
              std::back_inserter(all.index_keys));
    all.every_index_key |= job.every_index_key;
  }
  return all;
}

absl::Status Stopped() {
  return absl::UnavailableError("store: closed during erasure");
}

}  // namespace

RocksEraser::RocksEraser(rocksdb::DB* db)
    : db_(db), thread_([this] { Run(); }) {}

RocksEraser::~RocksEraser() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

absl::Status RocksEraser::Resume() {
  Job job;
  const std::string prefix = TableKey(KeyTable::kErasure);
  std::unique_ptr<rocksdb::Iterator> it(
      db_->NewIterator(ScanReadOptions(false)));
  for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix);
       it->Next()) {
    job.documents.push_back(it->key().ToString().substr(prefix.size()));
  }
  if (!it->status().ok()) return FromRocks(it->status(), "reading erasures");
  if (job.documents.empty()) return absl::OkStatus();
  job.every_index_key = true;
  Add(std::move(job));
  return absl::OkStatus();
}

void RocksEraser::Add(Job job) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    jobs_.push_back(std::move(job));
    ++added_;
  }
  changed_.notify_all();
}

absl::Status RocksEraser::Wait() {
  std::unique_lock<std::mutex> lock(mutex_);
  const uint64_t target = added_;
  changed_.wait(lock, [&] { return finished_ >= target || stop_; });
  return finished_ >= target ? last_status_ : Stopped();
}

void RocksEraser::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stop_ || !jobs_.empty(); });
    if (stop_) return;
    const uint64_t target = added_;
    const Job job = Merge(std::exchange(jobs_, {}));
    lock.unlock();
    const absl::Status status = Erase(job);
    lock.lock();
    if (last_status_.ok()) last_status_ = status;
    finished_ = target;
    changed_.notify_all();
  }
}

absl::Status RocksEraser::Erase(const Job& job) {
  // Every file that may hold the payload exists by now; those that a
  // compaction is writing at this moment are inputs of ours.
  const std::vector<std::string> files = ListFiles();
  absl::Status status = Flush();
  if (status.ok()) status = Compact(job);
  if (status.ok()) status = Purge();
  if (status.ok()) status = WaitUntilGone(files);
  if (status.ok()) status = ClearMarks(job);
  return status;
}

// An empty memtable is not flushed, and would go on to need the logs that were
// read when the store was opened: so there is always something to flush.
absl::Status RocksEraser::Flush() {
  rocksdb::Status status =
      db_->Delete(rocksdb::WriteOptions(), TableKey(KeyTable::kErasure));
  if (status.ok()) status = db_->Flush(rocksdb::FlushOptions());
  return FromRocks(status, "flush for erasure");
}

absl::Status RocksEraser::Compact(const Job& job) {
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.bottommost_level_compaction =
      rocksdb::BottommostLevelCompaction::kForceOptimized;
  options.canceled = &stop_;
  for (const Range& range : RangesOf(job)) {
    const rocksdb::Slice begin = ToSlice(range.first);
    const rocksdb::Slice end = ToSlice(range.second);
    const rocksdb::Status status = db_->CompactRange(options, &begin, &end);
    if (!status.ok()) return FromRocks(status, "compaction for erasure");
  }
  return absl::OkStatus();
}

// RocksDB forgets an earlier run's log that held no whole record and unlinks it
// only when it lists the folder, which this makes it do.
absl::Status RocksEraser::Purge() {
  rocksdb::Status status = db_->DisableFileDeletions();
  if (status.ok()) status = db_->EnableFileDeletions(/*force=*/false);
  return FromRocks(status, "deleting obsolete files");
}

// Tables and write-ahead logs now in the folder.
std::vector<std::string> RocksEraser::ListFiles() const {
  std::vector<std::string> all;
  std::vector<std::string> files;
  if (!db_->GetEnv()->GetChildren(db_->GetName(), &all).ok()) return files;
  for (const std::string& name : all) {
    if (absl::EndsWith(name, ".sst") || absl::EndsWith(name, ".log")) {
      files.push_back(name);
    }
  }
  return files;
}

// Returns when each of `files` is unlinked or still part of the store, and so
// rewritten or without the payload.
absl::Status RocksEraser::WaitUntilGone(const std::vector<std::string>& files) {
  while (true) {
    std::set<std::string> live;
    std::vector<rocksdb::LiveFileMetaData> tables;
    db_->GetLiveFilesMetaData(&tables);
    for (const rocksdb::LiveFileMetaData& table : tables) {
      live.insert(table.relative_filename);
    }
    // The flush switched to a new log.
    std::unique_ptr<rocksdb::LogFile> log;
    if (db_->GetCurrentWalFile(&log).ok() && log != nullptr) {
      const std::string path = log->PathName();
      live.insert(path.substr(path.find_last_of('/') + 1));
    }
    const std::vector<std::string> now = ListFiles();
    const bool gone =
        std::none_of(files.begin(), files.end(), [&](const std::string& file) {
          return live.count(file) == 0 &&
                 std::find(now.begin(), now.end(), file) != now.end();
        });
    if (gone) return absl::OkStatus();
    std::unique_lock<std::mutex> lock(mutex_);
    if (changed_.wait_for(lock, kUnlinkPoll, [&] { return stop_.load(); })) {
      return Stopped();
    }
  }
}

absl::Status RocksEraser::ClearMarks(const Job& job) {
  rocksdb::WriteBatch batch;
  for (const std::string& document : job.documents) {
    batch.Delete(TableKey(KeyTable::kErasure, document));
  }
  // Not synced: after a crash the erasure is done again.
  return FromRocks(db_->Write(rocksdb::WriteOptions(), &batch),
                   "clearing marks of erasure");
}

}  // namespace enthesis::storage
