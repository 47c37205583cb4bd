#include "stats/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace enthesis::stats {
namespace {

// Each index writes its own cell; the merge is in index order.
uint64_t SumOfHashes(ThreadPool& pool, size_t n) {
  std::vector<uint64_t> cells(n);
  pool.Run(n, [&cells](size_t index, int) {
    uint64_t hash = index + 1;
    for (int i = 0; i < 50; ++i) hash = hash * 6364136223846793005u + 1;
    cells[index] = hash;
  });
  uint64_t sum = 0;
  for (uint64_t cell : cells) sum = sum * 31 + cell;
  return sum;
}

TEST(ThreadPool, SameResultForAnyNumberOfThreads) {
  ThreadPool one(1);
  const uint64_t expected = SumOfHashes(one, 1000);
  for (const int n_threads : {2, 7}) {
    ThreadPool pool(n_threads);
    EXPECT_EQ(pool.n_threads(), n_threads);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(SumOfHashes(pool, 1000), expected);
  }
}

TEST(ThreadPool, EachIndexOnceByAWorkerInRange) {
  ThreadPool pool(4);
  std::vector<std::atomic<int>> calls(500);
  std::atomic<bool> in_range = true;
  pool.Run(calls.size(), [&](size_t index, int worker) {
    ++calls[index];
    if (worker < 0 || worker >= 4) in_range = false;
  });
  for (const auto& n : calls) EXPECT_EQ(n, 1);
  EXPECT_TRUE(in_range);
}

// Callers keep scratch space per worker.
TEST(ThreadPool, OneWorkerNeverRunsTwoIndexesOfACallAtOnce) {
  ThreadPool pool(4);
  std::vector<std::atomic<bool>> busy(4);
  std::atomic<bool> clash = false;
  pool.Run(2000, [&](size_t, int worker) {
    auto& flag = busy[static_cast<size_t>(worker)];
    if (flag.exchange(true)) clash = true;
    std::this_thread::yield();
    flag = false;
  });
  EXPECT_FALSE(clash);
}

TEST(ThreadPool, OneThreadRunsOnTheCallerInOrder) {
  ThreadPool pool(1);
  const auto caller = std::this_thread::get_id();
  std::vector<size_t> order;
  pool.Run(5, [&](size_t index, int worker) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    EXPECT_EQ(worker, 0);
    order.push_back(index);
  });
  EXPECT_EQ(order, (std::vector<size_t>{0, 1, 2, 3, 4}));
}

TEST(ThreadPool, NothingToDo) {
  for (const int n_threads : {-3, 0, 1, 3}) {
    ThreadPool pool(n_threads);
    EXPECT_GE(pool.n_threads(), 1);
    pool.Run(0, [](size_t, int) { FAIL(); });
  }
}

TEST(ThreadPool, ConcurrentCallsAllFinish) {
  ThreadPool pool(3);
  ThreadPool one(1);
  std::vector<uint64_t> expected;
  for (size_t n = 0; n < 8; ++n) expected.push_back(SumOfHashes(one, 40 * n));
  std::vector<std::thread> callers;
  std::atomic<int> wrong = 0;
  for (size_t n = 0; n < 8; ++n) {
    callers.emplace_back([&, n] {
      for (int i = 0; i < 50; ++i) {
        if (SumOfHashes(pool, 40 * n) != expected[n]) ++wrong;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wrong, 0);
}

// A call whose tasks wait for a later, short call: it could not end if the
// short one had to wait for the long one.
TEST(ThreadPool, AShortCallPassesALongOne) {
  ThreadPool pool(2);
  std::mutex mutex;
  std::condition_variable changed;
  bool started = false;
  bool short_done = false;
  std::thread long_caller([&] {
    pool.Run(8, [&](size_t, int) {
      std::unique_lock<std::mutex> lock(mutex);
      started = true;
      changed.notify_all();
      changed.wait(lock, [&] { return short_done; });
    });
  });
  {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return started; });
  }
  std::atomic<int> calls = 0;
  pool.Run(10, [&](size_t, int) { ++calls; });
  EXPECT_EQ(calls, 10);
  {
    std::lock_guard<std::mutex> lock(mutex);
    short_done = true;
  }
  changed.notify_all();
  long_caller.join();
}

// With two calls waiting, the one pool thread serves them in turn.
TEST(ThreadPool, CallsShareTheThreadsFairly) {
  ThreadPool pool(2);
  std::mutex mutex;
  std::condition_variable changed;
  int n_callers_in = 0;
  std::vector<int> served;  // which call, by the pool thread, worker 1
  const auto caller = [&](int id) {
    pool.Run(40, [&, id](size_t, int worker) {
      std::unique_lock<std::mutex> lock(mutex);
      if (worker == 1) {
        changed.wait(lock, [&] { return n_callers_in >= 2; });
        served.push_back(id);
      } else {
        // Each caller keeps its first index, and so its call, until then.
        ++n_callers_in;
        changed.notify_all();
        changed.wait(lock, [&] { return served.size() >= 20; });
      }
      changed.notify_all();
    });
  };
  std::thread a([&] { caller(0); });
  std::thread b([&] { caller(1); });
  a.join();
  b.join();
  // The first index may have been taken while one call was alone.
  for (size_t i = 1; i + 1 < 20; ++i) EXPECT_NE(served[i], served[i + 1]) << i;
}

}  // namespace
}  // namespace enthesis::stats
