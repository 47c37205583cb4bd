#include "stats/describe.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stats/distributions.h"
#include "stats/mean.h"
#include "stats/value_counts.h"

namespace enthesis::stats {
namespace {

// The value at `index` (from 0) of the sorted sample.
double ValueAt(const ValueCounts& sample, int64_t index) {
  size_t i = 0;
  while (index >= sample.counts[i]) index -= sample.counts[i++];
  return sample.values[i];
}

}  // namespace

// Hyndman & Fan (1996, Am. Stat. 50:361), definition 7.
std::optional<double> QuantileOf(const ValueCounts& sample, double p) {
  const int64_t n = sample.n();
  if (n == 0 || !(p >= 0 && p <= 1)) return std::nullopt;
  const double position = static_cast<double>(n - 1) * p;
  const double floor = std::floor(position);
  const int64_t index = static_cast<int64_t>(floor);
  const double low = ValueAt(sample, index);
  if (position == floor) return low;
  const double high = ValueAt(sample, index + 1);
  if (high == low) return low;
  const double share = position - floor;
  return (1 - share) * low + share * high;
}

absl::StatusOr<Description> DescribeValues(const ValueCounts& sample,
                                           int64_t missing, double conf_level) {
  if (absl::Status status = CheckValueCounts(sample); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckConfLevel(conf_level); !status.ok()) {
    return status;
  }
  if (missing < 0) {
    return absl::InvalidArgumentError("missing must not be negative");
  }
  Description description;
  description.n = sample.n();
  description.missing = missing;
  description.mean = EstimateMean(MomentsOf(sample), conf_level);
  if (description.n == 0) return description;
  description.median = QuantileOf(sample, 0.5);
  description.q1 = QuantileOf(sample, 0.25);
  description.q3 = QuantileOf(sample, 0.75);
  description.min = sample.values.front();
  description.max = sample.values.back();
  return description;
}

}  // namespace enthesis::stats
