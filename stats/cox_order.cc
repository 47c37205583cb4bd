#include "stats/cox_order.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace enthesis::stats {
namespace {

// sqrt(machine epsilon): the tolerance of survival::aeqSurv.
constexpr double kTimeTolerance = 1.4901161193847656e-08;  // 2^-26
// Whole times below this, and not far above the number of rows, are ranked
// through a table of days.
constexpr double kLargestDay = 4194304;  // 2^22
constexpr double kDaysPerRow = 16;
constexpr size_t kRowsPerTask = 16384;

struct KeyedRow {
  uint64_t key = 0;
  uint32_t row = 0;
};

// Stable, least digit first; digits that all keys share cost nothing.
void SortByKey(std::vector<KeyedRow>& items) {
  constexpr int kBits = 11;
  constexpr size_t kBuckets = size_t{1} << kBits;
  constexpr size_t kDigits = 6;
  std::vector<std::array<uint32_t, kDigits>> counts(kBuckets);
  for (const KeyedRow& item : items) {
    for (size_t d = 0; d < kDigits; ++d) {
      ++counts[(item.key >> (d * kBits)) & (kBuckets - 1)][d];
    }
  }
  std::vector<KeyedRow> sorted(items.size());
  std::vector<uint32_t> starts(kBuckets);
  for (size_t d = 0; d < kDigits; ++d) {
    uint32_t total = 0;
    bool one_bucket = false;
    for (size_t b = 0; b < kBuckets; ++b) {
      starts[b] = total;
      total += counts[b][d];
      one_bucket = one_bucket || counts[b][d] == items.size();
    }
    if (one_bucket) continue;
    for (const KeyedRow& item : items) {
      sorted[starts[(item.key >> (d * kBits)) & (kBuckets - 1)]++] = item;
    }
    items.swap(sorted);
  }
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

bool AreDays(absl::Span<const double> times) {
  const double limit =
      std::min(kLargestDay, kDaysPerRow * static_cast<double>(times.size()));
  return std::all_of(times.begin(), times.end(), [limit](double time) {
    // Whole numbers this small survive the cast; floor() would be a call.
    return time < limit && static_cast<double>(static_cast<int>(time)) == time;
  });
}

// Ranks of the times of both columns (the second may be empty) among their
// distinct times, ties joined; fills `distinct`.
void RankDays(absl::Span<const double> exits, absl::Span<const double> entries,
              std::vector<double>& distinct, std::vector<uint32_t>& exit_rank,
              std::vector<uint32_t>& entry_rank) {
  double last = 0;
  for (double time : exits) last = std::max(last, time);
  for (double time : entries) last = std::max(last, time);
  std::vector<uint8_t> seen(static_cast<size_t>(last) + 1);
  for (double time : exits) seen[static_cast<size_t>(time)] = 1;
  for (double time : entries) seen[static_cast<size_t>(time)] = 1;
  std::vector<uint32_t> rank(seen.size());
  for (size_t day = 0; day < seen.size(); ++day) {
    rank[day] = static_cast<uint32_t>(distinct.size());
    if (seen[day] != 0) distinct.push_back(static_cast<double>(day));
  }
  const std::vector<uint32_t> joined = JoinTies(distinct);
  for (size_t i = 0; i < exits.size(); ++i) {
    exit_rank[i] = joined[rank[static_cast<size_t>(exits[i])]];
  }
  for (size_t i = 0; i < entries.size(); ++i) {
    entry_rank[i] = joined[rank[static_cast<size_t>(entries[i])]];
  }
}

void RankTimes(absl::Span<const double> exits, absl::Span<const double> entries,
               std::vector<double>& distinct, std::vector<uint32_t>& exit_rank,
               std::vector<uint32_t>& entry_rank) {
  if (AreDays(exits) && AreDays(entries)) {
    RankDays(exits, entries, distinct, exit_rank, entry_rank);
    return;
  }
  const size_t n = exits.size();
  std::vector<KeyedRow> items(n + entries.size());
  // Bits of doubles that are not negative have their order; + 0 unites zeros.
  for (size_t i = 0; i < n; ++i) {
    items[i] = {std::bit_cast<uint64_t>(exits[i] + 0.0),
                static_cast<uint32_t>(i)};
  }
  for (size_t i = 0; i < entries.size(); ++i) {
    items[n + i] = {std::bit_cast<uint64_t>(entries[i] + 0.0),
                    static_cast<uint32_t>(n + i)};
  }
  SortByKey(items);
  for (size_t i = 0; i < items.size(); ++i) {
    if (i == 0 || items[i].key != items[i - 1].key) {
      distinct.push_back(std::bit_cast<double>(items[i].key));
    }
  }
  const std::vector<uint32_t> joined = JoinTies(distinct);
  size_t index = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0 && items[i].key != items[i - 1].key) ++index;
    const size_t row = items[i].row;
    (row < n ? exit_rank[row] : entry_rank[row - n]) = joined[index];
  }
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

