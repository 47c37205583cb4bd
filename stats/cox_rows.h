// The rows of a Cox model: views of columns, one value per row.
//
// Threads: plain views; the columns must outlive their use.

#ifndef ENTHESIS_STATS_COX_ROWS_H_
#define ENTHESIS_STATS_COX_ROWS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// A subject may have several rows (start-stop): each is at risk on
// (entry, time] with the covariates of its own row.
struct CoxRows {
  absl::Span<const double> times;  // exit; finite, >= 0
  absl::Span<const int> events;    // 0 censored at `times`, 1 event
  // Left truncation; finite, >= 0 and before the exit. Empty: always at risk.
  absl::Span<const double> entries;
  // Case weights, finite, >= 0; rows of weight 0 take no part. Empty: 1.
  // Two rows are one row of weight 2 only as far as Efron's rule for ties
  // allows: it counts rows. Use `counts` for identical rows.
  absl::Span<const double> weights;
  // Whole numbers >= 0: the row stands for that many identical rows, each of
  // its weight. Empty: 1. The answer is that of the rows written out.
  absl::Span<const double> counts;
  absl::Span<const int> strata;    // codes >= 0, any; empty: one stratum
  absl::Span<const int> clusters;  // codes >= 0, any; empty: none

  size_t size() const { return times.size(); }
};

// Refuses columns of different lengths, then by row number (from 0) the first
// row with a time that is negative or not finite, an event not 0 or 1, an
// entry that is not finite, negative, or not before the exit (an exit at 0 is
// fine when no row enters late), a bad weight, count or code.
// INVALID_ARGUMENT.
absl::Status CheckCoxRows(const CoxRows& rows, ThreadPool* pool = nullptr);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COX_ROWS_H_
