#include "stats/key_sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <tuple>
#include <vector>

#include "stats/parallel.h"

namespace enthesis::stats {
namespace {

using Pair = std::pair<uint64_t, uint32_t>;  // key and row

std::vector<Pair> Sorted(const std::vector<uint64_t>& keys, ThreadPool* pool) {
  KeyedRows rows(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    rows[i] = {keys[i], static_cast<uint32_t>(i), static_cast<uint32_t>(~i)};
  }
  SortByKey(rows, pool);
  std::vector<Pair> sorted;
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].cell, ~rows[i].row);
    sorted.emplace_back(rows[i].key, rows[i].row);
  }
  return sorted;
}

// Keys that fall into few buckets, into one, or far from all others.
std::vector<std::vector<uint64_t>> HardKeys() {
  std::mt19937_64 random(5);
  std::vector<std::vector<uint64_t>> sets = {{}, {7}, {7, 7, 3}};
  for (const size_t n : {size_t{25}, size_t{3000}, size_t{150'000}}) {
    std::vector<uint64_t> equal(n, 42), hashes, times, two, ties, far;
    for (size_t i = 0; i < n; ++i) {
      hashes.push_back(random());
      times.push_back(
          KeyOfTime(static_cast<double>(random() % 1'000'000) / 997));
      two.push_back((random() & 1) != 0 ? random() % 50 : ~uint64_t{0});
      ties.push_back(KeyOfTime(static_cast<double>(random() % 20)));
      far.push_back(random() % 1000);
    }
    far[n / 2] = std::numeric_limits<uint64_t>::max();
    for (const auto& keys : {equal, hashes, times, two, ties, far}) {
      sets.push_back(keys);
    }
    sets.emplace_back(n, 0);
  }
  return sets;
}

TEST(SortByKey, SortsAllAndKeepsEachRow) {
  for (const std::vector<uint64_t>& keys : HardKeys()) {
    std::vector<Pair> expected;
    for (size_t i = 0; i < keys.size(); ++i) {
      expected.emplace_back(keys[i], static_cast<uint32_t>(i));
    }
    std::sort(expected.begin(), expected.end());
    std::vector<Pair> sorted = Sorted(keys, nullptr);
    EXPECT_TRUE(std::is_sorted(
        sorted.begin(), sorted.end(),
        [](const Pair& a, const Pair& b) { return a.first < b.first; }));
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(sorted, expected);
  }
}

TEST(SortByKey, OrderDoesNotDependOnThreads) {
  for (const std::vector<uint64_t>& keys : HardKeys()) {
    const std::vector<Pair> expected = Sorted(keys, nullptr);
    for (const int n_threads : {1, 2, 7}) {
      ThreadPool pool(n_threads);
      EXPECT_EQ(Sorted(keys, &pool), expected) << n_threads;
    }
  }
}

TEST(KeyOfTime, HasTheOrderOfTimes) {
  const std::vector<double> times = {0, 1e-310, 1e-9, 0.5, 1, 1.5, 3e5, 1e308};
  for (size_t i = 1; i < times.size(); ++i) {
    EXPECT_LT(KeyOfTime(times[i - 1]), KeyOfTime(times[i]));
    EXPECT_EQ(TimeOfKey(KeyOfTime(times[i])), times[i]);
  }
  EXPECT_EQ(KeyOfTime(-0.0), 0u);
}

}  // namespace
}  // namespace enthesis::stats
