#include "stats/design_matrix.h"

#include <cmath>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace enthesis::stats {

absl::Status CheckDesignMatrix(const DesignMatrix& design) {
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
  for (size_t c = 0; c < n_columns; ++c) {
    const absl::Span<const double> column = design.Column(c);
    for (size_t row = 0; row < column.size(); ++row) {
      if (std::isfinite(column[row])) continue;
      return absl::InvalidArgumentError(absl::StrCat(
          "row ", row, ": ", design.names[c], " must be a finite number"));
    }
  }
  return absl::OkStatus();
}

}  // namespace enthesis::stats
