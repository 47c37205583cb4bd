#include "stats/glm.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stats/count_sums.h"
#include "stats/distributions.h"
#include "stats/glm_likelihood.h"
#include "stats/glm_optimum.h"
#include "stats/glm_table.h"
#include "stats/long_sum.h"
#include "stats/negative_binomial.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// A share in a direction of separation, below which a coefficient stays put.
constexpr double kStaysPut = 1e-6;

absl::Status CheckGlm(const GlmRows& rows, const DesignMatrix& design,
                      const GlmOptions& options, ThreadPool* pool) {
  if (absl::Status status = CheckConfLevel(options.conf_level); !status.ok()) {
    return status;
  }
  if (options.max_iterations < 1) {
    return absl::InvalidArgumentError("at least one iteration is needed");
  }
  if (options.firth && options.family != GlmFamily::kLogistic) {
    return absl::InvalidArgumentError(
        "Firth's penalty is of logistic models only");
  }
  if (absl::Status status = CheckGlmRows(rows, options.family, pool);
      !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckDesignMatrix(design, pool); !status.ok()) {
    return status;
  }
  if (design.n_columns() == 0 || design.n_rows == rows.size()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "the responses and the covariates have different numbers of rows");
}

class GlmFitter {
 public:
  GlmFitter(const GlmTable& table, const GlmOptions& options, ThreadPool* pool)
      : table_(table), options_(options), pool_(pool) {}

  absl::Status Fit();
  GlmFit Describe(const DesignMatrix& design) const;

 private:
  GlmLikelihood Fresh(GlmFamily family) const {
    return GlmLikelihood(table_, family, pool_);
  }
  SearchLimits Limits(int factor = 1) const {
    return {factor * options_.max_iterations, options_.stop};
  }
  VectorXd NullStart(Index k) const;
  absl::Status FitNull();
  absl::Status FitNegativeBinomial(GlmLikelihood poisson);
  GlmOptimum Boundless() const;
  double Saturated(const GlmLikelihood& likelihood) const;
  absl::Span<const double> Beta() const {
    return {optimum_.coefficients.data(), table_.n_working};
  }
  MatrixXd RobustCovariance() const;
  bool IsInfinite(const VectorXd& row) const;
  void FillGlmCoefficients(const DesignMatrix& design, GlmFit& fit) const;
  void FillPredictors(GlmFit& fit) const;

  const GlmTable& table_;
  const GlmOptions& options_;
  ThreadPool* pool_;
  // Of the fit; excluded nodes are those at their bound.
  std::optional<GlmLikelihood> likelihood_;
  GlmOptimum optimum_;
  std::optional<GlmTheta> theta_;
  bool theta_infinite_ = false;
  double null_objective_ = 0;
};

// The intercept alone, where there is no offset; near it where there is.
VectorXd GlmFitter::NullStart(Index k) const {
  LongSum offset;
  double most = -HUGE_VAL;
  const auto offset_of = [this](size_t node) {
    if (!table_.has_offset) return 0.0;
    return table_.Block(node / kGlmBlock, 1, true).values[node % kGlmBlock];
  };
  for (size_t node = 0; table_.has_offset && node < table_.n_nodes(); ++node) {
    offset.AddProduct(offset_of(node), table_.weights[node] / table_.weight);
    most = std::max(most, offset_of(node));
  }
  VectorXd start = VectorXd::Zero(k);
  if (options_.family == GlmFamily::kLogistic) {
    const double more = options_.firth ? 0.5 / table_.weight_unit : 0;
    const double events = table_.response_sum + more;
    start(0) = std::log(events / (table_.weight - table_.response_sum + more));
    start(0) -= offset.high;
    return start;
  }
  if (!table_.has_offset) {
    start(0) = std::log(table_.response_sum / table_.weight);
    return start;
  }
  LongSum exposure;
  for (size_t node = 0; node < table_.n_nodes(); ++node) {
    exposure.Add(table_.weights[node] * std::exp(offset_of(node) - most));
  }
  start(0) = std::log(table_.response_sum / exposure.high) - most;
  return start;
}

