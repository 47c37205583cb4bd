#include "stats/rank_test.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/distributions.h"
#include "stats/event_table.h"

namespace enthesis::stats {
namespace {

// A variance this much smaller than its neighbors is rounding, not spread.
constexpr double kRankTolerance = 1e-9;

// Observed and expected events per group, and the variance of their
// difference, summed over times and strata.
struct Sums {
  explicit Sums(size_t n_groups)
      : groups(n_groups),
        variance(Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(n_groups),
                                       static_cast<Eigen::Index>(n_groups))) {}

  std::vector<RankTestGroup> groups;
  Eigen::MatrixXd variance;
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

std::vector<double> EventTimes(const std::vector<EventTable>& stratum) {
  std::vector<double> times;
  for (const EventTable& table : stratum) {
    for (size_t i = 0; i < table.times.size(); ++i) {
      if (table.events[i] > 0) times.push_back(table.times[i]);
    }
  }
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  return times;
}

// Adds one event time with `events` in all and `at_risk` by group.
// Hypergeometric mean and variance: Mantel (1966); Kalbfleisch & Prentice
// (2002, ch. 1).
void AddTime(double events, const Eigen::VectorXd& at_risk, Sums& sums) {
  const double n = at_risk.sum();
  if (n <= 0) return;
  const Eigen::VectorXd share = at_risk / n;
  for (size_t g = 0; g < sums.groups.size(); ++g) {
    sums.groups[g].expected += events * share(static_cast<Eigen::Index>(g));
  }
  if (n <= 1) return;
  const double weight = events * (n - events) / (n - 1);
  sums.variance.diagonal() += weight * share;
  sums.variance.noalias() -= weight * share * share.transpose();
}

void AddStratum(const std::vector<EventTable>& stratum, Sums& sums) {
  const size_t n_groups = stratum.size();
  std::vector<std::vector<double>> at_risk(n_groups);
  for (size_t g = 0; g < n_groups; ++g) {
    at_risk[g] = stratum[g].AtRisk();
    sums.groups[g].n += stratum[g].Total();
    sums.groups[g].observed += stratum[g].TotalEvents(0);
  }
  std::vector<size_t> row(n_groups, 0);
  Eigen::VectorXd at_risk_now(static_cast<Eigen::Index>(n_groups));
  for (double time : EventTimes(stratum)) {
    double events = 0;
    for (size_t g = 0; g < n_groups; ++g) {
      const EventTable& table = stratum[g];
      while (row[g] < table.times.size() && table.times[row[g]] < time) {
        ++row[g];
      }
      const bool ended = row[g] == table.times.size();
      // Between its own times a group has the risk set of its next time.
      at_risk_now(static_cast<Eigen::Index>(g)) =
          ended ? 0 : at_risk[g][row[g]];
      if (!ended && table.times[row[g]] == time) events += table.events[row[g]];
    }
    AddTime(events, at_risk_now, sums);
  }
}

// The quadratic form of observed - expected in a generalized inverse of its
// variance. One group with expected events is left out, as the differences sum
// to 0; groups without are no part of the test.
void FillStatistic(const Sums& sums, RankTest& test) {
  std::vector<Eigen::Index> kept;
  bool first = true;
  for (size_t g = 0; g < sums.groups.size(); ++g) {
    if (sums.groups[g].expected <= 0) continue;
    const Eigen::Index index = static_cast<Eigen::Index>(g);
    if (!first && sums.variance(index, index) > 0) kept.push_back(index);
    first = false;
  }
  if (kept.empty()) return;
  const Eigen::Index size = static_cast<Eigen::Index>(kept.size());
  // Scaled to unit variances, so that the rank does not depend on sizes.
  Eigen::VectorXd scaled(size);
  Eigen::MatrixXd correlation(size, size);
  for (Eigen::Index i = 0; i < size; ++i) {
    const Eigen::Index g = kept[static_cast<size_t>(i)];
    const RankTestGroup& group = sums.groups[static_cast<size_t>(g)];
    const double sd = std::sqrt(sums.variance(g, g));
    scaled(i) = (group.observed - group.expected) / sd;
    for (Eigen::Index j = 0; j < size; ++j) {
      const Eigen::Index h = kept[static_cast<size_t>(j)];
      correlation(i, j) =
          sums.variance(g, h) / (sd * std::sqrt(sums.variance(h, h)));
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

}  // namespace

absl::StatusOr<RankTest> TestLogRank(
    absl::Span<const std::vector<EventTable>> strata) {
  if (absl::Status status = CheckStrata(strata); !status.ok()) return status;
  Sums sums(strata[0].size());
  for (const std::vector<EventTable>& stratum : strata) {
    AddStratum(stratum, sums);
  }
  RankTest test;
  test.groups = sums.groups;
  FillStatistic(sums, test);
  return test;
}

}  // namespace enthesis::stats
