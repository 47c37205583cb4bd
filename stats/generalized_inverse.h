// Collinear columns of an information matrix, and a generalized inverse that
// leaves them out. Internal to the regressions: with Eigen's types, so it is
// not installed.

#ifndef ENTHESIS_STATS_GENERALIZED_INVERSE_H_
#define ENTHESIS_STATS_GENERALIZED_INVERSE_H_

#include <Eigen/Dense>
#include <cstddef>
#include <vector>

#include "absl/types/span.h"

namespace enthesis::stats {

// A pivot at most this share of a column's own information is none: the column
// is collinear with those before it. coxph's toler.chol.
inline constexpr double kCollinear = 1.8189894035458565e-12;  // 2^-39

// The `candidates` with a pivot above `floors` in sequence: columns of `a`
// with information beyond that of the columns before them.
std::vector<Eigen::Index> IndependentColumns(
    const Eigen::MatrixXd& a, const std::vector<Eigen::Index>& candidates,
    const Eigen::VectorXd& floors);

// The inverse of `a` on `kept`, by way of the correlations.
Eigen::MatrixXd InverseOn(const Eigen::MatrixXd& a,
                          const std::vector<Eigen::Index>& kept);

// Rows of a symmetric non-negative definite A of n, [i * n + j], with spread
// beyond earlier ones.
size_t RankOf(absl::Span<const double> a, size_t n);

// x' A^- x for a symmetric non-negative definite A, [i * n + j], a generalized
// inverse that leaves out rows without spread beyond earlier ones.
double QuadraticForm(absl::Span<const double> a, absl::Span<const double> x);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_GENERALIZED_INVERSE_H_
