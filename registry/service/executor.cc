#include "registry/service/executor.h"

#include <utility>

namespace enthesis::service {

Executor::Executor(int n_threads, size_t queue_limit)
    : n_threads_(static_cast<size_t>(n_threads)), queue_limit_(queue_limit) {
  threads_.reserve(n_threads_);
  for (int i = 0; i < n_threads; ++i) {
    threads_.emplace_back([this] { RunTasks(); });
  }
}

Executor::~Executor() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool Executor::Post(std::function<void()> task) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    // A task that a free thread is about to take does not wait.
    if (queue_.size() + n_busy_ >= queue_limit_ + n_threads_) return false;
    queue_.push_back(std::move(task));
  }
  wake_.notify_one();
  return true;
}

void Executor::RunTasks() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return closing_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const std::function<void()> task = std::move(queue_.front());
    queue_.pop_front();
    ++n_busy_;
    lock.unlock();
    task();
    lock.lock();
    --n_busy_;
  }
}

}  // namespace enthesis::service
