#include "stats/parametric_optimum.h"

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
using Parameters = std::vector<Index>;

// Information left, of that in the null model, when a slope has run to
// infinity.
constexpr double kNothingLeft = 1e-11;
// Newton decrement, per unit of weight, at which the next step is the last:
// squared distance to the maximum in standard errors of one row.
constexpr double kDone = 1e-22;
constexpr double kDoneAtMost = 1e-17;
// A decrement this small, per unit of weight, that no longer falls is rounding.
constexpr double kOnlyRounding = 1e-14;
// ... unless the step is so long: what runs to infinity gains as little.
constexpr double kStanding = 1e-3;
constexpr double kRounding = 8.8817841970012523e-16;  // 2^-50
// A scale within R's timefix tolerance is that of tied times.
constexpr double kNoScale = 1.4901161193847656e-08;  // 2^-26
// The most that one step shrinks the rate by.
constexpr double kShrink = 0.9;
// A share in an exhausted direction, below which a slope stays put.
constexpr double kNegligible = 1e-3;
constexpr int kHalvingsMax = 60;

// Newton's method and what it has to remember.
class ParametricAscent {
 public:
  ParametricAscent(const ParametricLikelihood& likelihood, int max_iterations,
                   const std::stop_token& stop)
      : likelihood_(likelihood),
        table_(likelihood.table()),
        max_iterations_(max_iterations),
        stop_(stop) {}

  absl::StatusOr<ParametricOptimum> Run();

 private:
  Index n_parameters() const { return static_cast<Index>(at_.gradient.size()); }
  Index n_slopes() const { return static_cast<Index>(point_.slopes.size()); }
  bool IsKept(Index i) const {
    return std::find(kept_.begin(), kept_.end(), i) != kept_.end();
  }
  ParametricPoint Moved(const VectorXd& step) const;
  void Arrive(const ParametricPoint& point);
  void AddColumns();
  void Solve();
  absl::Status Climb();
  absl::Status Maximize();
  ParametricOutcome Outcome() const;
  void Separate(Index exhausted, std::vector<ColumnOutcome>& columns) const;
  void Finish(ParametricOptimum& optimum);

  const ParametricLikelihood& likelihood_;
  const ParametricTable& table_;
  int max_iterations_;
  const std::stop_token& stop_;
  int iterations_ = 0;
  double first_rate_ = 1;
  ParametricPoint point_;
  ParametricDerivatives at_;  // at point_
  MatrixXd information_;      // at point_
  Parameters active_;         // not dropped
  VectorXd floors_;           // of information
  Parameters kept_;           // of the active, those with information left
  MatrixXd inverse_;          // of the information on kept_
  VectorXd step_;
  double decrement_ = 0;
};

ParametricPoint ParametricAscent::Moved(const VectorXd& step) const {
  ParametricPoint moved = point_;
  const double stretch =
      likelihood_.fixed_scale() ? 1 : 1 + step(n_parameters() - 1);
  moved.rate *= stretch;
  for (Index i = 0; i < n_slopes(); ++i) {
    double& slope = moved.slopes[static_cast<size_t>(i)];
    slope = slope * stretch + step(i);
  }
  return moved;
}

void ParametricAscent::Arrive(const ParametricPoint& point) {
  point_ = point;
  at_ = likelihood_.Evaluate(point_);
  information_ = Eigen::Map<const MatrixXd>(at_.information.data(),
                                            n_parameters(), n_parameters());
}

// From the null model to that of all columns, less those that tell nothing
// beyond earlier ones.
void ParametricAscent::AddColumns() {
  ParametricPoint start = point_;
  start.slopes.resize(table_.n_columns + 1, 0);
  Arrive(start);
  Parameters candidates = {0};
  for (size_t c = 0; c < table_.n_columns; ++c) {
    if (table_.scales[c] > 0) candidates.push_back(static_cast<Index>(c) + 1);
  }
  const VectorXd diagonal = information_.diagonal();
  active_ = IndependentColumns(information_, candidates, kCollinear * diagonal);
  if (!likelihood_.fixed_scale()) active_.push_back(n_parameters() - 1);
  floors_ = kNothingLeft * diagonal;
}

void ParametricAscent::Solve() {
  kept_ = IndependentColumns(information_, active_, floors_);
  step_ = VectorXd::Zero(n_parameters());
  decrement_ = 0;
  if (kept_.empty()) return;
  inverse_ = InverseOn(information_, kept_);
  const VectorXd gradient =
      Eigen::Map<const VectorXd>(at_.gradient.data(), n_parameters())(kept_);
  step_(kept_) = inverse_ * gradient;
  decrement_ = gradient.dot(step_(kept_));
}

// One step, shortened until the rate stays positive, then halved until the
// likelihood does not fall.
absl::Status ParametricAscent::Climb() {
  // Rounding of the sum, and of standardized times where the scale is small.
  const double slack =
      1e-13 * (std::abs(at_.log_likelihood) + table_.weight) +
      kRounding * table_.weight * point_.rate * table_.time_reach;
  VectorXd step = step_;
  if (!likelihood_.fixed_scale()) {
    const double stretch = step(n_parameters() - 1);
    if (stretch < -kShrink) step *= kShrink / -stretch;
  }
  for (int halving = 0; halving <= kHalvingsMax; ++halving) {
    if (absl::Status status = CheckStop(stop_); !status.ok()) return status;
    const ParametricPoint point = Moved(step);
    const ParametricDerivatives trial = likelihood_.Evaluate(point);
    if (std::isfinite(trial.log_likelihood) &&
        trial.log_likelihood >= at_.log_likelihood - slack) {
      point_ = point;
      at_ = trial;
      information_ = Eigen::Map<const MatrixXd>(at_.information.data(),
                                                n_parameters(), n_parameters());
      return absl::OkStatus();
    }
    step /= 2;
  }
  return absl::FailedPreconditionError(
      "no convergence: no step raises the likelihood");
}

