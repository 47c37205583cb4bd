// The queue of commits. A thread that finds no leader becomes it, takes the
// whole queue as one group, works on it alone, and answers; meanwhile others
// queue up, and the first of them leads next. So groups never overlap and
// their order is the order of the queue.
//
// Each waiting thread has its own condition variable: an answer wakes one
// thread. The next leader is woken before the answers of the group go out.
//
// Threads: Run is safe from any thread.

#ifndef ENTHESIS_REGISTRY_STORAGE_COMMIT_QUEUE_H_
#define ENTHESIS_REGISTRY_STORAGE_COMMIT_QUEUE_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "absl/types/span.h"

namespace enthesis::storage {

class CommitQueue {
 public:
  // One entry, owned by the thread that called Run, which waits for it. A
  // derived class carries the question and the answer.
  struct Entry {
    size_t bytes = 0;  // bounds the size of a group

   private:
    friend class CommitQueue;
    enum class State { kWaiting, kLeader, kDone };
    std::mutex mutex;
    std::condition_variable changed;
    State state = State::kWaiting;  // guarded by mutex
  };

  struct Limits {
    size_t entries = 1024;
    size_t bytes = size_t{8} << 20;  // at least one entry is always taken
  };

  // `work` answers every entry of the group in place. Called by one thread at
  // a time, without any lock of the queue.
  using Work = std::function<void(absl::Span<Entry* const> group)>;

  CommitQueue(Work work, Limits limits);

  // Blocks until `entry` is answered.
  void Run(Entry& entry);

 private:
  void Lead();
  std::vector<Entry*> TakeGroup();
  static void Wake(Entry& entry, Entry::State state);

  const Work work_;
  const Limits limits_;
  std::mutex mutex_;
  std::deque<Entry*> waiting_;  // guarded by mutex_; front leads next
  bool led_ = false;            // guarded by mutex_
};

}  // namespace enthesis::storage

#endif  // ENTHESIS_REGISTRY_STORAGE_COMMIT_QUEUE_H_
