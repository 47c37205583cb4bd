// The rows of a mixed model for repeated measures by pattern of visits: what
// subjects seen at the same visits have in common is worked out once. Whatever
// is summed over it has the same bytes for any order of the rows.
//
// Internal to the mixed model for repeated measures, with Eigen's types: not
// installed. Threads: const access from any number of threads is safe.

#ifndef ENTHESIS_STATS_MMRM_TABLE_H_
#define ENTHESIS_STATS_MMRM_TABLE_H_

#include <Eigen/Dense>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/design_matrix.h"
#include "stats/least_squares.h"

namespace enthesis::stats {

// Subjects seen at the same visits. Their rows are turned (an orthogonal
// transformation among subjects) until few hold what all hold: the sums of
// cross products between any two visits stay what they were.
struct MmrmPattern {
  std::vector<Eigen::Index> visits;  // ascending
  double n_subjects = 0;
  // [visit of `visits`]: working columns of the turned subjects, a row each.
  std::vector<Eigen::MatrixXd> columns;
  // Of the turned subjects, by visit of `visits`: residuals of least squares,
  // in units.
  Eigen::MatrixXd residuals;
};

struct MmrmTable {
  size_t n_rows = 0;
  size_t n_subjects = 0;
  Eigen::Index n_visits = 0;
  // Working columns: 1 / sqrt(n_rows), then the kept columns of the design made
  // orthonormal by least squares.
  Eigen::Index n_working = 0;
  LeastSquares least_squares;
  // Residuals are divided by it, a power of 2; 0 where they are rounding: then
  // there are no patterns.
  double unit = 0;
  std::vector<MmrmPattern> patterns;
  // By two visits: subjects seen at both, and the sum of the products of their
  // residuals, in units^2.
  Eigen::MatrixXd together;
  Eigen::MatrixXd products;
};

// Input: finite responses, subjects of any code, visits in [0, number of
// levels), a checked design of as many rows, not 0. Errors: INVALID_ARGUMENT
// "row N: ..." (from 0) for a subject with two rows of one visit.
// Cost: O(n p^2 + n p r), r the turned subjects of a pattern.
absl::StatusOr<MmrmTable> BuildMmrmTable(absl::Span<const double> response,
                                         absl::Span<const int> subjects,
                                         absl::Span<const int> visits,
                                         const std::vector<std::string>& levels,
                                         const DesignMatrix& design);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MMRM_TABLE_H_
