#include "stats/mixed_crossed.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace enthesis::stats {
namespace {

using Eigen::ArrayXd;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Numbers that sums kept apart may take, and how many there are at most.
constexpr Index kNumbersOfRuns = 30'000'000;
constexpr Index kRunsMost = 8;

}  // namespace

// Combinations of the rows of Q' [W X y] of the groups of a block: one of them,
// two with a slope.
struct CrossedLikelihood::Rows {
  Index n = 1;
  MatrixXd of_model[2];  // [group](X y)
  VectorXd of_sites[2];  // [entry of the sites' table, from the block's first]
};

// At given parameters; [sites, X] or [sites, X, y].
struct CrossedLikelihood::Solution {
  double t = 0;
  MatrixXd cross;              // [W X y]' V_0^-1 [W X y]
  Eigen::LLT<MatrixXd> sites;  // of H_ww
  MatrixXd pull;               // H_ww^-1 t W' V_0^-1 [X y]
  MixedFitAt fit;
  // For derivatives.
  MatrixXd sites_inverse;  // of H_ww
  MatrixXd inverse;        // of H
  // The inverse of what has the determinant: with ML of H_ww, with 0 beside.
  MatrixXd of_determinant;
  VectorXd effects;    // of sites, over t
  VectorXd residual;   // y less all that is fitted, in [W X y]
  MatrixXd root;       // of fit.inverse
  MatrixXd site_root;  // t (the sites' pull of X) root
};

// By the entries of D, then t; the cross products by D alone.
struct CrossedLikelihood::Sums {
  VectorXd determinant_1, squares_1;
  MatrixXd determinant_2, squares_2;
  std::vector<MatrixXd> cross_1;

  void Add(const Sums& other) {
    determinant_1 += other.determinant_1;
    squares_1 += other.squares_1;
    determinant_2 += other.determinant_2;
    squares_2 += other.squares_2;
    for (size_t i = 0; i < cross_1.size(); ++i) cross_1[i] += other.cross_1[i];
  }
};

size_t CrossedLikelihood::n_runs() const {
  const Index width = table().sites.n() + table().n_working + 1;
  const Index most =
      std::clamp<Index>(kNumbersOfRuns / (3 * width * width), 1, kRunsMost);
  return std::min(static_cast<size_t>(most), table().blocks.size());
}

template <typename Task>
void CrossedLikelihood::ForRuns(const Task& task) const {
  const size_t n = n_runs();
  const size_t blocks = table().blocks.size();
  RunTasks(pool(), n, [&](size_t run) {
    for (size_t b = run * blocks / n; b < (run + 1) * blocks / n; ++b) {
      task(run, table().blocks[b]);
    }
  });
}

// Row c is by[c][0] q1 + by[c][1] q2; an empty factor is 0.
CrossedLikelihood::Rows CrossedLikelihood::Combine(
    const MixedBlock& block, const ArrayXd (&by)[2][2]) const {
  const SiteTable& sites = table().sites;
  const size_t begin = sites.starts[block.first];
  const size_t n_groups = static_cast<size_t>(block.n_groups());
  const size_t n_entries = sites.starts[block.first + n_groups] - begin;
  Rows rows;
  rows.n = table().has_slope ? 2 : 1;
  for (Index c = 0; c < rows.n; ++c) {
    MatrixXd& model = rows.of_model[c];
    VectorXd& own = rows.of_sites[c];
    model = by[c][0].matrix().asDiagonal() * block.q1;
    const bool both = by[c][1].size() > 0;
    if (both) model += by[c][1].matrix().asDiagonal() * block.q2;
    own.resize(static_cast<Index>(n_entries));
    for (Index at = 0; at < block.n_groups(); ++at) {
      const size_t group = block.first + static_cast<size_t>(at);
      for (size_t i = sites.starts[group]; i < sites.starts[group + 1]; ++i) {
        own(static_cast<Index>(i - begin)) =
            by[c][0](at) * sites.w1[i] +
            (both ? by[c][1](at) * sites.w2[i] : 0);
      }
    }
  }
  return rows;
}

