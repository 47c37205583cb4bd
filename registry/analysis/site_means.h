// Sites compared on the mean of a measure. Internal to the analysis.

#ifndef ENTHESIS_REGISTRY_ANALYSIS_SITE_MEANS_H_
#define ENTHESIS_REGISTRY_ANALYSIS_SITE_MEANS_H_

#include <vector>

#include "absl/status/status.h"
#include "registry/analysis/compared_sites.h"
#include "registry/analysis/result_sites.h"
#include "registry/model/regression_question.h"

namespace enthesis::analysis {

void ExplainSiteMeans(const model::SitesQuestion& question,
                      Provenance& provenance);

// Means, differences, funnel and pool of the sites that are compared, and the
// case mix; `scores` by row of `data`.
absl::Status SetSiteMeans(const model::SitesQuestion& question,
                          const SiteRows& data,
                          const std::vector<double>& scores,
                          SitesAnswer& answer);

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_SITE_MEANS_H_