// A fit with every node at its bound: nothing is estimated.
GlmOptimum GlmFitter::Boundless() const {
  const Index k = static_cast<Index>(table_.n_working);
  GlmOptimum optimum;
  optimum.coefficients = VectorXd::Zero(k);
  optimum.covariance = MatrixXd::Zero(k, k);
  optimum.escapes = MatrixXd::Identity(k, k);
  optimum.separated = true;
  return optimum;
}

absl::Status GlmFitter::FitNull() {
  GlmLikelihood likelihood = Fresh(options_.family);
  if (options_.family == GlmFamily::kNegativeBinomial) {
    if (theta_infinite_) likelihood = Fresh(GlmFamily::kPoisson);
    if (theta_.has_value()) likelihood.set_theta(theta_->estimate);
  }
  GlmOptions plain = options_;
  plain.firth = false;
  const VectorXd start = GlmFitter(table_, plain, pool_).NullStart(1);
  if (!table_.has_offset) {
    // Every row has the same mean: responses suffice.
    if (options_.family == GlmFamily::kLogistic) {
      const double events = table_.response_sum;
      null_objective_ =
          events * likelihood.ObjectiveOf(1, start(0)) +
          (table_.weight - events) * likelihood.ObjectiveOf(0, start(0));
      return absl::OkStatus();
    }
    const CountWeights counts = CountsOf(likelihood);
    LongSum sum;
    for (size_t i = 0; i < counts.counts.size(); ++i) {
      sum.AddProduct(likelihood.ObjectiveOf(counts.counts[i], start(0)),
                     counts.weights[i]);
    }
    null_objective_ = sum.high;
    return absl::OkStatus();
  }
  const auto null = MaximizeGlmLikelihood(likelihood, start, Limits());
  if (!null.ok()) return null.status();
  null_objective_ = null->objective;
  return absl::OkStatus();
}

absl::Status GlmFitter::FitNegativeBinomial(GlmLikelihood poisson) {
  GlmLikelihood likelihood = Fresh(GlmFamily::kNegativeBinomial);
  for (size_t node = 0; node < table_.n_nodes(); ++node) {
    if (poisson.weights()[node] == 0) likelihood.Exclude(node);
  }
  auto found =
      MaximizeNegativeBinomial(likelihood, poisson, optimum_, Limits());
  if (!found.ok()) return found.status();
  optimum_ = std::move(found->fit);
  theta_infinite_ = found->infinite;
  if (theta_infinite_) {
    likelihood_ = std::move(poisson);
    return absl::OkStatus();
  }
  theta_ = GlmTheta{found->theta, std::nullopt};
  if (found->information > 0) {
    theta_->std_error = 1 / std::sqrt(found->information * table_.weight_unit);
  }
  likelihood_ = std::move(likelihood);
  return absl::OkStatus();
}

absl::Status GlmFitter::Fit() {
  const Index k = static_cast<Index>(table_.n_working);
  const bool by_poisson = options_.family == GlmFamily::kNegativeBinomial;
  GlmLikelihood likelihood =
      Fresh(by_poisson ? GlmFamily::kPoisson : options_.family);
  bool alike = true;  // every response at one bound
  for (size_t node = 0; alike && node < table_.n_nodes(); ++node) {
    alike = likelihood.Bound(node) != 0 &&
            likelihood.Bound(node) == likelihood.Bound(0);
  }
  if (options_.firth) {
    constexpr int kFirthSteps = 10;  // for each of Newton's
    const auto found =
        MaximizeFirthLikelihood(likelihood, NullStart(k), Limits(kFirthSteps));
    if (!found.ok()) return found.status();
    optimum_ = *found;
    likelihood_ = std::move(likelihood);
    return alike ? absl::OkStatus() : FitNull();
  }
  if (alike) {
    for (size_t node = 0; node < table_.n_nodes(); ++node) {
      likelihood.Exclude(node);
    }
    optimum_ = Boundless();
    likelihood_ = std::move(likelihood);
    return absl::OkStatus();
  }
  auto found = MaximizeGlmLikelihood(likelihood, NullStart(k), Limits());
  if (!found.ok()) return found.status();
  optimum_ = *std::move(found);
  if (!by_poisson) {
    likelihood_ = std::move(likelihood);
    return FitNull();
  }
  const absl::Status status = FitNegativeBinomial(std::move(likelihood));
  return status.ok() ? FitNull() : status;
}

