// The last durable commit of a store, and waiting for the next one.

#ifndef ENTHESIS_REGISTRY_STORAGE_LAST_COMMIT_H_
#define ENTHESIS_REGISTRY_STORAGE_LAST_COMMIT_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "registry/storage/store.h"

namespace enthesis::storage {

// Threads: safe from any thread.
class LastCommit {
 public:
  struct Value {
    CommitIndex index = 0;
    int32_t utc_day = 0;
    int64_t time_unix_nanos = 0;
  };

  ~LastCommit();

  void Publish(const Value& value);
  Value Get() const;
  // Without a lock, for readers.
  CommitIndex index() const { return index_.load(std::memory_order_acquire); }

  // As Store::WaitForCommit.
  CommitIndex Wait(CommitIndex after, int64_t timeout_millis);

  // Wakes every waiter and returns when none is left. Later calls of Wait
  // return at once.
  void Close();

 private:
  std::atomic<CommitIndex> index_{0};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable left_;
  Value value_;          // guarded by mutex_
  int waiters_ = 0;      // guarded by mutex_
  bool closed_ = false;  // guarded by mutex_
};

}  // namespace enthesis::storage

#endif  // ENTHESIS_REGISTRY_STORAGE_LAST_COMMIT_H_
