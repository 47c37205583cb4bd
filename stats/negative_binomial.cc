#include "stats/negative_binomial.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stats/long_sum.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

// Of log(theta): a step this short, relative to its size and 1, is the last.
constexpr double kThetaReached = 1e-13;
// A step that no longer shrinks below this is rounding.
constexpr double kThetaRounded = 1e-9;
constexpr double kLongestStep = 2;
// Beyond e^30 the model is that of Poisson to rounding; below e^-30 all
// variance lies in a few rows.
constexpr double kLogThetaMost = 30;

absl::Span<const double> SpanOf(const VectorXd& values) {
  return {values.data(), static_cast<size_t>(values.size())};
}

// Moments that tell of overdispersion in the Poisson model: the score of
// 1 / theta at 0, and the first theta of MASS::theta.ml.
struct PoissonMoments {
  double excess = 0;  // sum of w ((y - mu)^2 - y) / 2
  double theta = 0;   // sum of w / sum of w (y / mu - 1)^2
};

PoissonMoments MomentsOf(const GlmLikelihood& likelihood,
                         const GlmOptimum& poisson) {
  const std::vector<double> predictors =
      likelihood.Predictors(SpanOf(poisson.coefficients));
  LongSum excess, weight, square;
  for (size_t node = 0; node < predictors.size(); ++node) {
    const double w = likelihood.weights()[node];
    if (w == 0) continue;
    const double y = likelihood.table().response[node];
    const double mean = std::exp(predictors[node]);
    excess.AddProduct((y - mean) * (y - mean) - y, w / 2);
    weight.Add(w);
    square.AddProduct((y / mean - 1) * (y / mean - 1), w);
  }
  return {excess.high, weight.high / square.high};
}

// The log-likelihood at its maximum over the coefficients, by log(theta).
struct ThetaSlope {
  double score = 0;
  double bend = 0;         // its derivative
  double information = 0;  // of theta, the coefficients fixed
};

ThetaSlope SlopeAt(const GlmLikelihood& likelihood, const GlmOptimum& fit) {
  const double theta = likelihood.theta();
  const absl::Span<const double> beta = SpanOf(fit.coefficients);
  const GlmSums sums = likelihood.DispersionSums(beta);
  const CountSums counts = SumOverCounts(CountsOf(likelihood), theta);
  ThetaSlope slope;
  const double score = counts.reciprocals + sums[0];
  slope.information = counts.squares + sums[1];
  const VectorXd mixed = Eigen::Map<const VectorXd>(
      sums.data() + 2, static_cast<Index>(beta.size()));
  // The expected information for the observed one: close, and only the pace
  // depends on it.
  const double profile = slope.information - mixed.dot(fit.covariance * mixed);
  slope.score = theta * score;
  slope.bend = theta * score - theta * theta * profile;
  return slope;
}

}  // namespace

CountWeights CountsOf(const GlmLikelihood& likelihood) {
  constexpr size_t kSmallCounts = 1024;
  std::vector<LongSum> small(kSmallCounts);
  std::map<double, LongSum> by_count;
  const GlmTable& table = likelihood.table();
  for (size_t node = 0; node < table.n_nodes(); ++node) {
    const double weight = likelihood.weights()[node];
    if (weight == 0) continue;
    const double count = table.response[node];
    (count < kSmallCounts ? small[static_cast<size_t>(count)] : by_count[count])
        .Add(weight);
  }
  for (size_t count = 0; count < kSmallCounts; ++count) {
    if (small[count].high > 0) {
      by_count[static_cast<double>(count)] = small[count];
    }
  }
  CountWeights counts;
  for (const auto& [count, weight] : by_count) {
    counts.counts.push_back(count);
    counts.weights.push_back(weight.high);
  }
  return counts;
}

absl::StatusOr<NegativeBinomialOptimum> MaximizeNegativeBinomial(
    GlmLikelihood& likelihood, const GlmLikelihood& poisson_likelihood,
    const GlmOptimum& poisson, const SearchLimits& limits) {
  NegativeBinomialOptimum optimum;
  const PoissonMoments moments = MomentsOf(poisson_likelihood, poisson);
  optimum.infinite = !(moments.excess > 0);
  optimum.fit = poisson;
  if (optimum.infinite) return optimum;
  // The root lies between `low`, where the likelihood rises, and `high`.
  double low = -HUGE_VAL, high = HUGE_VAL;
  double at = std::clamp(std::log(moments.theta), -10.0, 20.0);
  double previous = HUGE_VAL;
  for (int i = 0; i < limits.max_iterations; ++i) {
    likelihood.set_theta(std::exp(at));
    auto fit =
        MaximizeGlmLikelihood(likelihood, optimum.fit.coefficients, limits);
    if (!fit.ok()) return fit.status();
    fit->iterations += optimum.fit.iterations;
    optimum.fit = *std::move(fit);
    const ThetaSlope slope = SlopeAt(likelihood, optimum.fit);
    optimum.theta = likelihood.theta();
    optimum.information = slope.information;
    (slope.score > 0 ? low : high) = at;
    double step = slope.bend < 0    ? -slope.score / slope.bend
                  : slope.score > 0 ? kLongestStep
                                    : -kLongestStep;
    step = std::clamp(step, -kLongestStep, kLongestStep);
    const bool reached =
        std::abs(step) <= kThetaReached * std::max(1.0, std::abs(at));
    const bool stalled =
        std::abs(step) <= kThetaRounded && std::abs(step) > previous / 2;
    if (reached || stalled || slope.score == 0) return optimum;
    previous = std::abs(step);
    if (at + step <= low || at + step >= high) step = (low + high) / 2 - at;
    at += step;
    if (at > kLogThetaMost) {
      optimum.infinite = true;
      optimum.fit = poisson;
      return optimum;
    }
    if (at < -kLogThetaMost) break;
  }
  return absl::FailedPreconditionError("no convergence of theta");
}

}  // namespace enthesis::stats
