#include "stats/mixed_rows.h"

#include <cmath>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace enthesis::stats {

absl::Status CheckMixedRows(const MixedRows& rows) {
  const size_t n = rows.size();
  if (rows.groups.size() != n ||
      (!rows.slope.empty() && rows.slope.size() != n)) {
    return absl::InvalidArgumentError(
        "responses, groups and slopes have different numbers of rows");
  }
  for (size_t i = 0; i < n; ++i) {
    const char* fault = nullptr;
    if (!std::isfinite(rows.response[i])) {
      fault = "the response must be a finite number";
    } else if (rows.groups[i] < 0) {
      fault = "a group must be 0 or more";
    } else if (!rows.slope.empty() && !std::isfinite(rows.slope[i])) {
      fault = "what the slope is of must be a finite number";
    }
    if (fault != nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("row ", i, ": ", fault));
    }
  }
  return absl::OkStatus();
}

}  // namespace enthesis::stats
