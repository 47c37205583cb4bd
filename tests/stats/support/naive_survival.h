// Oracles for weighted rows and weighted rank tests, straight from definitions.

#ifndef ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_SURVIVAL_H_
#define ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_SURVIVAL_H_

#include <functional>
#include <vector>

#include "stats/event_columns.h"
#include "support/naive.h"

namespace enthesis::stats::naive {

// Infinitesimal jackknife variance of survival just after `time`: the sum over
// rows of (weight x derivative of survival by that weight) squared, the
// derivative a difference quotient of the whole estimate.
double RobustVariance(const Rows& rows, double time);

// Weight of an event time from n at risk, d events, survival just before, and
// the product of 1 - d / (n + 1) up to and with it.
using TimeWeight =
    std::function<double(double n, double d, double before, double textbook)>;

// Observed - expected by group and its variance, over strata.
struct RankSums {
  std::vector<double> difference;
  std::vector<std::vector<double>> variance;
};
RankSums WeightedRank(const Rows& rows, const std::vector<int>& groups,
                      int n_groups, const std::vector<int>& strata,
                      int n_strata, const TimeWeight& weight);

// The rows as columns; `view` refers to them.
struct RowColumns {
  std::vector<double> times, entries, weights;
  std::vector<int> causes, groups;
  EventColumns View() const {
    return {times, causes, groups, entries, weights};
  }
};
RowColumns ToColumns(const Rows& rows, const std::vector<int>& groups);

// `rows` with weights in tenths from 0.1 to 3.
Rows WithFractions(Rows rows, uint64_t seed);

}  // namespace enthesis::stats::naive

#endif  // ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_SURVIVAL_H_
