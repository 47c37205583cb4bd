#include "stats/cox_optimum.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stop_token>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stats/generalized_inverse.h"
#include "stats/stop.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Columns = std::vector<Index>;

// Information left, of that at 0, when a coefficient has run to infinity.
constexpr double kExhausted = 1e-11;
// Newton decrement (squared distance to the maximum in standard errors) at
// which the next step is the last, per event: the information is then off by a
// share of 1e-11, the estimates by far less.
constexpr double kConverged = 1e-22;
constexpr double kConvergedAtMost = 1e-17;
// A decrement this small that no longer falls is rounding.
constexpr double kStalled = 1e-12;
// Large tables are first fitted to a sample of their nodes, which need not be
// exact, and tells how the likelihood is bent along a step from there, where
// that matters.
constexpr size_t kNodesToThin = 100000;
constexpr size_t kThinning = 12;
constexpr double kNearOptimumOfSample = 1e-4;
constexpr double kWorthBending = 1e-6;
// A last step that still moves a predictor by this much goes to infinity.
constexpr double kRunaway = 1e-4;
constexpr int kMaxHalvings = 40;

MatrixXd InformationOf(const CoxDerivatives& at, Index p) {
  return Eigen::Map<const MatrixXd>(at.information.data(), p, p);
}

VectorXd GradientOf(const CoxDerivatives& at, Index p) {
  return Eigen::Map<const VectorXd>(at.gradient.data(), p);
}

// Newton's method and what it has to remember.
class Ascent {
 public:
  // Ends at the decrement `converged`.
  Ascent(const CoxTable& table, CoxLikelihood& likelihood, double converged,
         const std::stop_token& stop)
      : table_(table),
        likelihood_(likelihood),
        stop_(stop),
        p_(static_cast<Index>(table.n_columns)),
        beta_(VectorXd::Zero(p_)),
        converged_(converged) {}

  // A sample of the table, of 1 / `times` of its weight.
  void SetSample(CoxLikelihood* sample, double times) {
    sample_ = sample;
    times_ = times;
  }

  absl::StatusOr<CoxOptimum> Run(int max_iterations,
                                 const std::vector<double>& start);

 private:
  void Start(CoxOptimum& optimum);
  void Jump(const std::vector<double>& start);
  void Solve();
  VectorXd BentStep();
  absl::Status Climb();
  void Finish(CoxOptimum& optimum) const;

  const CoxDerivatives& At(const VectorXd& beta) {
    return At(likelihood_, beta);
  }
  static const CoxDerivatives& At(CoxLikelihood& likelihood,
                                  const VectorXd& beta) {
    return likelihood.Evaluate({beta.data(), static_cast<size_t>(beta.size())});
  }

  const CoxTable& table_;
  CoxLikelihood& likelihood_;
  CoxLikelihood* sample_ = nullptr;
  double times_ = 0;
  const std::stop_token& stop_;
  Index p_;
  VectorXd beta_;
  CoxDerivatives at_;     // at beta_
  MatrixXd information_;  // at beta_
  VectorXd null_diagonal_;
  Columns active_;    // not dropped
  Columns kept_;      // of them, those with information left
  MatrixXd inverse_;  // of the information on kept_
  VectorXd step_;
  double decrement_ = 0;
  double converged_ = 0;  // decrement at which to stop
};

void Ascent::Start(CoxOptimum& optimum) {
  at_ = At(beta_);
  information_ = InformationOf(at_, p_);
  null_diagonal_ = information_.diagonal();
  Columns all;
  for (Index j = 0; j < p_; ++j) {
    if (table_.scales[static_cast<size_t>(j)] > 0) all.push_back(j);
  }
  const VectorXd floors =
      kCollinear * null_diagonal_.cwiseMax(likelihood_.EventWeight());
  active_ = IndependentColumns(information_, all, floors);
  Solve();
  optimum.log_likelihood_null = at_.log_likelihood;
  optimum.score_statistic = decrement_;
  optimum.rank = active_.size();
}

// To `start`, unless the likelihood is lower there.
void Ascent::Jump(const std::vector<double>& start) {
  VectorXd beta = VectorXd::Zero(p_);
  for (Index j : active_) beta(j) = start[static_cast<size_t>(j)];
  const CoxDerivatives& trial = At(beta);
  if (!(trial.log_likelihood > at_.log_likelihood)) return;
  beta_ = beta;
  at_ = trial;
  Solve();
}

void Ascent::Solve() {
  information_ = InformationOf(at_, p_);
  kept_ =
      IndependentColumns(information_, active_, kExhausted * null_diagonal_);
  step_ = VectorXd::Zero(p_);
  decrement_ = 0;
  if (kept_.empty()) return;
  inverse_ = InverseOn(information_, kept_);
  const VectorXd gradient = GradientOf(at_, p_)(kept_);
  step_(kept_) = inverse_ * gradient;
  decrement_ = gradient.dot(step_(kept_));
}

