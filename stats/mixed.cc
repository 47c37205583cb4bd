#include "stats/mixed.h"

#include <Eigen/Dense>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "stats/distributions.h"
#include "stats/generalized_inverse.h"
#include "stats/mixed_likelihood.h"
#include "stats/mixed_optimum.h"
#include "stats/mixed_table.h"
#include "stats/satterthwaite.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::Matrix2d;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;

// Residual over total mean square of the response from which on the residuals
// are rounding.
constexpr double kMetToRounding = 1e-28;
// Share of sums of squares that is lost in their difference.
constexpr double kLostInDifference = 1e-12;
// Share of a group's mean or slope that the covariates leave open, at most, for
// it to be determined.
constexpr double kDetermined = 1e-9;

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
  return absl::OkStatus();
}

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

// What would leave the variances open whatever the responses are.
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
  return absl::OkStatus();
}

// Whether columns and groups together leave nothing of the response.
bool LacksResidual(const MixedTable& table) {
  const Index k = table.n_working;
  const double rounding = kMetToRounding * table.response_square *
                          static_cast<double>(table.n_rows);
  const double squares = table.within(k, k);
  double left = squares;
  std::vector<Index> all;
  for (Index j = 0; j < k; ++j) all.push_back(j);
  const MatrixXd within = table.within.topLeftCorner(k, k);
  const std::vector<Index> kept = IndependentColumns(
      within, all, kLostInDifference * table.gram.diagonal().head(k));
  if (!kept.empty()) {
    const VectorXd products = table.within.col(k)(kept);
    left -= products.dot(InverseOn(within, kept) * products);
  }
  return left <= rounding + kLostInDifference * squares;
}

class MixedFitter {
 public:
  MixedFitter(const MixedTable& table, const MixedOptions& options,
              ThreadPool* pool)
      : table_(table),
        options_(options),
        likelihood_(table, options.reml, pool) {}

  absl::Status Fit();
  MixedFit Describe(const DesignMatrix& design) const;

 private:
  double Variance() const {  // sigma^2, of the working response
    return perfect_ ? 0
                    : optimum_.at.fit.residual_squares / likelihood_.n_free();
  }
  Matrix2d Root() const;
  std::vector<double> CovarianceOfParameters() const;
  void FillCoefficients(const DesignMatrix& design, MixedFit& fit) const;
  std::optional<double> DfOf(const VectorXd& contrast,
                             const std::vector<double>& covariance) const;
  void FillVariances(MixedFit& fit) const;
  void FillLikelihood(MixedFit& fit) const;
  void FillEffects(MixedFit& fit) const;
  // From random effects of the centered slope to those of the slope.
  Matrix2d FromWorking() const;

  const MixedTable& table_;
  const MixedOptions& options_;
  MixedLikelihood likelihood_;
  MixedOptimum optimum_;
  bool perfect_ = false;
};

absl::Status MixedFitter::Fit() {
  optimum_.l = VectorXd::Zero(likelihood_.n_parameters());
  optimum_.at.fit = likelihood_.FitFor(optimum_.l);
  perfect_ = optimum_.at.fit.residual_squares <=
             kMetToRounding * table_.response_square *
                 static_cast<double>(table_.n_rows);
  if (perfect_) return absl::OkStatus();
  if (LacksResidual(table_)) {
    return absl::FailedPreconditionError(
        "covariates and groups leave nothing of the response: there is no "
        "residual variance");
  }
  absl::StatusOr<MixedOptimum> found = MinimizeMixedCriterion(
      likelihood_, {options_.max_iterations, options_.stop});
  if (!found.ok()) return found.status();
  optimum_ = *std::move(found);
  const double units = table_.response.spread;
  if (!IsInRange(Variance() * units * units)) {
    return absl::FailedPreconditionError(
        "the residual variance is beyond the range of numbers");
  }
  return absl::OkStatus();
}

Matrix2d MixedFitter::Root() const {
  Matrix2d root = Matrix2d::Zero();
  root(0, 0) = optimum_.l(0);
  if (table_.has_slope) {
    root(1, 0) = optimum_.l(1);
    root(1, 1) = optimum_.l(2);
  }
  return root;
}

Matrix2d MixedFitter::FromWorking() const {
  Matrix2d from = Matrix2d::Identity();
  if (table_.has_slope) {
    from(0, 1) = -table_.slope.center / table_.slope.spread;
    from(1, 1) = 1 / table_.slope.spread;
  }
  return from * table_.response.spread;
}

