#include "stats/parametric_likelihood.h"

#include <Eigen/Dense>
#include <cmath>
#include <limits>

#include "absl/status/status.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// 1 / scale of times that lie on the fitted line.
constexpr double kInverseScaleMax = 1e9;
// Newton's decrement at which the estimates are within 1e-7 of their errors.
constexpr double kDecrement = 1e-14;
// A standardized column that still moves as far there has no end.
constexpr double kSeparatedStep = 1e-3;

// log of P(lower < W <= upper) with derivatives in both ends.
struct IntervalTerm {
  double value = 0;
  double at_lower = 0, at_upper = 0;        // first
  double lower_lower = 0, upper_upper = 0;  // second
  double lower_upper = 0;
};

// log(1 - e^x), x < 0.
double LogOneMinusExp(double x) {
  return x > -0.7 ? std::log(-std::expm1(x)) : std::log1p(-std::exp(x));
}

IntervalTerm LogInterval(ErrorDistribution error, double lower, double upper) {
  // From the tail that is the smaller one: the other is near 1.
  IntervalTerm term;
  if (lower > 0) {
    const double a = LogUpperTail(error, lower).value;
    term.value = a + LogOneMinusExp(LogUpperTail(error, upper).value - a);
  } else {
    const double a = LogLowerTail(error, upper).value;
    term.value = a + LogOneMinusExp(LogLowerTail(error, lower).value - a);
  }
  const Curvature f_lower = LogDensity(error, lower);
  const Curvature f_upper = LogDensity(error, upper);
  const double p_lower = std::exp(f_lower.value - term.value);
  const double p_upper = std::exp(f_upper.value - term.value);
  term.at_lower = -p_lower;
  term.at_upper = p_upper;
  term.lower_lower = -p_lower * f_lower.slope - p_lower * p_lower;
  term.upper_upper = p_upper * f_upper.slope - p_upper * p_upper;
  term.lower_upper = p_lower * p_upper;
  return term;
}

// The term of a row that has one end, at z.
Curvature OneEnd(ErrorDistribution error, IntervalKind kind, double z) {
  switch (kind) {
    case IntervalKind::kExact:
      return LogDensity(error, z);
    case IntervalKind::kRightCensored:
      return LogUpperTail(error, z);
    case IntervalKind::kLeftCensored:
    case IntervalKind::kInterval:
      break;
  }
  return LogLowerTail(error, z);
}

double EndOf(const ParametricRow& row) {
  return row.kind == IntervalKind::kLeftCensored ? row.upper : row.lower;
}

}  // namespace

double ParametricLikelihood::Value(const VectorXd& theta) const {
  const double rate = InverseScale(theta);
  if (!(rate > 0)) return -std::numeric_limits<double>::infinity();
  const VectorXd fitted = columns_ * theta.head(columns_.cols());
  double sum = 0, exact = 0;
  for (size_t i = 0; i < rows_.size(); ++i) {
    const ParametricRow& row = rows_[i];
    const double center = fitted(static_cast<Index>(i));
    if (row.kind == IntervalKind::kInterval) {
      sum += row.weight * LogInterval(error_, row.lower * rate - center,
                                      row.upper * rate - center)
                              .value;
      continue;
    }
    sum +=
        row.weight * OneEnd(error_, row.kind, EndOf(row) * rate - center).value;
    if (row.kind == IntervalKind::kExact) exact += row.weight;
  }
  const double value = sum + exact * std::log(rate);
  return std::isfinite(value) ? value
                              : -std::numeric_limits<double>::infinity();
}

double ParametricLikelihood::Derivatives(const VectorXd& theta,
                                         VectorXd& gradient,
                                         MatrixXd& information) const {
  const Index p = columns_.cols();
  const double rate = InverseScale(theta);
  const VectorXd fitted = columns_ * theta.head(p);
  gradient = VectorXd::Zero(size());
  information = MatrixXd::Zero(size(), size());
  double sum = 0, exact = 0;
  // z = log time * rate - fitted, so its direction is (-columns, log time).
  VectorXd direction(size()), other(size());
  const auto direct = [&](Index i, double time, VectorXd& to) {
    to.head(p) = -columns_.row(i).transpose();
    if (!fixed_) to(p) = time;
  };
  for (size_t r = 0; r < rows_.size(); ++r) {
    const ParametricRow& row = rows_[r];
    const auto i = static_cast<Index>(r);
    if (row.kind == IntervalKind::kInterval) {
      const IntervalTerm term = LogInterval(
          error_, row.lower * rate - fitted(i), row.upper * rate - fitted(i));
      sum += row.weight * term.value;
      direct(i, row.lower, direction);
      direct(i, row.upper, other);
      gradient +=
          row.weight * (term.at_lower * direction + term.at_upper * other);
      const MatrixXd cross = direction * other.transpose();
      information -=
          row.weight * (term.lower_lower * direction * direction.transpose() +
                        term.upper_upper * other * other.transpose() +
                        term.lower_upper * (cross + cross.transpose()));
      continue;
    }
    const double time = EndOf(row);
    const Curvature term = OneEnd(error_, row.kind, time * rate - fitted(i));
    sum += row.weight * term.value;
    direct(i, time, direction);
    gradient += row.weight * term.slope * direction;
    information.selfadjointView<Eigen::Lower>().rankUpdate(
        direction, -row.weight * term.bend);
    if (row.kind == IntervalKind::kExact) exact += row.weight;
  }
  information = MatrixXd(information.selfadjointView<Eigen::Lower>());
  if (!fixed_) {
    gradient(p) += exact / rate;
    information(p, p) += exact / (rate * rate);
  }
  return sum + exact * std::log(rate);
}

absl::StatusOr<ParametricMaximum> MaximizeParametric(
    const ParametricLikelihood& likelihood, bool fixed_scale,
    int max_iterations) {
  ParametricMaximum at;
  at.theta = VectorXd::Zero(likelihood.size());
  const Index last = likelihood.size() - 1;
  if (!fixed_scale) at.theta(last) = 1;
  VectorXd gradient;
  for (at.iterations = 0; at.iterations < max_iterations; ++at.iterations) {
    at.log_likelihood =
        likelihood.Derivatives(at.theta, gradient, at.information);
    const VectorXd step = at.information.ldlt().solve(gradient);
    const double decrement = gradient.dot(step);
    if (!std::isfinite(decrement)) break;
    if (!fixed_scale && at.theta(last) > kInverseScaleMax) {
      return absl::FailedPreconditionError(
          "the scale falls to 0: the times lie on the fitted line");
    }
    if (decrement < kDecrement) {
      at.step = step;
      for (Index j = 1; j < likelihood.size() - (fixed_scale ? 0 : 1); ++j) {
        if (std::abs(step(j)) > kSeparatedStep) at.separated.push_back(j);
      }
      if (at.separated.empty()) {
        // So near the maximum that one more step squares what is left.
        at.theta += step;
        at.log_likelihood =
            likelihood.Derivatives(at.theta, gradient, at.information);
      }
      return at;
    }
    double share = 1;
    VectorXd next = at.theta + step;
    double value = likelihood.Value(next);
    // What a step gains below this is lost in the rounding of the sum.
    const double least =
        at.log_likelihood - 1e-12 * std::abs(at.log_likelihood);
    while (!(value >= least) && share > 1e-10) {
      share /= 2;
      next = at.theta + share * step;
      value = likelihood.Value(next);
    }
    if (!(value >= least)) break;
    at.theta = next;
  }
  return absl::FailedPreconditionError(
      "the parametric model does not converge");
}

}  // namespace enthesis::stats
