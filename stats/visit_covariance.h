// Structures of the covariance matrix of the visits of a subject, as functions
// of parameters without bounds but that the matrix is positive definite.
// See: METHODS.md, "Mixed model for repeated measures".
//
// Internal to the mixed model for repeated measures, with Eigen's types: not
// installed.

#ifndef ENTHESIS_STATS_VISIT_COVARIANCE_H_
#define ENTHESIS_STATS_VISIT_COVARIANCE_H_

#include <Eigen/Dense>
#include <string>
#include <vector>

#include "stats/mmrm.h"

namespace enthesis::stats {

class VisitStructure {
 public:
  VisitStructure(VisitCovariance kind, Eigen::Index n_visits);

  Eigen::Index n_parameters() const { return n_parameters_; }

  // Why data with so many subjects at two visits, `together`, and such sums
  // over these of `products` of residuals, do not determine the parameters;
  // empty where they may. Visits have `names`.
  std::string WhyNotIdentified(const Eigen::MatrixXd& products,
                               const Eigen::MatrixXd& together,
                               const std::vector<std::string>& names) const;

  // Parameters to start from, whose covariance matrix is positive definite:
  // those of the residuals, without correlations unless `correlated`.
  Eigen::VectorXd Start(const Eigen::MatrixXd& products,
                        const Eigen::MatrixXd& together, bool correlated) const;

  Eigen::MatrixXd Covariance(const Eigen::VectorXd& parameters) const;
  // The derivatives of its elements (ElementOf), [element, parameter].
  Eigen::MatrixXd Jacobian(const Eigen::VectorXd& parameters) const;
  // Second derivatives of the sum over elements of `weights` times element.
  Eigen::MatrixXd Curvature(const Eigen::VectorXd& parameters,
                            const Eigen::VectorXd& weights) const;

 private:
  // Variances and correlations on their own, elements linear in parameters.
  bool is_linear() const;
  bool is_heterogeneous() const;
  bool is_autoregressive() const;
  Eigen::Index LinearParameterOf(Eigen::Index a, Eigen::Index b) const;
  Eigen::Index ScaleOf(Eigen::Index visit) const {
    return is_heterogeneous() ? visit : 0;
  }
  // The power of the correlation parameter.
  double PowerOf(Eigen::Index a, Eigen::Index b) const;
  double StartingCorrelation(const Eigen::MatrixXd& products,
                             const Eigen::MatrixXd& together) const;

  VisitCovariance kind_;
  Eigen::Index n_visits_;
  Eigen::Index n_scales_ = 0;     // logarithms of standard deviations, then
  bool has_correlation_ = false;  // the inverse hyperbolic tangent
  Eigen::Index n_parameters_ = 0;
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_VISIT_COVARIANCE_H_
