#include "stats/event_columns.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "stats/event_counts.h"
#include "stats/event_table.h"
#include "stats/parallel.h"

namespace enthesis::stats {
namespace {

constexpr size_t kRowsChecked = size_t{1} << 16;  // rows
constexpr double kLargestDay = 1 << 30;           // fits 32 bits
constexpr double kLargest = std::numeric_limits<double>::max();

bool IsFiniteCount(double x) { return x >= 0 && x <= kLargest; }

bool IsWholeDay(double time) {
  return static_cast<double>(
             static_cast<int32_t>(std::min(time, kLargestDay))) == time;
}

absl::Status CheckLengths(const EventColumns& columns,
                          absl::Span<const int> strata) {
  const size_t n = columns.times.size();
  const auto fits = [n](size_t size) { return size == 0 || size == n; };
  if (columns.causes.size() != n || !fits(columns.groups.size()) ||
      !fits(columns.entries.size()) || !fits(columns.weights.size()) ||
      !fits(strata.size())) {
    return absl::InvalidArgumentError(
        "the columns must have one value for each row");
  }
  if (n > UINT32_MAX / 2) return absl::InvalidArgumentError("too many rows");
  return absl::OkStatus();
}

// What a chunk of rows told.
struct Scan {
  size_t fault = std::numeric_limits<size_t>::max();  // first faulty row
  bool whole = true;
  double last_time = 0;
  double largest_weight = 0;
};

bool IsRowValid(const CheckedRows& rows, size_t i) {
  const EventColumns& columns = rows.columns;
  const double time = columns.times[i];
  const double entry = columns.entries.empty() ? 0 : columns.entries[i];
  const auto in_range = [](int index, size_t size) {
    return static_cast<size_t>(static_cast<uint32_t>(index)) < size;
  };
  return IsFiniteCount(time) && IsFiniteCount(entry) &&
         (!rows.delayed || entry < time) &&
         in_range(columns.causes[i], rows.n_causes + 1) &&
         (columns.weights.empty() || IsFiniteCount(columns.weights[i])) &&
         (columns.groups.empty() ||
          in_range(columns.groups[i], rows.n_groups)) &&
         (rows.strata.empty() || in_range(rows.strata[i], rows.n_strata));
}

Scan ScanChunk(const CheckedRows& rows, size_t begin, size_t end) {
  const EventColumns& columns = rows.columns;
  Scan scan;
  for (size_t i = begin; i < end; ++i) {
    if (!IsRowValid(rows, i)) {
      scan.fault = i;
      break;
    }
    const double time = columns.times[i];
    scan.last_time = std::max(scan.last_time, time);
    scan.whole &= IsWholeDay(time);
    if (rows.delayed) scan.whole &= IsWholeDay(columns.entries[i]);
    if (!columns.weights.empty()) {
      scan.largest_weight = std::max(scan.largest_weight, columns.weights[i]);
    }
  }
  return scan;
}

absl::Status FaultOf(const CheckedRows& rows, size_t i) {
  const EventColumns& columns = rows.columns;
  const double time = columns.times[i];
  const double entry = columns.entries.empty() ? 0 : columns.entries[i];
  const int cause = columns.causes[i];
  const char* fault = "the stratum is out of range";
  if (!IsFiniteCount(time)) {
    fault = "the time must be finite and not negative";
  } else if (!IsFiniteCount(entry) || (rows.delayed && entry >= time)) {
    fault = "the entry must come before the exit";
  } else if (cause < 0 || static_cast<size_t>(cause) > rows.n_causes) {
    fault = "the cause is out of range";
  } else if (!columns.weights.empty() && !IsFiniteCount(columns.weights[i])) {
    fault = "the weight must be finite and not negative";
  } else if (!columns.groups.empty() &&
             (columns.groups[i] < 0 ||
              static_cast<size_t>(columns.groups[i]) >= rows.n_groups)) {
    fault = "the group is out of range";
  }
  return absl::InvalidArgumentError(absl::StrCat("row ", i, ": ", fault));
}

// Checks every row and fills in what the tabulation needs to know.
absl::Status CheckRows(ThreadPool* pool, CheckedRows& rows) {
  const size_t n = rows.n_rows();
  rows.delayed =
      std::any_of(rows.columns.entries.begin(), rows.columns.entries.end(),
                  [](double entry) { return entry > 0; });
  std::vector<Scan> scans((n + kRowsChecked - 1) / kRowsChecked);
  const auto scan = [&](size_t chunk, int) {
    const size_t begin = chunk * kRowsChecked;
    scans[chunk] = ScanChunk(rows, begin, std::min(n, begin + kRowsChecked));
  };
  if (pool != nullptr) {
    pool->Run(scans.size(), scan);
  } else {
    for (size_t chunk = 0; chunk < scans.size(); ++chunk) scan(chunk, 0);
  }
  rows.whole = true;
  rows.largest_weight = 0;
  for (const Scan& part : scans) {
    if (part.fault < n) return FaultOf(rows, part.fault);
    rows.whole &= part.whole;
    rows.last_time = std::max(rows.last_time, part.last_time);
    rows.largest_weight = std::max(rows.largest_weight, part.largest_weight);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<EventTable>> Tabulate(CheckedRows rows,
                                                 ThreadPool* pool) {
  if (absl::Status status = CheckRows(pool, rows); !status.ok()) {
    return status;
  }
  if (static_cast<double>(rows.n_strata) * static_cast<double>(rows.n_groups) *
          static_cast<double>(rows.n_kinds()) >=
      static_cast<double>(UINT32_MAX)) {
    return absl::InvalidArgumentError("too many groups");
  }
  return CountingFits(rows) ? CountWholeTimes(rows, pool)
                            : SortTimes(rows, pool);
}

}  // namespace

void AppendTime(double time, bool delayed, EventTable& table) {
  table.times.push_back(time);
  table.censored.push_back(0);
  table.events.resize(table.events.size() +
                      static_cast<size_t>(table.n_causes));
  if (delayed) table.entered.push_back(0);
}

absl::StatusOr<std::vector<EventTable>> TabulateEventColumns(
    const EventColumns& columns, int n_groups, int n_causes, ThreadPool* pool) {
  auto strata = TabulateStrata(columns, {}, 1, n_groups, n_causes, pool);
  if (!strata.ok()) return strata.status();
  return std::move((*strata)[0]);
}

absl::StatusOr<std::vector<std::vector<EventTable>>> TabulateStrata(
    const EventColumns& columns, absl::Span<const int> strata, int n_strata,
    int n_groups, int n_causes, ThreadPool* pool) {
  if (n_causes < 1 || n_groups < 1 || n_strata < 1) {
    return absl::InvalidArgumentError(
        "a cause, a group and a stratum are needed");
  }
  if (absl::Status status = CheckLengths(columns, strata); !status.ok()) {
    return status;
  }
  CheckedRows rows;
  rows.columns = columns;
  rows.strata = strata;
  rows.n_strata = static_cast<size_t>(n_strata);
  rows.n_groups = static_cast<size_t>(n_groups);
  rows.n_causes = static_cast<size_t>(n_causes);
  absl::StatusOr<std::vector<EventTable>> tables = Tabulate(rows, pool);
  if (!tables.ok()) return tables.status();
  std::vector<std::vector<EventTable>> by_stratum(rows.n_strata);
  for (size_t s = 0; s < rows.n_strata; ++s) {
    const auto first =
        tables->begin() + static_cast<std::ptrdiff_t>(s * rows.n_groups);
    by_stratum[s].assign(
        std::make_move_iterator(first),
        std::make_move_iterator(first +
                                static_cast<std::ptrdiff_t>(rows.n_groups)));
  }
  return by_stratum;
}

bool HasFractionalWeights(const EventColumns& columns) {
  return std::any_of(
      columns.weights.begin(), columns.weights.end(),
      [](double weight) { return weight != std::floor(weight); });
}

}  // namespace enthesis::stats
