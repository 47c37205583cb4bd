#include "stats/signed_rank.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stats/describe.h"
#include "stats/distributions.h"
#include "stats/hodges_lehmann.h"
#include "stats/rank_distributions.h"
#include "stats/root.h"
#include "stats/value_counts.h"
#include "stats/whole_number.h"

namespace enthesis::stats {
namespace {

struct RankSums {
  int64_t n = 0;       // values other than the center
  Int128 twice_v = 0;  // twice the sum of ranks of values above the center
  Int128 ties = 0;     // sum of t^3 - t over groups of t tied magnitudes
};

// Ranks |value - center|. The values are sorted, so magnitudes grow from the
// center to both sides: one merge, no sorting.
RankSums RankAbout(const ValueCounts& sample, double center) {
  const std::vector<double>& x = sample.values;
  size_t above = static_cast<size_t>(
      std::lower_bound(x.begin(), x.end(), center) - x.begin());
  size_t below = above;  // one past the next value below the center
  if (above < x.size() && x[above] == center) ++above;
  RankSums sums;
  while (below > 0 || above < x.size()) {
    double magnitude;
    if (below == 0) {
      magnitude = x[above] - center;
    } else if (above == x.size()) {
      magnitude = center - x[below - 1];
    } else {
      magnitude = std::min(x[above] - center, center - x[below - 1]);
    }
    int64_t tied = 0, positive = 0;
    for (; above < x.size() && x[above] - center == magnitude; ++above) {
      positive += sample.counts[above];
    }
    for (; below > 0 && center - x[below - 1] == magnitude; --below) {
      tied += sample.counts[below - 1];
    }
    tied += positive;
    // Ranks n + 1 .. n + tied, each at their mean.
    sums.twice_v += Int128{positive} * (2 * sums.n + tied + 1);
    sums.ties += Int128{tied} * tied * tied - tied;
    sums.n += tied;
  }
  return sums;
}

// The standardized V, corrected for ties; NaN for n = 0.
double Standardize(const RankSums& sums, bool is_continuity_corrected) {
  const Int128 n = sums.n;
  const double distance =
      static_cast<double>(2 * sums.twice_v - n * (n + 1)) / 4;
  const double variance =
      static_cast<double>(2 * n * (n + 1) * (2 * n + 1) - sums.ties) / 48;
  double correction = 0;
  if (is_continuity_corrected && distance != 0) {
    correction = distance > 0 ? 0.5 : -0.5;
  }
  return (distance - correction) / std::sqrt(variance);
}

// Means of all pairs, a value with itself included, in order.
std::vector<double> WalshAverages(const std::vector<double>& x) {
  std::vector<double> averages;
  averages.reserve(x.size() * (x.size() + 1) / 2);
  for (size_t i = 0; i < x.size(); ++i) {
    for (size_t j = i; j < x.size(); ++j) {
      averages.push_back((x[i] + x[j]) / 2);
    }
  }
  std::sort(averages.begin(), averages.end());
  return averages;
}

// The Walsh average nearest to `target`: where the statistic jumps.
double NearestWalshAverage(const std::vector<double>& x, double target) {
  double nearest = x.front();
  size_t low = 0;
  size_t high = x.size() - 1;
  while (true) {
    const double average = (x[low] + x[high]) / 2;
    if (std::abs(average - target) < std::abs(nearest - target)) {
      nearest = average;
    }
    if (low == high) return nearest;
    average < target ? ++low : --high;
  }
}

HodgesLehmann ExactInterval(const std::vector<double>& x, double conf_level,
                            const RankDistribution& distribution) {
  const std::vector<double> averages = WalshAverages(x);
  const size_t half = averages.size() / 2;
  HodgesLehmann result;
  result.estimate = averages.size() % 2 == 1
                        ? averages[half]
                        : (averages[half - 1] + averages[half]) / 2;
  const double alpha = 1 - conf_level;
  const size_t rank = static_cast<size_t>(
      std::max<int64_t>(1, distribution.LowerQuantile(alpha / 2)));
  result.lower = averages[rank - 1];
  result.upper = averages[averages.size() - rank];
  const double achieved = 2 * distribution.lower_tail[rank - 1];
  result.conf_level = conf_level;
  if (achieved - alpha > alpha / 2) result.conf_level = 1 - achieved;
  return result;
}

// Where the standardized statistic of the values less d equals `level`.
double RootAt(const ValueCounts& sample, double level,
              bool is_continuity_corrected) {
  const auto f = [&](double d) {
    return Standardize(RankAbout(sample, d), is_continuity_corrected) - level;
  };
  const double low = sample.values.front();
  const double high = sample.values.back();
  const Root root = FindRoot(f, {low, high, f(low), f(high)});
  return root.is_zero ? root.x : NearestWalshAverage(sample.values, root.x);
}

// By inverting the normal test (Bauer 1972, JASA 67:687). With few values the
// level is out of reach: alpha is doubled until it is not, as wilcox.test.
HodgesLehmann NormalInterval(const ValueCounts& sample, double conf_level) {
  HodgesLehmann result;
  const double low = sample.values.front();
  const double high = sample.values.back();
  if (sample.values.size() == 1) {
    result.estimate = low;
    return result;
  }
  result.estimate = RootAt(sample, 0, false);
  const double at_low = Standardize(RankAbout(sample, low), true);
  const double at_high = Standardize(RankAbout(sample, high), true);
  double alpha = 1 - conf_level;
  while (alpha < 1) {
    const double z = NormalUpperQuantile(alpha / 2);
    if (at_low >= z && at_high <= -z) break;
    alpha *= 2;
  }
  if (alpha >= 1) {
    result.lower = result.upper = QuantileOf(sample, 0.5);
    result.conf_level = 0;
    return result;
  }
  const double z = NormalUpperQuantile(alpha / 2);
  result.lower = RootAt(sample, z, true);
  result.upper = RootAt(sample, -z, true);
  const bool is_reached = alpha == 1 - conf_level;
  result.conf_level = is_reached ? conf_level : 1 - alpha;
  return result;
}

ValueCounts WithoutZero(const ValueCounts& differences) {
  ValueCounts sample = differences;
  const auto zero =
      std::lower_bound(sample.values.begin(), sample.values.end(), 0.0);
  if (zero != sample.values.end() && *zero == 0) {
    sample.counts.erase(sample.counts.begin() + (zero - sample.values.begin()));
    sample.values.erase(zero);
  }
  return sample;
}

}  // namespace

absl::StatusOr<SignedRank> TestSignedRank(const ValueCounts& differences,
                                          double conf_level) {
  if (absl::Status status = CheckValueCounts(differences); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckConfLevel(conf_level); !status.ok()) {
    return status;
  }
  const ValueCounts sample = WithoutZero(differences);
  const RankSums sums = RankAbout(sample, 0);
  SignedRank result;
  result.n = sums.n;
  result.n_zero = differences.n() - sums.n;
  if (result.n + result.n_zero == 0) return result;
  result.statistic = static_cast<double>(sums.twice_v) / 2;
  if (result.n == 0) return result;
  result.is_exact =
      result.n < kExactBelow && sums.ties == 0 && result.n_zero == 0;
  if (result.is_exact) {
    const RankDistribution distribution = SignedRankDistribution(result.n);
    result.p_value =
        distribution.TwoSidedP(static_cast<int64_t>(sums.twice_v / 2));
    result.hodges_lehmann =
        ExactInterval(sample.values, conf_level, distribution);
    return result;
  }
  const double z = Standardize(sums, true);
  result.p_value = 2 * NormalUpperTail(std::abs(z));
  result.hodges_lehmann = NormalInterval(sample, conf_level);
  return result;
}

}  // namespace enthesis::stats
