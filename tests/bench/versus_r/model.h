// What the regressions that are timed share: their covariates, and the figure
// that R's fit must have, too.

#ifndef ENTHESIS_TESTS_BENCH_VERSUS_R_MODEL_H_
#define ENTHESIS_TESTS_BENCH_VERSUS_R_MODEL_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "stats/design_matrix.h"
#include "tests/bench/versus_r/columns.h"

namespace enthesis::versus_r {

void AddColumn(const std::string& name, const std::vector<double>& values,
               stats::DesignMatrix& design);

// The first `count` covariates.
stats::DesignMatrix CovariatesOf(const Columns& columns, size_t count);

// A fit that must be there.
template <typename Fit>
const Fit& FitOf(const absl::StatusOr<Fit>& fit) {
  if (!fit.ok()) Fail(fit.status());
  return *fit;
}

// The sum of the estimates and of their errors, robust ones where asked for.
template <typename Fit>
double SumOfEstimates(const Fit& fit, bool robust = false) {
  double sum = 0;
  for (const auto& one : fit.coefficients) {
    sum += one.estimate.value_or(0);
    sum += (robust ? one.robust_std_error : one.std_error).value_or(0);
  }
  return sum;
}

}  // namespace enthesis::versus_r

#endif  // ENTHESIS_TESTS_BENCH_VERSUS_R_MODEL_H_