// The step, corrected by what the gradient of the sample departs from a
// straight line along it: Newton's error, of second order, but for what a
// sample misses of it.
VectorXd Ascent::BentStep() {
  if (sample_ == nullptr || decrement_ < kWorthBending) return step_;
  const CoxDerivatives here = At(*sample_, beta_);
  const CoxDerivatives& there = At(*sample_, beta_ + step_);
  const VectorXd bend = times_ * (GradientOf(there, p_) - GradientOf(here, p_) +
                                  InformationOf(here, p_) * step_)(kept_);
  const VectorXd correction = inverse_ * bend;
  // As a length in standard errors, as the decrement is of the step.
  if (!(bend.dot(correction) < decrement_ / 4)) return step_;
  VectorXd bent = step_;
  bent(kept_) += correction;
  return bent;
}

// One step, halved until the likelihood does not fall.
absl::Status Ascent::Climb() {
  const double slack = 1e-12 * (std::abs(at_.log_likelihood) + 1);
  VectorXd step = BentStep();
  for (int halving = 0; halving <= kMaxHalvings; ++halving) {
    if (absl::Status status = CheckStop(stop_); !status.ok()) return status;
    const VectorXd beta = beta_ + step;
    const CoxDerivatives& trial = At(beta);
    if (std::isfinite(trial.log_likelihood) &&
        trial.log_likelihood >= at_.log_likelihood - slack) {
      beta_ = beta;
      at_ = trial;
      return absl::OkStatus();
    }
    step /= 2;
  }
  return absl::FailedPreconditionError(
      "no convergence: no step raises the likelihood");
}

// Columns that go to infinity: those with nothing left to learn from, and all
// that have a share in a direction without information; or that still run.
void Ascent::Finish(CoxOptimum& optimum) const {
  const auto reach = [this](Index j) {
    return table_.ranges[static_cast<size_t>(j)];
  };
  for (Index j : active_) {
    optimum.columns[static_cast<size_t>(j)] = ColumnOutcome::kEstimated;
  }
  for (Index j : active_) {
    ColumnOutcome& own = optimum.columns[static_cast<size_t>(j)];
    if (std::abs(step_(j)) * reach(j) > kRunaway)
      own = ColumnOutcome::kSeparated;
    if (std::find(kept_.begin(), kept_.end(), j) != kept_.end()) continue;
    own = ColumnOutcome::kSeparated;
    if (kept_.empty()) continue;
    const VectorXd share = inverse_ * information_.col(j)(kept_);
    for (size_t k = 0; k < kept_.size(); ++k) {
      if (std::abs(share(static_cast<Index>(k))) * reach(kept_[k]) <=
          1e-3 * reach(j)) {
        continue;
      }
      optimum.columns[static_cast<size_t>(kept_[k])] =
          ColumnOutcome::kSeparated;
    }
  }
  const size_t p = static_cast<size_t>(p_);
  optimum.coefficients.assign(beta_.data(), beta_.data() + p_);
  optimum.covariance.assign(p * p, 0);
  for (size_t j = 0; j < kept_.size(); ++j) {
    for (size_t k = 0; k < kept_.size(); ++k) {
      optimum.covariance[static_cast<size_t>(kept_[j]) * p +
                         static_cast<size_t>(kept_[k])] =
          inverse_(static_cast<Index>(j), static_cast<Index>(k));
    }
  }
  optimum.log_likelihood = at_.log_likelihood;
}

absl::StatusOr<CoxOptimum> Ascent::Run(int max_iterations,
                                       const std::vector<double>& start) {
  CoxOptimum optimum;
  optimum.columns.assign(table_.n_columns, ColumnOutcome::kDropped);
  if (absl::Status status = CheckStop(stop_); !status.ok()) return status;
  Start(optimum);
  if (!start.empty()) Jump(start);
  double previous = HUGE_VAL;
  while (true) {
    if (!std::isfinite(at_.log_likelihood) || !std::isfinite(decrement_)) {
      return absl::FailedPreconditionError(
          "no convergence: the likelihood overflows");
    }
    const bool stalled = decrement_ <= kStalled && decrement_ > previous / 4;
    if (decrement_ <= converged_ || stalled) break;
    if (optimum.iterations == max_iterations) {
      return absl::FailedPreconditionError(
          "no convergence within the iterations allowed");
    }
    ++optimum.iterations;
    previous = decrement_;
    if (absl::Status status = Climb(); !status.ok()) return status;
    Solve();
  }
  beta_ += step_;  // free: what is left of the way
  Finish(optimum);
  return optimum;
}

}  // namespace

absl::StatusOr<CoxOptimum> MaximizeCoxLikelihood(const CoxTable& table,
                                                 int max_iterations,
                                                 CoxLikelihood& likelihood,
                                                 const std::stop_token& stop) {
  const double converged =
      std::min(kConvergedAtMost, kConverged * table.n_events);
  Ascent ascent(table, likelihood, converged, stop);
  if (table.n_nodes < kNodesToThin || table.n_columns == 0) {
    return ascent.Run(max_iterations, {});
  }
  const CoxTable thin = ThinCoxTable(table, kThinning, likelihood.pool());
  CoxLikelihood sample(thin, likelihood.ties(), likelihood.pool());
  const auto start =
      Ascent(thin, sample, kNearOptimumOfSample, stop).Run(max_iterations, {});
  if (!start.ok()) return ascent.Run(max_iterations, {});
  ascent.SetSample(&sample, table.weight / thin.weight);
  return ascent.Run(max_iterations, start->coefficients);
}

}  // namespace enthesis::stats
