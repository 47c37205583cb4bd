#include "stats/cox_order.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "stats/key_sort.h"
#include "stats/parallel.h"

namespace enthesis::stats {
namespace {

// sqrt(machine epsilon): the tolerance of survival::aeqSurv.
constexpr double kTimeTolerance = 1.4901161193847656e-08;  // 2^-26
// Whole times below this, and not far above the number of rows, are ranked
// through a table of days.
constexpr double kLargestDay = 4194304;  // 2^22
constexpr double kDaysPerRow = 16;
// Strata with codes below this, and not far above the number of rows, are
// ranked through a table of codes.
constexpr size_t kSmallCodes = 65536;
constexpr size_t kRowsPerTask = 16384;

// Rows whose hashes are made together: their keys stay in the first cache.
constexpr size_t kRowsHashed = 512;

size_t CountTasks(size_t n) { return (n + kRowsPerTask - 1) / kRowsPerTask; }

void ForEachPiece(ThreadPool* pool, size_t n,
                  const std::function<void(size_t begin, size_t end)>& task) {
  RunPieces(pool, n, kRowsPerTask, task);
}

// Joins each chain of times within the tolerance into its first: as
// survival::aeqSurv, over the distinct times. Returns for each distinct time
// the index of what it is joined to.
std::vector<uint32_t> JoinTies(std::vector<double>& distinct) {
  std::vector<uint32_t> joined(distinct.size());
  double mean = 0;
  for (double time : distinct) {
    mean += time / static_cast<double>(distinct.size());
  }
  size_t kept = 0;
  double before = 0;
  for (size_t i = 0; i < distinct.size(); ++i) {
    const double time = distinct[i];
    const double gap = time - before;
    const bool tied =
        i > 0 && (gap <= kTimeTolerance || gap / mean <= kTimeTolerance);
    before = time;
    if (!tied) distinct[kept++] = time;
    joined[i] = static_cast<uint32_t>(kept - 1);
  }
  distinct.resize(kept);
  return joined;
}

// The last of some times if all are whole numbers below `limit`.
std::optional<double> LastDay(absl::Span<const double> times, double limit,
                              ThreadPool* pool) {
  std::vector<double> last(CountTasks(times.size()));
  ForEachPiece(pool, times.size(), [&](size_t begin, size_t end) {
    double high = 0;
    bool days = true;
    for (size_t i = begin; i < end && days; ++i) {
      // Whole numbers this small survive the cast; floor() would be a call.
      days = times[i] < limit &&
             static_cast<double>(static_cast<int>(times[i])) == times[i];
      high = std::max(high, times[i]);
    }
    last[begin / kRowsPerTask] = days ? high : HUGE_VAL;
  });
  double high = 0;
  for (double time : last) high = std::max(high, time);
  if (high >= limit && !times.empty()) return std::nullopt;
  return high;
}

// Marks the days among `times` in `seen`.
void MarkDays(absl::Span<const double> times, ThreadPool* pool,
              std::vector<std::atomic<bool>>& seen) {
  ForEachPiece(pool, times.size(), [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      std::atomic<bool>& day = seen[static_cast<size_t>(times[i])];
      // Read first: a cache line that is only read is not fought over.
      if (!day.load(std::memory_order_relaxed)) {
        day.store(true, std::memory_order_relaxed);
      }
    }
  });
}

// The times of the rows as ranks among all distinct ones, ties joined.
struct TimeRanks {
  std::vector<double> distinct;
  std::vector<uint32_t> exits;    // [row]
  std::vector<uint32_t> entries;  // [row] or empty
};

TimeRanks RankDays(absl::Span<const double> exits,
                   absl::Span<const double> entries, double last,
                   ThreadPool* pool) {
  TimeRanks ranks;
  std::vector<std::atomic<bool>> seen(static_cast<size_t>(last) + 1);
  MarkDays(exits, pool, seen);
  MarkDays(entries, pool, seen);
  std::vector<uint32_t> rank(seen.size());
  for (size_t day = 0; day < seen.size(); ++day) {
    rank[day] = static_cast<uint32_t>(ranks.distinct.size());
    if (seen[day]) ranks.distinct.push_back(static_cast<double>(day));
  }
  const std::vector<uint32_t> joined = JoinTies(ranks.distinct);
  for (size_t day = 0; day < seen.size(); ++day) {
    if (seen[day]) rank[day] = joined[rank[day]];
  }
  ranks.exits.resize(exits.size());
  ranks.entries.resize(entries.size());
  ForEachPiece(pool, exits.size(), [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      ranks.exits[i] = rank[static_cast<size_t>(exits[i])];
    }
    for (size_t i = begin; i < end && !entries.empty(); ++i) {
      ranks.entries[i] = rank[static_cast<size_t>(entries[i])];
    }
  });
  return ranks;
}