// The log-likelihood of a fit without deviance, in units of weight.
double GlmFitter::Saturated(const GlmLikelihood& likelihood) const {
  if (likelihood.family() == GlmFamily::kLogistic) return 0;
  const CountWeights counts = CountsOf(likelihood);
  const bool poisson = likelihood.family() == GlmFamily::kPoisson;
  const double theta = likelihood.theta();
  LongSum sum;
  for (size_t i = 0; i < counts.counts.size(); ++i) {
    const double y = counts.counts[i];
    double log = LogPoissonAtMean(y);
    if (!poisson) log += y - (theta + y) * std::log1p(y / theta);
    sum.AddProduct(log, counts.weights[i]);
  }
  if (!poisson) sum.Add(SumOverCounts(counts, theta).logarithms);
  return sum.high;
}

MatrixXd GlmFitter::RobustCovariance() const {
  const Index k = static_cast<Index>(table_.n_working);
  const std::vector<double> products = likelihood_->ScoreProducts(Beta());
  const MatrixXd meat = Eigen::Map<const MatrixXd>(products.data(), k, k);
  const double clusters = static_cast<double>(table_.n_clusters);
  const double factor = table_.n_clusters > 0 && options_.cluster_factor
                            ? clusters / (clusters - 1)
                            : 1;
  return factor * (optimum_.covariance * meat * optimum_.covariance);
}

// Whether a coefficient, `row` of those of the working columns, has a share in
// a direction along which the likelihood rises for ever.
bool GlmFitter::IsInfinite(const VectorXd& row) const {
  if (!optimum_.separated) return false;
  for (Index j = 0; j < optimum_.escapes.cols(); ++j) {
    const VectorXd escape = optimum_.escapes.col(j);
    const double reach =
        row.lpNorm<Eigen::Infinity>() * escape.lpNorm<Eigen::Infinity>();
    if (std::abs(row.dot(escape)) > kStaysPut * reach) return true;
  }
  return false;
}

void GlmFitter::FillGlmCoefficients(const DesignMatrix& design,
                                    GlmFit& fit) const {
  const double z = NormalCriticalValue(options_.conf_level);
  const Index k = static_cast<Index>(table_.n_working);
  const size_t s = design.n_columns() + 1;
  const bool robust =
      (options_.robust || table_.n_clusters > 0) && table_.n_clusters != 1;
  const MatrixXd meat = robust ? RobustCovariance() : MatrixXd();
  // Rows of no length for what has no estimate.
  MatrixXd rows = MatrixXd::Zero(static_cast<Index>(s), k);
  for (size_t i = 0; i < s; ++i) {
    Coefficient& coefficient = fit.coefficients.emplace_back();
    coefficient.name = i == 0 ? "(Intercept)" : design.names[i - 1];
    if (i > 0 && table_.dropped[i - 1] != 0) {
      fit.dropped.push_back(coefficient.name);
      continue;
    }
    const VectorXd row = Eigen::Map<const VectorXd>(
        table_.to_coefficients.data() + i * table_.n_working, k);
    if (IsInfinite(row)) {
      fit.separated.push_back(coefficient.name);
      continue;
    }
    rows.row(static_cast<Index>(i)) = row.transpose();
    // Scaled, lest squares leave the range of numbers.
    const double scale = row.lpNorm<Eigen::Infinity>();
    const VectorXd unit = row / scale;
    const auto error_by = [&](const MatrixXd& covariance) {
      return scale * std::sqrt(std::max(0.0, unit.dot(covariance * unit)));
    };
    coefficient.estimate = row.dot(optimum_.coefficients);
    const double error =
        error_by(optimum_.covariance) / std::sqrt(table_.weight_unit);
    if (error > 0) coefficient.std_error = error;
    if (robust) coefficient.robust_std_error = error_by(meat);
    const double used = robust ? *coefficient.robust_std_error : error;
    if (used > 0) SetNormalTest(used, z, coefficient);
  }
  const auto to_vector = [&](const MatrixXd& working) {
    const MatrixXd whole = rows * working * rows.transpose();
    return std::vector<double>(whole.data(), whole.data() + whole.size());
  };
  fit.covariance = to_vector(optimum_.covariance / table_.weight_unit);
  if (robust) fit.robust_covariance = to_vector(meat);
}

