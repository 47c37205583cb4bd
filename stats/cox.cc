#include "stats/cox.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/cox_kernels.h"
#include "stats/cox_likelihood.h"
#include "stats/cox_optimum.h"
#include "stats/cox_risk_sets.h"
#include "stats/cox_table.h"
#include "stats/distributions.h"
#include "stats/generalized_inverse.h"
#include "stats/stop.h"

namespace enthesis::stats {
namespace {

// R's rule: clusters, or weights that are no numbers of cases.
bool IsRobust(const CoxRows& rows, const CoxOptions& options) {
  if (options.robust.has_value()) return *options.robust;
  const auto is_fraction = [](double w) { return std::floor(w) < w; };
  return !rows.clusters.empty() ||
         std::any_of(rows.weights.begin(), rows.weights.end(), is_fraction);
}

// D'D, D the score residuals times the covariance, summed by cluster (Lin &
// Wei 1989, JASA 84:1074); V (sum of u u') V is the same without V per row.
std::vector<double> RobustCovariance(const CoxTable& table,
                                     const CoxRiskSets& sets,
                                     const std::vector<double>& covariance) {
  const size_t p = table.n_columns;
  std::vector<double> meat(p * p, 0);
  std::vector<double> residual(p);
  std::vector<double> sums(table.n_clusters * p, 0);
  const auto add_square = [&](const double* u, double times) {
    for (size_t j = 0; j < p; ++j) {
      for (size_t k = 0; k <= j; ++k) meat[j * p + k] += times * u[j] * u[k];
    }
  };
  for (size_t g = 0; g < table.n_groups(); ++g) {
    for (size_t i = table.group_begin[g]; i < table.group_begin[g + 1]; ++i) {
      ScoreResidual(table, sets, i, g, absl::MakeSpan(residual));
      const double weight = table.weights[i];
      if (table.clusters.empty()) {
        add_square(residual.data(), table.Count(i) * weight * weight);
        continue;
      }
      double* sum = sums.data() + table.clusters[i] * p;
      for (size_t j = 0; j < p; ++j) {
        sum[j] += table.Count(i) * weight * residual[j];
      }
    }
  }
  for (size_t c = 0; c < table.n_clusters; ++c) {
    add_square(sums.data() + c * p, 1);
  }
  for (size_t j = 0; j < p; ++j) {
    for (size_t k = 0; k < j; ++k) meat[k * p + j] = meat[j * p + k];
  }
  std::vector<double> half(p * p, 0);
  std::vector<double> robust(p * p, 0);
  for (size_t j = 0; j < p; ++j) {
    for (size_t k = 0; k < p; ++k) {
      half[j * p + k] = DotProduct(&covariance[j * p], &meat[k * p], p);
    }
  }
  for (size_t j = 0; j < p; ++j) {
    for (size_t k = 0; k <= j; ++k) {
      robust[j * p + k] = DotProduct(&half[j * p], &covariance[k * p], p);
      robust[k * p + j] = robust[j * p + k];
    }
  }
  return robust;
}

// A covariance of scaled columns in units of the design, 0 but for `columns`.
std::vector<double> Unscaled(const std::vector<double>& scaled,
                             const CoxTable& table,
                             const std::vector<bool>& columns) {
  const size_t p = table.n_columns;
  std::vector<double> covariance(p * p, 0);
  for (size_t j = 0; j < p; ++j) {
    for (size_t k = 0; k < p; ++k) {
      if (!columns[j] || !columns[k]) continue;
      covariance[j * p + k] =
          scaled[j * p + k] / table.scales[j] / table.scales[k];
    }
  }
  return covariance;
}

// Figures in the units of the design from those in units of `scale`: errors by
// themselves, since a variance leaves the range of numbers first.
void FillCoefficient(double estimate, double variance, double robust_variance,
                     double scale, double z, bool robust,
                     Coefficient& coefficient) {
  const double error = std::sqrt(robust ? robust_variance : variance);
  coefficient.estimate = InUnits(estimate, scale);
  coefficient.std_error = InUnits(std::sqrt(variance), scale);
  if (robust)
    coefficient.robust_std_error = InUnits(std::sqrt(robust_variance), scale);
  coefficient.lower = InUnits(estimate - z * error, scale);
  coefficient.upper = InUnits(estimate + z * error, scale);
  if (!(error > 0)) return;
  coefficient.statistic = estimate / error;
  coefficient.p_value =
      std::min(1.0, 2 * NormalUpperTail(std::abs(*coefficient.statistic)));
}

// `covariance` is that in use, of the scaled columns.
void FillCoefficients(const DesignMatrix& design, const CoxTable& table,
                      const CoxOptimum& optimum,
                      const std::vector<double>& covariance, CoxFit& fit) {
  const size_t p = table.n_columns;
  const double z = NormalCriticalValue(fit.options.conf_level);
  fit.coefficients.resize(p);
  for (size_t j = 0; j < p; ++j) {
    fit.coefficients[j].name = design.names[j];
    if (optimum.columns[j] == ColumnOutcome::kDropped) {
      fit.dropped.push_back(design.names[j]);
    } else if (optimum.columns[j] == ColumnOutcome::kSeparated) {
      fit.separated.push_back(design.names[j]);
    } else {
      FillCoefficient(optimum.coefficients[j], optimum.covariance[j * p + j],
                      covariance[j * p + j], table.scales[j], z, fit.robust,
                      fit.coefficients[j]);
    }
  }
}

// Of the scaled columns, whose units are no part of it. With one cluster for a
// coefficient and fewer the sandwich has no inverse, since the sums of the
// score add up to 0, and what rounding leaves of its determinant is no test.
ChiSquareTest WaldTest(const CoxOptimum& optimum,
                       const std::vector<double>& covariance, CoxFit& fit) {
  const size_t p = fit.coefficients.size();
  std::vector<size_t> columns;
  for (size_t j = 0; j < p; ++j) {
    if (optimum.columns[j] == ColumnOutcome::kEstimated) columns.push_back(j);
  }
  std::vector<double> estimates;
  std::vector<double> own;
  for (size_t j : columns) {
    estimates.push_back(optimum.coefficients[j]);
    for (size_t k : columns) own.push_back(covariance[j * p + k]);
  }
  fit.rank = RankOf(own, columns.size());
  if (fit.robust && fit.n_clusters > 0) {
    fit.rank = std::min(fit.rank, fit.n_clusters - 1);
  }
  if (!fit.separated.empty()) return ChiSquareTest();
  if (fit.rank < columns.size()) {
    ChiSquareTest test;
    test.df = static_cast<double>(columns.size());
    return test;
  }
  return MakeChiSquareTest(QuadraticForm(own, estimates), columns.size());
}

// Of each node, less what is the same for a whole stratum: rows are only ever
// compared with those of their own.
std::vector<double> LinearPredictors(const CoxTable& table,
                                     absl::Span<const double> coefficients,
                                     ThreadPool* pool) {
  constexpr size_t kPiece = 4096;
  std::vector<double> predictors(table.n_nodes, 0);
  RunPieces(pool, table.n_nodes, kPiece, [&](size_t begin, size_t end) {
    for (size_t j = 0; j < table.n_columns; ++j) {
      const double* x = table.Column(j);
      for (size_t i = begin; i < end; ++i) {
        predictors[i] += coefficients[j] * x[i];
      }
    }
  });
  return predictors;
}

}  // namespace

std::vector<double> CoxFit::Estimates() const {
  std::vector<double> estimates;
  estimates.reserve(coefficients.size());
  for (const Coefficient& coefficient : coefficients) {
    estimates.push_back(coefficient.estimate.value_or(0));
  }
  return estimates;
}

absl::Span<const double> CoxFit::CovarianceInUse() const {
  return robust ? robust_covariance : covariance;
}

absl::StatusOr<CoxFit> FitCox(const CoxRows& rows, const DesignMatrix& design,
                              const CoxOptions& options, ThreadPool* pool) {
  if (absl::Status status = CheckConfLevel(options.conf_level); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckStop(options.stop); !status.ok()) {
    return status;
  }
  const bool robust = IsRobust(rows, options);
  absl::StatusOr<CoxTable> table = BuildCoxTable(rows, design, robust, pool);
  if (!table.ok()) return table.status();
  CoxLikelihood likelihood(*table, options.ties, pool);
  absl::StatusOr<CoxOptimum> optimum = MaximizeCoxLikelihood(
      *table, options.max_iterations, likelihood, options.stop);
  if (!optimum.ok()) return optimum.status();

  CoxFit fit;
  fit.options = options;
  fit.n = static_cast<size_t>(table->n_rows);
  fit.events = static_cast<size_t>(table->n_events);
  fit.means = table->means;
  fit.iterations = optimum->iterations;
  fit.robust = robust && optimum->rank > 0;
  fit.n_clusters = table->n_clusters;
  fit.log_likelihood_null = optimum->log_likelihood_null;
  fit.log_likelihood = optimum->log_likelihood;
  const std::vector<bool> in_range =
      ColumnsInRange(optimum->covariance, table->scales, optimum->columns,
                     design.names, fit.out_of_range);
  fit.covariance = Unscaled(optimum->covariance, *table, in_range);
  std::vector<double> in_use = optimum->covariance;
  if (fit.robust) {
    const CoxRiskSets sets =
        SumCoxRiskSets(*table, options.ties, optimum->coefficients);
    in_use = RobustCovariance(*table, sets, optimum->covariance);
    fit.robust_covariance = Unscaled(in_use, *table, in_range);
  }
  if (absl::Status status = CheckStop(options.stop); !status.ok()) {
    return status;
  }
  FillCoefficients(design, *table, *optimum, in_use, fit);
  fit.tests.likelihood_ratio = MakeChiSquareTest(
      2 * (fit.log_likelihood - fit.log_likelihood_null), optimum->rank);
  fit.tests.score = MakeChiSquareTest(optimum->score_statistic, optimum->rank);
  fit.tests.wald = WaldTest(*optimum, in_use, fit);
  if (options.concordance && design.n_columns() > 0) {
    const Concordance concordance = ConcordanceOfNodes(
        *table, LinearPredictors(*table, optimum->coefficients, pool), pool);
    if (concordance.estimate.has_value()) fit.concordance = concordance;
  }
  return fit;
}

}  // namespace enthesis::stats
