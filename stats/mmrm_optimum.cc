#include "stats/mmrm_optimum.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// What a step may still gain of the log-likelihood, twice, when it is the last.
constexpr double kMmrmReached = 1e-22;
// ... that is rounding where it no longer falls.
constexpr double kMmrmRounded = 1e-13;
// ... up to which Newton's step is taken rather than that of scoring.
constexpr double kMmrmNear = 1;
constexpr int kMmrmHalvings = 40;
// Curvature of the likelihood, relative to that expected, that is none; the
// least that a step is taken by; and a slope, likewise, that is raised to it
// at a saddle.
constexpr double kFlat = 1e-8;
constexpr double kLeastCurvature = 0.05;
constexpr double kNoSlope = 1e-3;
// An eigenvalue of the correlations of visits, at most this, is 0.
constexpr double kSingular = 1e-9;
// ... and when no maximum was found, at most this.
constexpr double kNearlySingular = 1e-4;
// A variance of that of the residuals of least squares, at most, likewise.
constexpr double kNoVariance = 1e-10;
// A pivot of the information of the parameters, scaled to a diagonal of 1,
// below which it does not determine them.
constexpr double kNotDetermined = 1e-10;

// Parameters beyond which a second start is only for a failure.
constexpr Index kManyParameters = 20;
// Of two maxima the log-likelihood, beyond which one is higher.
constexpr double kHigher = 1e-6;

class MmrmAscent {
 public:
  MmrmAscent(const MmrmLikelihood& likelihood, const VisitStructure& structure,
             const std::vector<std::string>& visit_levels,
             const SearchLimits& limits)
      : likelihood_(likelihood),
        structure_(structure),
        visit_levels_(visit_levels),
        limits_(limits) {}

  absl::StatusOr<MmrmOptimum> Run(bool correlated);

 private:
  void Derive();
  void ChooseStep();
  bool Climb();
  std::string WhySingular(double least_eigenvalue) const;
  absl::Status NoMaximum(const std::string& end) const;
  absl::Status Finish();

  const MmrmLikelihood& likelihood_;
  const VisitStructure& structure_;
  const std::vector<std::string>& visit_levels_;
  const SearchLimits& limits_;
  VectorXd parameters_;
  VectorXd gradient_;
  MatrixXd jacobian_, observed_, expected_;  // by parameter
  VectorXd step_;
  double decrement_ = 0;
  bool is_saddle_ = false;
  MmrmOptimum at_;
};

void MmrmAscent::Derive() {
  at_.derivatives = likelihood_.Derive(at_.state);
  const MmrmDerivatives& by_element = at_.derivatives;
  jacobian_ = structure_.Jacobian(parameters_);
  gradient_ = jacobian_.transpose() * by_element.gradient;
  observed_ = jacobian_.transpose() * by_element.observed * jacobian_ -
              structure_.Curvature(parameters_, by_element.gradient);
  expected_ = jacobian_.transpose() * by_element.expected * jacobian_;
}

// Scoring far from the maximum, whose information is positive definite where
// the parameters are determined at all, Newton's step near it. Where the
// likelihood curves up, near a saddle, that is turned around: a step goes up
// along every direction, relative to the expected information (Dauphin et al.
// 2014, arXiv 1406.2572), and leaves where the slope is none.
void MmrmAscent::ChooseStep() {
  const VectorXd units =
      expected_.diagonal().cwiseMax(1e-300).cwiseSqrt().cwiseInverse();
  MatrixXd scaled = units.asDiagonal() * expected_ * units.asDiagonal();
  scaled.diagonal().array() += kNotDetermined;
  const Eigen::LLT<MatrixXd> scoring(scaled);
  const VectorXd slope = units.cwiseProduct(gradient_);
  step_ = units.cwiseProduct(scoring.solve(slope));
  decrement_ = gradient_.dot(step_);
  is_saddle_ = false;
  if (decrement_ > kMmrmNear) return;
  scaled = units.asDiagonal() * observed_ * units.asDiagonal();
  const Eigen::LLT<MatrixXd> newton(scaled);
  if (newton.info() == Eigen::Success) {
    step_ = units.cwiseProduct(newton.solve(slope));
    decrement_ = gradient_.dot(step_);
    return;
  }
  const MatrixXd half = scoring.matrixL().solve(scaled);
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(
      scoring.matrixL().solve(half.transpose()));
  const VectorXd& curvatures = eigen.eigenvalues();
  VectorXd along =
      eigen.eigenvectors().transpose() * scoring.matrixL().solve(slope);
  for (Index i = 0; i < along.size(); ++i) {
    if (curvatures[i] < -kFlat && std::abs(along[i]) < kNoSlope) {
      along[i] = std::copysign(kNoSlope, along[i]);
    }
    along[i] /= std::max(std::abs(curvatures[i]), kLeastCurvature);
  }
  is_saddle_ = curvatures[0] < -kFlat;
  step_ =
      units.cwiseProduct(scoring.matrixU().solve(eigen.eigenvectors() * along));
  decrement_ = gradient_.dot(step_);
}

// One step, halved until the likelihood does not fall.
bool MmrmAscent::Climb() {
  const double slack =
      1e-13 * (std::abs(at_.state.log_likelihood) +
               static_cast<double>(likelihood_.table().n_rows));
  for (int halving = 0; halving <= kMmrmHalvings; ++halving) {
    const VectorXd parameters = parameters_ + std::ldexp(1.0, -halving) * step_;
    MatrixXd covariance = structure_.Covariance(parameters);
    MmrmState state;
    if (likelihood_.Evaluate(covariance, state) &&
        state.log_likelihood >= at_.state.log_likelihood - slack) {
      parameters_ = parameters;
      at_.covariance = std::move(covariance);
      at_.state = std::move(state);
      return true;
    }
  }
  return false;
}

