// The masses of cells on a line that make observed ranges of cells likeliest:
// the computation inside Turnbull's estimate. Internal, not installed.
// See: METHODS.md, "Turnbull's estimate".

#ifndef ENTHESIS_STATS_TURNBULL_OPTIMUM_H_
#define ENTHESIS_STATS_TURNBULL_OPTIMUM_H_

#include <cstddef>
#include <stop_token>
#include <vector>

#include "absl/status/statusor.h"

namespace enthesis::stats {

// Seen `weight` times: the event lies in one of the cells `first` to `last`,
// both included.
struct CellRange {
  size_t first = 0, last = 0;
  double weight = 0;  // finite, > 0
};

struct CellMasses {
  std::vector<double> masses;  // [cell], >= 0, sum 1
  double log_likelihood = 0;   // sum of weight * log(mass of the range)
  // Farthest from the conditions of the optimum (turnbull.h), over the total
  // weight.
  double max_violation = 0;
  int iterations = 0;  // Newton steps
};

// Maximizes sum of weight * log(sum of masses in the range) over masses >= 0
// that sum to 1.
//
// Input: at least one range; each cell is the first of some range and the last
// of some range, so that the optimum is unique (METHODS.md). `ranges` in any
// order, the answer does not depend on it.
// Method: the support grows at the cells of steepest ascent (Wang 2008) and
// loses cells whose mass falls to 0; on it, Newton's method in the cumulated
// masses, where the information is the Laplacian of a graph whose edges are the
// ranges: a cell that leaves the support joins two of its nodes.
// Errors: FAILED_PRECONDITION when it does not converge, CANCELLED.
// Cost: a step is O(ranges + cells), and O(s^3) for a support of s cells up to
// 256, O(s + ranges) times the steps of a conjugate gradient beyond.
absl::StatusOr<CellMasses> MaximizeCellMasses(std::vector<CellRange> ranges,
                                              size_t n_cells,
                                              const std::stop_token& stop);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_TURNBULL_OPTIMUM_H_
