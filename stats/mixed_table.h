// What a linear mixed model needs of its rows, summed by group: afterwards the
// likelihood costs what groups cost, not rows. Columns are centered, scaled
// and, where they nearly depend on each other, orthogonal. All has the same
// bytes for any order of the rows and any number of threads.
//
// With Z_i = Q_i R_i, Q_i an orthonormal basis of intercept and slope in group
// i, the rows of a group enter by R_i and Q_i' [X y], and by what [X y] is
// beyond Q_i: sums of squares alone, so nothing cancels however the variances
// compare.
//
// Internal to linear mixed models, with Eigen's types: not installed.

#ifndef ENTHESIS_STATS_MIXED_TABLE_H_
#define ENTHESIS_STATS_MIXED_TABLE_H_

#include <Eigen/Dense>
#include <cstddef>
#include <vector>

#include "stats/design_matrix.h"
#include "stats/mixed_rows.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// Groups side by side, [group in the block].
struct MixedBlock {
  size_t first = 0;  // group of the table
  // R_i, upper triangular; r12 and r22 are empty without a slope.
  Eigen::VectorXd r11, r12, r22;
  // Rows of Q_i' [X y]: [group](column), working columns, then the response.
  // The second, of the slope, is empty without one.
  Eigen::MatrixXd q1, q2;

  Eigen::Index n_groups() const { return r11.size(); }
};

// value = center + working value * spread.
struct MixedScale {
  double center = 0;
  double spread = 1;
};

// Sites of a second random intercept, W its indicators of rows.
struct SiteTable {
  std::vector<int> codes;    // [site], ascending; empty: no sites
  std::vector<size_t> n_of;  // rows, [site]
  // The sites that rows of a group are of: entries `starts[group]` to
  // `starts[group + 1]`, ascending, each with its column of Q_i' W.
  std::vector<size_t> starts;
  std::vector<Eigen::Index> site_of;
  std::vector<double> w1, w2;  // w2 is 0 without a slope
  // Of what is beyond Q in the groups: W' W and W' [X y]; and all of W' [X y].
  Eigen::MatrixXd within_sites, within, gram;

  Eigen::Index n() const { return static_cast<Eigen::Index>(codes.size()); }
};

struct MixedTable {
  size_t n_rows = 0;
  size_t n_columns = 0;  // of the design, without the intercept
  bool has_slope = false;
  bool slope_varies = false;  // within some group
  std::vector<int> codes;     // [group], ascending
  std::vector<size_t> n_of;   // rows, [group]
  std::vector<MixedBlock> blocks;
  SiteTable sites;
  // Ones, then what is left of the design.
  Eigen::Index n_working = 0;
  // Sums of products of [X y], working columns, then the response: of what is
  // beyond Q in the groups; and of all.
  Eigen::MatrixXd within, gram;
  // What was taken off the response beforehand, where the columns leave little
  // of it: coefficients of the working columns.
  Eigen::VectorXd taken;
  // Coefficients of intercept and design, less the response's center, are this
  // times those of the working columns times the response's spread.
  Eigen::MatrixXd to_coefficients;  // (1 + n_columns) x n_working
  // log of the absolute determinant of its rows that are not 0.
  double log_determinant = 0;
  std::vector<char> dropped;  // [column]: constant or collinear
  MixedScale response, slope;
  // Mean square of the response, uncentered, in units of its spread: rounding
  // leaves a share of it.
  double response_square = 0;

  size_t n_groups() const { return codes.size(); }
};

// Input: rows that CheckMixedRows lets pass, at least one, and a checked design
// of as many rows. Cost: O(n p^2), O(n log n) to put rows in order.
MixedTable BuildMixedTable(const MixedRows& rows, const DesignMatrix& design,
                           ThreadPool* pool);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MIXED_TABLE_H_
