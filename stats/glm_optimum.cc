#include "stats/glm_optimum.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stats/generalized_inverse.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Newton decrement, per unit of weight, at which the next step is the last:
// what that step leaves is of the order of its square.
constexpr double kReached = 1e-15;
// A decrement this small, per unit of weight, that no longer falls is rounding.
constexpr double kRoundedOff = 1e-11;
// ... and a step that moves no working coefficient by more.
constexpr double kStandsStill = 1e-5;
// Steps after which a fit that goes on may be one that goes on for ever.
constexpr int kPatience = 8;
// Information in a direction, of that at the null model, when it may be one
// along which the estimate is infinite.
constexpr double kUsedUp = 1e-9;
// A node that moves by less along it, relative to the others, does not move.
constexpr double kUnmoved = 1e-6;
// Pivots that are rounding: as long as all nodes take part, columns are
// independent.
constexpr double kNoPivot = 1e-15;
constexpr double kNoPivotLeft = 1e-11;
// Large tables are first fitted to their first nodes, a sample.
constexpr size_t kNodesToSample = 100000;
constexpr size_t kSampleShare = 12;
constexpr int kSampleSteps = 12;
constexpr double kSampleReached = 1e-8;
// ... and not evaluated again after a last step of this decrement: it moves
// predictors, and so shares of the information, by 3e-10.
constexpr double kNothingMoves = 1e-19;
constexpr int kHalvings = 60;

MatrixXd SquareOf(const std::vector<double>& values, Index k) {
  return Eigen::Map<const MatrixXd>(values.data(), k, k);
}

// Newton's method and what it has to remember.
class GlmAscent {
 public:
  GlmAscent(GlmLikelihood& likelihood, const VectorXd& start,
            const SearchLimits& limits)
      : likelihood_(likelihood),
        table_(likelihood.table()),
        k_(start.size()),
        start_(start),
        limits_(limits),
        n_nodes_(table_.n_nodes()),
        beta_(start) {
    for (size_t node = 0; node < n_nodes_; ++node) {
      separated_ = separated_ || likelihood.weights()[node] == 0;
    }
  }

  absl::StatusOr<GlmOptimum> Run();

 private:
  GlmDerivatives At(const VectorXd& beta) const {
    return likelihood_.Evaluate({beta.data(), static_cast<size_t>(k_)},
                                GlmInformation::kObserved, n_nodes_);
  }
  void StartFromSample();
  void Solve();
  bool Climb();
  void SetReference();
  bool Separate();
  bool ExcludeAlong(const VectorXd& direction);
  void Finish(GlmOptimum& optimum);

  GlmLikelihood& likelihood_;
  const GlmTable& table_;
  Index k_;
  VectorXd start_;
  const SearchLimits& limits_;
  size_t n_nodes_;  // of which the likelihood is that
  VectorXd beta_;
  GlmDerivatives at_;  // at beta_
  MatrixXd information_;
  std::vector<Index> kept_;  // columns with information
  MatrixXd inverse_;         // of the information on kept_
  VectorXd step_;
  double decrement_ = 0;
  MatrixXd reference_;  // information of the null model, about
  bool separated_ = false;
  int iterations_ = 0;
};

void GlmAscent::SetReference() {
  const Index m = static_cast<Index>(table_.n_working);
  const double share = at_.information[0] / table_.weight;
  reference_ = share * SquareOf(table_.gram, m).topLeftCorner(k_, k_);
}

void GlmAscent::Solve() {
  information_ = SquareOf(at_.information, k_);
  std::vector<Index> all;
  for (Index j = 0; j < k_; ++j) all.push_back(j);
  const VectorXd floors =
      (separated_ ? kNoPivotLeft : kNoPivot) * information_.diagonal();
  kept_ = IndependentColumns(information_, all, floors);
  step_ = VectorXd::Zero(k_);
  decrement_ = 0;
  if (kept_.empty()) return;
  inverse_ = InverseOn(information_, kept_);
  const VectorXd gradient =
      Eigen::Map<const VectorXd>(at_.gradient.data(), k_)(kept_);
  step_(kept_) = inverse_ * gradient;
  decrement_ = gradient.dot(step_(kept_));
}

// One step, halved until the likelihood does not fall.
bool GlmAscent::Climb() {
  const double slack = 1e-12 * (std::abs(at_.objective) + table_.weight);
  VectorXd step = step_;
  for (int halving = 0; halving <= kHalvings; ++halving) {
    const VectorXd beta = beta_ + step;
    GlmDerivatives trial = At(beta);
    if (std::isfinite(trial.objective) &&
        trial.objective >= at_.objective - slack) {
      beta_ = beta;
      at_ = std::move(trial);
      return true;
    }
    step /= 2;
  }
  return false;
}

