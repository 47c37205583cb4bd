#include "stats/value_counts.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace enthesis::stats {
namespace {

bool IsUsable(double value) { return std::abs(value) <= kValueMax; }

absl::Status RowError(size_t row, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("row ", row, ": ", what));
}

absl::Status UnusableValue(size_t row) {
  return RowError(row, "the value must be a finite number, at most 1e140");
}

ValueCounts CountSorted(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  ValueCounts sample;
  for (size_t i = 0; i < values.size();) {
    size_t end = i;
    while (end < values.size() && values[end] == values[i]) ++end;
    sample.values.push_back(values[i] + 0.0);  // -0 becomes 0
    sample.counts.push_back(static_cast<int64_t>(end - i));
    i = end;
  }
  return sample;
}

}  // namespace

int64_t ValueCounts::n() const {
  int64_t n = 0;
  for (const int64_t count : counts) n += count;
  return n;
}

absl::Status CheckValueCounts(const ValueCounts& sample) {
  if (sample.values.size() != sample.counts.size()) {
    return absl::InvalidArgumentError("one count per value is needed");
  }
  int64_t n = 0;
  for (size_t i = 0; i < sample.values.size(); ++i) {
    if (!IsUsable(sample.values[i])) {
      return absl::InvalidArgumentError(
          "values must be finite numbers, at most 1e140");
    }
    if (i > 0 && sample.values[i] <= sample.values[i - 1]) {
      return absl::InvalidArgumentError("values must increase");
    }
    if (sample.counts[i] < 1 || sample.counts[i] > kCountMax - n) {
      return absl::InvalidArgumentError(
          "counts must be positive, 2^40 at most together");
    }
    n += sample.counts[i];
  }
  return absl::OkStatus();
}

absl::StatusOr<ValueCounts> CountValues(absl::Span<const double> values) {
  for (size_t row = 0; row < values.size(); ++row) {
    if (!IsUsable(values[row])) return UnusableValue(row);
  }
  return CountSorted({values.begin(), values.end()});
}

absl::StatusOr<ValueCounts> CountChanges(absl::Span<const double> baseline,
                                         absl::Span<const double> follow_up) {
  if (baseline.size() != follow_up.size()) {
    return absl::InvalidArgumentError(
        "one baseline per follow-up value is needed");
  }
  std::vector<double> changes(baseline.size());
  for (size_t row = 0; row < baseline.size(); ++row) {
    changes[row] = follow_up[row] - baseline[row];
    if (!IsUsable(baseline[row]) || !IsUsable(follow_up[row]) ||
        !IsUsable(changes[row])) {
      return UnusableValue(row);
    }
  }
  return CountSorted(std::move(changes));
}

absl::StatusOr<std::vector<ValueCounts>> CountValuesByGroup(
    absl::Span<const double> values, absl::Span<const int> groups,
    int n_groups) {
  if (values.size() != groups.size()) {
    return absl::InvalidArgumentError("one group per value is needed");
  }
  std::vector<std::vector<double>> split(
      static_cast<size_t>(std::max(0, n_groups)));
  for (size_t row = 0; row < values.size(); ++row) {
    if (groups[row] < 0 || groups[row] >= n_groups) {
      return RowError(row, "the group is out of range");
    }
    if (!IsUsable(values[row])) return UnusableValue(row);
    split[static_cast<size_t>(groups[row])].push_back(values[row]);
  }
  std::vector<ValueCounts> samples;
  samples.reserve(split.size());
  for (std::vector<double>& group : split) {
    samples.push_back(CountSorted(std::move(group)));
  }
  return samples;
}

}  // namespace enthesis::stats
