#include "stats/fine_gray_rows.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace enthesis::stats {
namespace {

bool IsFiniteNotNegative(double x) { return std::isfinite(x) && x >= 0; }

bool FitsLength(size_t size, size_t n) { return size == 0 || size == n; }

bool IsCode(absl::Span<const int> codes, size_t i) {
  return codes.empty() || codes[i] >= 0;
}

// What is wrong with one row; null if nothing.
const char* FaultOf(const FineGrayRows& rows, size_t i, bool delayed) {
  if (!IsFiniteNotNegative(rows.times[i])) {
    return "the time must be finite and not negative";
  }
  if (rows.causes[i] < 0) return "the cause must not be negative";
  if (!rows.entries.empty()) {
    const double entry = rows.entries[i];
    if (!IsFiniteNotNegative(entry)) {
      return "the entry must be finite and not negative";
    }
    if (delayed && entry >= rows.times[i]) {
      return "the entry must come before the exit";
    }
  }
  if (!rows.weights.empty() && !IsFiniteNotNegative(rows.weights[i])) {
    return "the weight must be finite and not negative";
  }
  if (!rows.counts.empty() && (!IsFiniteNotNegative(rows.counts[i]) ||
                               std::floor(rows.counts[i]) < rows.counts[i])) {
    return "the count must be a whole number";
  }
  if (!IsCode(rows.strata, i)) {
    return "the code of the stratum must not be negative";
  }
  if (!IsCode(rows.clusters, i)) {
    return "the code of the cluster must not be negative";
  }
  if (!IsCode(rows.censoring_groups, i)) {
    return "the code of the censoring group must not be negative";
  }
  return nullptr;
}

}  // namespace

absl::Status CheckFineGrayRows(const FineGrayRows& rows,
                               FineGrayConvention convention) {
  const size_t n = rows.size();
  if (rows.causes.size() != n || !FitsLength(rows.counts.size(), n) ||
      !FitsLength(rows.clusters.size(), n) ||
      !FitsLength(rows.censoring_groups.size(), n) ||
      !FitsLength(rows.entries.size(), n) ||
      !FitsLength(rows.weights.size(), n) ||
      !FitsLength(rows.strata.size(), n)) {
    return absl::InvalidArgumentError(
        "the columns of the rows have different lengths");
  }
  if (convention == FineGrayConvention::kCrr &&
      !(rows.entries.empty() && rows.weights.empty() && rows.strata.empty())) {
    return absl::InvalidArgumentError(
        "the convention of crr has no late entry, weights or strata; that of "
        "finegray has");
  }
  if (convention == FineGrayConvention::kFineGray &&
      !rows.censoring_groups.empty()) {
    return absl::InvalidArgumentError(
        "the convention of finegray has strata, not censoring groups");
  }
  const bool delayed = std::any_of(rows.entries.begin(), rows.entries.end(),
                                   [](double entry) { return entry > 0; });
  for (size_t i = 0; i < n; ++i) {
    const char* fault = FaultOf(rows, i, delayed);
    if (fault == nullptr) continue;
    return absl::InvalidArgumentError(absl::StrCat("row ", i, ": ", fault));
  }
  return absl::OkStatus();
}

}  // namespace enthesis::stats