// Adds products of row c with row d; of the sites with all, not of the rest
// with the sites.
void CrossedLikelihood::AddCross(const MixedBlock& block, const Rows& rows,
                                 Index c, Index d, MatrixXd& cross) const {
  const SiteTable& sites = table().sites;
  const Index width = table().n_working + 1;
  cross.bottomRightCorner(width, width).noalias() +=
      rows.of_model[c].transpose() * rows.of_model[d];
  const size_t begin = sites.starts[block.first];
  for (Index at = 0; at < block.n_groups(); ++at) {
    const size_t group = block.first + static_cast<size_t>(at);
    const size_t from = sites.starts[group], to = sites.starts[group + 1];
    for (size_t i = from; i < to; ++i) {
      const Index row = sites.site_of[i];
      const double own = rows.of_sites[c](static_cast<Index>(i - begin));
      cross.row(row).tail(width) += own * rows.of_model[d].row(at);
      for (size_t j = from; j < to; ++j) {
        cross(row, sites.site_of[j]) +=
            own * rows.of_sites[d](static_cast<Index>(j - begin));
      }
    }
  }
}

MatrixXd CrossedLikelihood::CrossFor(const VectorXd& l,
                                     double& log_determinant) const {
  const SiteTable& sites = table().sites;
  const Index s = sites.n(), width = table().n_working + 1;
  std::vector<MatrixXd> parts(n_runs(), MatrixXd::Zero(s + width, s + width));
  std::vector<double> determinants(parts.size(), 0);
  ForRuns([&](size_t run, const MixedBlock& block) {
    const MixedWeights weights = WeightsOf(block, l);
    determinants[run] += weights.log_determinant;
    const Rows rows =
        Combine(block, {{weights.u11, {}}, {weights.u21, weights.u22}});
    for (Index c = 0; c < rows.n; ++c) AddCross(block, rows, c, c, parts[run]);
  });
  MatrixXd cross = MatrixXd::Zero(s + width, s + width);
  log_determinant = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    cross += parts[i];
    log_determinant += determinants[i];
  }
  cross.topLeftCorner(s, s) += sites.within_sites;
  cross.topRightCorner(s, width) += sites.within;
  cross.bottomRightCorner(width, width) += table().within;
  cross.bottomLeftCorner(width, s) = cross.topRightCorner(s, width).transpose();
  return cross;
}

CrossedLikelihood::Solution CrossedLikelihood::SolveFor(
    const VectorXd& l) const {
  const Index s = table().sites.n(), width = table().n_working + 1;
  Solution at;
  at.t = l(l.size() - 1);
  double log_determinant = 0;
  at.cross = CrossFor(l, log_determinant);
  at.sites.compute(MatrixXd::Identity(s, s) +
                   at.t * at.t * at.cross.topLeftCorner(s, s));
  const MatrixXd half =
      at.sites.matrixL().solve(at.t * at.cross.topRightCorner(s, width));
  at.pull = at.sites.matrixU().solve(half);
  MatrixXd cross = at.cross.bottomRightCorner(width, width);
  cross.noalias() -= half.transpose() * half;
  log_determinant += 2 * at.sites.matrixLLT().diagonal().array().log().sum();
  at.fit = Solve(cross, log_determinant);
  return at;
}

MixedFitAt CrossedLikelihood::FitFor(const VectorXd& l) const {
  return SolveFor(l).fit;
}

void CrossedLikelihood::Invert(Solution& at) const {
  const Index s = table().sites.n(), k = table().n_working;
  at.sites_inverse = at.sites.solve(MatrixXd::Identity(s, s));
  const MatrixXd pull = at.pull.leftCols(k);
  at.inverse.resize(s + k, s + k);
  at.inverse.topRightCorner(s, k) = -pull * at.fit.inverse;
  at.inverse.topLeftCorner(s, s) =
      at.sites_inverse - at.inverse.topRightCorner(s, k) * pull.transpose();
  at.inverse.bottomLeftCorner(k, s) =
      at.inverse.topRightCorner(s, k).transpose();
  at.inverse.bottomRightCorner(k, k) = at.fit.inverse;
  at.of_determinant = at.inverse;
  if (!reml()) {
    at.of_determinant.setZero();
    at.of_determinant.topLeftCorner(s, s) = at.sites_inverse;
  }
  at.effects = at.pull.col(k) - pull * at.fit.coefficients;
  at.residual.resize(s + k + 1);
  at.residual << -at.t * at.effects, -at.fit.coefficients, 1;
  at.root = Eigen::LLT<MatrixXd>(at.fit.inverse).matrixL();
  at.site_root = at.t * pull * at.root;
}

SitePredictions CrossedLikelihood::Predict(const VectorXd& l) const {
  Solution at = SolveFor(l);
  Invert(at);
  return {at.t * at.effects, at.t * at.t * at.sites_inverse};
}

