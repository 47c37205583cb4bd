#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "stats/event_counts.h"
#include "stats/event_table.h"
#include "stats/exact_weights.h"
#include "stats/parallel.h"

namespace enthesis::stats {
namespace {

// sqrt(machine epsilon): the tolerance of survival::aeqSurv.
constexpr double kTieTolerance = 1.4901161193847656e-08;  // 2^-26

// A cell that nothing is added to: an entry at 0, which only sets the
// tolerance.
constexpr uint32_t kNoCell = UINT32_MAX;

// An exit or an entry of a row. The bits of a time that is not negative are
// ordered as the time is.
struct Item {
  uint64_t time_bits = 0;
  uint32_t row = 0;
  uint32_t cell = 0;  // table * n_kinds + kind
};

double TimeOf(const Item& item) {
  return std::bit_cast<double>(item.time_bits);
}

// -0 becomes 0, whose bits are the smallest.
uint64_t BitsOf(double time) { return std::bit_cast<uint64_t>(time + 0.0); }

// Sorts items [begin, end) by time: radix sort from the lowest digit up, with
// digits that are the same in all items left out. `spare` has equal length.
void SortBlock(Item* items, Item* spare, size_t n) {
  constexpr int kDigitBits = 11;
  constexpr size_t kDigits = 6;
  constexpr size_t kBuckets = size_t{1} << kDigitBits;
  std::array<std::vector<uint32_t>, kDigits> counts;
  for (auto& count : counts) count.assign(kBuckets, 0);
  const auto digit_of = [](uint64_t bits, size_t digit) {
    return static_cast<size_t>(bits >> (digit * kDigitBits)) & (kBuckets - 1);
  };
  for (size_t i = 0; i < n; ++i) {
    for (size_t digit = 0; digit < kDigits; ++digit) {
      ++counts[digit][digit_of(items[i].time_bits, digit)];
    }
  }
  Item* from = items;
  Item* into = spare;
  for (size_t digit = 0; n > 0 && digit < kDigits; ++digit) {
    std::vector<uint32_t>& next = counts[digit];
    if (next[digit_of(items[0].time_bits, digit)] == n) continue;
    uint32_t start = 0;
    for (uint32_t& count : next) start += std::exchange(count, start);
    for (size_t i = 0; i < n; ++i) {
      into[next[digit_of(from[i].time_bits, digit)]++] = from[i];
    }
    std::swap(from, into);
  }
  if (from != items) std::copy(from, from + n, items);
}

// Blocks sorted each by one thread, then merged. Items of one time may come in
// any order: all that is done with them are exact sums.
void SortItems(std::vector<Item>& items, ThreadPool* pool) {
  std::vector<Item> spare(items.size());
  constexpr size_t kWorthSharing = size_t{1} << 15;
  if (pool == nullptr || pool->n_threads() == 1 ||
      items.size() < kWorthSharing) {
    SortBlock(items.data(), spare.data(), items.size());
    return;
  }
  const size_t n_blocks = std::bit_ceil(static_cast<size_t>(pool->n_threads()));
  std::vector<size_t> edges;
  for (size_t block = 0; block <= n_blocks; ++block) {
    edges.push_back(items.size() / n_blocks * block +
                    std::min(block, items.size() % n_blocks));
  }
  pool->Run(n_blocks, [&](size_t block, int) {
    SortBlock(items.data() + edges[block], spare.data() + edges[block],
              edges[block + 1] - edges[block]);
  });
  while (edges.size() > 2) {
    const size_t n_pairs = edges.size() / 2;
    pool->Run(n_pairs, [&](size_t pair, int) {
      const Item* begin = items.data() + edges[2 * pair];
      const Item* middle = items.data() + edges[2 * pair + 1];
      const Item* end = items.data() + edges[2 * pair + 2];
      std::merge(begin, middle, middle, end, spare.data() + edges[2 * pair],
                 [](const Item& a, const Item& b) {
                   return a.time_bits < b.time_bits;
                 });
    });
    items.swap(spare);
    for (size_t i = 0; i <= n_pairs; ++i) edges[i] = edges[2 * i];
    edges.resize(n_pairs + 1);
  }
}

std::vector<Item> ItemsOf(const CheckedRows& rows) {
  const EventColumns& columns = rows.columns;
  const uint32_t n_kinds = static_cast<uint32_t>(rows.n_kinds());
  std::vector<Item> items;
  items.reserve(rows.n_rows() * (rows.delayed ? 2 : 1));
  for (size_t i = 0; i < rows.n_rows(); ++i) {
    const uint32_t row = static_cast<uint32_t>(i);
    const uint32_t first = static_cast<uint32_t>(rows.TableOf(i)) * n_kinds;
    items.push_back({BitsOf(columns.times[i]), row,
                     first + static_cast<uint32_t>(columns.causes[i])});
    if (!rows.delayed) continue;
    const bool late = columns.entries[i] > 0;
    items.push_back({BitsOf(columns.entries[i]), row,
                     late ? first + n_kinds - 1 : kNoCell});
  }
  return items;
}

// Where each run of tied times begins among the sorted items, and their end.
// As survival::aeqSurv: a time is tied to the one before it when their
// distance, plain or relative to the mean of the distinct times, is within the
// tolerance. Entries count as times when any row enters late, zeros included.
std::vector<size_t> TieRuns(const std::vector<Item>& items) {
  size_t n_distinct = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    n_distinct += i == 0 || items[i].time_bits != items[i - 1].time_bits;
  }
  const double share = 1 / static_cast<double>(n_distinct);
  double mean = 0;  // of shares, so that it cannot overflow
  for (size_t i = 0; i < items.size(); ++i) {
    if (i == 0 || items[i].time_bits != items[i - 1].time_bits) {
      mean += TimeOf(items[i]) * share;
    }
  }
  std::vector<size_t> runs;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) {
      const double gap = TimeOf(items[i]) - TimeOf(items[i - 1]);
      if (gap <= kTieTolerance || gap / mean <= kTieTolerance) continue;
    }
    runs.push_back(i);
  }
  runs.push_back(items.size());
  return runs;
}