TimeRanks RankTimes(absl::Span<const double> exits,
                    absl::Span<const double> entries, ThreadPool* pool) {
  const auto limit_of = [](absl::Span<const double> times) {
    return std::min(kLargestDay,
                    kDaysPerRow * static_cast<double>(times.size()));
  };
  if (const auto exit = LastDay(exits, limit_of(exits), pool)) {
    if (const auto entry = LastDay(entries, limit_of(entries), pool)) {
      return RankDays(exits, entries, std::max(*exit, *entry), pool);
    }
  }
  const size_t n = exits.size();
  KeyedRows sorted(n + entries.size());
  ForEachPiece(pool, sorted.size(), [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      sorted[i].key = KeyOfTime(i < n ? exits[i] : entries[i - n]);
      sorted[i].row = static_cast<uint32_t>(i);
    }
  });
  SortByKey(sorted, pool);
  const auto is_new = [&sorted](size_t i) {
    return i == 0 || sorted[i].key != sorted[i - 1].key;
  };
  // The distinct times before each piece, so that pieces can be filled apart.
  std::vector<size_t> before(CountTasks(sorted.size()) + 1);
  ForEachPiece(pool, sorted.size(), [&](size_t begin, size_t end) {
    size_t count = 0;
    for (size_t i = begin; i < end; ++i) count += is_new(i);
    before[begin / kRowsPerTask + 1] = count;
  });
  for (size_t k = 1; k < before.size(); ++k) before[k] += before[k - 1];
  TimeRanks ranks;
  ranks.distinct.resize(before.back());
  ForEachPiece(pool, sorted.size(), [&](size_t begin, size_t end) {
    size_t at = before[begin / kRowsPerTask];
    for (size_t i = begin; i < end; ++i) {
      if (is_new(i)) ranks.distinct[at++] = TimeOfKey(sorted[i].key);
    }
  });
  const std::vector<uint32_t> joined = JoinTies(ranks.distinct);
  ranks.exits.resize(n);
  ranks.entries.resize(entries.size());
  ForEachPiece(pool, sorted.size(), [&](size_t begin, size_t end) {
    size_t next = before[begin / kRowsPerTask];
    for (size_t i = begin; i < end; ++i) {
      next += is_new(i);
      const size_t row = sorted[i].row;
      (row < n ? ranks.exits[row] : ranks.entries[row - n]) = joined[next - 1];
    }
  });
  return ranks;
}

// What distinguishes rows of one stratum, time and status.
class RowValues {
 public:
  RowValues(const CoxRows& rows, const DesignMatrix& design, bool cluster,
            const std::vector<uint32_t>& entry_time)
      : rows_(rows),
        design_(design),
        cluster_(cluster && !rows.clusters.empty()),
        entry_time_(entry_time) {}

  // Fills the keys of `n` rows with hashes; equal rows have equal hashes.
  void Hash(KeyedRow* rows, size_t n) const {
    for (size_t i = 0; i < n; ++i) rows[i].key = Mix(0, CodeBits(rows[i].row));
    for (size_t c = 0; c < design_.n_columns(); ++c) {
      const absl::Span<const double> column = design_.Column(c);
      for (size_t i = 0; i < n; ++i) {
        const double x = column[rows[i].row] + 0.0;
        rows[i].key = Mix(rows[i].key, std::bit_cast<uint64_t>(x));
      }
    }
    // Absent weights are weights of 1, to the last byte of the answer.
    for (size_t i = 0; i < n; ++i) {
      const double weight =
          rows_.weights.empty() ? 1 : rows_.weights[rows[i].row];
      rows[i].key = Mix(rows[i].key, std::bit_cast<uint64_t>(weight));
    }
  }

