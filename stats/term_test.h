// F tests that all coefficients of a term are 0, where the covariance of the
// coefficients rests on estimated variance parameters.
// See: METHODS.md, "Tests of terms".

#ifndef ENTHESIS_STATS_TERM_TEST_H_
#define ENTHESIS_STATS_TERM_TEST_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "stats/design_matrix.h"

namespace enthesis::stats {

// Figures are absent where the data do not determine them; without a numerator
// nothing of the term is left.
struct TermTest {
  std::string name;
  size_t numerator_df = 0;
  std::optional<double> df;  // of the denominator
  std::optional<double> statistic, p_value;
};

// The share of a column in a combination of coefficients.
struct TermWeight {
  size_t column = 0;  // of the design
  double weight = 0;
};

// A term and the combinations that are 0 without it.
struct TestedTerm {
  std::string name;
  std::vector<std::vector<TermWeight>> rows;
};

// The terms of a checked design in order, each coefficient by itself.
std::vector<TestedTerm> TermsOf(const DesignMatrix& design);

// The rows of a term whose columns are all kept, `is_kept` by column. Absent
// where one that is not belongs to a mean of several.
std::optional<std::vector<std::vector<TermWeight>>> KeptRows(
    const TestedTerm& term, const std::vector<bool>& is_kept);

// The denominator's degrees of freedom of the mean of independent squared t's
// with these: of the F whose mean is theirs (Fai & Cornelius 1996, J. Stat.
// Comput. Simul. 54:363), as lmerTest: their mean where they agree to 1e-8, 2
// where one is at most 2.
double DenominatorDf(const std::vector<double>& df);

// The mean of squares `squares` of independent t's with `df`, tested.
void SetTest(const std::vector<double>& squares, const std::vector<double>& df,
             TermTest& test);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_TERM_TEST_H_