// Of L and log sigma, from the Hessian of -2 log-likelihood in them.
std::vector<double> MixedFitter::CovarianceOfParameters() const {
  const MixedDerivatives& at = optimum_.at;
  const double per = 1 / Variance();
  const DerivativesByRoot by =
      ByRoot(optimum_.l, at.determinant_1 + per * at.squares_1,
             at.determinant_2 + per * at.squares_2);
  const Index m = likelihood_.n_parameters();
  MatrixXd hessian(m + 1, m + 1);
  hessian.topLeftCorner(m, m) = by.hessian;
  hessian.col(m).head(m) =
      -2 * per * RootJacobian(optimum_.l).transpose() * at.squares_1;
  hessian.row(m).head(m) = hessian.col(m).head(m).transpose();
  hessian(m, m) = 4 * likelihood_.n_free();
  return CovarianceOfVariances(
      {hessian.data(), static_cast<size_t>(hessian.size())},
      static_cast<size_t>(m + 1));
}

std::optional<double> MixedFitter::DfOf(
    const VectorXd& contrast, const std::vector<double>& covariance) const {
  const MixedDerivatives& at = optimum_.at;
  const VectorXd weighted = at.fit.inverse * contrast;
  const double variance = contrast.dot(weighted);
  VectorXd by_entries(likelihood_.n_parameters());
  for (Index i = 0; i < by_entries.size(); ++i) {
    by_entries(i) =
        -weighted.dot(at.information_1[static_cast<size_t>(i)] * weighted);
  }
  const VectorXd by_root = RootJacobian(optimum_.l).transpose() * by_entries;
  std::vector<double> gradient(by_root.data(), by_root.data() + by_root.size());
  gradient.push_back(2 * variance);
  return SatterthwaiteDf(variance, gradient, covariance);
}

void MixedFitter::FillCoefficients(const DesignMatrix& design,
                                   MixedFit& fit) const {
  const size_t s = design.n_columns() + 1;
  const Index k = table_.n_working;
  const double units = table_.response.spread;
  const VectorXd working = optimum_.at.fit.coefficients + table_.taken;
  const std::vector<double> parameters =
      perfect_ ? std::vector<double>() : CovarianceOfParameters();
  MatrixXd rows = MatrixXd::Zero(static_cast<Index>(s), k);
  for (size_t i = 0; i < s; ++i) {
    Coefficient& coefficient = fit.coefficients.emplace_back();
    coefficient.name = i == 0 ? "(Intercept)" : design.names[i - 1];
    if (i > 0 && table_.dropped[i - 1] != 0) {
      fit.dropped.push_back(coefficient.name);
      continue;
    }
    const VectorXd row =
        table_.to_coefficients.row(static_cast<Index>(i)).transpose();
    rows.row(static_cast<Index>(i)) = row.transpose();
    const double estimate =
        row.dot(working) * units + (i == 0 ? table_.response.center : 0);
    // Scaled, lest squares leave the range of numbers.
    const double scale = row.lpNorm<Eigen::Infinity>();
    const VectorXd unit = row / scale;
    const double error =
        scale * units *
        std::sqrt(Variance() * unit.dot(optimum_.at.fit.inverse * unit));
    coefficient.estimate = estimate;
    coefficient.std_error = error;
    coefficient.lower = coefficient.upper = estimate;
    if (perfect_ || !(error > 0)) continue;
    coefficient.statistic = estimate / error;
    coefficient.df = DfOf(unit, parameters);
    coefficient.lower = coefficient.upper = std::nullopt;
    if (!coefficient.df.has_value()) continue;
    const double reach =
        error * StudentTCriticalValue(options_.conf_level, *coefficient.df);
    coefficient.p_value =
        2 *
        StudentTUpperTail(std::abs(*coefficient.statistic), *coefficient.df);
    coefficient.lower = estimate - reach;
    coefficient.upper = estimate + reach;
  }
  const MatrixXd whole = units * units * Variance() *
                         (rows * optimum_.at.fit.inverse * rows.transpose());
  fit.covariance.assign(whole.data(), whole.data() + whole.size());
}

