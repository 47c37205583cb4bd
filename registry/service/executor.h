// A fixed set of threads and a bounded queue. Handlers block (disk, fits), so
// they never run on a thread of gRPC; what does not fit is refused at once
// instead of waiting without bound.

#ifndef ENTHESIS_REGISTRY_SERVICE_EXECUTOR_H_
#define ENTHESIS_REGISTRY_SERVICE_EXECUTOR_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace enthesis::service {

class Executor {
 public:
  // `n_threads` >= 1; `queue_limit`: tasks that may wait for a thread.
  Executor(int n_threads, size_t queue_limit);
  // Runs what is queued, then joins.
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Runs `task` on some thread, in order of posting; false when the queue is
  // full. A task must not throw.
  // Threads: safe, also from a task.
  [[nodiscard]] bool Post(std::function<void()> task);

 private:
  void RunTasks();

  const size_t n_threads_;
  const size_t queue_limit_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;  // guarded by mutex_
  size_t n_busy_ = 0;     // threads that run a task; guarded by mutex_
  bool closing_ = false;  // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_EXECUTOR_H_
