// What a linear mixed model is fitted to.

#ifndef ENTHESIS_STATS_MIXED_ROWS_H_
#define ENTHESIS_STATS_MIXED_ROWS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace enthesis::stats {

struct MixedRows {
  absl::Span<const double> response;  // finite
  // The group (such as the subject) of each row, from 0. Codes without a row
  // are no groups.
  absl::Span<const int> groups;
  // What the random slope is of, finite. Empty: a random intercept alone.
  absl::Span<const double> slope;
  // What each row has a second random intercept by, from 0, whether groups lie
  // within sites, sites within groups, or neither. Empty: none.
  absl::Span<const int> sites = {};

  size_t size() const { return response.size(); }
};

// Refuses columns of different lengths, then, as "row N: ..." (from 0), the
// first row with a figure that is not finite or a group or site below 0.
// INVALID_ARGUMENT.
absl::Status CheckMixedRows(const MixedRows& rows);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MIXED_ROWS_H_
