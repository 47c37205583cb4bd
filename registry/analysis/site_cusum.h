// The CUSUM of one's own site. Internal to the analysis.

#ifndef ENTHESIS_REGISTRY_ANALYSIS_SITE_CUSUM_H_
#define ENTHESIS_REGISTRY_ANALYSIS_SITE_CUSUM_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "registry/analysis/compared_sites.h"
#include "registry/analysis/result_sites.h"
#include "registry/model/regression_question.h"

namespace enthesis::analysis {

// Of the first site of `data`, one's own, with the outcome and the expected
// probability of each row. Cases without a place in the order are left out.
// Blocks hold question.smallest_group cases; with some left out, but fewer,
// there is no chart. A run length that no threshold has is refused where it was
// asked for; else there is no threshold. Errors: INVALID_ARGUMENT with the path
// of the run length as payload kFieldPath, else as ExplainFit.
absl::StatusOr<SiteCusum> WatchSite(const model::SitesQuestion& question,
                                    const SiteRows& data,
                                    absl::Span<const double> response,
                                    absl::Span<const double> expected);

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_SITE_CUSUM_H_
