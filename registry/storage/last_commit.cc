#include "registry/storage/last_commit.h"

#include <algorithm>
#include <chrono>

namespace enthesis::storage {
namespace {

// Longer waits would overflow the clock.
constexpr int64_t kMaxWaitMillis = int64_t{24} * 3600 * 1000;

}  // namespace

LastCommit::~LastCommit() { Close(); }

void LastCommit::Publish(const Value& value) {
  bool wake = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    value_ = value;
    index_.store(value.index, std::memory_order_release);
    wake = waiters_ > 0;
  }
  if (wake) changed_.notify_all();
}

LastCommit::Value LastCommit::Get() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return value_;
}

CommitIndex LastCommit::Wait(CommitIndex after, int64_t timeout_millis) {
  const int64_t millis = std::clamp(timeout_millis, int64_t{0}, kMaxWaitMillis);
  std::unique_lock<std::mutex> lock(mutex_);
  ++waiters_;
  changed_.wait_for(lock, std::chrono::milliseconds(millis),
                    [&] { return closed_ || value_.index > after; });
  const CommitIndex index = value_.index;
  if (--waiters_ == 0 && closed_) left_.notify_all();
  return index;
}

void LastCommit::Close() {
  std::unique_lock<std::mutex> lock(mutex_);
  closed_ = true;
  changed_.notify_all();
  left_.wait(lock, [&] { return waiters_ == 0; });
}

}  // namespace enthesis::storage
