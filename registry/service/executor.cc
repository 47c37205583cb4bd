#include "registry/service/executor.h"

#include <utility>

namespace enthesis::service {

Executor::Executor(int n_threads, size_t queue_limit)
    : queue_limit_(queue_limit) {
  threads_.reserve(static_cast<size_t>(n_threads));
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
    // A task that an idle thread is about to take does not wait.
    if (queue_.size() >= queue_limit_ + n_idle_) return false;
    queue_.push_back(std::move(task));
  }
  wake_.notify_one();
  return true;
}

void Executor::RunTasks() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    ++n_idle_;
    wake_.wait(lock, [this] { return closing_ || !queue_.empty(); });
    --n_idle_;
    if (queue_.empty()) return;
    const std::function<void()> task = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

}  // namespace enthesis::service