// Of `rows` of F = R' M^-1 Q' [W X y] of groups: F on the residual.
MatrixXd CrossedLikelihood::ResidualsOf(const MixedBlock& block,
                                        const Rows& rows,
                                        const Solution& at) const {
  const SiteTable& sites = table().sites;
  const size_t begin = sites.starts[block.first];
  MatrixXd residuals(block.n_groups(), rows.n);
  for (Index c = 0; c < rows.n; ++c) {
    residuals.col(c) =
        rows.of_model[c] * at.residual.tail(table().n_working + 1);
    for (Index group = 0; group < block.n_groups(); ++group) {
      const size_t number = block.first + static_cast<size_t>(group);
      for (size_t i = sites.starts[number]; i < sites.starts[number + 1]; ++i) {
        residuals(group, c) += rows.of_sites[c](static_cast<Index>(i - begin)) *
                               at.residual(sites.site_of[i]);
      }
    }
  }
  return residuals;
}

// And what they spread, F H^-1 F', of columns c and d in column c + d; with ML
// of the sites alone.
MatrixXd CrossedLikelihood::SpreadOf(const MixedBlock& block, const Rows& rows,
                                     const Solution& at) const {
  const SiteTable& sites = table().sites;
  const Index q = rows.n;
  const Index begin = static_cast<Index>(sites.starts[block.first]);
  MatrixXd open[2];
  for (Index c = 0; c < q; ++c) {
    open[c] = rows.of_model[c].leftCols(table().n_working) * at.root;
  }
  MatrixXd spread = MatrixXd::Zero(block.n_groups(), 3);
  for (Index group = 0; group < block.n_groups(); ++group) {
    const size_t number = block.first + static_cast<size_t>(group);
    const Index from = static_cast<Index>(sites.starts[number]) - begin;
    const Index to = static_cast<Index>(sites.starts[number + 1]) - begin;
    const Index* site_of = sites.site_of.data() + begin;
    for (Index i = from; i < to; ++i) {
      for (Index c = 0; c < q; ++c) {
        const double own = rows.of_sites[c](i);
        open[c].row(group) -= own * at.site_root.row(site_of[i]);
        for (Index j = from; j < to; ++j) {
          const double covariance =
              at.t * at.t * at.sites_inverse(site_of[i], site_of[j]);
          for (Index d = c; d < q; ++d) {
            spread(group, c + d) += own * covariance * rows.of_sites[d](j);
          }
        }
      }
    }
  }
  for (Index c = 0; c < q && reml(); ++c) {
    for (Index d = c; d < q; ++d) {
      spread.col(c + d) += open[c].cwiseProduct(open[d]).rowwise().sum();
    }
  }
  return spread;
}

void CrossedLikelihood::AddCurvature(const MixedBlock& block,
                                     const MixedWeights& weights,
                                     const Rows& rows, const Solution& at,
                                     Sums& sums) const {
  const MatrixXd residuals = ResidualsOf(block, rows, at);
  const MatrixXd spread = SpreadOf(block, rows, at);
  GroupSymmetric squares{residuals.col(0).array().square(), {}, {}};
  GroupSymmetric spreads{spread.col(0).array(), {}, {}};
  if (rows.n == 2) {
    squares.b = residuals.col(0).cwiseProduct(residuals.col(1)).array();
    squares.c = residuals.col(1).array().square();
    spreads.b = spread.col(1).array();
    spreads.c = spread.col(2).array();
  }
  const Index m = n_root();
  sums.squares_1.head(m) -= FirstSums(squares);
  sums.squares_2.topLeftCorner(m, m) += ProductSums(weights.s, squares);
  sums.determinant_1.head(m) += FirstSums(weights.s) - FirstSums(spreads);
  sums.determinant_2.topLeftCorner(m, m) +=
      ProductSums(weights.s, spreads) - SquareSums(weights.s);
}

CrossedLikelihood::Sums CrossedLikelihood::SumDerivatives(
    const Solution& at, const VectorXd& l) const {
  const Index s = table().sites.n(), width = table().n_working + 1;
  const Index m = n_root();
  const MatrixXd none = MatrixXd::Zero(s + width, s + width);
  const Sums zero{VectorXd::Zero(m + 1), VectorXd::Zero(m + 1),
                  MatrixXd::Zero(m + 1, m + 1), MatrixXd::Zero(m + 1, m + 1),
                  std::vector<MatrixXd>(static_cast<size_t>(m), none)};
  std::vector<Sums> parts(n_runs(), zero);
  ForRuns([&](size_t run, const MixedBlock& block) {
    const MixedWeights weights = WeightsOf(block, l);
    const Rows rows = Combine(
        block, {{weights.f11, weights.f12}, {weights.f21, weights.f22}});
    Sums& sums = parts[run];
    AddCurvature(block, weights, rows, at, sums);
    for (Index c = 0; c < rows.n; ++c) {
      for (Index d = 0; d < rows.n; ++d) {
        AddCross(block, rows, c, d, sums.cross_1[static_cast<size_t>(c + d)]);
      }
    }
  });
  Sums all = zero;
  for (const Sums& part : parts) all.Add(part);
  for (MatrixXd& cross : all.cross_1) {
    cross.bottomLeftCorner(width, s) =
        cross.topRightCorner(s, width).transpose();
    cross *= -1;
  }
  return all;
}

