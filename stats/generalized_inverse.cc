#include "stats/generalized_inverse.h"

#include <Eigen/Dense>
#include <cstddef>
#include <vector>

#include "absl/types/span.h"

namespace enthesis::stats {

std::vector<Eigen::Index> IndependentColumns(
    const Eigen::MatrixXd& a, const std::vector<Eigen::Index>& candidates,
    const Eigen::VectorXd& floors) {
  Eigen::MatrixXd rest = a;
  std::vector<Eigen::Index> kept;
  for (Eigen::Index j : candidates) {
    const double pivot = rest(j, j);
    if (!(pivot > floors(j))) continue;
    kept.push_back(j);
    const Eigen::VectorXd column = rest.col(j);
    for (Eigen::Index k : candidates) {
      if (k <= j) continue;
      for (Eigen::Index l : candidates) {
        if (l > j) rest(k, l) -= column(k) * (column(l) / pivot);
      }
    }
  }
  return kept;
}

Eigen::MatrixXd InverseOn(const Eigen::MatrixXd& a,
                          const std::vector<Eigen::Index>& kept) {
  const Eigen::VectorXd unit = a.diagonal()(kept).cwiseSqrt().cwiseInverse();
  const Eigen::MatrixXd scaled =
      unit.asDiagonal() * a(kept, kept) * unit.asDiagonal();
  const Eigen::MatrixXd inverse = scaled.ldlt().solve(
      Eigen::MatrixXd::Identity(scaled.rows(), scaled.cols()));
  return unit.asDiagonal() * inverse * unit.asDiagonal();
}

namespace {

std::vector<Eigen::Index> RowsWithSpread(const Eigen::MatrixXd& matrix) {
  std::vector<Eigen::Index> all;
  for (Eigen::Index j = 0; j < matrix.rows(); ++j) all.push_back(j);
  return IndependentColumns(matrix, all, kCollinear * matrix.diagonal());
}

}  // namespace

size_t RankOf(absl::Span<const double> a, size_t n) {
  const auto rows = static_cast<Eigen::Index>(n);
  return RowsWithSpread(Eigen::Map<const Eigen::MatrixXd>(a.data(), rows, rows))
      .size();
}

double QuadraticForm(absl::Span<const double> a, absl::Span<const double> x) {
  const Eigen::Index n = static_cast<Eigen::Index>(x.size());
  const Eigen::MatrixXd matrix =
      Eigen::Map<const Eigen::MatrixXd>(a.data(), n, n);
  const std::vector<Eigen::Index> kept = RowsWithSpread(matrix);
  if (kept.empty()) return 0;
  const Eigen::VectorXd values =
      Eigen::Map<const Eigen::VectorXd>(x.data(), n)(kept);
  return values.dot(InverseOn(matrix, kept) * values);
}

}  // namespace enthesis::stats
