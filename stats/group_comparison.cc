#include "stats/group_comparison.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/describe.h"
#include "stats/distributions.h"
#include "stats/mann_whitney.h"
#include "stats/mean.h"
#include "stats/value_counts.h"
#include "stats/whole_number.h"

namespace enthesis::stats {
namespace {

double Size(const Moments& moments) { return static_cast<double>(moments.n); }

// Sum of squared deviations; 0 where only rounding varies.
double Squares(const Moments& moments) {
  return moments.is_constant ? 0 : moments.scaled_spread / Size(moments);
}

double Variance(const Moments& moments) {
  return Squares(moments) / (Size(moments) - 1);
}

// All that follows from a difference, its standard error and df.
TwoSampleTTest TTestOf(double difference, double variance, double df,
                       double conf_level) {
  TwoSampleTTest result;
  result.difference = difference;
  result.test.df = df;
  const double std_error = std::sqrt(variance);
  result.std_error = std_error;
  const double reach = StudentTCriticalValue(conf_level, df) * std_error;
  result.lower = difference - reach;
  result.upper = difference + reach;
  const double statistic = difference / std_error;
  result.test.statistic = statistic;
  result.test.p_value = 2 * StudentTUpperTail(std::abs(statistic), df);
  return result;
}

TwoSampleTTest DifferenceOnly(const Moments& first, const Moments& second) {
  TwoSampleTTest result;
  if (first.n > 0 && second.n > 0) {
    result.difference = MeanDifference(first, second);
  }
  return result;
}

FTest FTestOf(double statistic, double df, double residual_df) {
  FTest result;
  result.df = df;
  result.residual_df = residual_df;
  if (!std::isfinite(statistic)) return result;
  result.statistic = statistic;
  result.p_value = FUpperTail(statistic, df, residual_df);
  return result;
}

std::vector<Moments> NonEmpty(absl::Span<const Moments> groups) {
  std::vector<Moments> kept;
  for (const Moments& group : groups) {
    if (group.n > 0) kept.push_back(group);
  }
  return kept;
}

// One value of one group.
struct Tally {
  double value = 0;
  size_t group = 0;
  int64_t count = 0;
};

std::vector<Tally> PoolSorted(absl::Span<const ValueCounts> groups) {
  std::vector<Tally> pool;
  for (size_t g = 0; g < groups.size(); ++g) {
    for (size_t i = 0; i < groups[g].values.size(); ++i) {
      pool.push_back({groups[g].values[i], g, groups[g].counts[i]});
    }
  }
  std::sort(pool.begin(), pool.end(), [](const Tally& a, const Tally& b) {
    return a.value != b.value ? a.value < b.value : a.group < b.group;
  });
  return pool;
}

}  // namespace

// Welch (1947, Biometrika 34:28).
TwoSampleTTest TestWelch(const Moments& first, const Moments& second,
                         double conf_level) {
  if (first.n < 2 || second.n < 2 ||
      (first.is_constant && second.is_constant)) {
    return DifferenceOnly(first, second);
  }
  const double a = Variance(first) / Size(first);
  const double b = Variance(second) / Size(second);
  // (a + b)^2 / (a^2 / df + b^2 / df), by shares that cannot underflow.
  const double share = a / (a + b);
  const double df = 1 / (share * share / (Size(first) - 1) +
                         (1 - share) * (1 - share) / (Size(second) - 1));
  return TTestOf(MeanDifference(first, second), a + b, df, conf_level);
}

// Student (1908) with the variance of both groups pooled.
TwoSampleTTest TestPooled(const Moments& first, const Moments& second,
                          double conf_level) {
  if (first.n < 1 || second.n < 1 ||
      (first.is_constant && second.is_constant)) {
    return DifferenceOnly(first, second);
  }
  const double df = Size(first) + Size(second) - 2;
  const double variance = (Squares(first) + Squares(second)) / df *
                          (1 / Size(first) + 1 / Size(second));
  return TTestOf(MeanDifference(first, second), variance, df, conf_level);
}

// Fisher (1925): mean squares between groups over those within.
FTest TestAnova(absl::Span<const Moments> groups) {
  const std::vector<Moments> kept = NonEmpty(groups);
  FTest none;
  if (kept.size() < 2) return none;
  Moments all;
  double within = 0;
  for (const Moments& group : kept) {
    all = Pooled(all, group);
    within += Squares(group);
  }
  double between = 0;
  for (const Moments& group : kept) {
    const double distance = MeanDifference(group, all);
    between += Size(group) * distance * distance;
  }
  const double df = static_cast<double>(kept.size()) - 1;
  const double residual_df = Size(all) - static_cast<double>(kept.size());
  none.df = df;
  if (residual_df < 1) return none;
  return FTestOf((between / df) / (within / residual_df), df, residual_df);
}

// Welch (1951, Biometrika 38:330), equations 27 to 29.
FTest TestWelchAnova(absl::Span<const Moments> groups) {
  const std::vector<Moments> kept = NonEmpty(groups);
  FTest none;
  if (kept.size() < 2) return none;
  const double k = static_cast<double>(kept.size());
  none.df = k - 1;
  double total = 0;
  for (const Moments& group : kept) {
    if (group.n < 2 || group.is_constant) return none;
    total += Size(group) / Variance(group);
  }
  // Means from the first group's, which keeps the digits of small distances.
  double center = 0;
  double spread = 0;
  for (const Moments& group : kept) {
    const double share = Size(group) / Variance(group) / total;
    center += share * MeanDifference(group, kept.front());
    spread += (1 - share) * (1 - share) / (Size(group) - 1);
  }
  double between = 0;
  for (const Moments& group : kept) {
    const double distance = MeanDifference(group, kept.front()) - center;
    between += Size(group) / Variance(group) * distance * distance;
  }
  const double excess = spread / (k * k - 1);
  const double statistic = between / ((k - 1) * (1 + 2 * (k - 2) * excess));
  return FTestOf(statistic, k - 1, 1 / (3 * excess));
}

// Kruskal & Wallis (1952, JASA 47:583), from the distances of the rank sums
// from what is expected; whole numbers until the last step.
KruskalWallis TestKruskalWallis(absl::Span<const ValueCounts> groups) {
  const std::vector<Tally> pool = PoolSorted(groups);
  std::vector<Int128> twice_ranks(groups.size(), 0);
  Int128 n = 0;
  Int128 ties = 0;
  for (size_t i = 0; i < pool.size();) {
    Int128 tied = 0;
    size_t end = i;
    for (; end < pool.size() && pool[end].value == pool[i].value; ++end) {
      tied += pool[end].count;
    }
    for (; i < end; ++i) {
      twice_ranks[pool[i].group] += pool[i].count * (2 * n + tied + 1);
    }
    n += tied;
    ties += tied * tied * tied - tied;
  }
  KruskalWallis result;
  int n_groups = 0;
  double squares = 0;
  for (size_t g = 0; g < groups.size(); ++g) {
    const int64_t size = groups[g].n();
    if (size == 0) continue;
    ++n_groups;
    const double distance =
        static_cast<double>(twice_ranks[g] - size * (n + 1)) / 2;
    squares += distance * distance / static_cast<double>(size);
  }
  result.df = std::max(0, n_groups - 1);
  const Int128 cubes = n * n * n - n;
  if (n_groups < 2 || cubes == ties) return result;
  // 12 / (n (n + 1)) and the correction for ties, (n^3 - n - ties) / (n^3 - n).
  const double statistic = 12 * static_cast<double>(n - 1) /
                           static_cast<double>(cubes - ties) * squares;
  result.statistic = statistic;
  result.p_value = ChiSquareUpperTail(statistic, result.df);
  result.epsilon_squared = statistic / static_cast<double>(n - 1);
  return result;
}

absl::StatusOr<GroupComparison> CompareGroups(
    absl::Span<const ValueCounts> groups, double conf_level) {
  if (groups.empty()) return absl::InvalidArgumentError("no groups");
  GroupComparison result;
  std::vector<Moments> moments;
  int64_t n = 0;
  for (const ValueCounts& group : groups) {
    absl::StatusOr<Description> description =
        DescribeValues(group, 0, conf_level);
    if (!description.ok()) return description.status();
    result.groups.push_back(*description);
    moments.push_back(MomentsOf(group));
    n += description->n;
    if (n > kCountMax) {
      return absl::InvalidArgumentError("more than 2^40 values");
    }
  }
  if (groups.size() == 2) {
    result.welch = TestWelch(moments[0], moments[1], conf_level);
    result.pooled = TestPooled(moments[0], moments[1], conf_level);
    const absl::StatusOr<MannWhitney> mann_whitney =
        TestMannWhitney(groups[0], groups[1], conf_level);
    if (!mann_whitney.ok()) return mann_whitney.status();
    result.mann_whitney = *mann_whitney;
  }
  result.anova = TestAnova(moments);
  result.welch_anova = TestWelchAnova(moments);
  result.kruskal_wallis = TestKruskalWallis(groups);
  return result;
}

}  // namespace enthesis::stats