  // Hashes of rows [begin, end); equal rows have equal hashes.
  void Hash(size_t begin, size_t end, std::vector<uint64_t>& hashes) const {
    for (size_t i = begin; i < end; ++i) hashes[i] = Mix(0, CodeBits(i));
    for (size_t c = 0; c < design_.n_columns(); ++c) {
      const absl::Span<const double> column = design_.Column(c);
      for (size_t i = begin; i < end; ++i) {
        hashes[i] = Mix(hashes[i], std::bit_cast<uint64_t>(column[i] + 0.0));
      }
    }
    // Absent weights are weights of 1, to the last byte of the answer.
    for (size_t i = begin; i < end; ++i) {
      const double weight = rows_.weights.empty() ? 1 : rows_.weights[i];
      hashes[i] = Mix(hashes[i], std::bit_cast<uint64_t>(weight));
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

// Orders the items of one key by hash, and marks those unlike the one before.
void OrderRun(absl::Span<KeyedRow> run, const RowValues& values,
              uint8_t* is_new) {
  const auto by_hash = [](const KeyedRow& a, const KeyedRow& b) {
    return a.key < b.key;
  };
  if (run.size() > 1) std::sort(run.begin(), run.end(), by_hash);
  is_new[0] = 1;
  for (size_t begin = 0; begin < run.size();) {
    size_t end = begin + 1;
    bool same = true;
    while (end < run.size() && run[end].key == run[begin].key) {
      same = same && values.Compare(run[begin].row, run[end].row) == 0;
      ++end;
    }
    if (!same) {  // unlike rows of one hash: rare
      std::sort(run.begin() + static_cast<std::ptrdiff_t>(begin),
                run.begin() + static_cast<std::ptrdiff_t>(end),
                [&](const KeyedRow& a, const KeyedRow& b) {
                  return values.Compare(a.row, b.row) < 0;
                });
    }
    is_new[begin] = 1;
    for (size_t i = begin + 1; i < end; ++i) {
      is_new[i] = !same && values.Compare(run[i - 1].row, run[i].row) != 0;
    }
    begin = end;
  }
}

// Orders within keys, in parallel: each task takes the keys that begin in its
// piece.
void OrderWithinKeys(const RowValues& values, ThreadPool* pool,
                     std::vector<KeyedRow>& items, CoxOrder& order) {
  const size_t n = items.size();
  const auto starts = [&](size_t i) {
    return i == 0 || order.keys[i] != order.keys[i - 1];
  };
  RunTasks(pool, (n + kRowsPerTask - 1) / kRowsPerTask, [&](size_t task) {
    const size_t stop = std::min(n, (task + 1) * kRowsPerTask);
    size_t begin = task * kRowsPerTask;
    while (begin < stop && !starts(begin)) ++begin;
    while (begin < stop) {
      size_t end = begin + 1;
      while (end < n && !starts(end)) ++end;
      OrderRun(absl::MakeSpan(items).subspan(begin, end - begin), values,
               order.is_new.data() + begin);
      begin = end;
    }
  });
  for (size_t i = 0; i < n; ++i) order.rows[i] = items[i].row;
}

// [row] index of its stratum in order.strata.
std::vector<uint32_t> RankStrata(absl::Span<const int> codes,
                                 std::vector<int>& strata) {
  strata.assign(codes.begin(), codes.end());
  // Long runs of one code are usual; they need not be sorted one by one.
  strata.erase(std::unique(strata.begin(), strata.end()), strata.end());
  std::sort(strata.begin(), strata.end());
  strata.erase(std::unique(strata.begin(), strata.end()), strata.end());
  std::vector<uint32_t> rank(codes.size());
  for (size_t i = 0; i < codes.size(); ++i) {
    const auto at = std::lower_bound(strata.begin(), strata.end(), codes[i]);
    rank[i] = static_cast<uint32_t>(at - strata.begin());
  }
  return rank;
}

}  // namespace

void RunTasks(ThreadPool* pool, size_t n,
              const std::function<void(size_t index)>& task) {
  if (pool == nullptr) {
    for (size_t index = 0; index < n; ++index) task(index);
    return;
  }
  pool->Run(n, [&task](size_t index, int) { task(index); });
}

absl::StatusOr<CoxOrder> OrderCoxRows(const CoxRows& rows,
                                      const DesignMatrix& design, bool cluster,
                                      ThreadPool* pool) {
  CoxOrder order;
  const size_t n = rows.size();
  const bool delayed = std::any_of(rows.entries.begin(), rows.entries.end(),
                                   [](double entry) { return entry > 0; });
  std::vector<uint32_t> exit_time(n);
  if (delayed) order.entry_time.resize(n);
  RankTimes(rows.times, delayed ? rows.entries : absl::Span<const double>(),
            order.times, exit_time, order.entry_time);
  for (size_t i = 0; delayed && i < n; ++i) {
    if (order.entry_time[i] < exit_time[i]) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "row ", i, ": entry and exit are tied within the tolerance"));
  }
  order.strata = {0};
  std::vector<uint32_t> stratum;
  if (!rows.strata.empty()) stratum = RankStrata(rows.strata, order.strata);

  std::vector<KeyedRow> items;
  items.reserve(n);
  for (size_t i = 0; i < n; ++i) {
    if (!rows.weights.empty() && rows.weights[i] <= 0) continue;
    if (!rows.counts.empty() && rows.counts[i] <= 0) continue;
    const uint64_t s = stratum.empty() ? 0 : stratum[i];
    items.push_back({s << 33 | static_cast<uint64_t>(exit_time[i]) << 1 |
                         (rows.events[i] == 0 ? 1u : 0u),
                     static_cast<uint32_t>(i)});
  }
  SortByKey(items);
  order.rows.resize(items.size());
  order.keys.resize(items.size());
  order.is_new.resize(items.size());
  const RowValues values(rows, design, cluster, order.entry_time);
  std::vector<uint64_t> hashes(n);
  RunTasks(pool, (n + kRowsPerTask - 1) / kRowsPerTask, [&](size_t task) {
    values.Hash(task * kRowsPerTask, std::min(n, (task + 1) * kRowsPerTask),
                hashes);
  });
  for (size_t i = 0; i < items.size(); ++i) {
    order.keys[i] = items[i].key;
    items[i].key = hashes[items[i].row];
  }
  OrderWithinKeys(values, pool, items, order);
  return order;
}

}  // namespace enthesis::stats
