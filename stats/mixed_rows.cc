#include "stats/mixed_rows.h"

#include <cmath>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace enthesis::stats {

absl::Status CheckMixedRows(const MixedRows& rows) {
  const size_t n = rows.size();
  if (rows.groups.size() != n ||
      (!rows.slope.empty() && rows.slope.size() != n) ||
      (!rows.sites.empty() && rows.sites.size() != n)) {
    return absl::InvalidArgumentError(
        "responses, groups, slopes and sites have different numbers of rows");
  }
  for (size_t i = 0; i < n; ++i) {
    const char* fault = nullptr;
    if (!std::isfinite(rows.response[i])) {
      fault = "the response must be a finite number";
    } else if (rows.groups[i] < 0) {
      fault = "a group must be 0 or more";
    } else if (!rows.slope.empty() && !std::isfinite(rows.slope[i])) {
      fault = "what the slope is of must be a finite number";
    } else if (!rows.sites.empty() && rows.sites[i] < 0) {
      fault = "a site must be 0 or more";
    }
    if (fault != nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("row ", i, ": ", fault));
    }
  }
  return absl::OkStatus();
}

}  // namespace enthesis::stats
