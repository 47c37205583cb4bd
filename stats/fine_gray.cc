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
// an estimate.
std::vector<double> Unscaled(const std::vector<double>& scaled,
                             const FineGrayTable& table,
                             const FineGrayOptimum& optimum) {
  const size_t p = table.n_columns;
  std::vector<double> covariance(p * p, 0);
  for (size_t i = 0; i < p; ++i) {
    if (optimum.columns[i] != ColumnOutcome::kEstimated) continue;
    for (size_t j = 0; j < p; ++j) {
      if (optimum.columns[j] != ColumnOutcome::kEstimated) continue;
      covariance[i * p + j] =
          scaled[i * p + j] / (table.scales[i] * table.scales[j]);
    }
  }
  return covariance;
}

void FillCoefficients(const FineGrayTable& table,
                      const FineGrayOptimum& optimum,
                      const DesignMatrix& design, FineGrayFit& fit) {
  const size_t p = table.n_columns;
  const double z = NormalCriticalValue(fit.options.conf_level);
  for (size_t c = 0; c < p; ++c) {
    Coefficient coefficient;
    if (optimum.columns[c] == ColumnOutcome::kDropped) {
      fit.dropped.push_back(design.names[c]);
    } else if (optimum.columns[c] == ColumnOutcome::kSeparated) {
      fit.separated.push_back(design.names[c]);
    } else {
      SetEstimate(optimum.coefficients[c] / table.scales[c],
                  fit.covariance[c * p + c], z, coefficient);
    }
    coefficient.name = design.names[c];
    fit.coefficients.push_back(coefficient);
  }
}

void FillTests(const FineGrayOptimum& optimum, FineGrayFit& fit) {
  const double gain = optimum.log_likelihood - optimum.log_likelihood_null;
  fit.tests.likelihood_ratio = MakeChiSquareTest(2 * gain, optimum.rank);
  fit.tests.score = MakeChiSquareTest(optimum.score_statistic, optimum.rank);
  // At an infinite estimate there is no Wald test, as in Cox regression.
  if (!fit.separated.empty()) return;
  const std::vector<double> estimates = fit.Estimates();
  fit.tests.wald =
      MakeChiSquareTest(QuadraticForm(fit.covariance, estimates), optimum.rank);
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
  fit.model_covariance = Unscaled(optimum->covariance, *table, *optimum);
  fit.covariance =
      Unscaled(Sandwich(optimum->covariance, meat, p), *table, *optimum);
  FillCoefficients(*table, *optimum, design, fit);
  FillTests(*optimum, fit);
  return fit;
}

}  // namespace enthesis::stats