// Empty where the covariance is well within the positive definite matrices.
std::string MmrmAscent::WhySingular(double least_eigenvalue) const {
  const MmrmTable& table = likelihood_.table();
  const MatrixXd& covariance = at_.covariance;
  for (Index v = 0; v < table.n_visits; ++v) {
    const double of_residuals = table.products(v, v) / table.together(v, v);
    if (covariance(v, v) > kNoVariance * of_residuals) continue;
    return absl::StrCat("the variance at visit ",
                        visit_levels_[static_cast<size_t>(v)], " goes to 0");
  }
  const VectorXd units = covariance.diagonal().cwiseSqrt().cwiseInverse();
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(
      units.asDiagonal() * covariance * units.asDiagonal());
  if (eigen.eigenvalues()[0] > least_eigenvalue) return "";
  std::vector<std::string> visits;
  for (Index v = 0; v < table.n_visits; ++v) {
    if (std::abs(eigen.eigenvectors()(v, 0)) < 0.05) continue;
    visits.push_back(visit_levels_[static_cast<size_t>(v)]);
  }
  std::string list;
  for (size_t i = 0; i < visits.size(); ++i) {
    absl::StrAppend(&list,
                    i == 0                   ? ""
                    : i + 1 == visits.size() ? " and "
                                             : ", ",
                    visits[i]);
  }
  return absl::StrCat(
      "the covariance becomes singular: the responses at visits ", list,
      " come to determine each other");
}

// What ended the way, or where it leads.
absl::Status MmrmAscent::NoMaximum(const std::string& end) const {
  const std::string why = WhySingular(kNearlySingular);
  return absl::FailedPreconditionError(why.empty() ? end : why);
}

// Spreads of the elements, where the information determines the parameters.
absl::Status MmrmAscent::Finish() {
  for (auto [information, spread] :
       {std::pair(&observed_, &at_.observed_spread),
        std::pair(&expected_, &at_.expected_spread)}) {
    const VectorXd units =
        information->diagonal().cwiseMax(1e-300).cwiseSqrt().cwiseInverse();
    const Eigen::LLT<MatrixXd> factor(units.asDiagonal() * *information *
                                      units.asDiagonal());
    const MatrixXd lower = factor.matrixL();
    if (factor.info() != Eigen::Success ||
        lower.diagonal().minCoeff() < std::sqrt(kNotDetermined)) {
      return absl::FailedPreconditionError(
          "the data do not determine its parameters");
    }
    const MatrixXd root = lower.triangularView<Eigen::Lower>().solve(
        units.asDiagonal() * jacobian_.transpose());
    *spread = root.transpose() * root;
  }
  return absl::OkStatus();
}

absl::StatusOr<MmrmOptimum> MmrmAscent::Run(bool correlated) {
  const MmrmTable& table = likelihood_.table();
  parameters_ = structure_.Start(table.products, table.together, correlated);
  at_.covariance = structure_.Covariance(parameters_);
  if (!likelihood_.Evaluate(at_.covariance, at_.state)) {
    return absl::FailedPreconditionError(
        "there is no covariance to start from");
  }
  double previous = HUGE_VAL;
  while (true) {
    if (absl::Status status = CheckStop(limits_.stop); !status.ok()) {
      return status;
    }
    if (std::string why = WhySingular(kSingular); !why.empty()) {
      return absl::FailedPreconditionError(why);
    }
    Derive();
    ChooseStep();
    const bool stalled =
        decrement_ <= kMmrmRounded && decrement_ > previous / 4;
    if (!is_saddle_ && (decrement_ <= kMmrmReached || stalled)) break;
    if (!std::isfinite(decrement_)) {
      return NoMaximum("the likelihood overflows");
    }
    if (at_.iterations == limits_.max_iterations) {
      return NoMaximum(absl::StrCat("no maximum within ",
                                    limits_.max_iterations, " iterations"));
    }
    previous = decrement_;
    ++at_.iterations;
    if (!Climb()) {
      if (!is_saddle_ && decrement_ <= kMmrmRounded) break;
      return NoMaximum("no step raises the likelihood");
    }
  }
  if (absl::Status status = Finish(); !status.ok()) return status;
  return std::move(at_);
}

}  // namespace

absl::StatusOr<MmrmOptimum> MaximizeMmrmLikelihood(
    const MmrmLikelihood& likelihood, const VisitStructure& structure,
    const std::vector<std::string>& visit_levels, const SearchLimits& limits) {
  const auto from = [&](bool correlated) {
    return MmrmAscent(likelihood, structure, visit_levels, limits)
        .Run(correlated);
  };
  absl::StatusOr<MmrmOptimum> optimum = from(true);
  if (optimum.ok() && structure.n_parameters() > kManyParameters)
    return optimum;
  // A structure may have several maxima.
  absl::StatusOr<MmrmOptimum> other = from(false);
  const bool is_higher =
      other.ok() &&
      (!optimum.ok() ||
       other->state.log_likelihood > optimum->state.log_likelihood + kHigher);
  return is_higher ? other : optimum;
}

}  // namespace enthesis::stats
