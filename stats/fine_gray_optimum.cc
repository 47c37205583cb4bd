#include "stats/fine_gray_optimum.h"

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
// Newton decrement: squared distance to the maximum in standard errors.
constexpr double kConverged = 1e-18;
// A decrement this small that no longer falls is rounding.
constexpr double kStalled = 1e-12;
// A last step that still moves a predictor by this much goes to infinity.
constexpr double kRunaway = 1e-4;
// A share in an exhausted direction, below which a column stays put.
constexpr double kNoShare = 1e-3;
constexpr int kMaxHalvings = 40;

// Newton's method and what it has to remember.
class Ascent {
 public:
  Ascent(const FineGrayTable& table, FineGrayLikelihood& likelihood,
         const std::stop_token& stop)
      : table_(table),
        likelihood_(likelihood),
        stop_(stop),
        p_(static_cast<Index>(table.n_columns)),
        beta_(VectorXd::Zero(p_)) {}

  absl::StatusOr<FineGrayOptimum> Run(int max_iterations);

 private:
  const FineGrayDerivatives& At(const VectorXd& beta) {
    return likelihood_.Evaluate(
        {beta.data(), static_cast<size_t>(beta.size())});
  }
  void Start(FineGrayOptimum& optimum);
  void Solve();
  absl::Status Climb();
  void Classify(FineGrayOptimum& optimum) const;
  void Finish(FineGrayOptimum& optimum);

  const FineGrayTable& table_;
  FineGrayLikelihood& likelihood_;
  const std::stop_token& stop_;
  Index p_;
  VectorXd beta_;
  FineGrayDerivatives at_;  // at beta_
  MatrixXd information_;    // at beta_
  VectorXd null_diagonal_;
  Columns active_;    // not dropped
  Columns kept_;      // of them, those with information left
  MatrixXd inverse_;  // of the information on kept_
  VectorXd step_;
  double decrement_ = 0;
};

void Ascent::Start(FineGrayOptimum& optimum) {
  at_ = At(beta_);
  null_diagonal_ =
      Eigen::Map<const MatrixXd>(at_.information.data(), p_, p_).diagonal();
  Columns all;
  for (Index j = 0; j < p_; ++j) {
    if (table_.scales[static_cast<size_t>(j)] > 0) all.push_back(j);
  }
  double events = 0;
  for (double weight : likelihood_.risk_sets().event_weight) events += weight;
  active_ = IndependentColumns(
      Eigen::Map<const MatrixXd>(at_.information.data(), p_, p_), all,
      kCollinear * null_diagonal_.cwiseMax(events));
  Solve();
  optimum.log_likelihood_null = at_.log_likelihood;
  optimum.score_statistic = decrement_;
  optimum.rank = active_.size();
}

void Ascent::Solve() {
  information_ = Eigen::Map<const MatrixXd>(at_.information.data(), p_, p_);
  kept_ =
      IndependentColumns(information_, active_, kExhausted * null_diagonal_);
  step_ = VectorXd::Zero(p_);
  decrement_ = 0;
  if (kept_.empty()) return;
  inverse_ = InverseOn(information_, kept_);
  const VectorXd gradient =
      Eigen::Map<const VectorXd>(at_.gradient.data(), p_)(kept_);
  step_(kept_) = inverse_ * gradient;
  decrement_ = gradient.dot(step_(kept_));
}

// One step, halved until the likelihood does not fall.
absl::Status Ascent::Climb() {
  const double slack = 1e-12 * (std::abs(at_.log_likelihood) + 1);
  VectorXd step = step_;
  for (int halving = 0; halving <= kMaxHalvings; ++halving) {
    if (absl::Status status = CheckStop(stop_); !status.ok()) return status;
    const VectorXd beta = beta_ + step;
    const FineGrayDerivatives& trial = At(beta);
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

// Columns go to infinity when nothing is left to learn of them, when they have
// a share in a direction without information, or when they still run.
void Ascent::Classify(FineGrayOptimum& optimum) const {
  const auto reach = [this](Index j) {
    return table_.ranges[static_cast<size_t>(j)];
  };
  const auto column = [&optimum](Index j) -> ColumnOutcome& {
    return optimum.columns[static_cast<size_t>(j)];
  };
  for (Index j : active_) {
    const bool runs = std::abs(step_(j)) * reach(j) > kRunaway;
    column(j) = runs ? ColumnOutcome::kSeparated : ColumnOutcome::kEstimated;
  }
  for (Index j : active_) {
    if (std::find(kept_.begin(), kept_.end(), j) != kept_.end()) continue;
    column(j) = ColumnOutcome::kSeparated;
    if (kept_.empty()) continue;
    const VectorXd share = inverse_ * information_.col(j)(kept_);
    for (size_t k = 0; k < kept_.size(); ++k) {
      const double moved =
          std::abs(share(static_cast<Index>(k))) * reach(kept_[k]);
      if (moved > kNoShare * reach(j)) {
        column(kept_[k]) = ColumnOutcome::kSeparated;
      }
    }
  }
}

void Ascent::Finish(FineGrayOptimum& optimum) {
  Classify(optimum);
  beta_ += step_;  // free: what is left of the way
  at_ = At(beta_);
  const size_t p = static_cast<size_t>(p_);
  optimum.coefficients.assign(beta_.data(), beta_.data() + p_);
  optimum.covariance.assign(p * p, 0);
  if (!kept_.empty()) {
    information_ = Eigen::Map<const MatrixXd>(at_.information.data(), p_, p_);
    inverse_ = InverseOn(information_, kept_);
  }
  for (size_t j = 0; j < kept_.size(); ++j) {
    for (size_t k = 0; k < kept_.size(); ++k) {
      optimum.covariance[static_cast<size_t>(kept_[j]) * p +
                         static_cast<size_t>(kept_[k])] =
          inverse_(static_cast<Index>(j), static_cast<Index>(k));
    }
  }
  optimum.log_likelihood = at_.log_likelihood;
}

absl::StatusOr<FineGrayOptimum> Ascent::Run(int max_iterations) {
  FineGrayOptimum optimum;
  optimum.columns.assign(table_.n_columns, ColumnOutcome::kDropped);
  if (absl::Status status = CheckStop(stop_); !status.ok()) return status;
  Start(optimum);
  double previous = HUGE_VAL;
  while (true) {
    if (!std::isfinite(at_.log_likelihood) || !std::isfinite(decrement_)) {
      return absl::FailedPreconditionError(
          "no convergence: the likelihood overflows");
    }
    const bool stalled = decrement_ <= kStalled && decrement_ > previous / 4;
    if (decrement_ <= kConverged || stalled) break;
    if (optimum.iterations == max_iterations) {
      return absl::FailedPreconditionError(
          "no convergence within the iterations allowed");
    }
    ++optimum.iterations;
    previous = decrement_;
    if (absl::Status status = Climb(); !status.ok()) return status;
    Solve();
  }
  Finish(optimum);
  return optimum;
}

}  // namespace

absl::StatusOr<FineGrayOptimum> MaximizeFineGrayLikelihood(
    const FineGrayTable& table, int max_iterations,
    FineGrayLikelihood& likelihood, const std::stop_token& stop) {
  return Ascent(table, likelihood, stop).Run(max_iterations);
}

}  // namespace enthesis::stats
