#include "stats/parametric.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "stats/distributions.h"
#include "stats/parametric_distribution.h"
#include "stats/parametric_likelihood.h"
#include "stats/parametric_optimum.h"
#include "stats/parametric_table.h"
#include "stats/stop.h"

namespace enthesis::stats {
namespace {

absl::Status CheckParametric(const IntervalTimes& rows,
                             const DesignMatrix& design,
                             const ParametricOptions& options) {
  if (absl::Status status = CheckConfLevel(options.conf_level); !status.ok()) {
    return status;
  }
  if (options.max_iterations < 1) {
    return absl::InvalidArgumentError("at least one iteration is needed");
  }
  if (absl::Status status = CheckIntervalTimes(rows); !status.ok()) {
    return status;
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows.upper[i] > 0) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "row ", i,
        ": an event at time 0 has no density; give it an upper end"));
  }
  if (absl::Status status = CheckDesignMatrix(design); !status.ok()) {
    return status;
  }
  if (design.n_columns() == 0 || design.n_rows == rows.size()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "the times and the covariates have different numbers of rows");
}

bool IsFixed(const ParametricOptions& options) {
  return options.distribution == ParametricDistribution::kExponential;
}

// From slopes of centered and scaled columns, times the rate, to coefficients:
// the matrix by which both estimates and errors are multiplied, [i * s + j].
std::vector<double> CoefficientsOfSlopes(const ParametricTable& table,
                                         double scale) {
  const size_t s = table.n_columns + 1;
  std::vector<double> by(s * s, 0);
  by[0] = scale;
  for (size_t c = 0; c < table.n_columns; ++c) {
    if (!(table.scales[c] > 0)) continue;
    by[(c + 1) * s + c + 1] = scale / table.scales[c];
    by[c + 1] = -scale * table.centers[c] / table.scales[c];
  }
  return by;
}

// A row of the intercept has an entry in every column, one of a column its own.
std::vector<double> Estimates(const std::vector<double>& by,
                              const ParametricPoint& point) {
  const size_t s = point.slopes.size();
  std::vector<double> estimates(s, 0);
  for (size_t i = 0; i < s; ++i) {
    for (size_t j = 0; j < s; ++j) {
      estimates[i] += by[i * s + j] * point.slopes[j];
    }
  }
  return estimates;
}

// Covariances of the coefficients and, where it is estimated, the logarithm of
// the scale, which is less the logarithm of the rate.
std::vector<double> CovarianceOf(const std::vector<double>& by,
                                 const ParametricTable& table,
                                 const ParametricOptimum& optimum, bool fixed) {
  const size_t s = optimum.columns.size();
  const size_t q = s + (fixed ? 0 : 1);
  std::vector<double> half(q * q, 0), covariance(q * q, 0);
  const auto factor = [&](size_t i, size_t j) {
    if (i < s && j < s) return by[i * s + j];
    return i == j ? -1.0 : 0.0;
  };
  for (size_t i = 0; i < q; ++i) {
    for (size_t k = 0; k < q; ++k) {
      for (size_t j = 0; j < q; ++j) {
        half[i * q + j] += factor(i, k) * optimum.covariance[k * q + j];
      }
    }
  }
  const auto is_infinite = [&](size_t i) {
    return i < s && optimum.columns[i] != ColumnOutcome::kEstimated;
  };
  for (size_t i = 0; i < q; ++i) {
    for (size_t j = 0; j <= i; ++j) {
      if (is_infinite(i) || is_infinite(j)) continue;
      double sum = 0;
      for (size_t k = 0; k < q; ++k) sum += half[i * q + k] * factor(j, k);
      covariance[i * q + j] = sum / table.weight_unit;
      covariance[j * q + i] = covariance[i * q + j];
    }
  }
  return covariance;
}

void CountRows(const ParametricTable& table, ParametricFit& fit) {
  const auto count = [&table](IntervalKind kind) {
    return table.kinds[static_cast<size_t>(kind)];
  };
  fit.n = table.total;
  fit.exact = count(IntervalKind::kExact);
  fit.left_censored = count(IntervalKind::kLeftCensored);
  fit.interval = count(IntervalKind::kInterval);
  fit.right_censored = count(IntervalKind::kRightCensored);
}

