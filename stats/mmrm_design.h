// The columns of a mixed model for repeated measures and the points of its
// least squares means.
//
// Internal to the mixed model for repeated measures.

#ifndef ENTHESIS_STATS_MMRM_DESIGN_H_
#define ENTHESIS_STATS_MMRM_DESIGN_H_

#include <vector>

#include "absl/status/status.h"
#include "stats/design_matrix.h"
#include "stats/least_squares.h"
#include "stats/mmrm.h"
#include "stats/term_test.h"

namespace enthesis::stats {

// INVALID_ARGUMENT and FAILED_PRECONDITION of FitMmrm but those of subjects.
absl::Status CheckMmrm(const MmrmData& data, const MmrmOptions& options);

// Covariates, then indicators of visits, groups and their interactions; of
// checked data.
DesignMatrix MakeMmrmDesign(const MmrmData& data);

// The terms of its design: covariates, then visit, group and both, where there
// are groups. Those of visits and of groups are of means over the other,
// weighted equally: type III.
std::vector<TestedTerm> MmrmTermsOf(const MmrmData& data);

// The means wanted, by visit and within it by group, without values.
std::vector<MmrmMean> MeansWanted(const MmrmData& data);

// A point of the columns of MakeMmrmDesign for each of `means`; `fit` is least
// squares of them.
std::vector<std::vector<double>> PointsOf(const MmrmData& data,
                                          const LeastSquares& fit,
                                          const std::vector<MmrmMean>& means);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MMRM_DESIGN_H_
