// What each subject contributes to a Fine-Gray fit: influence functions of the
// coefficients and of the baseline.
// Internal to the Fine-Gray estimators. See: METHODS.md, "Fine-Gray
// regression" and "Predicted incidence".

#ifndef ENTHESIS_STATS_FINE_GRAY_INFLUENCE_H_
#define ENTHESIS_STATS_FINE_GRAY_INFLUENCE_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "stats/fine_gray_likelihood.h"
#include "stats/fine_gray_table.h"

namespace enthesis::stats {

// [node * p + column] the share of one subject of the node in the score of the
// scaled columns. With crr's convention that of the censoring distribution is
// in it: eta + psi of Fine & Gray (1999, eq. 7-8).
std::vector<double> ScoreInfluence(const FineGrayTable& table,
                                   const FineGrayRiskSets& sets);

// The influence of one subject of each node on the baseline hazard of
// `stratum` just after a time, the coefficients held fixed: [node], 0 outside
// the stratum. `end_step` is the first step of the stratum after the time.
std::vector<double> BaselineInfluence(const FineGrayTable& table,
                                      const FineGrayRiskSets& sets,
                                      size_t stratum, size_t end_step,
                                      double time);

// Sum over clusters of x y', x of `width_x` and y of `width_y` values a node;
// without clusters each subject is one. [i * width_y + j].
std::vector<double> ClusterProducts(const FineGrayTable& table,
                                    absl::Span<const double> x, size_t width_x,
                                    absl::Span<const double> y, size_t width_y);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_FINE_GRAY_INFLUENCE_H_
