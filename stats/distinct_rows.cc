#include "stats/distinct_rows.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "stats/key_sort.h"

namespace enthesis::stats {
namespace {

constexpr size_t kRowsPerHashing = 4096;

uint64_t MixBits(uint64_t hash, double value) {
  // + 0.0 makes -0 equal to 0.
  const uint64_t product =
      (hash ^ std::bit_cast<uint64_t>(value + 0.0)) * 0x9e3779b97f4a7c15u;
  return (product ^ (product >> 29)) * 0xbf58476d1ce4e5b9u + 1;
}

int CompareRows(const std::vector<absl::Span<const double>>& columns, size_t a,
                size_t b) {
  for (const absl::Span<const double> column : columns) {
    if (column[a] < column[b]) return -1;
    if (column[a] > column[b]) return 1;
  }
  return 0;
}

}  // namespace

DistinctRows FindDistinctRows(
    const std::vector<absl::Span<const double>>& columns, size_t n_rows,
    const std::vector<char>& used, ThreadPool* pool) {
  std::vector<uint32_t> taken;
  taken.reserve(n_rows);
  for (size_t row = 0; row < n_rows; ++row) {
    if (used.empty() || used[row] != 0) {
      taken.push_back(static_cast<uint32_t>(row));
    }
  }
  const size_t n = taken.size();
  KeyedRows keyed(n);
  RunTasks(pool, (n + kRowsPerHashing - 1) / kRowsPerHashing, [&](size_t task) {
    const size_t begin = task * kRowsPerHashing;
    const size_t end = std::min(n, begin + kRowsPerHashing);
    for (size_t i = begin; i < end; ++i) keyed[i] = {0, taken[i], 0};
    for (const absl::Span<const double> column : columns) {
      for (size_t i = begin; i < end; ++i) {
        keyed[i].key = MixBits(keyed[i].key, column[keyed[i].row]);
      }
    }
  });
  SortByKey(keyed, pool);
  DistinctRows distinct;
  distinct.order.resize(n);
  for (size_t i = 0; i < n; ++i) distinct.order[i] = keyed[i].row;
  size_t end = 0;
  for (size_t begin = 0; begin < n; begin = end) {
    end = begin + 1;
    bool alike = true;
    while (end < n && keyed[end].key == keyed[begin].key) {
      alike =
          alike && CompareRows(columns, keyed[begin].row, keyed[end].row) == 0;
      ++end;
    }
    distinct.begin.push_back(begin);
    if (alike) continue;
    // Unlike rows of one hash.
    uint32_t* const order = distinct.order.data();
    std::sort(order + begin, order + end, [&](uint32_t a, uint32_t b) {
      return CompareRows(columns, a, b) < 0;
    });
    for (size_t i = begin + 1; i < end; ++i) {
      if (CompareRows(columns, order[i - 1], order[i]) != 0) {
        distinct.begin.push_back(i);
      }
    }
  }
  distinct.begin.push_back(n);
  return distinct;
}

}  // namespace enthesis::stats
