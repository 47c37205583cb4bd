#include "stats/design_matrix.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "stats/parallel.h"

namespace enthesis::stats {

absl::Status CheckDesignMatrix(const DesignMatrix& design, ThreadPool* pool) {
  const size_t n_columns = design.n_columns();
  if (design.values.size() != n_columns * design.n_rows) {
    return absl::InvalidArgumentError(
        "the values of a design matrix do not fit its names and rows");
  }
  if (!design.terms.empty() && design.terms.size() != n_columns) {
    return absl::InvalidArgumentError("one term per column is needed");
  }
  for (size_t c = 1; c < design.terms.size(); ++c) {
    if (design.terms[c] < design.terms[c - 1]) {
      return absl::InvalidArgumentError("terms must not decrease");
    }
  }
  if (!design.term_names.empty() && !design.terms.empty() &&
      (design.terms.front() < 0 ||
       static_cast<size_t>(design.terms.back()) >= design.term_names.size())) {
    return absl::InvalidArgumentError("a term has no name");
  }
  const std::vector<double>& values = design.values;
  const size_t at = FindFirst(
      pool, values.size(), [&](size_t i) { return !std::isfinite(values[i]); });
  if (at == values.size()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "row ", at % design.n_rows, ": ", design.names[at / design.n_rows],
      " must be a finite number"));
}

}  // namespace enthesis::stats
