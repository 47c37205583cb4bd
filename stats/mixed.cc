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
#include "stats/distributions.h"
#include "stats/mixed_checks.h"
#include "stats/mixed_crossed.h"
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

class MixedFitter {
 public:
  MixedFitter(const MixedTable& table, const MixedOptions& options,
              ThreadPool* pool)
      : table_(table),
        options_(options),
        grouped_(table, options.reml, pool),
        crossed_(table, options.reml, pool),
        likelihood_(table.sites.n() > 0
                        ? static_cast<const MixedLikelihood&>(crossed_)
                        : grouped_) {}

  absl::Status Fit();
  MixedFit Describe(const DesignMatrix& design) const;

 private:
  double Variance() const {  // sigma^2, of the working response
    return perfect_ ? 0
                    : optimum_.at.fit.residual_squares / likelihood_.n_free();
  }
  Matrix2d Root() const;
  MatrixXd Hessian() const;
  std::vector<double> CovarianceOfParameters() const;
  void FillCoefficients(const DesignMatrix& design,
                        const std::vector<double>& parameters,
                        MixedFit& fit) const;
  void FillTerms(const DesignMatrix& design,
                 const std::vector<double>& parameters, MixedFit& fit) const;
  std::optional<double> DfOf(const VectorXd& contrast,
                             const std::vector<double>& covariance) const;
  void FillVariances(MixedFit& fit) const;
  void FillLikelihood(MixedFit& fit) const;
  void FillEffects(MixedFit& fit) const;
  // From random effects of the centered slope to those of the slope.
  Matrix2d FromWorking() const;

  const MixedTable& table_;
  const MixedOptions& options_;
  GroupedLikelihood grouped_;
  CrossedLikelihood crossed_;  // with sites
  const MixedLikelihood& likelihood_;
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
        table_.sites.n() > 0
            ? "covariates, groups and sites leave nothing of the response: "
              "there is no residual variance"
            : "covariates and groups leave nothing of the response: there is "
              "no residual variance");
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
  return CheckDetermined(table_, Hessian(), optimum_.l);
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

// Of -2 log-likelihood, by L and log sigma.
MatrixXd MixedFitter::Hessian() const {
  const MixedDerivatives& at = optimum_.at;
  const double per = 1 / Variance();
  const Index m = likelihood_.n_parameters();
  MatrixXd hessian(m + 1, m + 1);
  hessian.topLeftCorner(m, m) = at.determinant_2 + per * at.squares_2;
  hessian.col(m).head(m) = -2 * per * at.squares_1;
  hessian.row(m).head(m) = hessian.col(m).head(m).transpose();
  hessian(m, m) = 4 * likelihood_.n_free();
  return hessian;
}

// Of L and log sigma.
std::vector<double> MixedFitter::CovarianceOfParameters() const {
  const MatrixXd hessian = Hessian();
  return CovarianceOfVariances(
      {hessian.data(), static_cast<size_t>(hessian.size())},
      static_cast<size_t>(hessian.rows()));
}

std::optional<double> MixedFitter::DfOf(
    const VectorXd& contrast, const std::vector<double>& covariance) const {
  const MixedDerivatives& at = optimum_.at;
  const double variance = contrast.dot(at.fit.inverse * contrast);
  std::vector<double> gradient;
  for (const MatrixXd& by : at.inverse_1) {
    gradient.push_back(contrast.dot(by * contrast));
  }
  gradient.push_back(2 * variance);
  return SatterthwaiteDf(variance, gradient, covariance);
}

