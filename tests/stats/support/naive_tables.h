// Tables of counts the slow way: every table of the same margins is written
// out. An oracle for small tables.

#ifndef ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_TABLES_H_
#define ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_TABLES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stats/two_by_two.h"

namespace enthesis::stats::naive {

// Fisher's two-sided p of `counts` [row * n_columns + column].
double FisherP(const std::vector<int64_t>& counts, size_t n_columns);

// P(S = s) of the events in the group over strata, given all margins, [s].
std::vector<double> EventDistribution(const std::vector<TwoByTwo>& strata,
                                      double odds_ratio);

// Breslow and Day's statistic, and with Tarone's correction: expected events by
// bisection.
struct Homogeneity {
  double breslow_day = 0, tarone = 0;
};
Homogeneity BreslowDay(const std::vector<TwoByTwo>& strata, double odds_ratio);

}  // namespace enthesis::stats::naive

#endif  // ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_TABLES_H_
