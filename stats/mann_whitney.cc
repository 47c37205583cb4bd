#include "stats/mann_whitney.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stats/distributions.h"
#include "stats/hodges_lehmann.h"
#include "stats/rank_distributions.h"
#include "stats/root.h"
#include "stats/value_counts.h"
#include "stats/whole_number.h"

namespace enthesis::stats {
namespace {

struct RankSums {
  int64_t n_first = 0;
  int64_t n_second = 0;
  Int128 twice_w = 0;
  Int128 ties = 0;  // sum of t^3 - t over groups of t tied values
};

// W of `first` less `shift` against `second`, by merging the sorted values.
RankSums RankShifted(const ValueCounts& first, const ValueCounts& second,
                     double shift) {
  const std::vector<double>& x = first.values;
  const std::vector<double>& y = second.values;
  RankSums sums;
  for (size_t i = 0, j = 0; i < x.size() || j < y.size();) {
    double value;
    if (j == y.size()) {
      value = x[i] - shift;
    } else if (i == x.size()) {
      value = y[j];
    } else {
      value = std::min(x[i] - shift, y[j]);
    }
    int64_t from_first = 0, from_second = 0;
    for (; i < x.size() && x[i] - shift == value; ++i) {
      from_first += first.counts[i];
    }
    for (; j < y.size() && y[j] == value; ++j) {
      from_second += second.counts[j];
    }
    sums.twice_w += Int128{from_first} * (2 * sums.n_second + from_second);
    sums.n_first += from_first;
    sums.n_second += from_second;
    const Int128 tied = from_first + from_second;
    sums.ties += tied * tied * tied - tied;
  }
  return sums;
}

// The standardized W, corrected for ties; not finite when all are tied.
double Standardize(const RankSums& sums, bool is_continuity_corrected) {
  const Int128 pairs = Int128{sums.n_first} * sums.n_second;
  const Int128 n = Int128{sums.n_first} + sums.n_second;
  const double distance = static_cast<double>(sums.twice_w - pairs) / 2;
  const double variance = static_cast<double>(pairs) / 12 *
                          (static_cast<double>(n * n * n - n - sums.ties) /
                           static_cast<double>(n * (n - 1)));
  double correction = 0;
  if (is_continuity_corrected && distance != 0) {
    correction = distance > 0 ? 0.5 : -0.5;
  }
  return (distance - correction) / std::sqrt(variance);
}

// The difference of a value of `x` and one of `y` nearest to `target`: where
// the statistic jumps.
double NearestDifference(const std::vector<double>& x,
                         const std::vector<double>& y, double target) {
  double nearest = x.front() - y.front();
  for (size_t i = 0, j = 0; i < x.size() && j < y.size();) {
    const double difference = x[i] - y[j];
    if (std::abs(difference - target) < std::abs(nearest - target)) {
      nearest = difference;
    }
    difference < target ? ++i : ++j;
  }
  return nearest;
}

HodgesLehmann ExactInterval(const std::vector<double>& x,
                            const std::vector<double>& y, double conf_level,
                            const RankDistribution& distribution) {
  std::vector<double> differences;
  differences.reserve(x.size() * y.size());
  for (const double a : x) {
    for (const double b : y) differences.push_back(a - b);
  }
  std::sort(differences.begin(), differences.end());
  const size_t half = differences.size() / 2;
  HodgesLehmann result;
  result.estimate = differences.size() % 2 == 1
                        ? differences[half]
                        : (differences[half - 1] + differences[half]) / 2;
  const double alpha = 1 - conf_level;
  const size_t rank = static_cast<size_t>(
      std::max<int64_t>(1, distribution.LowerQuantile(alpha / 2)));
  result.lower = differences[rank - 1];
  result.upper = differences[differences.size() - rank];
  const double achieved = 2 * distribution.lower_tail[rank - 1];
  result.conf_level = conf_level;
  if (achieved - alpha > alpha / 2) result.conf_level = 1 - achieved;
  return result;
}

// The shift at which the standardized statistic equals `level`, or the end of
// all differences where it stays on one side.
double RootAt(const ValueCounts& first, const ValueCounts& second, double level,
              bool is_continuity_corrected) {
  const auto f = [&](double shift) {
    return Standardize(RankShifted(first, second, shift),
                       is_continuity_corrected) -
           level;
  };
  const double low = first.values.front() - second.values.back();
  const double high = first.values.back() - second.values.front();
  const double f_low = f(low);
  if (f_low <= 0) return low;
  const double f_high = f(high);
  if (f_high >= 0) return high;
  const Root root = FindRoot(f, {low, high, f_low, f_high});
  if (root.is_zero) return root.x;
  return NearestDifference(first.values, second.values, root.x);
}

// By inverting the normal test (Bauer 1972, JASA 67:687).
HodgesLehmann NormalInterval(const ValueCounts& first,
                             const ValueCounts& second, double conf_level) {
  HodgesLehmann result;
  if (first.values.size() == 1 && second.values.size() == 1) {
    result.estimate = first.values[0] - second.values[0];
    return result;
  }
  const double z = NormalUpperQuantile((1 - conf_level) / 2);
  result.estimate = RootAt(first, second, 0, false);
  result.lower = RootAt(first, second, z, true);
  result.upper = RootAt(first, second, -z, true);
  result.conf_level = conf_level;
  return result;
}

}  // namespace

absl::StatusOr<MannWhitney> TestMannWhitney(const ValueCounts& first,
                                            const ValueCounts& second,
                                            double conf_level) {
  for (const ValueCounts* sample : {&first, &second}) {
    if (absl::Status status = CheckValueCounts(*sample); !status.ok()) {
      return status;
    }
  }
  if (absl::Status status = CheckConfLevel(conf_level); !status.ok()) {
    return status;
  }
  MannWhitney result;
  if (first.values.empty() || second.values.empty()) return result;
  const RankSums sums = RankShifted(first, second, 0);
  result.statistic = static_cast<double>(sums.twice_w) / 2;
  result.is_exact = sums.n_first < kExactBelow && sums.n_second < kExactBelow &&
                    sums.ties == 0;
  if (result.is_exact) {
    const RankDistribution distribution =
        RankSumDistribution(sums.n_first, sums.n_second);
    result.p_value =
        distribution.TwoSidedP(static_cast<int64_t>(sums.twice_w / 2));
    result.shift =
        ExactInterval(first.values, second.values, conf_level, distribution);
    return result;
  }
  const double z = Standardize(sums, true);
  if (std::isfinite(z)) result.p_value = 2 * NormalUpperTail(std::abs(z));
  result.shift = NormalInterval(first, second, conf_level);
  return result;
}

}  // namespace enthesis::stats