// Whether the time ends somewhere from above and from below.
bool IsBounded(const ParametricTable& table) {
  bool above = false, below = false;
  for (IntervalKind kind : table.node_kinds) {
    above = above || kind != IntervalKind::kRightCensored;
    below = below || kind != IntervalKind::kLeftCensored;
  }
  return above && below;
}

void FillParametricCoefficients(const ParametricOptimum& optimum,
                                const std::vector<double>& estimates,
                                ParametricFit& fit) {
  const double z = NormalCriticalValue(fit.options.conf_level);
  const size_t q =
      IsFixed(fit.options) ? estimates.size() : estimates.size() + 1;
  for (size_t i = 0; i < estimates.size(); ++i) {
    Coefficient& coefficient = fit.coefficients[i];
    if (optimum.columns[i] == ColumnOutcome::kDropped) {
      fit.dropped.push_back(coefficient.name);
    } else if (optimum.columns[i] == ColumnOutcome::kSeparated) {
      fit.separated.push_back(coefficient.name);
    } else {
      SetEstimate(estimates[i], fit.covariance[i * q + i], z, coefficient);
    }
  }
  if (IsFixed(fit.options)) return;
  fit.log_scale_std_error = std::sqrt(fit.covariance[q * q - 1]);
}

}  // namespace

absl::string_view ExplainOutcome(ParametricOutcome outcome) {
  switch (outcome) {
    case ParametricOutcome::kEstimated:
      return "";
    case ParametricOutcome::kUnbounded:
      return "every row is censored on the same side: there is no estimate";
    case ParametricOutcome::kScaleZero:
      return "the scale falls to 0: the times lie on the fitted line";
    case ParametricOutcome::kScaleInfinite:
      return "the scale has no finite estimate: the event is not seen more "
             "often the later the time";
  }
  return "";
}

absl::StatusOr<ParametricFit> FitParametric(const IntervalTimes& rows,
                                            const DesignMatrix& design,
                                            const ParametricOptions& options,
                                            ThreadPool* pool) {
  if (absl::Status status = CheckParametric(rows, design, options);
      !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckStop(options.stop); !status.ok()) {
    return status;
  }
  const ParametricTable table = BuildParametricTable(rows, design, pool);
  if (!(table.total > 0)) return absl::FailedPreconditionError("no subjects");
  ParametricFit fit;
  fit.options = options;
  CountRows(table, fit);
  fit.coefficients.emplace_back().name = "(Intercept)";
  for (const std::string& name : design.names) {
    fit.coefficients.emplace_back().name = name;
  }
  if (!IsBounded(table)) {
    fit.outcome = ParametricOutcome::kUnbounded;
    return fit;
  }
  const ParametricLikelihood likelihood(table, StandardOf(options.distribution),
                                        IsFixed(options), pool);
  const absl::StatusOr<ParametricOptimum> optimum =
      MaximizeParametricLikelihood(likelihood, options.max_iterations,
                                   options.stop);
  if (!optimum.ok()) return optimum.status();
  fit.outcome = optimum->outcome;
  if (fit.outcome != ParametricOutcome::kEstimated) return fit;
  const double unit = table.weight_unit;
  fit.scale = 1 / optimum->point.rate;
  fit.iterations = optimum->iterations;
  fit.log_likelihood_null = optimum->log_likelihood_null * unit;
  fit.log_likelihood = optimum->log_likelihood * unit;
  fit.likelihood_ratio = MakeChiSquareTest(
      2 * (*fit.log_likelihood - *fit.log_likelihood_null), optimum->rank);
  const std::vector<double> by = CoefficientsOfSlopes(table, *fit.scale);
  fit.covariance = CovarianceOf(by, table, *optimum, IsFixed(options));
  std::vector<double> estimates = Estimates(by, optimum->point);
  estimates[0] += table.time_center;
  FillParametricCoefficients(*optimum, estimates, fit);
  return fit;
}

}  // namespace enthesis::stats
