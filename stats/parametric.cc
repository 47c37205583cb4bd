#include "stats/parametric.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "stats/distributions.h"
#include "stats/generalized_inverse.h"
#include "stats/parametric_likelihood.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// A column whose spread is this small a share of its size is constant.
constexpr double kConstant = 1e-12;

ErrorDistribution ErrorOf(ParametricDistribution distribution) {
  switch (distribution) {
    case ParametricDistribution::kLogNormal:
      return ErrorDistribution::kNormal;
    case ParametricDistribution::kLogLogistic:
      return ErrorDistribution::kLogistic;
    case ParametricDistribution::kWeibull:
    case ParametricDistribution::kExponential:
      break;
  }
  return ErrorDistribution::kExtremeValue;
}

// The data in an order of their values, each distinct row once.
struct ParametricTable {
  std::vector<ParametricRow> rows;
  MatrixXd columns;  // ones, then the kept columns centered and scaled
  std::vector<size_t> kept;
  VectorXd means, spreads;  // of the kept columns
  double time_mean = 0;     // of log time, taken off
  double log_times = 0;     // sum of weight * log time of the exact rows
};

absl::Status CheckParametric(const IntervalTimes& rows,
                             const DesignMatrix& design,
                             const ParametricOptions& options) {
  absl::Status status = CheckConfLevel(options.conf_level);
  if (status.ok()) status = CheckIntervalTimes(rows);
  if (status.ok()) status = CheckDesignMatrix(design);
  if (!status.ok()) return status;
  if (design.n_columns() > 0 && design.n_rows != rows.size()) {
    return absl::InvalidArgumentError(
        "the times and the covariates have different numbers of rows");
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows.Kind(i) == IntervalKind::kExact && rows.lower[i] == 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          "row ", i,
          ": an event at time 0 has no density; give it an upper end"));
    }
  }
  return absl::OkStatus();
}

void CountKinds(const IntervalTimes& rows, ParametricFit& fit) {
  // Whole numbers add up in any order; others are added from small to large.
  std::vector<std::pair<IntervalKind, double>> weights;
  for (size_t i = 0; i < rows.size(); ++i) {
    weights.emplace_back(rows.Kind(i), rows.Weight(i));
  }
  std::sort(weights.begin(), weights.end());
  for (const auto& [kind, weight] : weights) {
    double& sum = kind == IntervalKind::kExact           ? fit.exact
                  : kind == IntervalKind::kRightCensored ? fit.right_censored
                  : kind == IntervalKind::kLeftCensored  ? fit.left_censored
                                                         : fit.interval;
    sum += weight;
  }
  fit.n = fit.exact + fit.right_censored + fit.left_censored + fit.interval;
}

// Rows that say something, in the order of time, covariates and weight.
std::vector<size_t> OrderOf(const IntervalTimes& rows,
                            const DesignMatrix& design) {
  std::vector<size_t> order;
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool silent =
        rows.Kind(i) == IntervalKind::kRightCensored && rows.lower[i] == 0;
    if (rows.Weight(i) > 0 && !silent) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    if (rows.lower[a] != rows.lower[b]) return rows.lower[a] < rows.lower[b];
    if (rows.upper[a] != rows.upper[b]) return rows.upper[a] < rows.upper[b];
    for (size_t c = 0; c < design.n_columns(); ++c) {
      const double x = design.Column(c)[a], y = design.Column(c)[b];
      if (x != y) return x < y;
    }
    return rows.Weight(a) < rows.Weight(b);
  });
  return order;
}

bool AreAlike(const IntervalTimes& rows, const DesignMatrix& design, size_t a,
              size_t b) {
  if (rows.lower[a] != rows.lower[b] || rows.upper[a] != rows.upper[b]) {
    return false;
  }
  for (size_t c = 0; c < design.n_columns(); ++c) {
    if (design.Column(c)[a] != design.Column(c)[b]) return false;
  }
  return true;
}

// Centers log times, whose mean becomes part of the intercept.
void CenterTimes(ParametricTable& table) {
  double sum = 0, weight = 0;
  for (const ParametricRow& row : table.rows) {
    const double time =
        row.kind == IntervalKind::kLeftCensored ? row.upper : row.lower;
    sum += row.weight * time;
    weight += row.weight;
    if (row.kind == IntervalKind::kExact) table.log_times += row.weight * time;
  }
  table.time_mean = sum / weight;
  for (ParametricRow& row : table.rows) {
    row.lower -= table.time_mean;
    row.upper -= table.time_mean;
  }
}

