#include "stats/distinct_rows.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "stats/key_sort.h"

namespace enthesis::stats {
namespace {

// Rows whose hashes are made together: their keys stay in the first cache.
constexpr size_t kRowsPerHashing = 512;
constexpr size_t kRowsPerPiece = 16384;

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

// The usual case, by pieces: every run of one hash is of equal rows. False
// where one is not.
bool FillRuns(const KeyedRows& keyed,
              const std::vector<absl::Span<const double>>& columns,
              ThreadPool* pool, DistinctRows& distinct) {
  const size_t n = keyed.size();
  const auto starts = [&keyed](size_t i) {
    return i == 0 || keyed[i].key != keyed[i - 1].key;
  };
  std::vector<size_t> before((n + kRowsPerPiece - 1) / kRowsPerPiece + 1);
  std::atomic<bool> alike = true;
  RunPieces(pool, n, kRowsPerPiece, [&](size_t begin, size_t end) {
    size_t count = 0;
    for (size_t i = begin; i < end; ++i) {
      distinct.order[i] = keyed[i].row;
      count += static_cast<size_t>(starts(i));
      if (!starts(i) &&
          CompareRows(columns, keyed[i - 1].row, keyed[i].row) != 0) {
        alike = false;
      }
    }
    before[begin / kRowsPerPiece + 1] = count;
  });
  if (!alike) return false;
  std::partial_sum(before.begin(), before.end(), before.begin());
  distinct.begin.resize(before.back() + 1);
  RunPieces(pool, n, kRowsPerPiece, [&](size_t begin, size_t end) {
    size_t at = before[begin / kRowsPerPiece];
    for (size_t i = begin; i < end; ++i) {
      if (starts(i)) distinct.begin[at++] = i;
    }
  });
  distinct.begin.back() = n;
  return true;
}

// Parts runs of unlike rows of one hash.
void SplitRuns(const KeyedRows& keyed,
               const std::vector<absl::Span<const double>>& columns,
               DistinctRows& distinct) {
  const size_t n = keyed.size();
  size_t end = 0;
  for (size_t begin = 0; begin < n; begin = end) {
    for (end = begin + 1; end < n && keyed[end].key == keyed[begin].key;) {
      ++end;
    }
    distinct.begin.push_back(begin);
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
}

}  // namespace

DistinctRows FindDistinctRows(
    const std::vector<absl::Span<const double>>& columns, size_t n_rows,
    const std::vector<char>& used, ThreadPool* pool) {
  std::vector<uint32_t> taken;
  for (size_t row = 0; row < used.size(); ++row) {
    if (used[row] != 0) taken.push_back(static_cast<uint32_t>(row));
  }
  const size_t n = used.empty() ? n_rows : taken.size();
  KeyedRows keyed(n);
  RunTasks(pool, (n + kRowsPerHashing - 1) / kRowsPerHashing, [&](size_t task) {
    const size_t begin = task * kRowsPerHashing;
    const size_t end = std::min(n, begin + kRowsPerHashing);
    for (size_t i = begin; i < end; ++i) {
      keyed[i] = {0, used.empty() ? static_cast<uint32_t>(i) : taken[i], 0};
    }
    for (const absl::Span<const double> column : columns) {
      for (size_t i = begin; i < end; ++i) {
        keyed[i].key = MixBits(keyed[i].key, column[keyed[i].row]);
      }
    }
  });
  SortByKey(keyed, pool);
  DistinctRows distinct;
  distinct.order.resize(n);
  if (!FillRuns(keyed, columns, pool, distinct)) {
    SplitRuns(keyed, columns, distinct);
  }
  return distinct;
}

}  // namespace enthesis::stats
