#include "stats/interval_times.h"

#include <cmath>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace enthesis::stats {
namespace {

// What is wrong with one row; null if nothing.
const char* IntervalFault(const IntervalTimes& rows, size_t i) {
  const double lower = rows.lower[i], upper = rows.upper[i];
  if (!std::isfinite(lower) || lower < 0) {
    return "the lower end must be finite and not negative";
  }
  if (std::isnan(upper) || upper < 0) {
    return "the upper end must not be negative";
  }
  if (upper < lower) return "the upper end must not be below the lower";
  const double weight = rows.Weight(i);
  if (!std::isfinite(weight) || weight < 0) {
    return "the weight must be finite and not negative";
  }
  return nullptr;
}

}  // namespace

absl::Status CheckIntervalTimes(const IntervalTimes& rows) {
  const size_t n = rows.size();
  if (rows.upper.size() != n ||
      (!rows.weights.empty() && rows.weights.size() != n)) {
    return absl::InvalidArgumentError(
        "the columns of the rows have different lengths");
  }
  for (size_t i = 0; i < n; ++i) {
    const char* fault = IntervalFault(rows, i);
    if (fault == nullptr) continue;
    return absl::InvalidArgumentError(absl::StrCat("row ", i, ": ", fault));
  }
  return absl::OkStatus();
}

}  // namespace enthesis::stats
