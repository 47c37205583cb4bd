#include "stats/mixed_checks.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "stats/distributions.h"
#include "stats/generalized_inverse.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Share of sums of squares that is lost in their difference.
constexpr double kLostInDifference = 1e-12;
// Share of a group's mean or slope that the covariates leave open, at most, for
// it to be determined.
constexpr double kDetermined = 1e-9;
// Curvature of the deviance by relative change of the variances from which on
// it counts as flat. Of g groups it is about g / 2.
constexpr double kFlat = 1e-7;
// The likelihood holds matrices of so many rows.
constexpr int kSitesMost = 2000;

// The share of the directions `q`, of unit length, one a group, that the
// columns leave open.
double OpenShare(const MixedTable& table, const MatrixXd& inverse,
                 bool of_slope) {
  double open = 0, all = 0;
  for (const MixedBlock& block : table.blocks) {
    const MatrixXd q =
        (of_slope ? block.q2 : block.q1).leftCols(table.n_working);
    const VectorXd known = (q * inverse).cwiseProduct(q).rowwise().sum();
    for (Index i = 0; i < q.rows(); ++i) {
      if (of_slope && !(block.r22(i) > 0)) continue;
      all += 1;
      open += 1 - known(i);
    }
  }
  return open / all;
}

// Sites that are groups under another name.
bool AreGroups(const MixedTable& table) {
  const SiteTable& sites = table.sites;
  return table.n_groups() == sites.codes.size() &&
         sites.site_of.size() == sites.codes.size();
}

// The share of the sites' indicators that the columns leave open.
double OpenShareOfSites(const MixedTable& table, const MatrixXd& inverse) {
  const MatrixXd on = table.sites.gram.leftCols(table.n_working);
  const VectorXd known = (on * inverse).cwiseProduct(on).rowwise().sum();
  double open = 0;
  for (Index i = 0; i < known.size(); ++i) {
    open += 1 - known(i) / static_cast<double>(
                               table.sites.n_of[static_cast<size_t>(i)]);
  }
  return open / static_cast<double>(known.size());
}