// From a fit to the first nodes, unless the likelihood is lower there.
void GlmAscent::StartFromSample() {
  n_nodes_ = table_.n_nodes() / kSampleShare;
  const double share = 1.0 / kSampleShare;
  at_ = At(beta_);
  Solve();
  for (int i = 0; i < kSampleSteps && std::isfinite(decrement_); ++i) {
    if (decrement_ <= kSampleReached * share * table_.weight) break;
    if (!Climb()) break;
    Solve();
  }
  n_nodes_ = table_.n_nodes();
}

// Whether all nodes along `direction` are met ever better or stand still; those
// that move are then excluded.
bool GlmAscent::ExcludeAlong(const VectorXd& direction) {
  std::vector<double> along =
      likelihood_.Predictors({direction.data(), static_cast<size_t>(k_)});
  double largest = 0;
  for (size_t node = 0; node < along.size(); ++node) {
    if (table_.has_offset) {
      along[node] -=
          table_.Block(node / kGlmBlock, 1, true).values[node % kGlmBlock];
    }
    if (likelihood_.weights()[node] == 0) continue;
    largest = std::max(largest, std::abs(along[node]));
  }
  std::vector<size_t> moved;
  for (size_t node = 0; node < along.size(); ++node) {
    if (likelihood_.weights()[node] == 0) continue;
    if (std::abs(along[node]) <= kUnmoved * largest) continue;
    if (!(likelihood_.Bound(node) * along[node] > 0)) return false;
    moved.push_back(node);
  }
  if (moved.empty()) return false;
  for (size_t node : moved) likelihood_.Exclude(node);
  return true;
}

// Looks for a direction of recession among those whose information is used up,
// by a way that has been gone along them.
bool GlmAscent::Separate() {
  if (kept_.empty()) return false;
  const Eigen::LLT<MatrixXd> root(reference_(kept_, kept_));
  if (root.info() != Eigen::Success) return false;
  const MatrixXd half = root.matrixL().solve(information_(kept_, kept_));
  const MatrixXd whole = root.matrixL().solve(half.transpose());
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(whole);
  Index n_used = 0;
  while (n_used < whole.rows() && eigen.eigenvalues()(n_used) < kUsedUp) {
    ++n_used;
  }
  if (n_used == 0) return false;
  const MatrixXd directions =
      root.matrixU().solve(eigen.eigenvectors().leftCols(n_used));
  const VectorXd way = (beta_ - start_)(kept_);
  const VectorXd shares =
      directions.transpose() * (reference_(kept_, kept_) * way);
  VectorXd direction = VectorXd::Zero(k_);
  direction(kept_) = directions * shares;
  bool found = ExcludeAlong(direction);
  for (Index j = 0; j < n_used && !found; ++j) {
    direction(kept_) = directions.col(j) * shares(j);
    found = ExcludeAlong(direction);
  }
  if (!found) return false;
  separated_ = true;
  at_ = At(beta_);
  Solve();
  return true;
}

void GlmAscent::Finish(GlmOptimum& optimum) {
  optimum.coefficients = beta_;
  optimum.objective = at_.objective;
  optimum.pearson = at_.pearson;
  optimum.separated = separated_;
  optimum.iterations = iterations_;
  if (likelihood_.family() == GlmFamily::kNegativeBinomial) {
    at_ = likelihood_.Evaluate({beta_.data(), static_cast<size_t>(k_)},
                               GlmInformation::kExpected, n_nodes_);
  }
  Solve();
  optimum.covariance = MatrixXd::Zero(k_, k_);
  if (!kept_.empty()) optimum.covariance(kept_, kept_) = inverse_;
  std::vector<VectorXd> escapes;
  for (Index j = 0; j < k_; ++j) {
    if (std::find(kept_.begin(), kept_.end(), j) != kept_.end()) continue;
    VectorXd escape = VectorXd::Unit(k_, j);
    if (!kept_.empty()) {
      escape(kept_) = -(inverse_ * information_.col(j)(kept_));
    }
    escapes.push_back(escape);
  }
  optimum.escapes = MatrixXd(k_, static_cast<Index>(escapes.size()));
  for (size_t j = 0; j < escapes.size(); ++j) {
    optimum.escapes.col(static_cast<Index>(j)) = escapes[j];
  }
}

