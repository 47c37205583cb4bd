// The rows of a Fine-Gray model: views of columns, one value per row.
//
// Threads: plain views; the columns must outlive their use.

#ifndef ENTHESIS_STATS_FINE_GRAY_ROWS_H_
#define ENTHESIS_STATS_FINE_GRAY_ROWS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace enthesis::stats {

// How the censoring distribution treats ties, and what is estimated from it:
// the two agree without ties of events and censorings, but for the variance.
enum class FineGrayConvention {
  // cmprsk::crr: whoever has an event is at risk of censoring at its time.
  kCrr,
  // survival::finegray with coxph: whoever has an event is not.
  kFineGray,
};

// Each subject has one row.
struct FineGrayRows {
  absl::Span<const double> times = {};  // exit; finite, >= 0
  absl::Span<const int> causes =
      {};  // 0 censored, from 1 an event of that cause
  // Whole numbers >= 0: the row stands for that many subjects with these very
  // values. Empty: 1. The answer is that of the rows written out.
  absl::Span<const double> counts = {};
  // Codes >= 0, any. The variance is by cluster; empty: each row is one, and
  // so is each of the subjects that a count stands for.
  absl::Span<const int> clusters = {};

  // kCrr only. Codes >= 0, any: rows of one code share a censoring
  // distribution (cengroup of crr); empty: all do.
  absl::Span<const int> censoring_groups = {};

  // kFineGray only.
  // Left truncation; finite, >= 0 and before the exit. Empty: none.
  absl::Span<const double> entries = {};
  // Case weights, finite, >= 0; rows of weight 0 shape the censoring
  // distribution, which is not weighted, and nothing else. Empty: 1.
  absl::Span<const double> weights = {};
  // Codes >= 0, any: a baseline and a censoring distribution for each. Empty:
  // one stratum.
  absl::Span<const int> strata = {};

  size_t size() const { return times.size(); }
};

// Refuses columns of different lengths or not of the convention, then by row
// number (from 0) the first row with a time that is negative or not finite, a
// cause below 0, an entry that is not finite, negative, or not before the exit
// (an exit at 0 is fine when no row enters late), a bad weight, count or code.
// INVALID_ARGUMENT.
absl::Status CheckFineGrayRows(const FineGrayRows& rows,
                               FineGrayConvention convention);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_FINE_GRAY_ROWS_H_
