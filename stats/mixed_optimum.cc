#include "stats/mixed_optimum.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Newton's decrement from which on a step is taken without a look at the
// criterion, whose own rounding it is near; and that of the optimum.
constexpr double kNearOptimum = 1e-8;
constexpr double kAtOptimum = 1e-22;
constexpr int kLastSteps = 6;
// Entries of L, times the lengths that they multiply in the data, that may
// turn out to be 0.
constexpr double kPerhapsNone = 1e-5;
// With a few groups there may be several optima: more starts find them.
constexpr size_t kFewGroups = 300;
constexpr Index kFewSites = 30;

class MixedMinimizer {
 public:
  MixedMinimizer(const MixedLikelihood& likelihood, const SearchLimits& limits)
      : likelihood_(likelihood),
        limits_(limits),
        lengths_(likelihood.Lengths()),
        has_slope_(likelihood.n_root() == 3),
        has_sites_(likelihood.n_parameters() > likelihood.n_root()) {}

  absl::StatusOr<MixedOptimum> Minimize();

 private:
  struct Point {
    MixedDerivatives at;
    VectorXd gradient;  // sigma at its best
    MatrixXd hessian;
    double criterion = 0;
  };

  Point Look(const VectorXd& l) const {
    Point point;
    point.at = likelihood_.Derive(l);
    const MixedDerivatives& at = point.at;
    const double per = likelihood_.n_free() / at.fit.residual_squares;
    point.gradient = at.determinant_1 + per * at.squares_1;
    point.hessian =
        at.determinant_2 + per * at.squares_2 -
        per / at.fit.residual_squares * at.squares_1 * at.squares_1.transpose();
    point.criterion = likelihood_.Criterion(at.fit);
    return point;
  }

  bool OnEdge(const VectorXd& l) const {  // of D
    return l(0) == 0 || (has_slope_ && l(2) == 0);
  }
  bool OnSitesEdge(const VectorXd& l) const {
    return has_sites_ && l(l.size() - 1) == 0;
  }

  std::vector<VectorXd> Sizes() const;
  std::vector<VectorXd> Shapes() const;
  std::vector<VectorXd> WithSites(const std::vector<VectorXd>& starts) const;
  VectorXd BestOf(const std::vector<VectorXd>& starts) const;
  absl::Status DescendFrom(const VectorXd& start);
  VectorXd StepFrom(const Point& point, double& decrement,
                    bool& is_saddle) const;
  bool Improve(const VectorXd& step, Point& point);
  absl::Status Descend();
  bool MoveToEdge();
  bool MoveToSitesEdge();
  MixedOptimum Finish();

  const MixedLikelihood& likelihood_;
  const SearchLimits& limits_;
  // What entries of L multiply in the data, at most.
  VectorXd lengths_;
  bool has_slope_, has_sites_;
  int iterations_ = 0;
  VectorXd l_;
};

absl::StatusOr<MixedOptimum> MixedMinimizer::Minimize() {
  if (absl::Status status = DescendFrom(BestOf(Sizes())); !status.ok()) {
    return status;
  }
  const bool few = likelihood_.table().n_groups() <= kFewGroups;
  if (!few || !has_slope_) return Finish();
  const VectorXd first = l_;
  const double least = likelihood_.Criterion(likelihood_.FitFor(first));
  const absl::Status status = DescendFrom(BestOf(Shapes()));
  // By more than rounding: else the first is as good.
  if (!status.ok() || likelihood_.Criterion(likelihood_.FitFor(l_)) >
                          least - 1e-9 * (1 + std::abs(least))) {
    l_ = first;
  }
  return Finish();
}

absl::Status MixedMinimizer::DescendFrom(const VectorXd& start) {
  l_ = start;
  if (absl::Status status = Descend(); !status.ok()) return status;
  for (const bool of_sites : {true, false}) {
    const VectorXd inside = l_;
    if (!(of_sites ? MoveToSitesEdge() : MoveToEdge())) continue;
    if (absl::Status status = Descend(); !status.ok()) return status;
    // A saddle of the edge leads back inside.
    if (!(of_sites ? OnSitesEdge(l_) : OnEdge(l_))) l_ = inside;
  }
  return absl::OkStatus();
}

