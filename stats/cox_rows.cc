#include "stats/cox_rows.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "stats/parallel.h"

namespace enthesis::stats {
namespace {

bool IsFiniteNotNegative(double x) { return std::isfinite(x) && x >= 0; }

bool FitsLength(size_t size, size_t n) { return size == 0 || size == n; }

// What is wrong with one row; null if nothing.
const char* FaultOf(const CoxRows& rows, size_t i, bool delayed) {
  const double time = rows.times[i];
  if (!IsFiniteNotNegative(time)) {
    return "the time must be finite and not negative";
  }
  if (rows.events[i] != 0 && rows.events[i] != 1) {
    return "the event must be 0 or 1";
  }
  if (!rows.entries.empty()) {
    const double entry = rows.entries[i];
    if (!IsFiniteNotNegative(entry)) {
      return "the entry must be finite and not negative";
    }
    if (delayed && entry >= time) return "the entry must come before the exit";
  }
  if (!rows.weights.empty() && !IsFiniteNotNegative(rows.weights[i])) {
    return "the weight must be finite and not negative";
  }
  if (!rows.counts.empty() && (!IsFiniteNotNegative(rows.counts[i]) ||
                               std::floor(rows.counts[i]) < rows.counts[i])) {
    return "the count must be a whole number";
  }
  if (!rows.strata.empty() && rows.strata[i] < 0) {
    return "the code of the stratum must not be negative";
  }
  if (!rows.clusters.empty() && rows.clusters[i] < 0) {
    return "the code of the cluster must not be negative";
  }
  return nullptr;
}

}  // namespace

absl::Status CheckCoxRows(const CoxRows& rows, ThreadPool* pool) {
  const size_t n = rows.size();
  if (rows.events.size() != n || !FitsLength(rows.entries.size(), n) ||
      !FitsLength(rows.weights.size(), n) ||
      !FitsLength(rows.counts.size(), n) ||
      !FitsLength(rows.strata.size(), n) ||
      !FitsLength(rows.clusters.size(), n)) {
    return absl::InvalidArgumentError(
        "the columns of the rows have different lengths");
  }
  const bool delayed = std::any_of(rows.entries.begin(), rows.entries.end(),
                                   [](double entry) { return entry > 0; });
  const size_t i = FindFirst(pool, n, [&](size_t row) {
    return FaultOf(rows, row, delayed) != nullptr;
  });
  if (i == n) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("row ", i, ": ", FaultOf(rows, i, delayed)));
}

}  // namespace enthesis::stats