// Centers and scales the columns and leaves out those that say nothing beyond
// the ones before them.
void AddColumns(const DesignMatrix& design, const std::vector<size_t>& first_of,
                ParametricTable& table) {
  const auto n = static_cast<Index>(table.rows.size());
  const auto p = static_cast<Index>(design.n_columns());
  MatrixXd all(n, p);
  for (Index i = 0; i < n; ++i) {
    for (Index c = 0; c < p; ++c) {
      all(i, c) = design.Column(
          static_cast<size_t>(c))[first_of[static_cast<size_t>(i)]];
    }
  }
  VectorXd weights(n);
  for (Index i = 0; i < n; ++i) {
    weights(i) = table.rows[static_cast<size_t>(i)].weight;
  }
  const VectorXd means = all.transpose() * weights / weights.sum();
  VectorXd spreads(p);
  std::vector<Index> candidates;
  for (Index c = 0; c < p; ++c) {
    const double largest = all.col(c).cwiseAbs().maxCoeff();
    all.col(c).array() -= means(c);
    spreads(c) = all.col(c).cwiseAbs().maxCoeff();
    if (!(spreads(c) > kConstant * largest)) continue;
    all.col(c) /= spreads(c);
    candidates.push_back(c);
  }
  const MatrixXd cross = all.transpose() * weights.asDiagonal() * all;
  const std::vector<Index> kept =
      IndependentColumns(cross, candidates, kCollinear * cross.diagonal());
  table.columns = MatrixXd(n, static_cast<Index>(kept.size()) + 1);
  table.columns.col(0).setOnes();
  table.means = means(kept);
  table.spreads = spreads(kept);
  for (size_t k = 0; k < kept.size(); ++k) {
    table.columns.col(static_cast<Index>(k) + 1) = all.col(kept[k]);
    table.kept.push_back(static_cast<size_t>(kept[k]));
  }
}

ParametricTable MakeTable(const IntervalTimes& rows,
                          const DesignMatrix& design) {
  ParametricTable table;
  std::vector<size_t> first_of;
  for (const size_t i : OrderOf(rows, design)) {
    if (first_of.empty() || !AreAlike(rows, design, first_of.back(), i)) {
      ParametricRow row;
      row.kind = rows.Kind(i);
      if (rows.lower[i] > 0) row.lower = std::log(rows.lower[i]);
      if (rows.upper[i] < kOpenUpper) row.upper = std::log(rows.upper[i]);
      table.rows.push_back(row);
      first_of.push_back(i);
    }
    table.rows.back().weight += rows.Weight(i);
  }
  if (table.rows.empty()) return table;
  CenterTimes(table);
  AddColumns(design, first_of, table);
  return table;
}

// From (coefficients / scale, 1 / scale) on standardized columns to
// (coefficients, log scale): the derivatives of the latter by the former.
MatrixXd JacobianOf(const ParametricTable& table, const VectorXd& theta,
                    bool fixed) {
  const Index p = table.columns.cols();
  const double rate = fixed ? 1 : theta(p);
  MatrixXd jacobian = MatrixXd::Zero(theta.size(), theta.size());
  jacobian(0, 0) = 1 / rate;
  if (!fixed) jacobian(0, p) = -theta(0) / (rate * rate);
  for (Index k = 1; k < p; ++k) {
    const double spread = table.spreads(k - 1), mean = table.means(k - 1);
    jacobian(k, k) = 1 / (rate * spread);
    jacobian(0, k) = -mean / (rate * spread);
    if (fixed) continue;
    jacobian(k, p) = -theta(k) / (rate * rate * spread);
    jacobian(0, p) += mean * theta(k) / (rate * rate * spread);
  }
  if (!fixed) jacobian(p, p) = -1 / rate;
  return jacobian;
}

