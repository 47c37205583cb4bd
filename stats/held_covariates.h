// Where covariates are held for adjusted (least squares) means, as emmeans.

#ifndef ENTHESIS_STATS_HELD_COVARIATES_H_
#define ENTHESIS_STATS_HELD_COVARIATES_H_

#include <vector>

#include "absl/types/span.h"

namespace enthesis::stats {

// The point of columns for equal weights of the levels of factors: `point`
// comes with the means of the columns, and keeps them for numbers. Columns of
// one term, of 0 and 1, are the indicators of a factor but its reference;
// a column of two values on its own counts as a factor of two levels.
// `terms` as DesignMatrix's; empty: every column is a term of its own.
void WeightLevelsEqually(const std::vector<absl::Span<const double>>& columns,
                         absl::Span<const int> terms, absl::Span<double> point);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_HELD_COVARIATES_H_
