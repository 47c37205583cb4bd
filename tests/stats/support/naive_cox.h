// Cox models again, straight from their definitions and from rows: every event
// looks at every row, O(n^2 p^2). An oracle for the library.

#ifndef ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_COX_H_
#define ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_COX_H_

#include <cstddef>
#include <functional>
#include <vector>

#include "stats/cox_rows.h"
#include "stats/cox_ties.h"
#include "stats/design_matrix.h"

namespace enthesis::stats::naive {

struct CoxDefinition {
  double log_likelihood = 0;
  std::vector<double> gradient;     // [column]
  std::vector<double> information;  // [column * p + column]
  std::vector<double> martingale;   // [row], of one row
  std::vector<double> scores;       // [row * p + column], of one row
};

// At `coefficients`; `scale(time)` multiplies what each event time adds to
// gradient and information (1 for the model itself). Rows without counts.
CoxDefinition DefineCox(const CoxRows& rows, const DesignMatrix& design,
                        CoxTies ties, const std::vector<double>& coefficients,
                        const std::function<double(double)>& scale);

struct PairDefinition {
  double concordant = 0, discordant = 0, tied_score = 0;
  double tied_time = 0, tied_both = 0;
  double variance = 0;  // of the concordance, by cluster if there are any
};
PairDefinition DefineConcordance(const CoxRows& rows,
                                 const std::vector<double>& scores);

// Sum of D'D, D the weighted scores times `covariance`, by cluster if any.
std::vector<double> DefineRobust(const CoxRows& rows,
                                 const std::vector<double>& scores,
                                 const std::vector<double>& covariance);

}  // namespace enthesis::stats::naive

#endif  // ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_COX_H_