  // -1, 0 or 1 as row `a` comes before, with or after row `b`.
  int Compare(size_t a, size_t b) const {
    if (CodeBits(a) != CodeBits(b)) return CodeBits(a) < CodeBits(b) ? -1 : 1;
    for (size_t c = 0; c < design_.n_columns(); ++c) {
      const absl::Span<const double> column = design_.Column(c);
      if (column[a] < column[b]) return -1;
      if (column[a] > column[b]) return 1;
    }
    if (rows_.weights.empty()) return 0;
    if (rows_.weights[a] < rows_.weights[b]) return -1;
    return rows_.weights[a] > rows_.weights[b] ? 1 : 0;
  }

 private:
  static uint64_t Mix(uint64_t hash, uint64_t bits) {
    const uint64_t product = (hash ^ bits) * 0x9e3779b97f4a7c15u;
    return (product ^ (product >> 29)) * 0xbf58476d1ce4e5b9u + 1;
  }

  uint64_t CodeBits(size_t i) const {
    const uint64_t entry = entry_time_.empty() ? 0 : entry_time_[i];
    const uint64_t cluster =
        cluster_ ? static_cast<uint64_t>(rows_.clusters[i]) : 0;
    return entry << 32 | cluster;
  }

  const CoxRows& rows_;
  const DesignMatrix& design_;
  bool cluster_;
  const std::vector<uint32_t>& entry_time_;
};

// Orders the rows at positions [begin, end), whose keys and hashes are equal,
// by value, and marks those unlike the one before.
void OrderAlike(const RowValues& values, size_t begin, size_t end,
                KeyedRows& sorted, std::vector<uint8_t>& is_new) {
  is_new[begin] = 1;
  bool same = true;
  for (size_t i = begin + 1; i < end; ++i) {
    same = same && values.Compare(sorted[begin].row, sorted[i].row) == 0;
    is_new[i] = 0;
  }
  if (same) return;
  // Unlike rows of one hash: rare. Keys stay in their place, as the neighbors
  // of this run may be read by another thread.
  std::vector<uint32_t> rows;
  for (size_t i = begin; i < end; ++i) rows.push_back(sorted[i].row);
  std::sort(rows.begin(), rows.end(), [&values](uint32_t a, uint32_t b) {
    return values.Compare(a, b) < 0;
  });
  for (size_t i = begin; i < end; ++i) {
    sorted[i].row = rows[i - begin];
    if (i == begin) continue;
    is_new[i] = values.Compare(sorted[i - 1].row, sorted[i].row) != 0 ? 1 : 0;
  }
}

// [row] index of its stratum in order.strata.
std::vector<uint32_t> RankStrata(absl::Span<const int> codes,
                                 std::vector<int>& strata, ThreadPool* pool) {
  std::vector<uint32_t> rank(codes.size());
  const int largest =
      codes.empty() ? 0 : *std::max_element(codes.begin(), codes.end());
  strata.clear();
  if (static_cast<size_t>(largest) < std::max(kSmallCodes, codes.size())) {
    std::vector<uint32_t> place(static_cast<size_t>(largest) + 1, 0);
    for (int code : codes) place[static_cast<size_t>(code)] = 1;
    for (size_t code = 0; code < place.size(); ++code) {
      if (place[code] == 0) continue;
      place[code] = static_cast<uint32_t>(strata.size());
      strata.push_back(static_cast<int>(code));
    }
    ForEachPiece(pool, codes.size(), [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) {
        rank[i] = place[static_cast<size_t>(codes[i])];
      }
    });
    return rank;
  }
  strata.assign(codes.begin(), codes.end());
  std::sort(strata.begin(), strata.end());
  strata.erase(std::unique(strata.begin(), strata.end()), strata.end());
  ForEachPiece(pool, codes.size(), [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      const auto at = std::lower_bound(strata.begin(), strata.end(), codes[i]);
      rank[i] = static_cast<uint32_t>(at - strata.begin());
    }
  });
  return rank;
}

// The numbers of the rows that take part.
std::vector<uint32_t> RowsOfWeight(const CoxRows& rows) {
  std::vector<uint32_t> kept;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows.weights.empty() && rows.weights[i] <= 0) continue;
    if (!rows.counts.empty() && rows.counts[i] <= 0) continue;
    kept.push_back(static_cast<uint32_t>(i));
  }
  return kept;
}

