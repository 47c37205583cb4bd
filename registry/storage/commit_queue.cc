#include "registry/storage/commit_queue.h"

#include <utility>

namespace enthesis::storage {

CommitQueue::CommitQueue(Work work, Limits limits)
    : work_(std::move(work)), limits_(limits) {}

void CommitQueue::Run(Entry& entry) {
  bool leads = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    waiting_.push_back(&entry);
    leads = !std::exchange(led_, true);
  }
  if (!leads) {
    std::unique_lock<std::mutex> lock(entry.mutex);
    entry.changed.wait(lock,
                       [&] { return entry.state != Entry::State::kWaiting; });
    leads = entry.state == Entry::State::kLeader;
  }
  if (leads) Lead();
}

// The caller's entry is the front of the queue, so its group answers it.
void CommitQueue::Lead() {
  std::vector<Entry*> group = TakeGroup();
  work_(group);
  Entry* next = nullptr;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (waiting_.empty()) {
      led_ = false;
    } else {
      next = waiting_.front();
    }
  }
  if (next != nullptr) Wake(*next, Entry::State::kLeader);
  // An entry is gone as soon as it is woken.
  for (size_t i = 1; i < group.size(); ++i) {
    Wake(*group[i], Entry::State::kDone);
  }
}

std::vector<CommitQueue::Entry*> CommitQueue::TakeGroup() {
  std::vector<Entry*> group;
  size_t bytes = 0;
  std::lock_guard<std::mutex> lock(mutex_);
  while (!waiting_.empty() && group.size() < limits_.entries) {
    Entry* entry = waiting_.front();
    if (!group.empty() && bytes + entry->bytes > limits_.bytes) break;
    bytes += entry->bytes;
    group.push_back(entry);
    waiting_.pop_front();
  }
  return group;
}

void CommitQueue::Wake(Entry& entry, Entry::State state) {
  // Notifying under the lock keeps the entry alive until it is done: its
  // thread cannot return before it has the lock.
  std::lock_guard<std::mutex> lock(entry.mutex);
  entry.state = state;
  entry.changed.notify_one();
}

}  // namespace enthesis::storage