void MixedFitter::FillCoefficients(const DesignMatrix& design,
                                   const std::vector<double>& parameters,
                                   MixedFit& fit) const {
  const size_t s = design.n_columns() + 1;
  const Index k = table_.n_working;
  const double units = table_.response.spread;
  const VectorXd working = optimum_.at.fit.coefficients + table_.taken;
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

// Of independent combinations: the eigenvectors of the coefficients'
// covariance, in their own units, as lmerTest.
void MixedFitter::FillTerms(const DesignMatrix& design,
                            const std::vector<double>& parameters,
                            MixedFit& fit) const {
  const VectorXd working = optimum_.at.fit.coefficients + table_.taken;
  std::vector<bool> is_kept;
  for (const char dropped : table_.dropped) is_kept.push_back(dropped == 0);
  for (const TestedTerm& term :
       options_.terms.empty() ? TermsOf(design) : options_.terms) {
    TermTest& test = fit.terms.emplace_back();
    test.name = term.name;
    test.numerator_df = term.rows.size();
    const auto kept = KeptRows(term, is_kept);
    if (!kept.has_value()) continue;
    test.numerator_df = kept->size();
    if (kept->empty() || perfect_) continue;
    MatrixXd rows =
        MatrixXd::Zero(static_cast<Index>(kept->size()), table_.n_working);
    for (size_t i = 0; i < kept->size(); ++i) {
      for (const TermWeight& weight : (*kept)[i]) {
        rows.row(static_cast<Index>(i)) +=
            weight.weight *
            table_.to_coefficients.row(static_cast<Index>(weight.column) + 1);
      }
    }
    rows /= rows.cwiseAbs().maxCoeff();
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(
        rows * optimum_.at.fit.inverse * rows.transpose());
    std::vector<double> squares, df;
    for (Index i = rows.rows() - 1; i >= 0; --i) {
      const VectorXd contrast = rows.transpose() * solver.eigenvectors().col(i);
      const double variance =
          Variance() * contrast.dot(optimum_.at.fit.inverse * contrast);
      const std::optional<double> own = DfOf(contrast, parameters);
      if (!(variance > 0) || !own.has_value()) break;
      squares.push_back(std::pow(contrast.dot(working), 2) / variance);
      df.push_back(*own);
    }
    if (squares.size() == kept->size()) SetTest(squares, df, test);
  }
}

void MixedFitter::FillVariances(MixedFit& fit) const {
  const double units = table_.response.spread;
  fit.residual_variance = Variance() * units * units;
  const Matrix2d root = FromWorking() * Root() * std::sqrt(Variance());
  const Matrix2d d = root * root.transpose();
  fit.intercept_variance = d(0, 0);
  fit.singular = optimum_.singular || perfect_;
  double of_sites = 0;  // relative
  if (table_.sites.n() > 0) {
    of_sites = std::pow(optimum_.l(likelihood_.n_root()), 2);
    fit.site_variance = of_sites * fit.residual_variance;
  }
  if (!table_.has_slope) {
    const double relative = optimum_.l(0) * optimum_.l(0);
    if (!perfect_) {
      fit.intraclass_correlation = relative / (1 + of_sites + relative);
    }
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

// How a group's effects follow the sites' of its rows, and by what they vary
// then, relative to sigma.
struct BySites {
  Vector2d projected = Vector2d::Zero();  // Q' W times the sites' effects
  Matrix2d variance = Matrix2d::Zero();
};

BySites BySitesOf(const SiteTable& sites, size_t group,
                  const SitePredictions& predicted) {
  BySites by;
  if (sites.n() == 0) return by;
  for (size_t i = sites.starts[group]; i < sites.starts[group + 1]; ++i) {
    const Vector2d own(sites.w1[i], sites.w2[i]);
    by.projected += own * predicted.effects(sites.site_of[i]);
    for (size_t j = sites.starts[group]; j < sites.starts[group + 1]; ++j) {
      by.variance += predicted.variance(sites.site_of[i], sites.site_of[j]) *
                     own * Vector2d(sites.w1[j], sites.w2[j]).transpose();
    }
  }
  return by;
}

void MixedFitter::FillEffects(MixedFit& fit) const {
  VectorXd residual(table_.n_working + 1);
  residual << -optimum_.at.fit.coefficients, 1;
  const bool sites = table_.sites.n() > 0;
  const SitePredictions predicted =
      sites ? crossed_.Predict(optimum_.l) : SitePredictions();
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
      const size_t group = block.first + static_cast<size_t>(i);
      const BySites by = BySitesOf(table_.sites, group, predicted);
      // u = L (I + L' R' R L)^-1 L' R' Q' (y - X b - W s): nothing cancels.
      const Matrix2d rl = r * root;
      const Matrix2d middle =
          (Matrix2d::Identity() + rl.transpose() * rl).inverse();
      const Matrix2d gain = from * middle * rl.transpose();
      const Vector2d effect = gain * (projected - by.projected);
      const Matrix2d variance =
          Variance() * (from * middle * from.transpose() +
                        gain * by.variance * gain.transpose());
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
  const double units = table_.response.spread;
  for (Index i = 0; i < table_.sites.n(); ++i) {
    const size_t site = static_cast<size_t>(i);
    fit.site_effects.push_back(
        {table_.sites.codes[site], table_.sites.n_of[site],
         perfect_ ? 0 : units * predicted.effects(i),
         units * std::sqrt(Variance() * predicted.variance(i, i))});
  }
}

MixedFit MixedFitter::Describe(const DesignMatrix& design) const {
  MixedFit fit;
  fit.options = options_;
  fit.n = table_.n_rows;
  fit.n_groups = table_.n_groups();
  fit.n_sites = table_.sites.codes.size();
  fit.rank = static_cast<size_t>(table_.n_working);
  fit.perfect = perfect_;
  fit.iterations = optimum_.iterations;
  const std::vector<double> parameters =
      perfect_ ? std::vector<double>() : CovarianceOfParameters();
  FillCoefficients(design, parameters, fit);
  FillTerms(design, parameters, fit);
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