// Stratum, time and event as one number, and where its parts are.
struct PackedKeys {
  int time_bits = 0;
  int bits = 0;  // of all parts

  PackedKeys(size_t n_strata, size_t n_times)
      : time_bits(static_cast<int>(std::bit_width(n_times))),
        bits(time_bits + 1 + static_cast<int>(std::bit_width(n_strata))) {}

  uint64_t Pack(uint64_t stratum, uint64_t time, bool event) const {
    return (stratum << time_bits | time) << 1 | (event ? 0 : 1);
  }
  // The layout of CoxOrder::keys.
  uint64_t Unpack(uint64_t packed) const {
    const uint64_t time_mask = (uint64_t{1} << time_bits) - 1;
    return packed >> (time_bits + 1) << 33 | (packed >> 1 & time_mask) << 1 |
           (packed & 1);
  }
};

// Sorts the rows by packed key, then by as many bits of their hash as are left.
KeyedRows SortRows(const CoxRows& rows, const std::vector<uint32_t>& strata,
                   const std::vector<uint32_t>& times, const PackedKeys& packed,
                   const RowValues& values, ThreadPool* pool) {
  const bool all = rows.weights.empty() && rows.counts.empty();
  const std::vector<uint32_t> kept =
      all ? std::vector<uint32_t>() : RowsOfWeight(rows);
  KeyedRows sorted(all ? rows.size() : kept.size());
  ForEachPiece(pool, sorted.size(), [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      sorted[i].row = all ? static_cast<uint32_t>(i) : kept[i];
    }
    for (size_t i = begin; i < end; i += kRowsHashed) {
      values.Hash(sorted.data() + i, std::min(kRowsHashed, end - i));
    }
    for (size_t i = begin; i < end; ++i) {
      const size_t row = sorted[i].row;
      const uint64_t key = packed.Pack(strata.empty() ? 0 : strata[row],
                                       times[row], rows.events[row] != 0);
      sorted[i].key = key << (64 - packed.bits) | sorted[i].key >> packed.bits;
    }
  });
  SortByKey(sorted, pool);
  return sorted;
}

}  // namespace

absl::StatusOr<CoxOrder> OrderCoxRows(const CoxRows& rows,
                                      const DesignMatrix& design, bool cluster,
                                      ThreadPool* pool) {
  CoxOrder order;
  const bool delayed = std::any_of(rows.entries.begin(), rows.entries.end(),
                                   [](double entry) { return entry > 0; });
  TimeRanks ranks = RankTimes(
      rows.times, delayed ? rows.entries : absl::Span<const double>(), pool);
  for (size_t i = 0; delayed && i < rows.size(); ++i) {
    if (ranks.entries[i] < ranks.exits[i]) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "row ", i, ": entry and exit are tied within the tolerance"));
  }
  order.times = std::move(ranks.distinct);
  order.entry_time = std::move(ranks.entries);
  order.strata = {0};
  std::vector<uint32_t> strata;
  if (!rows.strata.empty()) {
    strata = RankStrata(rows.strata, order.strata, pool);
  }
  const RowValues values(rows, design, cluster, order.entry_time);
  const PackedKeys packed(order.strata.size(), order.times.size());
  KeyedRows sorted = SortRows(rows, strata, ranks.exits, packed, values, pool);
  const size_t n = sorted.size();
  order.rows.resize(n);
  order.keys.resize(n);
  order.is_new.resize(n);
  // Each task takes the runs of equal keys that begin in its piece.
  ForEachPiece(pool, n, [&](size_t begin, size_t stop) {
    const auto starts = [&](size_t i) {
      return i == 0 || sorted[i].key != sorted[i - 1].key;
    };
    while (begin < stop && !starts(begin)) ++begin;
    while (begin < stop) {
      size_t end = begin + 1;
      while (end < n && !starts(end)) ++end;
      OrderAlike(values, begin, end, sorted, order.is_new);
      for (; begin < end; ++begin) {
        order.rows[begin] = sorted[begin].row;
        order.keys[begin] =
            packed.Unpack(sorted[begin].key >> (64 - packed.bits));
      }
    }
  });
  return order;
}

}  // namespace enthesis::stats
