// A fixed pool of threads for passes over chunks of rows. It is handed in by
// its owner; nothing here is global.
//
// Results must not depend on the number of threads: callers give each index its
// own output and merge in index order, or add whole numbers.

#ifndef ENTHESIS_STATS_PARALLEL_H_
#define ENTHESIS_STATS_PARALLEL_H_

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace enthesis::stats {

class ThreadPool {
 public:
  // `n_threads` >= 1, the calling thread included: with 1 nothing is started.
  explicit ThreadPool(int n_threads);
  ~ThreadPool();  // joins
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int n_threads() const { return n_threads_; }

  // Calls task(index, worker) for each index in [0, n), worker in
  // [0, n_threads); returns when all are done. The caller works too, as some
  // worker. A task must not throw and must not call Run on the same pool.
  // Threads: safe to call from several threads; their calls share the pool
  // fairly and none waits for another's whole call to end.
  void Run(size_t n, const std::function<void(size_t index, int worker)>& task);

 private:
  struct State;
  int n_threads_;
  std::unique_ptr<State> state_;
};

// Calls task(index) for each index in [0, n), on `pool` if there is one.
void RunTasks(ThreadPool* pool, size_t n,
              const std::function<void(size_t index)>& task);

// Calls task(begin, end) for the pieces of [0, n), `size` long but for the
// last.
void RunPieces(ThreadPool* pool, size_t n, size_t size,
               const std::function<void(size_t begin, size_t end)>& task);

// The first index in [0, n) of which `holds(index)` is true; n if none.
template <typename Predicate>
size_t FindFirst(ThreadPool* pool, size_t n, const Predicate& holds) {
  constexpr size_t kPiece = 16384;
  std::vector<size_t> found((n + kPiece - 1) / kPiece, n);
  RunPieces(pool, n, kPiece, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      if (!holds(i)) continue;
      found[begin / kPiece] = i;
      return;
    }
  });
  return found.empty() ? n : *std::min_element(found.begin(), found.end());
}

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_PARALLEL_H_