void GlmFitter::FillPredictors(GlmFit& fit) const {
  const std::vector<double> of_nodes = likelihood_->Predictors(Beta());
  fit.predictors.assign(table_.n_rows, 0);
  constexpr size_t kNodesPerTask = 4096;
  RunTasks(pool_, (of_nodes.size() + kNodesPerTask - 1) / kNodesPerTask,
           [&](size_t task) {
             const size_t end =
                 std::min(of_nodes.size(), (task + 1) * kNodesPerTask);
             for (size_t node = task * kNodesPerTask; node < end; ++node) {
               const bool excluded = likelihood_->weights()[node] == 0;
               const double predictor =
                   excluded ? likelihood_->Bound(node) * HUGE_VAL
                            : of_nodes[node];
               const size_t last = table_.nodes.begin[node + 1];
               for (size_t i = table_.nodes.begin[node]; i < last; ++i) {
                 fit.predictors[table_.nodes.order[i]] = predictor;
               }
             }
           });
}

GlmFit GlmFitter::Describe(const DesignMatrix& design) const {
  GlmFit fit;
  fit.options = options_;
  fit.n = table_.n_rows;
  fit.n_weighted = table_.n_weighted;
  fit.n_clusters = table_.n_clusters;
  fit.rank = table_.n_working;
  fit.iterations = optimum_.iterations;
  fit.theta = theta_;
  fit.theta_infinite = theta_infinite_;
  const double unit = table_.weight_unit;
  const double saturated = Saturated(*likelihood_);
  fit.deviance = std::max(0.0, -2 * unit * optimum_.objective);
  fit.null_deviance = std::max(0.0, -2 * unit * null_objective_);
  fit.log_likelihood = unit * (optimum_.objective + saturated);
  fit.log_likelihood_null = unit * (null_objective_ + saturated);
  if (options_.firth) {
    fit.penalized_log_likelihood = fit.log_likelihood + optimum_.penalty;
  } else {
    fit.likelihood_ratio =
        MakeChiSquareTest(fit.null_deviance - fit.deviance, fit.rank - 1);
  }
  const double parameters =
      static_cast<double>(fit.rank) + (theta_.has_value() ? 1 : 0);
  fit.aic = -2 * fit.log_likelihood + 2 * parameters;
  fit.pearson = unit * optimum_.pearson;
  const double rows = static_cast<double>(fit.n_weighted);
  fit.null_df = rows - 1;
  fit.residual_df = rows - static_cast<double>(fit.rank);
  FillGlmCoefficients(design, fit);
  FillPredictors(fit);
  return fit;
}

}  // namespace

absl::StatusOr<GlmFit> FitGlm(const GlmRows& rows, const DesignMatrix& design,
                              const GlmOptions& options, ThreadPool* pool) {
  if (absl::Status status = CheckGlm(rows, design, options, pool);
      !status.ok()) {
    return status;
  }
  const GlmTable table = BuildGlmTable(rows, design, pool);
  if (table.n_nodes() == 0) {
    return absl::FailedPreconditionError("no rows of positive weight");
  }
  GlmFitter fitter(table, options, pool);
  if (absl::Status status = fitter.Fit(); !status.ok()) return status;
  return fitter.Describe(design);
}

}  // namespace enthesis::stats
