// Linear mixed models: three covariates, random intercepts and slopes of 1,000
// groups and of groups of about 10 rows; intercepts by group and by site, of 50
// sites that cross 500 groups.

#include <cmath>
#include <string>
#include <vector>

#include "stats/mixed.h"
#include "tests/bench/versus_r/columns.h"
#include "tests/bench/versus_r/model.h"

namespace enthesis::versus_r {
namespace {

constexpr int kMixedRepeats = 7;

// The sum of the estimates and their errors, and the variances.
double FigureOf(const stats::MixedRows& rows, const stats::DesignMatrix& design,
                stats::ThreadPool& pool) {
  const auto found = stats::FitMixed(rows, design, {}, &pool);
  const stats::MixedFit& fit = FitOf(found);
  return SumOfEstimates(fit) + fit.intercept_variance +
         fit.slope_variance.value_or(0) + fit.site_variance.value_or(0) +
         fit.residual_variance;
}

}  // namespace

std::vector<Timing> TimeMixed(const Columns& columns, stats::ThreadPool& pool) {
  const stats::DesignMatrix design = CovariatesOf(columns, 3);
  const std::vector<double>& visit = columns.x[2];
  std::vector<int> thousand;
  std::vector<double> score, other;
  for (size_t i = 0; i < columns.n_rows; ++i) {
    const int cluster = columns.cluster[i];
    thousand.push_back(cluster % 1000);
    const auto score_of = [&](double group) {
      return 50 + 5 * std::sin(group) +
             (1 + 0.3 * std::cos(1.7 * group)) * visit[i] + 8 * columns.x[4][i];
    };
    score.push_back(score_of(cluster % 1000));
    other.push_back(score_of(cluster));
  }
  const auto run = [&](const std::string& name, const stats::MixedRows& rows) {
    return Time(name, kMixedRepeats,
                [&] { return FigureOf(rows, design, pool); });
  };
  return {
      run("intercepts of 1,000 groups", {score, thousand, {}}),
      run("intercepts and slopes of 1,000 groups", {score, thousand, visit}),
      run("intercepts and slopes, groups of 10",
          {other, columns.cluster, visit})};
}

std::vector<Timing> TimeCrossed(const Columns& columns,
                                stats::ThreadPool& pool) {
  const stats::DesignMatrix design = CovariatesOf(columns, 1);
  std::vector<int> group;
  std::vector<double> score;
  for (size_t i = 0; i < columns.n_rows; ++i) {
    group.push_back(columns.cluster[i] % 500);
    score.push_back(50 + 5 * std::sin(group.back()) +
                    3 * std::cos(2.3 * columns.site[i]) + columns.x[0][i] +
                    8 * columns.x[4][i]);
  }
  return {Time("intercepts by group, crossed with site", kMixedRepeats, [&] {
    return FigureOf({score, group, {}, columns.site}, design, pool);
  })};
}

}  // namespace enthesis::versus_r
