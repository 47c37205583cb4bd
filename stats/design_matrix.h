// Covariates of a regression: one column of numbers for each coefficient.
// Factors have been turned into indicator columns by the caller, who names
// them; a model matrix never holds an intercept, a model that has one adds it.
//
// Threads: plain values; const access from any number of threads is safe.

#ifndef ENTHESIS_STATS_DESIGN_MATRIX_H_
#define ENTHESIS_STATS_DESIGN_MATRIX_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "stats/parallel.h"

namespace enthesis::stats {

struct DesignMatrix {
  size_t n_rows = 0;
  std::vector<std::string> names;  // one per column, in the order reported
  // The term of each column, from 0, not decreasing: indicator columns of one
  // factor share a term. Empty: every column is a term of its own.
  std::vector<int> terms;
  std::vector<double> values;  // [column * n_rows + row], finite
  // [term] for tests of terms. Empty: the names of its columns, joined by '+'.
  std::vector<std::string> term_names = {};

  size_t n_columns() const { return names.size(); }
  absl::Span<const double> Column(size_t column) const {
    return absl::MakeConstSpan(values).subspan(column * n_rows, n_rows);
  }
};

// Refuses shapes that do not fit, and by column name and row (from 0) the
// first value that is not finite. INVALID_ARGUMENT.
absl::Status CheckDesignMatrix(const DesignMatrix& design,
                               ThreadPool* pool = nullptr);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_DESIGN_MATRIX_H_