void FillEstimates(const ParametricTable& table, const ParametricMaximum& at,
                   bool fixed, ParametricFit& fit) {
  const Index p = table.columns.cols();
  const double rate = fixed ? 1 : at.theta(p);
  std::vector<Index> sound;
  for (Index j = 0; j < at.theta.size(); ++j) {
    if (std::find(at.separated.begin(), at.separated.end(), j) ==
        at.separated.end()) {
      sound.push_back(j);
    }
  }
  MatrixXd inverse = MatrixXd::Zero(at.theta.size(), at.theta.size());
  inverse(sound, sound) = InverseOn(at.information, sound);
  const MatrixXd jacobian = JacobianOf(table, at.theta, fixed);
  const MatrixXd covariance = jacobian * inverse * jacobian.transpose();

  VectorXd estimates = at.theta.head(p) / rate;
  for (Index k = 1; k < p; ++k) {
    estimates(k) /= table.spreads(k - 1);
    estimates(0) -= estimates(k) * table.means(k - 1);
  }
  estimates(0) += table.time_mean;

  // Where each parameter stands among those of the answer.
  const size_t size = fit.coefficients.size() + (fixed ? 0 : 1);
  std::vector<size_t> place = {0};
  for (const size_t column : table.kept) place.push_back(column + 1);
  if (!fixed) place.push_back(size - 1);
  fit.covariance.assign(size * size, 0);
  // The intercept is that of covariates at 0, which may be as far away.
  double intercept_step = 0;
  if (!at.separated.empty()) {
    intercept_step = at.step(0);
    for (Index k = 1; k < p; ++k) {
      intercept_step -= at.step(k) * table.means(k - 1) / table.spreads(k - 1);
    }
  }
  const bool no_intercept = std::abs(intercept_step) > 1e-3;
  const auto has = [&](Index j) {
    if (j == 0 && no_intercept) return false;
    return std::find(sound.begin(), sound.end(), j) != sound.end();
  };
  for (Index a = 0; a < at.theta.size(); ++a) {
    for (Index b = 0; b < at.theta.size(); ++b) {
      if (!has(a) || !has(b)) continue;
      fit.covariance[place[static_cast<size_t>(a)] * size +
                     place[static_cast<size_t>(b)]] = covariance(a, b);
    }
  }
  const double critical = NormalCriticalValue(fit.options.conf_level);
  for (Index j = 0; j < p; ++j) {
    Coefficient& one = fit.coefficients[place[static_cast<size_t>(j)]];
    if (!has(j)) {
      fit.separated.push_back(one.name);
      continue;
    }
    one.estimate = estimates(j);
    const double error = std::sqrt(covariance(j, j));
    if (!(std::isfinite(error) && error > 0)) continue;
    one.std_error = error;
    one.statistic = estimates(j) / error;
    one.p_value = 2 * NormalUpperTail(std::abs(*one.statistic));
    one.lower = estimates(j) - critical * error;
    one.upper = estimates(j) + critical * error;
  }
  fit.scale = 1 / rate;
  if (!fixed) fit.log_scale_std_error = std::sqrt(covariance(p, p));
}

// The intercept alone.
absl::StatusOr<double> NullLogLikelihood(const ParametricTable& table,
                                         ErrorDistribution error, bool fixed,
                                         int max_iterations) {
  const MatrixXd ones = table.columns.leftCols(1);
  const auto at =
      MaximizeParametric(ParametricLikelihood(table.rows, ones, error, fixed),
                         fixed, max_iterations);
  if (!at.ok()) return at.status();
  return at->log_likelihood;
}

}  // namespace

absl::StatusOr<ParametricFit> FitParametric(const IntervalTimes& rows,
                                            const DesignMatrix& design,
                                            const ParametricOptions& options) {
  const absl::Status status = CheckParametric(rows, design, options);
  if (!status.ok()) return status;
  ParametricFit fit;
  fit.options = options;
  CountKinds(rows, fit);
  if (!(fit.n > 0)) return absl::FailedPreconditionError("no subjects");
  fit.coefficients.emplace_back().name = "(Intercept)";
  for (const std::string& name : design.names) {
    fit.coefficients.emplace_back().name = name;
  }
  const ParametricTable table = MakeTable(rows, design);
  if (fit.right_censored == fit.n || fit.left_censored == fit.n) {
    fit.unbounded = true;
    return fit;
  }
  for (size_t c = 0; c < design.n_columns(); ++c) {
    if (std::find(table.kept.begin(), table.kept.end(), c) ==
        table.kept.end()) {
      fit.dropped.push_back(design.names[c]);
    }
  }
  const ErrorDistribution error = ErrorOf(options.distribution);
  const bool fixed =
      options.distribution == ParametricDistribution::kExponential;
  const auto at = MaximizeParametric(
      ParametricLikelihood(table.rows, table.columns, error, fixed), fixed,
      options.max_iterations);
  if (!at.ok()) return at.status();
  const auto null_value =
      NullLogLikelihood(table, error, fixed, options.max_iterations);
  if (!null_value.ok()) return null_value.status();
  fit.iterations = at->iterations;
  // Exact times were taken as log times: their density is that over the time.
  fit.log_likelihood = at->log_likelihood - table.log_times;
  fit.log_likelihood_null = *null_value - table.log_times;
  fit.likelihood_ratio.df = static_cast<double>(table.kept.size());
  if (!table.kept.empty()) {
    fit.likelihood_ratio.chi_square =
        std::max(0.0, 2 * (at->log_likelihood - *null_value));
    fit.likelihood_ratio.p_value = ChiSquareUpperTail(
        *fit.likelihood_ratio.chi_square, fit.likelihood_ratio.df);
  }
  FillEstimates(table, *at, fixed, fit);
  return fit;
}

}  // namespace enthesis::stats
