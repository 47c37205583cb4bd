// Gray's test and Fine-Gray regression again, straight from their definitions:
// every sum over all rows, every weight written out. An oracle for the library.

#ifndef ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_COMPETING_RISKS_H_
#define ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_COMPETING_RISKS_H_

#include <cstdint>
#include <vector>

#include "stats/design_matrix.h"
#include "stats/event_table.h"
#include "stats/fine_gray.h"

namespace enthesis::stats::naive {

// Gray's statistic of `cause` for the groups of one stratum, rho = 0, the last
// group left out; every group must have rows, and no row enters late.
double Gray(const std::vector<EventRow>& rows, const std::vector<int>& groups,
            int n_groups, int cause);

// Rows with competing risks and covariates x[row][column].
struct Regression {
  std::vector<EventRow> rows;
  std::vector<int> strata;
  std::vector<std::vector<double>> x;

  std::vector<double> times, entries, weights;
  std::vector<int> causes;
  // The columns above from `rows`, and the design, for the library.
  FineGrayRows View(FineGrayConvention convention);
  DesignMatrix Design() const;
};

// Random rows: whole days below `max_day`, two causes, p columns of which the
// second has two values; weights, strata and late entry for kFineGray.
Regression RandomRegression(uint64_t seed, int n, size_t p, int max_day,
                            FineGrayConvention convention);

// Of cause 1, at the coefficients.
struct FineGrayEvaluation {
  double log_likelihood = 0;
  std::vector<double> gradient;
  std::vector<std::vector<double>> information;
  // Sum over rows of the outer product of their influence on the gradient.
  std::vector<std::vector<double>> meat;
};
FineGrayEvaluation EvaluateFineGray(const Regression& data,
                                    FineGrayConvention convention,
                                    FineGrayTies ties,
                                    const std::vector<double>& coefficients);

}  // namespace enthesis::stats::naive

#endif  // ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_COMPETING_RISKS_H_