absl::Status CheckSites(const MixedTable& table) {
  const size_t n_sites = table.sites.codes.size();
  if (n_sites == 1) {
    return absl::FailedPreconditionError(
        "there is one site only; variance between sites takes two or more");
  }
  if (n_sites == table.n_rows) {
    return absl::FailedPreconditionError(absl::StrCat(
        "every row is a site of its own (", n_sites,
        " rows); there must be fewer sites than rows, lest their variance and "
        "the residual one are the same"));
  }
  if (AreGroups(table)) {
    return absl::FailedPreconditionError(
        "sites and groups divide the rows alike: their variances are not told "
        "apart");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckMixed(const MixedRows& rows, const DesignMatrix& design,
                        const MixedOptions& options) {
  if (absl::Status status = CheckConfLevel(options.conf_level); !status.ok()) {
    return status;
  }
  if (options.max_iterations < 1) {
    return absl::InvalidArgumentError("at least one iteration is needed");
  }
  if (absl::Status status = CheckMixedRows(rows); !status.ok()) return status;
  if (absl::Status status = CheckDesignMatrix(design); !status.ok()) {
    return status;
  }
  if (design.n_columns() != 0 && design.n_rows != rows.size()) {
    return absl::InvalidArgumentError(
        "the responses and the covariates have different numbers of rows");
  }
  if (rows.size() == 0) return absl::FailedPreconditionError("no rows");
  if (!rows.sites.empty()) {
    std::vector<int> sites(rows.sites.begin(), rows.sites.end());
    std::sort(sites.begin(), sites.end());
    const auto n = std::unique(sites.begin(), sites.end()) - sites.begin();
    if (n > kSitesMost && static_cast<size_t>(n) < rows.size()) {
      return absl::FailedPreconditionError(
          absl::StrCat("there are ", n, " sites; allowed: at most ", kSitesMost,
                       " (take what has fewer levels for the site)"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckGroups(const MixedTable& table, bool reml) {
  const size_t n = table.n_rows;
  const size_t n_groups = table.n_groups();
  if (n_groups == 1) {
    return absl::FailedPreconditionError(
        "there is one group only; variance between groups takes two or more");
  }
  if (n_groups == n) {
    return absl::FailedPreconditionError(absl::StrCat(
        "every row is a group of its own (", n,
        " rows); there must be fewer groups than rows, lest their variance and "
        "the residual one are the same"));
  }
  if (table.has_slope && !table.slope_varies) {
    return absl::FailedPreconditionError(
        "what the slope is of has one value in every group; a slope is not "
        "told from the intercept");
  }
  if (table.has_slope && n <= 2 * n_groups) {
    return absl::FailedPreconditionError(absl::StrCat(
        n, " rows are not more than the ", 2 * n_groups, " random effects of ",
        n_groups,
        " groups (intercept and slope of each); leave the slope out"));
  }
  if (table.sites.n() > 0) {
    if (absl::Status status = CheckSites(table); !status.ok()) return status;
  }
  const size_t rank = static_cast<size_t>(table.n_working);
  if (n <= rank) {
    return absl::FailedPreconditionError(absl::StrCat(
        n, " rows are not more than the ", rank, " coefficients to estimate"));
  }
  if (!reml) return absl::OkStatus();
  const Index k = table.n_working;
  const MatrixXd inverse =
      table.gram.topLeftCorner(k, k).ldlt().solve(MatrixXd::Identity(k, k));
  for (const bool of_slope : {false, true}) {
    if (of_slope && !table.has_slope) break;
    if (OpenShare(table, inverse, of_slope) > kDetermined) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "the covariates determine the ", of_slope ? "slope" : "mean",
        " of every group: nothing is left to a random one"));
  }
  if (table.sites.n() > 0 && OpenShareOfSites(table, inverse) <= kDetermined) {
    return absl::FailedPreconditionError(
        "the covariates determine the mean of every site: nothing is left to a "
        "random one");
  }
  return absl::OkStatus();
}

absl::Status CheckDetermined(const MixedTable& table, const MatrixXd& hessian,
                             const VectorXd& l) {
  const Index m = l.size();
  const bool has_sites = table.sites.n() > 0;
  // Roots of the variances over that of the residuals, and their changes.
  const auto root_of = [&](const VectorXd& by) {
    MatrixXd root = MatrixXd::Zero(3, 3);
    root(0, 0) = by(0);
    if (table.has_slope) {
      root(1, 0) = by(1);
      root(1, 1) = by(2);
    }
    if (has_sites) root(2, 2) = by(m - 1);
    return root;
  };
  const MatrixXd root = root_of(l);
  const MatrixXd variances = root * root.transpose();
  // In units in which a step of 1 about doubles what it changes.
  VectorXd units = VectorXd::Constant(m + 1, 1 + root.norm());
  units(m) = 1;
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(
      units.asDiagonal() * hessian * units.asDiagonal());
  for (Index i = 0; i <= m; ++i) {
    const VectorXd step = units.asDiagonal() * solver.eigenvectors().col(i);
    const MatrixXd by = root_of(step.head(m));
    // A step that turns the root and leaves the variances is none.
    const MatrixXd change =
        root * by.transpose() + by * root.transpose() + 2 * step(m) * variances;
    const double relative =
        change.norm() / (1 + variances.norm()) + 2 * std::abs(step(m));
    if (solver.eigenvalues()(i) >= kFlat * relative * relative) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "the data do not tell the variances: others are as likely; leave ",
        table.has_slope ? "the slope"
                        : (has_sites ? "the sites" : "the groups"),
        " out"));
  }
  return absl::OkStatus();
}

bool LacksResidual(const MixedTable& table) {
  const SiteTable& sites = table.sites;
  const Index k = table.n_working, s = sites.n();
  const double rounding = kMetToRounding * table.response_square *
                          static_cast<double>(table.n_rows);
  const double squares = table.within(k, k);
  double left = squares;
  // [W X] beyond the groups.
  MatrixXd within(s + k, s + k);
  VectorXd products(s + k), whole(s + k);
  within.bottomRightCorner(k, k) = table.within.topLeftCorner(k, k);
  products.tail(k) = table.within.col(k).head(k);
  whole.tail(k) = table.gram.diagonal().head(k);
  if (s > 0) {
    within.topLeftCorner(s, s) = sites.within_sites;
    within.topRightCorner(s, k) = sites.within.leftCols(k);
    within.bottomLeftCorner(k, s) = sites.within.leftCols(k).transpose();
    products.head(s) = sites.within.col(k);
    for (Index i = 0; i < s; ++i) {
      whole(i) = static_cast<double>(sites.n_of[static_cast<size_t>(i)]);
    }
  }
  std::vector<Index> all;
  for (Index j = 0; j < s + k; ++j) all.push_back(j);
  const std::vector<Index> kept =
      IndependentColumns(within, all, kLostInDifference * whole);
  if (!kept.empty()) {
    const VectorXd own = products(kept);
    left -= own.dot(InverseOn(within, kept) * own);
  }
  return left <= rounding + kLostInDifference * squares;
}

}  // namespace enthesis::stats
