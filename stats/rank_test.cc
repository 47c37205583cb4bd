#include "stats/rank_test.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/distributions.h"
#include "stats/event_table.h"
#include "stats/multiple_comparisons.h"
#include "stats/parallel.h"

namespace enthesis::stats {
namespace {

// A variance this much smaller than its neighbors is rounding, not spread.
constexpr double kRankTolerance = 1e-9;

// One stratum: the table of each group.
using Stratum = std::vector<const EventTable*>;

// Weighted observed and expected events per group, and the variance of their
// difference (lower triangle, rows one after another), summed over times and
// strata.
struct Sums {
  explicit Sums(size_t n_groups)
      : groups(n_groups), variance(n_groups * (n_groups + 1) / 2, 0.0) {}

  double Variance(size_t g, size_t h) const {
    return g >= h ? variance[g * (g + 1) / 2 + h]
                  : variance[h * (h + 1) / 2 + g];
  }

  std::vector<RankTestGroup> groups;
  std::vector<double> variance;
  bool fractional = false;
};

absl::Status CheckStrata(absl::Span<const std::vector<EventTable>> strata) {
  if (strata.empty() || strata[0].size() < 2) {
    return absl::InvalidArgumentError("a rank test takes two or more groups");
  }
  for (const std::vector<EventTable>& stratum : strata) {
    if (stratum.size() != strata[0].size()) {
      return absl::InvalidArgumentError("strata list different groups");
    }
    for (const EventTable& table : stratum) {
      absl::Status status = CheckEventTable(table);
      if (!status.ok()) return status;
      if (table.n_causes != 1) {
        return absl::InvalidArgumentError("a rank test takes one cause");
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckOptions(const RankTestOptions& options) {
  for (double power : {options.rho, options.gamma}) {
    if (!std::isfinite(power) || power < 0) {
      return absl::InvalidArgumentError(
          "rho and gamma must be finite and not negative");
    }
  }
  return absl::OkStatus();
}

// The survival of all groups together, as far as the weights use it.
struct Pooled {
  double survival = 1;  // Kaplan-Meier just before the time
  double textbook = 1;  // Peto & Peto (1972): n + 1 in the place of n
};

double WeightOf(const RankTestOptions& options, double n, double d,
                Pooled& pooled) {
  pooled.textbook *= 1 - d / (n + 1);
  const double before = pooled.survival;
  pooled.survival *= (n - d) / n;
  switch (options.weight) {
    case RankWeight::kLogRank:
      return 1;
    case RankWeight::kGehanBreslow:
      return n;
    case RankWeight::kTaroneWare:
      return std::sqrt(n);
    case RankWeight::kPetoPeto:
      return before;
    case RankWeight::kPetoPetoTextbook:
      return pooled.textbook;
    case RankWeight::kFlemingHarrington:
      return std::pow(before, options.rho) *
             std::pow(1 - before, options.gamma);
  }
  return 1;
}

// Where each group of a stratum stands in its table while time goes on.
class StratumWalk {
 public:
  explicit StratumWalk(const Stratum& stratum) : groups_(stratum.size()) {
    for (size_t g = 0; g < stratum.size(); ++g) {
      groups_[g].table = stratum[g];
      groups_[g].at_risk = stratum[g]->AtRisk();
      groups_[g].next = TimeAt(groups_[g]);
    }
  }

  // Goes on to the next time at which any group has an event; false after the
  // last one.
  bool Next() {
    while (true) {
      double time = kNever;
      for (const Group& group : groups_) time = std::min(time, group.next);
      if (time == kNever) return false;
      n_ = 0;
      d_ = 0;
      for (Group& group : groups_) {
        // Between its own times a group has the risk set of its next time.
        group.n = group.next == kNever ? 0 : group.at_risk[group.row];
        group.d = 0;
        if (group.next == time) {
          group.d = group.table->events[group.row];
          ++group.row;
          group.next = TimeAt(group);
        }
        n_ += group.n;
        d_ += group.d;
      }
      if (d_ > 0) return true;
    }
  }

  // At risk and events of group `g`, and of all groups.
  double n(size_t g) const { return groups_[g].n; }
  double d(size_t g) const { return groups_[g].d; }
  double n() const { return n_; }
  double d() const { return d_; }

 private:
  static constexpr double kNever = std::numeric_limits<double>::infinity();

  struct Group {
    const EventTable* table = nullptr;
    std::vector<double> at_risk;
    size_t row = 0;
    double next = kNever;  // the time of `row`
    double n = 0, d = 0;
  };

  static double TimeAt(const Group& group) {
    const std::vector<double>& times = group.table->times;
    return group.row < times.size() ? times[group.row] : kNever;
  }

  std::vector<Group> groups_;
  double n_ = 0, d_ = 0;
};

// By a cast, which is much faster than floor; from 2^53 on all are whole.
bool IsWhole(double count) {
  constexpr double kAllWhole = 0x1p53;
  return count >= kAllWhole ||
         count == static_cast<double>(static_cast<int64_t>(count));
}

// Hypergeometric mean and variance: Mantel (1966); Kalbfleisch & Prentice
// (2002, ch. 1).
void AddStratum(const Stratum& stratum, const RankTestOptions& options,
                Sums& sums) {
  const size_t n_groups = stratum.size();
  for (size_t g = 0; g < n_groups; ++g) {
    sums.groups[g].n += stratum[g]->Total();
  }
  std::vector<double> share(n_groups);
  Pooled pooled;
  StratumWalk walk(stratum);
  while (walk.Next()) {
    const double n = walk.n();
    const double d = walk.d();
    const double weight = WeightOf(options, n, d, pooled);
    for (size_t g = 0; g < n_groups; ++g) {
      share[g] = walk.n(g) / n;
      sums.groups[g].observed += weight * walk.d(g);
      sums.groups[g].expected += weight * d * share[g];
      sums.fractional |= !IsWhole(walk.n(g)) || !IsWhole(walk.d(g));
    }
    if (n <= 1 || d >= n) continue;
    const double spread = weight * weight * d * (n - d) / (n - 1);
    size_t at = 0;
    for (size_t g = 0; g < n_groups; ++g) {
      const double scaled = spread * share[g];
      for (size_t h = 0; h < g; ++h) sums.variance[at++] -= scaled * share[h];
      sums.variance[at++] += scaled * (1 - share[g]);
    }
  }
}

// Sums of strata are added in their order, whatever the threads.
Sums SumStrata(const std::vector<Stratum>& strata,
               const RankTestOptions& options, ThreadPool* pool) {
  const size_t n_groups = strata[0].size();
  std::vector<Sums> parts(strata.size(), Sums(n_groups));
  RunTasks(pool, strata.size(),
           [&](size_t s) { AddStratum(strata[s], options, parts[s]); });
  Sums sums(n_groups);
  for (const Sums& part : parts) {
    for (size_t g = 0; g < n_groups; ++g) {
      sums.groups[g].n += part.groups[g].n;
      sums.groups[g].observed += part.groups[g].observed;
      sums.groups[g].expected += part.groups[g].expected;
    }
    for (size_t k = 0; k < sums.variance.size(); ++k) {
      sums.variance[k] += part.variance[k];
    }
    sums.fractional |= part.fractional;
  }
  return sums;
}

// The tables of the groups named, stratum by stratum.
std::vector<Stratum> Select(absl::Span<const std::vector<EventTable>> strata,
                            absl::Span<const size_t> groups) {
  std::vector<Stratum> selected;
  for (const std::vector<EventTable>& stratum : strata) {
    Stratum& tables = selected.emplace_back();
    for (size_t g : groups) tables.push_back(&stratum[g]);
  }
  return selected;
}

std::vector<size_t> AllGroups(size_t n_groups) {
  std::vector<size_t> groups(n_groups);
  std::iota(groups.begin(), groups.end(), size_t{0});
  return groups;
}

// The quadratic form of observed - expected in a generalized inverse of its
// variance. One group with expected events is left out, as the differences sum
// to 0; groups without are no part of the test.
void FillStatistic(const Sums& sums, RankTest& test) {
  std::vector<size_t> kept;
  bool first = true;
  for (size_t g = 0; g < sums.groups.size(); ++g) {
    if (sums.groups[g].expected <= 0) continue;
    if (!first && sums.Variance(g, g) > 0) kept.push_back(g);
    first = false;
  }
  if (kept.empty()) return;
  const Eigen::Index size = static_cast<Eigen::Index>(kept.size());
  // Scaled to unit variances, so that the rank does not depend on sizes.
  Eigen::VectorXd scaled(size);
  Eigen::MatrixXd correlation(size, size);
  for (Eigen::Index i = 0; i < size; ++i) {
    const size_t g = kept[static_cast<size_t>(i)];
    const RankTestGroup& group = sums.groups[g];
    const double sd = std::sqrt(sums.Variance(g, g));
    scaled(i) = (group.observed - group.expected) / sd;
    for (Eigen::Index j = 0; j < size; ++j) {
      const size_t h = kept[static_cast<size_t>(j)];
      correlation(i, j) =
          sums.Variance(g, h) / (sd * std::sqrt(sums.Variance(h, h)));
    }
  }
  Eigen::ColPivHouseholderQR<Eigen::MatrixXd> factors(size, size);
  factors.setThreshold(kRankTolerance);
  factors.compute(correlation);
  const Eigen::VectorXd solved = factors.solve(scaled);
  const double chi_square = std::max(0.0, scaled.dot(solved));
  const int df = static_cast<int>(factors.rank());
  if (df < 1 || !std::isfinite(chi_square)) return;
  test.df = df;
  test.chi_square = chi_square;
  test.p_value = ChiSquareUpperTail(chi_square, df);
}

RankTest TestOf(const Sums& sums) {
  RankTest test;
  test.groups = sums.groups;
  test.fractional = sums.fractional;
  FillStatistic(sums, test);
  return test;
}

absl::Status CheckScores(absl::Span<const double> scores, size_t n_groups) {
  if (scores.size() != n_groups) {
    return absl::InvalidArgumentError("one score per group is needed");
  }
  for (double score : scores) {
    if (!std::isfinite(score)) {
      return absl::InvalidArgumentError("scores must be finite");
    }
  }
  return absl::OkStatus();
}

// Tarone (1975): scores' (observed - expected) against its variance.
RankTrend TrendOf(const Sums& sums, absl::Span<const double> scores) {
  const size_t n_groups = sums.groups.size();
  // Centered, since only their spacing matters and a common part cancels.
  double expected = 0;
  double center = 0;
  for (size_t g = 0; g < n_groups; ++g) expected += sums.groups[g].expected;
  for (size_t g = 0; g < n_groups && expected > 0; ++g) {
    center += scores[g] * (sums.groups[g].expected / expected);
  }
  double difference = 0;
  double variance = 0;
  double scale = 0;
  for (size_t g = 0; g < n_groups; ++g) {
    const double score = scores[g] - center;
    difference += score * (sums.groups[g].observed - sums.groups[g].expected);
    scale += score * score * sums.Variance(g, g);
    for (size_t h = 0; h < n_groups; ++h) {
      variance += score * (scores[h] - center) * sums.Variance(g, h);
    }
  }
  RankTrend trend;
  if (!(variance > kRankTolerance * scale) || !std::isfinite(variance)) {
    return trend;
  }
  trend.z = difference / std::sqrt(variance);
  trend.chi_square = *trend.z * *trend.z;
  trend.p_value = 2 * NormalUpperTail(std::abs(*trend.z));
  return trend;
}

}  // namespace

absl::StatusOr<RankTest> TestRank(
    absl::Span<const std::vector<EventTable>> strata,
    const RankTestOptions& options, ThreadPool* pool) {
  if (absl::Status status = CheckStrata(strata); !status.ok()) return status;
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  return TestOf(
      SumStrata(Select(strata, AllGroups(strata[0].size())), options, pool));
}

absl::StatusOr<RankTest> TestLogRank(
    absl::Span<const std::vector<EventTable>> strata) {
  return TestRank(strata);
}

absl::StatusOr<RankTrend> TestRankTrend(
    absl::Span<const std::vector<EventTable>> strata,
    absl::Span<const double> scores, const RankTestOptions& options) {
  if (absl::Status status = CheckStrata(strata); !status.ok()) return status;
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  const size_t n_groups = strata[0].size();
  if (absl::Status status = CheckScores(scores, n_groups); !status.ok()) {
    return status;
  }
  return TrendOf(
      SumStrata(Select(strata, AllGroups(n_groups)), options, nullptr), scores);
}

absl::StatusOr<std::vector<RankPair>> TestRankPairs(
    absl::Span<const std::vector<EventTable>> strata,
    const RankTestOptions& options, PAdjustment adjustment) {
  if (absl::Status status = CheckStrata(strata); !status.ok()) return status;
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  std::vector<RankPair> pairs;
  std::vector<std::optional<double>> p_values;
  for (size_t first = 0; first < strata[0].size(); ++first) {
    for (size_t second = first + 1; second < strata[0].size(); ++second) {
      RankPair& pair = pairs.emplace_back();
      pair.first = first;
      pair.second = second;
      pair.test =
          TestOf(SumStrata(Select(strata, {first, second}), options, nullptr));
      p_values.push_back(pair.test.p_value);
    }
  }
  const auto adjusted = AdjustPValues(p_values, adjustment);
  for (size_t i = 0; i < pairs.size(); ++i) {
    pairs[i].adjusted_p_value = adjusted[i];
  }
  return pairs;
}

}  // namespace enthesis::stats
