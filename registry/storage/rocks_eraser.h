// Takes the bytes of withdrawn documents out of the store's files, in the
// background: a flush frees the write-ahead log, a compaction of the ranges
// rewrites the tables without them. Marks in the store ('e' keys, written by
// the withdrawal's own batch) make it survive a restart.

#ifndef ENTHESIS_REGISTRY_STORAGE_ROCKS_ERASER_H_
#define ENTHESIS_REGISTRY_STORAGE_ROCKS_ERASER_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "rocksdb/db.h"

namespace enthesis::storage {

class RocksEraser {
 public:
  // What one group of commits withdrew.
  struct Job {
    std::vector<std::string> documents;   // keys of documents
    std::vector<std::string> index_keys;  // index keys deleted with them
    bool every_index_key = false;         // after a restart: not known which
  };

  // `db` outlives this.
  explicit RocksEraser(rocksdb::DB* db);
  // Stops a compaction under way.
  ~RocksEraser();

  // Takes up what was left at the last stop.
  absl::Status Resume();
  void Add(Job job);
  // As WaitForErasure.
  absl::Status Wait();

 private:
  void Run();
  absl::Status Erase(const Job& job);
  absl::Status Flush();
  absl::Status Compact(const Job& job);
  absl::Status Purge();
  absl::Status WaitUntilGone(const std::vector<std::string>& files);
  absl::Status ClearMarks(const Job& job);
  std::vector<std::string> ListFiles() const;

  rocksdb::DB* const db_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Job> jobs_;     // guarded by mutex_
  uint64_t added_ = 0;        // guarded by mutex_; jobs so far
  uint64_t finished_ = 0;     // guarded by mutex_
  absl::Status last_status_;  // guarded by mutex_; first failure, kept
  std::thread thread_;
};

}  // namespace enthesis::storage

#endif  // ENTHESIS_REGISTRY_STORAGE_ROCKS_ERASER_H_
