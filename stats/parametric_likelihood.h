// The log-likelihood of a parametric model and its maximum, in the parameters
// in which it is concave. Internal to parametric regression: with Eigen's
// types, so it is not installed.
// See: METHODS.md, "Parametric regression".

#ifndef ENTHESIS_STATS_PARAMETRIC_LIKELIHOOD_H_
#define ENTHESIS_STATS_PARAMETRIC_LIKELIHOOD_H_

#include <Eigen/Core>
#include <vector>

#include "absl/status/statusor.h"
#include "stats/error_distribution.h"
#include "stats/interval_times.h"

namespace enthesis::stats {

// One row of the model: log times less their mean, and the weight.
struct ParametricRow {
  IntervalKind kind = IntervalKind::kExact;
  double lower = 0, upper = 0;  // log time; the open end is not read
  double weight = 0;
};

// theta = (coefficients / scale, 1 / scale). Columns are centered and scaled;
// the first is all ones.
class ParametricLikelihood {
 public:
  // `columns` has a row for each of `rows`; both outlive this.
  ParametricLikelihood(const std::vector<ParametricRow>& rows,
                       const Eigen::MatrixXd& columns, ErrorDistribution error,
                       bool fixed_scale)
      : rows_(rows), columns_(columns), error_(error), fixed_(fixed_scale) {}

  Eigen::Index size() const { return columns_.cols() + (fixed_ ? 0 : 1); }

  // Log-likelihood but for the terms in log t; -infinity outside the domain.
  double Value(const Eigen::VectorXd& theta) const;
  // The same with gradient and negative second derivatives.
  double Derivatives(const Eigen::VectorXd& theta, Eigen::VectorXd& gradient,
                     Eigen::MatrixXd& information) const;

 private:
  double InverseScale(const Eigen::VectorXd& theta) const {
    return fixed_ ? 1 : theta(theta.size() - 1);
  }

  const std::vector<ParametricRow>& rows_;
  const Eigen::MatrixXd& columns_;
  const ErrorDistribution error_;
  const bool fixed_;
};

struct ParametricMaximum {
  Eigen::VectorXd theta;
  Eigen::MatrixXd information;
  double log_likelihood = 0;
  // Columns along which the likelihood rises for ever, the first not among
  // them; and the step that would come next.
  std::vector<Eigen::Index> separated;
  Eigen::VectorXd step;
  int iterations = 0;
};

// Newton's method with halved steps from theta = (0, .., 1).
// Errors: FAILED_PRECONDITION (no convergence, scale 0).
absl::StatusOr<ParametricMaximum> MaximizeParametric(
    const ParametricLikelihood& likelihood, bool fixed_scale,
    int max_iterations);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_PARAMETRIC_LIKELIHOOD_H_
