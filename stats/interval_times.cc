#include "stats/interval_times.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace enthesis::stats {
namespace {

// sqrt(machine epsilon): the tolerance of survival::aeqSurv.
constexpr double kEndTolerance = 1.4901161193847656e-08;  // 2^-26

bool IsEndTime(const IntervalTimes& rows, size_t row, bool upper) {
  const IntervalKind kind = rows.Kind(row);
  return upper ? kind != IntervalKind::kRightCensored
               : kind != IntervalKind::kLeftCensored;
}

// The first of each chain of ends within the tolerance, in order.
std::vector<double> DistinctEnds(const IntervalTimes& rows) {
  std::vector<double> ends;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (IsEndTime(rows, i, false)) ends.push_back(rows.lower[i]);
    if (IsEndTime(rows, i, true)) ends.push_back(rows.upper[i]);
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  const double mean = std::accumulate(
      ends.begin(), ends.end(), 0.0, [&](double sum, double end) {
        return sum + end / static_cast<double>(ends.size());
      });
  std::vector<double> firsts;
  for (size_t i = 0; i < ends.size(); ++i) {
    const double gap = i == 0 ? 0 : ends[i] - ends[i - 1];
    const bool tied =
        i > 0 && (gap <= kEndTolerance || gap / mean <= kEndTolerance);
    if (!tied) firsts.push_back(ends[i]);
  }
  return firsts;
}

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

TiedIntervals TieIntervalTimes(const IntervalTimes& rows) {
  const std::vector<double> firsts = DistinctEnds(rows);
  const auto tied = [&](double end) {
    return *std::prev(std::upper_bound(firsts.begin(), firsts.end(), end));
  };
  TiedIntervals ends = {{rows.lower.begin(), rows.lower.end()},
                        {rows.upper.begin(), rows.upper.end()}};
  for (size_t i = 0; i < rows.size(); ++i) {
    if (IsEndTime(rows, i, false)) ends.lower[i] = tied(rows.lower[i]);
    if (IsEndTime(rows, i, true)) ends.upper[i] = tied(rows.upper[i]);
  }
  return ends;
}

}  // namespace enthesis::stats
