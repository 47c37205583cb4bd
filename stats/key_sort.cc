#include "stats/key_sort.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "stats/parallel.h"

namespace enthesis::stats {
namespace {

constexpr int kBucketBits = 12;
// One for keys of 0, which lie far from those of other times.
constexpr size_t kBuckets = (size_t{1} << kBucketBits) + 1;
constexpr size_t kRowsWorthBuckets = size_t{1} << 14;
constexpr size_t kRowsPerPart = size_t{1} << 15;
constexpr size_t kFewRows = 24;

bool HasLowerKey(const KeyedRow& a, const KeyedRow& b) { return a.key < b.key; }

void SortFew(KeyedRow* rows, size_t n) {
  for (size_t i = 1; i < n; ++i) {
    const KeyedRow row = rows[i];
    size_t at = i;
    for (; at > 0 && row.key < rows[at - 1].key; --at) rows[at] = rows[at - 1];
    rows[at] = row;
  }
}

// Sorts `from` into `into`, through a bucket for about every row, each a slice
// of equal width between the lowest and the highest key.
void SortBucket(const KeyedRow* from, KeyedRow* into, size_t n,
                std::vector<uint32_t>& ends) {
  if (n <= kFewRows) {
    std::copy_n(from, n, into);
    SortFew(into, n);
    return;
  }
  uint64_t low = from[0].key;
  uint64_t high = low;
  for (size_t i = 1; i < n; ++i) {
    low = std::min(low, from[i].key);
    high = std::max(high, from[i].key);
  }
  const int shift = std::max(0, static_cast<int>(std::bit_width(high - low)) -
                                    static_cast<int>(std::bit_width(n)));
  const size_t n_slices = static_cast<size_t>((high - low) >> shift) + 1;
  ends.assign(n_slices, 0);
  for (size_t i = 0; i < n; ++i) ++ends[(from[i].key - low) >> shift];
  uint32_t total = 0;
  for (uint32_t& end : ends) total += std::exchange(end, total);
  for (size_t i = 0; i < n; ++i) {
    into[ends[(from[i].key - low) >> shift]++] = from[i];
  }
  if (shift == 0) return;
  uint32_t begin = 0;
  for (const uint32_t end : ends) {
    const uint32_t size = end - begin;
    if (size > kFewRows) {
      if (!std::is_sorted(into + begin, into + end, HasLowerKey)) {
        std::sort(into + begin, into + end, HasLowerKey);
      }
    } else if (size > 1) {
      SortFew(into + begin, size);
    }
    begin = end;
  }
}

// The bucket of a key: slices of equal width from the lowest key above 0.
struct Buckets {
  uint64_t low = 0;
  int shift = 0;

  size_t Of(uint64_t key) const {
    return key == 0 ? 0 : 1 + static_cast<size_t>((key - low) >> shift);
  }
};

// A run of rows that one thread moves into their buckets.
struct Part {
  size_t begin = 0;
  size_t end = 0;
  uint64_t low = UINT64_MAX;  // above 0
  uint64_t high = 0;
  std::vector<uint32_t> next;  // [bucket] rows; then the place of the next
};

std::vector<Part> SplitRows(size_t n, ThreadPool* pool) {
  const size_t n_threads =
      pool == nullptr ? 1 : static_cast<size_t>(pool->n_threads());
  std::vector<Part> parts(std::clamp<size_t>(n / kRowsPerPart, 1, n_threads));
  for (size_t i = 0; i < parts.size(); ++i) {
    parts[i].begin = n * i / parts.size();
    parts[i].end = n * (i + 1) / parts.size();
  }
  return parts;
}

Buckets SpreadKeys(const KeyedRows& rows, std::vector<Part>& parts,
                   ThreadPool* pool) {
  RunTasks(pool, parts.size(), [&](size_t p) {
    Part& part = parts[p];
    uint64_t low = UINT64_MAX;
    uint64_t high = 0;
    for (size_t i = part.begin; i < part.end; ++i) {
      const uint64_t key = rows[i].key;
      low = std::min(low, key == 0 ? UINT64_MAX : key);
      high = std::max(high, key);
    }
    part.low = low;
    part.high = high;
  });
  uint64_t high = 0;
  Buckets buckets;
  buckets.low = UINT64_MAX;
  for (const Part& part : parts) {
    buckets.low = std::min(buckets.low, part.low);
    high = std::max(high, part.high);
  }
  if (high == 0) return Buckets();
  buckets.shift = std::max(
      0, static_cast<int>(std::bit_width(high - buckets.low)) - kBucketBits);
  return buckets;
}

}  // namespace

void SortByKey(KeyedRows& rows, ThreadPool* pool) {
  const size_t n = rows.size();
  KeyedRows spare(n);
  std::vector<uint32_t> ends;
  if (n < kRowsWorthBuckets) {
    SortBucket(rows.data(), spare.data(), n, ends);
    std::swap(rows, spare);
    return;
  }
  std::vector<Part> parts = SplitRows(n, pool);
  const Buckets buckets = SpreadKeys(rows, parts, pool);
  RunTasks(pool, parts.size(), [&](size_t p) {
    std::vector<uint32_t> counts(kBuckets, 0);
    for (size_t i = parts[p].begin; i < parts[p].end; ++i) {
      ++counts[buckets.Of(rows[i].key)];
    }
    parts[p].next = std::move(counts);
  });
  std::vector<uint32_t> begins(kBuckets + 1);
  uint32_t total = 0;
  for (size_t b = 0; b < kBuckets; ++b) {
    begins[b] = total;
    for (Part& part : parts) total += std::exchange(part.next[b], total);
  }
  begins[kBuckets] = total;
  RunTasks(pool, parts.size(), [&](size_t p) {
    std::vector<uint32_t>& next = parts[p].next;
    for (size_t i = parts[p].begin; i < parts[p].end; ++i) {
      spare[next[buckets.Of(rows[i].key)]++] = rows[i];
    }
  });
  RunTasks(pool, kBuckets, [&](size_t b) {
    std::vector<uint32_t> slices;
    SortBucket(spare.data() + begins[b], rows.data() + begins[b],
               begins[b + 1] - begins[b], slices);
  });
}

}  // namespace enthesis::stats
