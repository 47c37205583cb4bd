#include <algorithm>
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
#include "stats/key_sort.h"
#include "stats/parallel.h"

namespace enthesis::stats {
namespace {

// sqrt(machine epsilon): the tolerance of survival::aeqSurv.
constexpr double kTieTolerance = 1.4901161193847656e-08;  // 2^-26

// A cell that nothing is added to: an entry at 0, which only sets the
// tolerance.
constexpr uint32_t kNoCell = UINT32_MAX;

constexpr size_t kItemsPerTask = size_t{1} << 16;

size_t CountTasksOf(size_t n) {
  return (n + kItemsPerTask - 1) / kItemsPerTask;
}

// The exits and entries of the rows: key the time, cell the count it adds to
// (table * n_kinds + kind). Items of one time may come in any order: all that
// is done with them are exact sums.
KeyedRows SortedItems(const CheckedRows& rows, ThreadPool* pool) {
  const EventColumns& columns = rows.columns;
  const uint32_t n_kinds = static_cast<uint32_t>(rows.n_kinds());
  const size_t per_row = rows.delayed ? 2 : 1;
  KeyedRows items(rows.n_rows() * per_row);
  RunTasks(pool, CountTasksOf(rows.n_rows()), [&](size_t task) {
    const size_t end = std::min(rows.n_rows(), (task + 1) * kItemsPerTask);
    for (size_t i = task * kItemsPerTask; i < end; ++i) {
      const uint32_t row = static_cast<uint32_t>(i);
      const uint32_t first = static_cast<uint32_t>(rows.TableOf(i)) * n_kinds;
      items[i * per_row] = {KeyOfTime(columns.times[i]), row,
                            first + static_cast<uint32_t>(columns.causes[i])};
      if (!rows.delayed) continue;
      const bool late = columns.entries[i] > 0;
      items[2 * i + 1] = {KeyOfTime(columns.entries[i]), row,
                          late ? first + n_kinds - 1 : kNoCell};
    }
  });
  SortByKey(items, pool);
  return items;
}

// The mean of the distinct times. Sums of tasks are added in their order, so
// that it does not depend on the threads.
double MeanTime(const KeyedRows& items, ThreadPool* pool) {
  const size_t n_tasks = CountTasksOf(items.size());
  const double share = 1 / static_cast<double>(items.size());
  std::vector<double> sums(n_tasks);  // of shares: they cannot overflow
  std::vector<size_t> counts(n_tasks);
  RunTasks(pool, n_tasks, [&](size_t task) {
    double sum = 0;
    size_t count = 0;
    const size_t end = std::min(items.size(), (task + 1) * kItemsPerTask);
    for (size_t i = task * kItemsPerTask; i < end; ++i) {
      if (i > 0 && items[i].key == items[i - 1].key) continue;
      sum += TimeOfKey(items[i].key) * share;
      ++count;
    }
    sums[task] = sum;
    counts[task] = count;
  });
  double sum = 0;
  size_t n_distinct = 0;
  for (size_t task = 0; task < n_tasks; ++task) {
    sum += sums[task];
    n_distinct += counts[task];
  }
  return sum / (static_cast<double>(n_distinct) * share);
}

// Where each run of tied times begins among the sorted items, and their end.
// As survival::aeqSurv: a time is tied to the one before it when their
// distance, plain or relative to the mean of the distinct times, is within the
// tolerance. Entries count as times when any row enters late, zeros included.
std::vector<uint32_t> TieRuns(const KeyedRows& items, ThreadPool* pool) {
  if (items.size() == 0) return {0};
  const double mean = MeanTime(items, pool);
  const size_t n_tasks = CountTasksOf(items.size());
  std::vector<std::vector<uint32_t>> starts(n_tasks);
  RunTasks(pool, n_tasks, [&](size_t task) {
    const size_t end = std::min(items.size(), (task + 1) * kItemsPerTask);
    std::vector<uint32_t> found;
    found.reserve(kItemsPerTask);
    for (size_t i = task * kItemsPerTask; i < end; ++i) {
      if (i > 0) {
        const double gap =
            TimeOfKey(items[i].key) - TimeOfKey(items[i - 1].key);
        if (gap <= kTieTolerance || gap / mean <= kTieTolerance) continue;
      }
      found.push_back(static_cast<uint32_t>(i));
    }
    starts[task] = std::move(found);
  });
  std::vector<uint32_t> runs;
  size_t n_runs = 1;
  for (const auto& found : starts) n_runs += found.size();
  runs.reserve(n_runs);
  for (const auto& found : starts) {
    runs.insert(runs.end(), found.begin(), found.end());
  }
  runs.push_back(static_cast<uint32_t>(items.size()));
  return runs;
}

absl::Status CheckEntries(const CheckedRows& rows, const KeyedRows& items,
                          const std::vector<uint32_t>& runs) {
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

// Turns runs of tied items into tables, in pieces of runs: first it counts how
// many times each piece opens in each table, then pieces write side by side.
class TableWriter {
 public:
  TableWriter(const CheckedRows& rows, const KeyedRows& items,
              const std::vector<uint32_t>& runs, ThreadPool* pool);

  std::vector<EventTable> Write();

 private:
  // Where a piece is in each table.
  struct Place {
    uint32_t run = UINT32_MAX;  // the newest with a time in the table
    uint32_t next = 0;          // index of the next time
  };

  size_t RunsBegin(size_t piece) const {
    return (runs_.size() - 1) * piece / n_pieces_;
  }
  // Calls add(run, cell, count) for each cell of the runs of a piece, in order
  // of runs.
  template <typename Add>
  void VisitCells(size_t piece, const Add& add) const;
  template <typename Add>
  void VisitWeights(size_t piece, const Add& add) const;
  void CountTimes(size_t piece);
  void WritePiece(size_t piece);

  const CheckedRows& rows_;
  const KeyedRows& items_;
  const std::vector<uint32_t>& runs_;
  ThreadPool* pool_;
  WeightUnit unit_;
  uint32_t n_kinds_;  // 32 bits divide faster
  size_t n_pieces_ = 1;
  std::vector<Place> places_;  // [piece * n_tables + table]
  std::vector<EventTable> tables_;
};

TableWriter::TableWriter(const CheckedRows& rows, const KeyedRows& items,
                         const std::vector<uint32_t>& runs, ThreadPool* pool)
    : rows_(rows),
      items_(items),
      runs_(runs),
      pool_(pool),
      unit_(rows.largest_weight, rows.n_rows()),
      n_kinds_(static_cast<uint32_t>(rows.n_kinds())),
      tables_(rows.n_tables()) {
  // Pieces large beside the tables, whose places each of them keeps.
  const size_t smallest = std::max(kItemsPerTask, 2 * rows.n_tables());
  n_pieces_ = std::max<size_t>(1, (runs.size() - 1) / smallest);
  places_.resize(n_pieces_ * tables_.size());
}

template <typename Add>
void TableWriter::VisitWeights(size_t piece, const Add& add) const {
  std::vector<WeightSum> sums(tables_.size() * n_kinds_, 0);
  std::vector<uint32_t> touched;
  for (size_t run = RunsBegin(piece); run < RunsBegin(piece + 1); ++run) {
    for (size_t i = runs_[run]; i < runs_[run + 1]; ++i) {
      const uint32_t cell = items_[i].cell;
      if (cell == kNoCell) continue;
      const WeightSum weight =
          unit_.ToUnits(rows_.columns.weights[items_[i].row]);
      if (weight == 0) continue;
      if (sums[cell] == 0) touched.push_back(cell);
      sums[cell] += weight;
    }
    for (uint32_t cell : touched) {
      add(static_cast<uint32_t>(run), cell, unit_.ToWeight(sums[cell]));
      sums[cell] = 0;
    }
    touched.clear();
  }
}

template <typename Add>
void TableWriter::VisitCells(size_t piece, const Add& add) const {
  if (!rows_.columns.weights.empty()) {
    VisitWeights(piece, add);
    return;
  }
  for (size_t run = RunsBegin(piece); run < RunsBegin(piece + 1); ++run) {
    for (size_t i = runs_[run]; i < runs_[run + 1]; ++i) {
      if (items_[i].cell == kNoCell) continue;
      add(static_cast<uint32_t>(run), items_[i].cell, 1.0);
    }
  }
}

void TableWriter::CountTimes(size_t piece) {
  Place* places = places_.data() + piece * tables_.size();
  VisitCells(piece, [&](uint32_t run, uint32_t cell, double) {
    Place& place = places[cell / n_kinds_];
    place.next += place.run != run ? 1 : 0;
    place.run = run;
  });
}

void TableWriter::WritePiece(size_t piece) {
  Place* places = places_.data() + piece * tables_.size();
  const size_t n_causes = rows_.n_causes;
  VisitCells(piece, [&](uint32_t run, uint32_t cell, double count) {
    const uint32_t table_index = cell / n_kinds_;
    const size_t kind = cell % n_kinds_;
    Place& place = places[table_index];
    EventTable& table = tables_[table_index];
    if (place.run != run) {
      place.run = run;
      table.times[place.next++] = TimeOfKey(items_[runs_[run]].key);
    }
    const size_t at = place.next - 1;
    if (kind == 0) {
      table.censored[at] += count;
    } else if (kind <= n_causes) {
      table.events[at * n_causes + kind - 1] += count;
    } else {
      table.entered[at] += count;
    }
  });
}

std::vector<EventTable> TableWriter::Write() {
  RunTasks(pool_, n_pieces_, [this](size_t piece) { CountTimes(piece); });
  RunTasks(pool_, tables_.size(), [this](size_t t) {
    EventTable& table = tables_[t];
    uint32_t n_times = 0;
    for (size_t piece = 0; piece < n_pieces_; ++piece) {
      Place& place = places_[piece * tables_.size() + t];
      n_times += std::exchange(place.next, n_times);
      place.run = UINT32_MAX;
    }
    table.n_causes = static_cast<int>(rows_.n_causes);
    table.times.resize(n_times);
    table.censored.resize(n_times);
    table.events.resize(n_times * rows_.n_causes);
    if (rows_.delayed) table.entered.resize(n_times);
  });
  RunTasks(pool_, n_pieces_, [this](size_t piece) { WritePiece(piece); });
  return std::move(tables_);
}

}  // namespace

absl::StatusOr<std::vector<EventTable>> SortTimes(const CheckedRows& rows,
                                                  ThreadPool* pool) {
  const KeyedRows items = SortedItems(rows, pool);
  const std::vector<uint32_t> runs = TieRuns(items, pool);
  if (rows.delayed) {
    absl::Status status = CheckEntries(rows, items, runs);
    if (!status.ok()) return status;
  }
  return TableWriter(rows, items, runs, pool).Write();
}

}  // namespace enthesis::stats
