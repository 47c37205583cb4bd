// Parametric models of six covariates: right-censored, and of interval-censored
// times.

#include <cmath>
#include <string>
#include <vector>

#include "stats/interval_times.h"
#include "stats/parametric.h"
#include "tests/bench/versus_r/columns.h"
#include "tests/bench/versus_r/model.h"

namespace enthesis::versus_r {
namespace {

constexpr int kParametricRepeats = 5;

// The sum of the estimates and their errors, and the scale.
double FigureOf(const stats::IntervalTimes& rows,
                const stats::DesignMatrix& design,
                stats::ParametricDistribution distribution,
                stats::ThreadPool& pool) {
  stats::ParametricOptions options;
  options.distribution = distribution;
  const auto fit = stats::FitParametric(rows, design, options, &pool);
  return *FitOf(fit).scale + SumOfEstimates(*fit);
}

}  // namespace

std::vector<Timing> TimeParametric(const Columns& columns,
                                   stats::ThreadPool& pool) {
  const stats::DesignMatrix design = CovariatesOf(columns, columns.x.size());
  // Known at the day, or between visits every 90 days.
  std::vector<double> day_end = columns.day;
  std::vector<double> before, by;
  for (size_t i = 0; i < columns.n_rows; ++i) {
    const bool event = columns.event[i] > 0;
    if (!event) day_end[i] = stats::kOpenUpper;
    before.push_back(90 * std::floor((columns.day[i] - 1) / 90));
    by.push_back(event ? before.back() + 90 : stats::kOpenUpper);
  }
  const stats::IntervalTimes days = {columns.day, day_end, {}};
  const stats::IntervalTimes visits = {before, by, {}};
  const auto run = [&](const std::string& name,
                       const stats::IntervalTimes& rows,
                       stats::ParametricDistribution distribution) {
    return Time(name, kParametricRepeats,
                [&] { return FigureOf(rows, design, distribution, pool); });
  };
  using stats::ParametricDistribution;
  return {run("Weibull", days, ParametricDistribution::kWeibull),
          run("log-normal", days, ParametricDistribution::kLogNormal),
          run("log-logistic, visits", visits,
              ParametricDistribution::kLogLogistic)};
}

}  // namespace enthesis::versus_r