void MixedFitter::FillVariances(MixedFit& fit) const {
  const double units = table_.response.spread;
  fit.residual_variance = Variance() * units * units;
  const Matrix2d root = FromWorking() * Root() * std::sqrt(Variance());
  const Matrix2d d = root * root.transpose();
  fit.intercept_variance = d(0, 0);
  fit.singular = optimum_.singular || perfect_;
  if (!table_.has_slope) {
    const double relative = optimum_.l(0) * optimum_.l(0);
    if (!perfect_) fit.intraclass_correlation = relative / (1 + relative);
    return;
  }
  fit.slope_variance = d(1, 1);
  fit.slope_covariance = d(0, 1);
  if (d(0, 0) > 0 && d(1, 1) > 0) {
    const double correlation = d(0, 1) / std::sqrt(d(0, 0) * d(1, 1));
    fit.slope_correlation =
        optimum_.singular ? (correlation < 0 ? -1 : 1) : correlation;
  }
}

void MixedFitter::FillLikelihood(MixedFit& fit) const {
  fit.n_parameters =
      fit.rank + 1 + static_cast<size_t>(likelihood_.n_parameters());
  if (perfect_) return;
  const double free = likelihood_.n_free();
  double criterion = optimum_.at.fit.log_determinant +
                     free * (1 + std::log(2 * std::numbers::pi * Variance()) +
                             2 * std::log(table_.response.spread));
  if (options_.reml) criterion -= 2 * table_.log_determinant;
  const double parameters = static_cast<double>(fit.n_parameters);
  fit.log_likelihood = -criterion / 2;
  fit.aic = criterion + 2 * parameters;
  fit.bic = criterion + std::log(static_cast<double>(fit.n)) * parameters;
}

void MixedFitter::FillEffects(MixedFit& fit) const {
  VectorXd residual(table_.n_working + 1);
  residual << -optimum_.at.fit.coefficients, 1;
  const Matrix2d root = Root();
  const Matrix2d from = FromWorking() * root;
  for (const MixedBlock& block : table_.blocks) {
    const VectorXd first = block.q1 * residual;
    const VectorXd second =
        table_.has_slope ? VectorXd(block.q2 * residual) : VectorXd();
    for (Index i = 0; i < block.n_groups(); ++i) {
      Matrix2d r = Matrix2d::Zero();
      Vector2d projected(first(i), 0);
      r(0, 0) = block.r11(i);
      if (table_.has_slope) {
        r(0, 1) = block.r12(i);
        r(1, 1) = block.r22(i);
        projected(1) = second(i);
      }
      // u = L (I + L' R' R L)^-1 L' R' Q' (y - X b): nothing cancels.
      const Matrix2d rl = r * root;
      const Matrix2d middle =
          (Matrix2d::Identity() + rl.transpose() * rl).inverse();
      const Vector2d effect = from * middle * rl.transpose() * projected;
      const Matrix2d variance = Variance() * from * middle * from.transpose();
      const size_t group = block.first + static_cast<size_t>(i);
      GroupEffect& one = fit.effects.emplace_back();
      one.group = table_.codes[group];
      one.n = table_.n_of[group];
      one.intercept = perfect_ ? 0 : effect(0);
      one.intercept_std_error = std::sqrt(variance(0, 0));
      if (!table_.has_slope) continue;
      one.slope = perfect_ ? 0 : effect(1);
      one.slope_std_error = std::sqrt(variance(1, 1));
    }
  }
}

MixedFit MixedFitter::Describe(const DesignMatrix& design) const {
  MixedFit fit;
  fit.options = options_;
  fit.n = table_.n_rows;
  fit.n_groups = table_.n_groups();
  fit.rank = static_cast<size_t>(table_.n_working);
  fit.perfect = perfect_;
  fit.iterations = optimum_.iterations;
  FillCoefficients(design, fit);
  FillVariances(fit);
  FillLikelihood(fit);
  FillEffects(fit);
  return fit;
}

}  // namespace

absl::StatusOr<MixedFit> FitMixed(const MixedRows& rows,
                                  const DesignMatrix& design,
                                  const MixedOptions& options,
                                  ThreadPool* pool) {
  if (absl::Status status = CheckMixed(rows, design, options); !status.ok()) {
    return status;
  }
  const MixedTable table = BuildMixedTable(rows, design, pool);
  if (absl::Status status = CheckGroups(table, options.reml); !status.ok()) {
    return status;
  }
  MixedFitter fitter(table, options, pool);
  if (absl::Status status = fitter.Fit(); !status.ok()) return status;
  return fitter.Describe(design);
}

}  // namespace enthesis::stats
