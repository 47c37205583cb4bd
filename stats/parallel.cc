#include "stats/parallel.h"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace enthesis::stats {

// All fields are guarded by `mutex`. A job lives on the stack of its caller;
// it is listed in `jobs` exactly while it has indexes nobody took.
struct ThreadPool::State {
  struct Job {
    size_t n = 0;
    size_t next = 0;  // first index nobody took
    size_t done = 0;
    const std::function<void(size_t, int)>* task = nullptr;
    std::condition_variable finished;
  };

  std::mutex mutex;
  std::condition_variable work;  // a job was listed, or stop
  std::list<Job*> jobs;          // in turn: the first is served next
  bool stop = false;
  std::vector<std::thread> threads;

  // Takes the next index of `job`, delisting it with its last one.
  size_t Take(Job& job) {
    const size_t index = job.next++;
    if (job.next == job.n) jobs.remove(&job);
    return index;
  }

  // Runs one index of `job` with the lock released. The caller of Run cannot
  // return before `done` is counted, under the lock, so `job` outlives this.
  void RunOne(Job& job, int worker, std::unique_lock<std::mutex>& lock) {
    const size_t index = Take(job);
    lock.unlock();
    (*job.task)(index, worker);
    lock.lock();
    if (++job.done == job.n) job.finished.notify_one();
  }

  void Work(int worker) {
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
      work.wait(lock, [this] { return stop || !jobs.empty(); });
      if (jobs.empty()) return;
      // One index of each job in turn: a long call cannot starve a short one.
      Job* job = jobs.front();
      jobs.splice(jobs.end(), jobs, jobs.begin());
      RunOne(*job, worker, lock);
    }
  }
};

ThreadPool::ThreadPool(int n_threads) : n_threads_(std::max(1, n_threads)) {
  if (n_threads_ == 1) return;
  state_ = std::make_unique<State>();
  State* state = state_.get();
  for (int worker = 1; worker < n_threads_; ++worker) {
    try {
      state->threads.emplace_back([state, worker] { state->Work(worker); });
    } catch (const std::system_error&) {
      break;  // the machine gives no more; fewer threads, the same results
    }
  }
}

ThreadPool::~ThreadPool() {
  if (state_ == nullptr) return;
  {
    std::lock_guard<std::mutex> lock(state_->mutex);
    state_->stop = true;
  }
  state_->work.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

void ThreadPool::Run(
    size_t n, const std::function<void(size_t index, int worker)>& task) {
  if (state_ == nullptr || n <= 1) {
    for (size_t index = 0; index < n; ++index) task(index, 0);
    return;
  }
  State::Job job;
  job.n = n;
  job.task = &task;
  std::unique_lock<std::mutex> lock(state_->mutex);
  state_->jobs.push_back(&job);
  state_->work.notify_all();
  // The caller serves only its own job, always as worker 0.
  while (job.next < job.n) state_->RunOne(job, 0, lock);
  job.finished.wait(lock, [&job] { return job.done == job.n; });
}

void RunTasks(ThreadPool* pool, size_t n,
              const std::function<void(size_t index)>& task) {
  if (pool == nullptr) {
    for (size_t index = 0; index < n; ++index) task(index);
    return;
  }
  pool->Run(n, [&task](size_t index, int) { task(index); });
}

void RunPieces(ThreadPool* pool, size_t n, size_t size,
               const std::function<void(size_t begin, size_t end)>& task) {
  RunTasks(pool, (n + size - 1) / size, [&](size_t index) {
    task(index * size, std::min(n, (index + 1) * size));
  });
}

}  // namespace enthesis::stats
