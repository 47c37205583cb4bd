// The covariance of visits that maximizes the likelihood of a mixed model for
// repeated measures, by Newton's method and Fisher's scoring. Internal to it,
// with Eigen's types: not installed.

#ifndef ENTHESIS_STATS_MMRM_OPTIMUM_H_
#define ENTHESIS_STATS_MMRM_OPTIMUM_H_

#include <Eigen/Dense>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "stats/mmrm_likelihood.h"
#include "stats/stop.h"
#include "stats/visit_covariance.h"

namespace enthesis::stats {

struct MmrmOptimum {
  Eigen::MatrixXd covariance;  // of visits, in units^2 of the table
  MmrmState state;
  MmrmDerivatives derivatives;
  // Of the elements of the covariance, within its structure: from the observed
  // and the expected information.
  Eigen::MatrixXd observed_spread, expected_spread;
  int iterations = 0;
};

// FAILED_PRECONDITION says why there is none: at which visits the covariance
// becomes singular, or that `limits` did not do.
absl::StatusOr<MmrmOptimum> MaximizeMmrmLikelihood(
    const MmrmLikelihood& likelihood, const VisitStructure& structure,
    const std::vector<std::string>& visit_levels, const SearchLimits& limits);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MMRM_OPTIMUM_H_