// What is known so far: whether the scale runs away.
ParametricOutcome ParametricAscent::Outcome() const {
  if (likelihood_.fixed_scale()) return ParametricOutcome::kEstimated;
  if (1 / point_.rate <= kNoScale) return ParametricOutcome::kScaleZero;
  if (IsKept(n_parameters() - 1)) return ParametricOutcome::kEstimated;
  return point_.rate > first_rate_ ? ParametricOutcome::kScaleZero
                                   : ParametricOutcome::kScaleInfinite;
}

// Stops as well where the scale runs away.
absl::Status ParametricAscent::Maximize() {
  const double done = std::min(kDoneAtMost, kDone * table_.weight);
  double previous = HUGE_VAL;
  Solve();
  while (true) {
    if (!std::isfinite(at_.log_likelihood) || !std::isfinite(decrement_)) {
      return absl::FailedPreconditionError(
          "no convergence: the likelihood overflows");
    }
    if (Outcome() != ParametricOutcome::kEstimated) return absl::OkStatus();
    const bool stalled = decrement_ <= kOnlyRounding * table_.weight &&
                         decrement_ > previous / 4 &&
                         step_.lpNorm<Eigen::Infinity>() <= kStanding;
    if (decrement_ <= done || stalled) return absl::OkStatus();
    if (iterations_ == max_iterations_) {
      return absl::FailedPreconditionError(
          "no convergence within the iterations allowed");
    }
    ++iterations_;
    previous = decrement_;
    if (absl::Status status = Climb(); !status.ok()) return status;
    Solve();
  }
}

// All slopes with a share in the direction in which `exhausted` runs away.
void ParametricAscent::Separate(Index exhausted,
                                std::vector<ColumnOutcome>& columns) const {
  VectorXd direction = VectorXd::Zero(n_parameters());
  direction(exhausted) = 1;
  if (!kept_.empty()) {
    direction(kept_) = -(inverse_ * information_.col(exhausted)(kept_));
  }
  // Of the intercept where columns are not centered.
  for (size_t c = 0; c < table_.n_columns; ++c) {
    if (!(table_.scales[c] > 0)) continue;
    direction(0) -= direction(static_cast<Index>(c) + 1) * table_.centers[c] /
                    table_.scales[c];
  }
  for (Index i = 0; i < n_slopes(); ++i) {
    if (std::abs(direction(i)) <= kNegligible) continue;
    columns[static_cast<size_t>(i)] = ColumnOutcome::kSeparated;
  }
}

void ParametricAscent::Finish(ParametricOptimum& optimum) {
  for (Index i : active_) {
    if (i >= n_slopes()) continue;
    optimum.columns[static_cast<size_t>(i)] = ColumnOutcome::kEstimated;
  }
  for (Index i : active_) {
    if (i < n_slopes() && !IsKept(i)) Separate(i, optimum.columns);
  }
  Arrive(Moved(step_));  // what is left of the way
  optimum.point = point_;
  optimum.log_likelihood = at_.log_likelihood;
  const size_t q = at_.gradient.size();
  optimum.covariance.assign(q * q, 0);
  if (kept_.empty()) return;
  inverse_ = InverseOn(information_, kept_);
  for (size_t j = 0; j < kept_.size(); ++j) {
    for (size_t k = 0; k < kept_.size(); ++k) {
      optimum.covariance[static_cast<size_t>(kept_[j]) * q +
                         static_cast<size_t>(kept_[k])] =
          inverse_(static_cast<Index>(j), static_cast<Index>(k));
    }
  }
}

absl::StatusOr<ParametricOptimum> ParametricAscent::Run() {
  ParametricOptimum optimum;
  optimum.columns.assign(table_.n_columns + 1, ColumnOutcome::kDropped);
  if (absl::Status status = CheckStop(stop_); !status.ok()) return status;
  Arrive(likelihood_.Start());
  first_rate_ = point_.rate;
  for (Index i = 0; i < n_parameters(); ++i) active_.push_back(i);
  floors_ = kNothingLeft * VectorXd::Ones(n_parameters()) * table_.weight;
  floors_(0) = 0;
  if (absl::Status status = Maximize(); !status.ok()) return status;
  optimum.outcome = Outcome();
  if (optimum.outcome != ParametricOutcome::kEstimated) return optimum;
  Arrive(Moved(step_));
  optimum.log_likelihood_null = at_.log_likelihood;
  Solve();
  if (table_.n_columns > 0) {
    AddColumns();
    optimum.rank = active_.size() - 1 - (likelihood_.fixed_scale() ? 0 : 1);
    if (absl::Status status = Maximize(); !status.ok()) return status;
    optimum.outcome = Outcome();
    if (optimum.outcome != ParametricOutcome::kEstimated) return optimum;
  }
  optimum.iterations = iterations_;
  Finish(optimum);
  return optimum;
}

}  // namespace

absl::StatusOr<ParametricOptimum> MaximizeParametricLikelihood(
    const ParametricLikelihood& likelihood, int max_iterations,
    const std::stop_token& stop) {
  return ParametricAscent(likelihood, max_iterations, stop).Run();
}

}  // namespace enthesis::stats