absl::Status CheckEntries(const CheckedRows& rows,
                          const std::vector<Item>& items,
                          const std::vector<size_t>& runs) {
  // The run in which each row was seen first; an exit and an entry in one run
  // are tied.
  std::vector<size_t> seen(rows.n_rows(), runs.size());
  size_t fault = rows.n_rows();
  for (size_t run = 0; run + 1 < runs.size(); ++run) {
    for (size_t i = runs[run]; i < runs[run + 1]; ++i) {
      const size_t row = items[i].row;
      if (seen[row] == run) fault = std::min(fault, row);
      seen[row] = run;
    }
  }
  if (fault == rows.n_rows()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "row ", fault, ": entry and exit are tied within the tolerance"));
}

// Writes cells of one time into the tables, opening the time in each table
// when its first count comes.
class TableWriter {
 public:
  explicit TableWriter(const CheckedRows& rows)
      : delayed_(rows.delayed),
        n_kinds_(static_cast<uint32_t>(rows.n_kinds())),
        n_causes_(rows.n_causes),
        tables_(rows.n_tables()) {
    for (EventTable& table : tables_) {
      table.n_causes = static_cast<int>(n_causes_);
    }
  }

  void Add(double time, uint32_t cell, double count) {
    EventTable& table = tables_[cell / n_kinds_];
    const size_t kind = cell % n_kinds_;
    if (table.times.empty() || table.times.back() < time) {
      AppendTime(time, delayed_, table);
    }
    if (kind == 0) {
      table.censored.back() += count;
    } else if (kind <= n_causes_) {
      table.events[table.events.size() - n_causes_ + kind - 1] += count;
    } else {
      table.entered.back() += count;
    }
  }

  std::vector<EventTable> Take() { return std::move(tables_); }

 private:
  bool delayed_;
  uint32_t n_kinds_;  // 32 bits divide faster
  size_t n_causes_;
  std::vector<EventTable> tables_;
};

void AddWeights(const CheckedRows& rows, const std::vector<Item>& items,
                const std::vector<size_t>& runs, TableWriter& writer) {
  const WeightUnit unit(rows.largest_weight, rows.n_rows());
  std::vector<WeightSum> sums(rows.n_tables() * rows.n_kinds(), 0);
  std::vector<uint32_t> touched;
  for (size_t run = 0; run + 1 < runs.size(); ++run) {
    for (size_t i = runs[run]; i < runs[run + 1]; ++i) {
      const uint32_t cell = items[i].cell;
      if (cell == kNoCell) continue;
      const WeightSum weight = unit.ToUnits(rows.columns.weights[items[i].row]);
      if (weight == 0) continue;
      if (sums[cell] == 0) touched.push_back(cell);
      sums[cell] += weight;
    }
    for (uint32_t cell : touched) {
      writer.Add(TimeOf(items[runs[run]]), cell, unit.ToWeight(sums[cell]));
      sums[cell] = 0;
    }
    touched.clear();
  }
}

}  // namespace

absl::StatusOr<std::vector<EventTable>> SortTimes(const CheckedRows& rows,
                                                  ThreadPool* pool) {
  std::vector<Item> items = ItemsOf(rows);
  SortItems(items, pool);
  const std::vector<size_t> runs = TieRuns(items);
  if (rows.delayed) {
    absl::Status status = CheckEntries(rows, items, runs);
    if (!status.ok()) return status;
  }
  TableWriter writer(rows);
  if (!rows.columns.weights.empty()) {
    AddWeights(rows, items, runs, writer);
    return writer.Take();
  }
  for (size_t run = 0; run + 1 < runs.size(); ++run) {
    const double time = TimeOf(items[runs[run]]);
    for (size_t i = runs[run]; i < runs[run + 1]; ++i) {
      if (items[i].cell != kNoCell) writer.Add(time, items[i].cell, 1);
    }
  }
  return writer.Take();
}

}  // namespace enthesis::stats