absl::StatusOr<GlmOptimum> GlmAscent::Run() {
  GlmOptimum optimum;
  const bool at_null = k_ > 1 && start_.tail(k_ - 1).isZero(0);
  if (at_null && n_nodes_ >= kNodesToSample) StartFromSample();
  at_ = At(beta_);
  if (!std::isfinite(at_.objective)) {
    beta_ = start_;
    at_ = At(beta_);
  }
  SetReference();
  Solve();
  double previous = HUGE_VAL;
  while (true) {
    if (absl::Status status = CheckStop(limits_.stop); !status.ok()) {
      return status;
    }
    if (!std::isfinite(at_.objective) || !std::isfinite(decrement_)) {
      return absl::FailedPreconditionError(
          "no convergence: the likelihood overflows");
    }
    const double pace = step_.lpNorm<Eigen::Infinity>();
    const bool reached = decrement_ <= kReached * table_.weight;
    const bool stalled =
        decrement_ <= kRoundedOff * table_.weight && decrement_ > previous / 4;
    if ((reached || stalled) && pace <= kStandsStill) break;
    if (iterations_ >= kPatience && Separate()) {
      previous = HUGE_VAL;
      continue;
    }
    if (iterations_ == limits_.max_iterations) {
      return absl::FailedPreconditionError(
          "no convergence within the iterations allowed");
    }
    ++iterations_;
    previous = decrement_;
    if (!Climb()) {
      if (reached || stalled) break;
      return absl::FailedPreconditionError(
          "no convergence: no step raises the likelihood");
    }
    Solve();
  }
  beta_ += step_;  // free: what is left of the way
  const bool is_large = n_nodes_ >= kNodesToSample;
  if (!is_large || decrement_ > kNothingMoves * table_.weight) {
    at_ = At(beta_);
  }
  Finish(optimum);
  return optimum;
}

}  // namespace

absl::StatusOr<GlmOptimum> MaximizeGlmLikelihood(GlmLikelihood& likelihood,
                                                 const Eigen::VectorXd& start,
                                                 const SearchLimits& limits) {
  return GlmAscent(likelihood, start, limits).Run();
}

absl::StatusOr<GlmOptimum> MaximizeFirthLikelihood(
    const GlmLikelihood& likelihood, const Eigen::VectorXd& start,
    const SearchLimits& limits) {
  // Steps by the expected information converge linearly.
  constexpr double kFirthReached = 1e-28;
  constexpr double kFirthRounded = 1e-20;
  const Index k = start.size();
  const size_t size = static_cast<size_t>(k);
  const double unit = likelihood.table().weight_unit;
  const double weight = likelihood.table().weight;
  GlmOptimum at;
  at.coefficients = start;
  at.escapes = MatrixXd(k, 0);
  VectorXd gradient;
  // False where the information is singular.
  const auto arrive = [&](GlmOptimum& point) {
    const absl::Span<const double> beta(point.coefficients.data(), size);
    const GlmDerivatives derivatives =
        likelihood.Evaluate(beta, GlmInformation::kExpected);
    const Eigen::LLT<MatrixXd> root(SquareOf(derivatives.information, k));
    if (root.info() != Eigen::Success) return false;
    const MatrixXd lower = root.matrixL();
    const MatrixXd inverse =
        lower.triangularView<Eigen::Lower>().solve(MatrixXd::Identity(k, k));
    point.penalty = lower.diagonal().array().log().sum() +
                    0.5 * static_cast<double>(k) * std::log(unit);
    point.objective = derivatives.objective;
    point.pearson = derivatives.pearson;
    point.covariance = inverse.transpose() * inverse;
    gradient = Eigen::Map<const VectorXd>(derivatives.gradient.data(), k);
    const std::vector<double> added = likelihood.FirthGradient(
        beta, {inverse.data(), static_cast<size_t>(inverse.size())});
    gradient += Eigen::Map<const VectorXd>(added.data(), k) / unit;
    return std::isfinite(point.objective);
  };
  const absl::Status none =
      absl::FailedPreconditionError("no convergence of the penalized fit");
  if (!arrive(at)) return none;
  double previous = HUGE_VAL;
  while (true) {
    if (absl::Status status = CheckStop(limits.stop); !status.ok()) {
      return status;
    }
    VectorXd step = at.covariance * gradient;
    const double decrement = gradient.dot(step);
    const bool stalled =
        decrement <= kFirthRounded * weight && decrement > previous / 4;
    if (decrement <= kFirthReached * weight || stalled) return at;
    if (at.iterations == limits.max_iterations) return none;
    previous = decrement;
    const auto height = [unit](const GlmOptimum& point) {
      return point.objective + point.penalty / unit;
    };
    const double slack = 1e-12 * (std::abs(height(at)) + weight);
    GlmOptimum trial = at;
    ++trial.iterations;
    int halvings = 0;
    for (; halvings <= kHalvings; ++halvings, step /= 2) {
      trial.coefficients = at.coefficients + step;
      if (arrive(trial) && height(trial) >= height(at) - slack) break;
    }
    if (halvings > kHalvings) return none;
    at = trial;
  }
}

}  // namespace enthesis::stats
