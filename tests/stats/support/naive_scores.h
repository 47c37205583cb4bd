// The statistics of scores again, straight from their definitions: pairs are
// counted, orders enumerated. An oracle for the library.

#ifndef ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_SCORES_H_
#define ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_SCORES_H_

#include <cstdint>
#include <vector>

namespace enthesis::stats::naive {

using Values = std::vector<double>;

// The rank of each value, ties at their mean rank, by counting pairs.
Values Ranks(const Values& values);

// V of the values other than 0; two-sided p by all 2^n signs of their ranks.
double SignedRankStatistic(const Values& values);
double SignedRankP(const Values& values);

// W of the first values against the second; two-sided p by all ways to choose
// the first group among all, no ties.
double MannWhitneyStatistic(const Values& first, const Values& second);
double MannWhitneyP(const Values& first, const Values& second);

// Standardized statistics corrected for ties, without continuity correction.
double SignedRankZ(const Values& values);
double MannWhitneyZ(const Values& first, const Values& second);

// Kruskal-Wallis statistic corrected for ties.
double KruskalWallisStatistic(const std::vector<Values>& groups);

// F of one-way analysis of variance, in extended precision.
double AnovaStatistic(const std::vector<Values>& groups);

// Coefficients by Gauss-Jordan on the normal equations in extended precision:
// intercept, then one per column.
Values LeastSquaresCoefficients(const Values& response,
                                const std::vector<Values>& columns);

// Normal numbers from a seed; whole multiples of `step` where it is not 0.
Values RandomValues(uint64_t seed, int n, double mean, double step);

}  // namespace enthesis::stats::naive

#endif  // ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_SCORES_H_