// Equal variances from tiny to huge.
std::vector<VectorXd> MixedMinimizer::Sizes() const {
  std::vector<VectorXd> starts;
  for (int power = -3; power <= 6; ++power) {
    VectorXd l =
        VectorXd::Constant(likelihood_.n_root(), std::ldexp(1.0, 2 * power));
    if (has_slope_) l(1) = 0;
    starts.push_back(std::move(l));
  }
  return WithSites(starts);
}

// Variances of intercept and slope that differ, correlated either way.
std::vector<VectorXd> MixedMinimizer::Shapes() const {
  std::vector<VectorXd> starts;
  for (int power0 = -4; power0 <= 4; ++power0) {
    for (int power2 = -4; power2 <= 4; ++power2) {
      for (const double pull : {-2.0, -0.5, 0.0, 0.5, 2.0}) {
        const double slope = std::ldexp(1.0, power2);
        starts.push_back(
            Eigen::Vector3d(std::ldexp(1.0, power0), pull * slope, slope));
      }
    }
  }
  return WithSites(starts);
}

// Each with sites that vary less, alike and more than groups.
std::vector<VectorXd> MixedMinimizer::WithSites(
    const std::vector<VectorXd>& starts) const {
  if (!has_sites_) return starts;
  std::vector<VectorXd> with;
  const bool few = likelihood_.table().sites.n() <= kFewSites;
  for (const VectorXd& start : starts) {
    for (const double times : {1.0, 0.125, 8.0}) {
      VectorXd l(start.size() + 1);
      l << start, times * start(0);
      with.push_back(std::move(l));
      if (!few) break;
    }
  }
  return with;
}

VectorXd MixedMinimizer::BestOf(const std::vector<VectorXd>& starts) const {
  VectorXd best = starts[0];
  double least = HUGE_VAL;
  for (const VectorXd& l : starts) {
    const double criterion = likelihood_.Criterion(likelihood_.FitFor(l));
    if (criterion < least) {
      least = criterion;
      best = l;
    }
  }
  return best;
}

// Newton's step on the absolute curvature, no longer than the whole of L.
VectorXd MixedMinimizer::StepFrom(const Point& point, double& decrement,
                                  bool& is_saddle) const {
  const double size = l_.cwiseAbs().maxCoeff();
  const VectorXd unit = l_.cwiseAbs()
                            .cwiseMax(0.1 * size)
                            .cwiseMax(0.01 * lengths_.cwiseInverse());
  const VectorXd gradient = unit.cwiseProduct(point.gradient);
  const MatrixXd hessian =
      unit.asDiagonal() * point.hessian * unit.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(hessian);
  const VectorXd& values = solver.eigenvalues();
  const double floor = 1e-12 * values.cwiseAbs().maxCoeff();
  const VectorXd along = solver.eigenvectors().transpose() * gradient;
  VectorXd step = VectorXd::Zero(values.size());
  decrement = 0;
  for (Index i = 0; i < values.size(); ++i) {
    const double curvature = std::abs(values(i));
    if (!(curvature > floor)) continue;
    decrement += along(i) * along(i) / curvature;
    step -= along(i) / curvature * solver.eigenvectors().col(i);
  }
  is_saddle = values(0) < -std::max(1e-9, 1e-9 * values.maxCoeff());
  if (is_saddle && decrement < kNearOptimum) {
    // Nothing but curvature tells the way down; either side will do.
    step = 0.5 * solver.eigenvectors().col(0);
    if (along(0) > 0) step = -step;
  }
  const double length = step.cwiseAbs().maxCoeff();
  if (length > 1) step /= length;
  for (Index i = 0; i < step.size(); ++i) {
    // An edge of D, not left by rounding.
    if (!is_saddle && l_(i) == 0 && gradient(i) == 0) step(i) = 0;
  }
  return unit.cwiseProduct(step);
}

