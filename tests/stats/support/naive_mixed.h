// Linear mixed models straight from the definition, with the covariance of all
// responses written out: an oracle for small data.

#ifndef ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_MIXED_H_
#define ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_MIXED_H_

#include <Eigen/Dense>
#include <vector>

#include "support/mixed_data.h"

namespace enthesis::stats::golden {

// Variance of the intercept, with a slope covariance and variance of the slope,
// with sites theirs; last the residual variance.
using NaiveVariances = std::vector<double>;

struct NaiveMixed {
  Eigen::VectorXd coefficients;  // intercept first
  Eigen::MatrixXd covariance;
  double deviance = 0;         // -2 log-likelihood, restricted with REML
  Eigen::MatrixXd effects;     // [group](intercept, slope); groups are 0, 1, ..
  Eigen::MatrixXd variance_0;  // of the effects of group 0, given coefficients
  Eigen::VectorXd site_effects, site_errors;
};

NaiveMixed NaiveFit(const MixedData& data, const NaiveVariances& variances,
                    bool reml);

// Satterthwaite's degrees of freedom of each coefficient, by differences.
std::vector<double> NaiveDf(const MixedData& data,
                            const NaiveVariances& variances, bool reml);

// Those of an F test that every coefficient but the intercept is 0, and its F.
struct NaiveTest {
  double df = 0, statistic = 0;
};
NaiveTest NaiveTestOfAll(const MixedData& data, const NaiveVariances& variances,
                         bool reml);

}  // namespace enthesis::stats::golden

#endif  // ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_MIXED_H_
