#include "stats/fine_gray.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/distributions.h"
#include "stats/fine_gray_influence.h"
#include "stats/fine_gray_likelihood.h"
#include "stats/fine_gray_optimum.h"
#include "stats/fine_gray_table.h"
#include "stats/generalized_inverse.h"
#include "stats/stop.h"

namespace enthesis::stats {
namespace {

absl::Status CheckOptions(const FineGrayOptions& options) {
  if (absl::Status status = CheckConfLevel(options.conf_level); !status.ok()) {
    return status;
  }
  if (options.cause < 1) {
    return absl::InvalidArgumentError("the cause of interest is 1 or higher");
  }
  if (options.max_iterations < 1) {
    return absl::InvalidArgumentError("at least one iteration is needed");
  }
  return absl::OkStatus();
}

// A B A for symmetric matrices, [i * p + j].
std::vector<double> Sandwich(const std::vector<double>& a,
                             const std::vector<double>& b, size_t p) {
  std::vector<double> ab(p * p, 0);
  std::vector<double> aba(p * p, 0);
  for (size_t i = 0; i < p; ++i) {
    for (size_t k = 0; k < p; ++k) {
      for (size_t j = 0; j < p; ++j) {
        ab[i * p + j] += a[i * p + k] * b[k * p + j];
      }
    }
  }
  for (size_t i = 0; i < p; ++i) {
    for (size_t k = 0; k < p; ++k) {
      for (size_t j = 0; j < p; ++j) {
        aba[i * p + j] += ab[i * p + k] * a[k * p + j];
      }
    }
  }
  return aba;
}

// A covariance of scaled columns in units of the design, for the columns with
// an estimate that have a variance there.
std::vector<double> Unscaled(const std::vector<double>& scaled,
                             const FineGrayTable& table,
                             const std::vector<bool>& columns) {
  const size_t p = table.n_columns;
  std::vector<double> covariance(p * p, 0);
  for (size_t i = 0; i < p; ++i) {
    for (size_t j = 0; j < p; ++j) {
      if (!columns[i] || !columns[j]) continue;
      covariance[i * p + j] =
          scaled[i * p + j] / table.scales[i] / table.scales[j];
    }
  }
  return covariance;
}

// `covariance` is the sandwich of the scaled columns.
void FillCoefficients(const FineGrayTable& table,
                      const FineGrayOptimum& optimum,
                      const DesignMatrix& design,
                      const std::vector<double>& covariance, FineGrayFit& fit) {
  const size_t p = table.n_columns;
  const double z = NormalCriticalValue(fit.options.conf_level);
  for (size_t c = 0; c < p; ++c) {
    Coefficient coefficient;
    if (optimum.columns[c] == ColumnOutcome::kDropped) {
      fit.dropped.push_back(design.names[c]);
    } else if (optimum.columns[c] == ColumnOutcome::kSeparated) {
      fit.separated.push_back(design.names[c]);
    } else {
      SetScaledEstimate(optimum.coefficients[c], covariance[c * p + c],
                        table.scales[c], z, coefficient);
    }
    coefficient.name = design.names[c];
    fit.coefficients.push_back(coefficient);
  }
}

void FillTests(const FineGrayOptimum& optimum,
               const std::vector<double>& covariance, FineGrayFit& fit) {
  const double gain = optimum.log_likelihood - optimum.log_likelihood_null;
  fit.tests.likelihood_ratio = MakeChiSquareTest(2 * gain, optimum.rank);
  fit.tests.score = MakeChiSquareTest(optimum.score_statistic, optimum.rank);
  fit.rank = RankOf(covariance, fit.coefficients.size());
  // The scores of the clusters add up to 0.
  if (fit.n_clusters > 0) fit.rank = std::min(fit.rank, fit.n_clusters - 1);
  // At an infinite estimate there is no Wald test, as in Cox regression.
  if (!fit.separated.empty()) return;
  fit.tests.wald.df = static_cast<double>(optimum.rank);
  if (fit.rank < optimum.rank) return;
  std::vector<double> estimates;
  for (size_t c = 0; c < fit.coefficients.size(); ++c) {
    const bool estimated = optimum.columns[c] == ColumnOutcome::kEstimated;
    estimates.push_back(estimated ? optimum.coefficients[c] : 0);
  }
  fit.tests.wald =
      MakeChiSquareTest(QuadraticForm(covariance, estimates), optimum.rank);
}

}  // namespace

std::vector<double> FineGrayFit::Estimates() const {
  std::vector<double> estimates;
  for (const Coefficient& coefficient : coefficients) {
    estimates.push_back(coefficient.estimate.value_or(0));
  }
  return estimates;
}

absl::StatusOr<FineGrayFit> FitFineGray(const FineGrayRows& rows,
                                        const DesignMatrix& design,
                                        const FineGrayOptions& options) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  if (absl::Status status = CheckStop(options.stop); !status.ok()) {
    return status;
  }
  const absl::StatusOr<FineGrayTable> table =
      BuildFineGrayTable(rows, design, options.convention, options.cause);
  if (!table.ok()) return table.status();
  const FineGrayTies ties = options.convention == FineGrayConvention::kCrr
                                ? FineGrayTies::kBreslow
                                : options.ties;
  FineGrayLikelihood likelihood(*table, ties);
  const absl::StatusOr<FineGrayOptimum> optimum = MaximizeFineGrayLikelihood(
      *table, options.max_iterations, likelihood, options.stop);
  if (!optimum.ok()) return optimum.status();

  FineGrayFit fit;
  fit.options = options;
  fit.options.ties = ties;
  fit.n = static_cast<size_t>(table->n_subjects);
  fit.events = static_cast<size_t>(table->n_events);
  fit.competing = static_cast<size_t>(table->n_competing);
  fit.n_clusters = table->n_clusters;
  fit.iterations = optimum->iterations;
  fit.log_likelihood_null = optimum->log_likelihood_null;
  fit.log_likelihood = optimum->log_likelihood;
  const size_t p = table->n_columns;
  const std::vector<double> influence =
      ScoreInfluence(*table, likelihood.risk_sets());
  if (absl::Status status = CheckStop(options.stop); !status.ok()) {
    return status;
  }
  const std::vector<double> meat =
      ClusterProducts(*table, influence, p, influence, p);
  const std::vector<double> sandwich = Sandwich(optimum->covariance, meat, p);
  const std::vector<bool> in_range =
      ColumnsInRange(sandwich, table->scales, optimum->columns, design.names,
                     fit.out_of_range);
  fit.model_covariance = Unscaled(optimum->covariance, *table, in_range);
  fit.covariance = Unscaled(sandwich, *table, in_range);
  FillCoefficients(*table, *optimum, design, sandwich, fit);
  FillTests(*optimum, sandwich, fit);
  return fit;
}

}  // namespace enthesis::stats