// Of a matrix [W X]' V_0^-1 [W X] or its derivative: what H or its derivative
// changes by with t.
MatrixXd CrossedLikelihood::BySite(const Solution& at,
                                   const MatrixXd& cross) const {
  const Index s = table().sites.n(), k = table().n_working;
  MatrixXd by = MatrixXd::Zero(s + k, s + k);
  by.topLeftCorner(s, s) = 2 * at.t * cross.topLeftCorner(s, s);
  by.topRightCorner(s, k) = cross.block(0, s, s, k);
  by.bottomLeftCorner(k, s) = cross.block(s, 0, k, s);
  return by;
}

// Adds to the derivatives by the entries of D those by t, and what H and the
// coefficients follow both by. H changes by S A_1 S, S = [t 0; 0 1], with D,
// and by S' A S + S A S', S' = [1 0; 0 0], with t, A = [W X]' V_0^-1 [W X].
std::vector<MatrixXd> CrossedLikelihood::AddBySite(const Solution& at,
                                                   Sums& sums) const {
  const Index s = table().sites.n(), k = table().n_working, m = n_root();
  VectorXd scale = VectorXd::Ones(s + k);
  scale.head(s).setConstant(at.t);
  const VectorXd rest = at.cross * at.residual;
  std::vector<MatrixXd> changes;  // of H
  std::vector<VectorXd> pulls;    // of the coefficients
  for (const MatrixXd& cross : sums.cross_1) {
    changes.push_back(scale.asDiagonal() * cross.topLeftCorner(s + k, s + k) *
                      scale.asDiagonal());
    pulls.push_back(scale.cwiseProduct((cross * at.residual).head(s + k)));
  }
  changes.push_back(BySite(at, at.cross));
  pulls.push_back(
      -scale.cwiseProduct(at.cross.block(0, 0, s + k, s) * at.effects));
  pulls.back().head(s) += rest.head(s);
  const auto trace = [&](const MatrixXd& change) {
    return at.of_determinant.cwiseProduct(change).sum();
  };
  sums.determinant_1(m) = trace(changes.back());
  sums.squares_1(m) = -2 * at.effects.dot(rest.head(s));
  const auto of_sites = at.cross.topLeftCorner(s, s);
  sums.determinant_2(m, m) =
      2 * at.of_determinant.topLeftCorner(s, s).cwiseProduct(of_sites).sum();
  sums.squares_2(m, m) = 2 * at.effects.dot(of_sites * at.effects);
  for (Index i = 0; i < m; ++i) {
    const MatrixXd& cross = sums.cross_1[static_cast<size_t>(i)];
    sums.determinant_2(i, m) = sums.determinant_2(m, i) =
        trace(BySite(at, cross));
    sums.squares_2(i, m) = sums.squares_2(m, i) =
        -2 * at.effects.dot((cross * at.residual).head(s));
  }
  std::vector<MatrixXd> products;
  for (const MatrixXd& change : changes) {
    products.push_back(at.of_determinant * change);
  }
  for (Index i = 0; i <= m; ++i) {
    for (Index j = 0; j <= m; ++j) {
      const size_t a = static_cast<size_t>(i), b = static_cast<size_t>(j);
      sums.squares_2(i, j) -= 2 * pulls[a].dot(at.inverse * pulls[b]);
      sums.determinant_2(i, j) -=
          products[a].cwiseProduct(products[b].transpose()).sum();
    }
  }
  return changes;
}

MixedDerivatives CrossedLikelihood::Derive(const VectorXd& l) const {
  Solution at = SolveFor(l);
  Invert(at);
  Sums sums = SumDerivatives(at, l);
  const std::vector<MatrixXd> changes = AddBySite(at, sums);
  std::vector<MatrixXd> inverse_1;
  const MatrixXd on_model = at.inverse.rightCols(table().n_working);
  for (const MatrixXd& change : changes) {
    inverse_1.push_back(-on_model.transpose() * change * on_model);
  }
  return ByRoot(l, {at.fit, sums.determinant_1, sums.squares_1,
                    sums.determinant_2, sums.squares_2, inverse_1});
}

}  // namespace enthesis::stats