bool MixedMinimizer::Improve(const VectorXd& step, Point& point) {
  const auto is_better = [&](double share, double criterion) {
    const double promised = -1e-4 * share * step.dot(point.gradient);
    return criterion < point.criterion - std::max(promised, 0.0);
  };
  // Most steps are good as they are.
  if (Point next = Look(l_ + step); is_better(1, next.criterion)) {
    l_ += step;
    point = std::move(next);
    return true;
  }
  double share = 0.5;
  for (int halving = 1; halving < 40; ++halving, share /= 2) {
    const VectorXd l = l_ + share * step;
    if (!is_better(share, likelihood_.Criterion(likelihood_.FitFor(l)))) {
      continue;
    }
    l_ = l;
    point = Look(l_);
    return true;
  }
  return false;
}

absl::Status MixedMinimizer::Descend() {
  Point point = Look(l_);
  int last_steps = 0;
  for (int i = 0; i < limits_.max_iterations; ++i, ++iterations_) {
    if (absl::Status status = CheckStop(limits_.stop); !status.ok()) {
      return status;
    }
    if (!std::isfinite(point.criterion)) break;
    double decrement = 0;
    bool is_saddle = false;
    const VectorXd step = StepFrom(point, decrement, is_saddle);
    if (!is_saddle && decrement <= kNearOptimum) {
      l_ += step;
      if (decrement <= kAtOptimum || last_steps++ == kLastSteps) {
        return absl::OkStatus();
      }
      point = Look(l_);
      continue;
    }
    if (!Improve(step, point)) {
      // As far down as the rounding of the criterion lets one see.
      if (decrement < 1e-6) return absl::OkStatus();
      break;
    }
  }
  return absl::FailedPreconditionError(
      "the linear mixed model does not converge");
}

// Sets to 0 what is perhaps none. Returns whether there is any.
bool MixedMinimizer::MoveToEdge() {
  const auto none = [](double entry, double length) {
    return std::abs(entry) * length < kPerhapsNone;
  };
  if (!has_slope_) {
    if (!none(l_(0), lengths_(0))) return false;
    l_(0) = 0;
    return true;
  }
  const bool no_first = none(l_(0), lengths_(0));
  if (no_first) {
    // One variance, of the slope, is left: the same D with l2 alone in L.
    l_.head(3) << 0, std::hypot(l_(1), l_(2)), 0;
    if (none(l_(1), lengths_(1))) l_(1) = 0;
    return true;
  }
  if (!none(l_(2), lengths_(2))) return false;
  l_(2) = 0;
  return true;
}

bool MixedMinimizer::MoveToSitesEdge() {
  const Index last = l_.size() - 1;
  if (!has_sites_ || std::abs(l_(last)) * lengths_(last) >= kPerhapsNone) {
    return false;
  }
  l_(last) = 0;
  return true;
}

MixedOptimum MixedMinimizer::Finish() {
  if (l_(0) < 0) l_.head(has_slope_ ? 2 : 1) *= -1;
  if (has_slope_ && l_(2) < 0) l_(2) = -l_(2);
  if (has_sites_) l_(l_.size() - 1) = std::abs(l_(l_.size() - 1));
  MixedOptimum optimum;
  optimum.l = l_;
  optimum.at = likelihood_.Derive(l_);
  optimum.singular = OnEdge(l_) || OnSitesEdge(l_);
  optimum.iterations = iterations_;
  return optimum;
}

}  // namespace

absl::StatusOr<MixedOptimum> MinimizeMixedCriterion(
    const MixedLikelihood& likelihood, const SearchLimits& limits) {
  return MixedMinimizer(likelihood, limits).Minimize();
}

}  // namespace enthesis::stats
