#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "stats/event_counts.h"
#include "stats/event_table.h"
#include "stats/exact_weights.h"
#include "stats/parallel.h"

namespace enthesis::stats {
namespace {

constexpr size_t kRowsCounted = size_t{1} << 16;  // rows
constexpr size_t kCellsFilled = size_t{1} << 16;  // cells
constexpr size_t kTablesFilled = 4;               // neighbors in memory
// A dense table of this many cells is always small enough.
constexpr size_t kSmallTable = size_t{1} << 16;

size_t DayOf(double time) {
  return static_cast<size_t>(static_cast<int32_t>(time));
}

// Cells by day, table, kind: rows of one day lie together.
size_t CellCount(const CheckedRows& rows) {
  return (DayOf(rows.last_time) + 1) * rows.n_tables() * rows.n_kinds();
}

void CountChunk(const CheckedRows& rows, size_t begin, size_t end,
                std::vector<uint32_t>& cells) {
  const EventColumns& columns = rows.columns;
  const size_t n_tables = rows.n_tables();
  const size_t n_kinds = rows.n_kinds();
  for (size_t i = begin; i < end; ++i) {
    const size_t table = rows.TableOf(i);
    const size_t exit = DayOf(columns.times[i]) * n_tables + table;
    ++cells[exit * n_kinds + static_cast<size_t>(columns.causes[i])];
    if (!rows.delayed || columns.entries[i] <= 0) continue;
    const size_t entry = DayOf(columns.entries[i]) * n_tables + table;
    ++cells[entry * n_kinds + rows.n_causes + 1];
  }
}

void WeighChunk(const CheckedRows& rows, const WeightUnit& unit, size_t begin,
                size_t end, std::vector<WeightSum>& cells) {
  const EventColumns& columns = rows.columns;
  const size_t n_tables = rows.n_tables();
  const size_t n_kinds = rows.n_kinds();
  for (size_t i = begin; i < end; ++i) {
    const size_t table = rows.TableOf(i);
    const WeightSum weight = unit.ToUnits(columns.weights[i]);
    const size_t exit = DayOf(columns.times[i]) * n_tables + table;
    cells[exit * n_kinds + static_cast<size_t>(columns.causes[i])] += weight;
    if (!rows.delayed || columns.entries[i] <= 0) continue;
    const size_t entry = DayOf(columns.entries[i]) * n_tables + table;
    cells[entry * n_kinds + rows.n_causes + 1] += weight;
  }
}

// Runs `chunk(begin, end, worker)` over all rows.
void ForEachChunk(size_t n_rows, ThreadPool* pool,
                  const std::function<void(size_t, size_t, int)>& chunk) {
  const size_t n_chunks = (n_rows + kRowsCounted - 1) / kRowsCounted;
  const auto run = [&](size_t index, int worker) {
    const size_t begin = index * kRowsCounted;
    chunk(begin, std::min(n_rows, begin + kRowsCounted), worker);
  };
  if (pool != nullptr) {
    pool->Run(n_chunks, run);
    return;
  }
  for (size_t index = 0; index < n_chunks; ++index) run(index, 0);
}

// Calls `fill(begin, end)` for ranges of all cells.
void ForEachCellRange(size_t n_cells, ThreadPool* pool,
                      const std::function<void(size_t, size_t)>& fill) {
  RunTasks(pool, (n_cells + kCellsFilled - 1) / kCellsFilled, [&](size_t task) {
    fill(task * kCellsFilled, std::min(n_cells, (task + 1) * kCellsFilled));
  });
}

// Counts of every cell. Each worker counts for itself; whole numbers add up to
// the same sum in any order.
std::vector<double> CountCells(const CheckedRows& rows, ThreadPool* pool) {
  const size_t n_workers =
      pool == nullptr ? 1 : static_cast<size_t>(pool->n_threads());
  const size_t n_cells = CellCount(rows);
  std::vector<double> sum(n_cells, 0);
  if (rows.columns.weights.empty()) {
    std::vector<std::vector<uint32_t>> counts(n_workers);
    ForEachChunk(rows.n_rows(), pool,
                 [&](size_t begin, size_t end, int worker) {
                   auto& cells = counts[static_cast<size_t>(worker)];
                   if (cells.empty()) cells.assign(n_cells, 0);
                   CountChunk(rows, begin, end, cells);
                 });
    ForEachCellRange(n_cells, pool, [&](size_t begin, size_t end) {
      for (const std::vector<uint32_t>& cells : counts) {
        if (cells.empty()) continue;
        for (size_t c = begin; c < end; ++c) sum[c] += cells[c];
      }
    });
    return sum;
  }
  const WeightUnit unit(rows.largest_weight, rows.n_rows());
  std::vector<std::vector<WeightSum>> weights(n_workers);
  ForEachChunk(rows.n_rows(), pool, [&](size_t begin, size_t end, int worker) {
    auto& cells = weights[static_cast<size_t>(worker)];
    if (cells.empty()) cells.assign(n_cells, 0);
    WeighChunk(rows, unit, begin, end, cells);
  });
  ForEachCellRange(n_cells, pool, [&](size_t begin, size_t end) {
    for (size_t c = begin; c < end; ++c) {
      WeightSum units = 0;
      for (const std::vector<WeightSum>& cells : weights) {
        if (!cells.empty()) units += cells[c];
      }
      sum[c] = unit.ToWeight(units);
    }
  });
  return sum;
}

// Appends a day unless its counts, one of each kind, are all 0.
void AppendDay(const double* counts, size_t day, const CheckedRows& rows,
               EventTable& table) {
  if (std::all_of(counts, counts + rows.n_kinds(),
                  [](double count) { return count <= 0; })) {
    return;
  }
  AppendTime(static_cast<double>(day), rows.delayed, table);
  table.censored.back() = counts[0];
  std::copy_n(counts + 1, rows.n_causes,
              table.events.end() - static_cast<std::ptrdiff_t>(rows.n_causes));
  if (rows.delayed) table.entered.back() = counts[rows.n_causes + 1];
}

}  // namespace

bool CountingFits(const CheckedRows& rows) {
  if (!rows.whole || rows.n_rows() > UINT32_MAX) return false;
  const double cells = (rows.last_time + 1) *
                       static_cast<double>(rows.n_tables()) *
                       static_cast<double>(rows.n_kinds());
  return cells <= static_cast<double>(std::max(kSmallTable, 4 * rows.n_rows()));
}

std::vector<EventTable> CountWholeTimes(const CheckedRows& rows,
                                        ThreadPool* pool) {
  const std::vector<double> cells = CountCells(rows, pool);
  const size_t n_kinds = rows.n_kinds();
  const size_t n_tables = rows.n_tables();
  const size_t n_days = DayOf(rows.last_time) + 1;
  std::vector<EventTable> tables(n_tables);
  RunTasks(pool, (n_tables + kTablesFilled - 1) / kTablesFilled,
           [&](size_t task) {
             const size_t first = task * kTablesFilled;
             const size_t last = std::min(n_tables, first + kTablesFilled);
             for (size_t t = first; t < last; ++t) {
               tables[t].n_causes = static_cast<int>(rows.n_causes);
             }
             for (size_t day = 0; day < n_days; ++day) {
               for (size_t t = first; t < last; ++t) {
                 AppendDay(cells.data() + (day * n_tables + t) * n_kinds, day,
                           rows, tables[t]);
               }
             }
           });
  return tables;
}

}  // namespace enthesis::stats
