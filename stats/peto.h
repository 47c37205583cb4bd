// Peto's one-step odds ratio of 2 x 2 tables (Yusuf et al. 1985, Prog.
// Cardiovasc. Dis. 27:335), as metafor::rma.peto of R: good where events are
// few, groups of like size and the ratio not far from 1; no cell is corrected.
// See: METHODS.md, "Effects of studies".

#ifndef ENTHESIS_STATS_PETO_H_
#define ENTHESIS_STATS_PETO_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/regression.h"
#include "stats/two_by_two.h"

namespace enthesis::stats {

struct PetoOddsRatio {
  Coefficient log_odds_ratio;  // absent without an informative study
  ChiSquareTest heterogeneity;
  size_t n_studies = 0;  // the informative ones
};

// Errors: INVALID_ARGUMENT (a table; a level outside (0, 1)).
absl::StatusOr<PetoOddsRatio> EstimatePeto(absl::Span<const TwoByTwo> studies,
                                           double conf_level);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_PETO_H_
