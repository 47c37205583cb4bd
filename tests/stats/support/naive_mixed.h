// Linear mixed models straight from the definition, with the covariance of all
// responses written out: an oracle for small data.

#ifndef ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_MIXED_H_
#define ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_MIXED_H_

#include <Eigen/Dense>
#include <vector>

#include "support/mixed_data.h"

namespace enthesis::stats::golden {

// Variance of the intercept, and with a slope covariance and variance of the
// slope; last the residual variance.
using NaiveVariances = std::vector<double>;

struct NaiveMixed {
  Eigen::VectorXd coefficients;  // intercept first
  Eigen::MatrixXd covariance;
  double deviance = 0;         // -2 log-likelihood, restricted with REML
  Eigen::MatrixXd effects;     // [group](intercept, slope); groups are 0, 1, ..
  Eigen::MatrixXd variance_0;  // of the effects of group 0, given coefficients
};

NaiveMixed NaiveFit(const MixedData& data, const NaiveVariances& variances,
                    bool reml);

// Satterthwaite's degrees of freedom of each coefficient, by differences.
std::vector<double> NaiveDf(const MixedData& data,
                            const NaiveVariances& variances, bool reml);

}  // namespace enthesis::stats::golden

#endif  // ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_MIXED_H_
