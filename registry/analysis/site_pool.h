// The effects of sites that are compared, ratios or differences, in a funnel
// and pooled. Internal to the analysis.

#ifndef ENTHESIS_REGISTRY_ANALYSIS_SITE_POOL_H_
#define ENTHESIS_REGISTRY_ANALYSIS_SITE_POOL_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "registry/analysis/compared_sites.h"
#include "registry/analysis/result_sites.h"
#include "registry/model/regression_question.h"
#include "stats/funnel.h"
#include "stats/meta_analysis.h"

namespace enthesis::analysis {

// Indexes of sites in `data` that take part, in order.
std::vector<size_t> Compared(const SiteRows& data);

stats::FunnelOptions FunnelOptionsOf(const model::SitesQuestion& question);

// `funnel` is of the sites `compared`, of these sizes.
void SetFunnelFigures(const stats::Funnel& funnel,
                      const std::vector<size_t>& compared,
                      const std::vector<double>& sizes, SitesAnswer& answer);

// How effects are pooled, as a convention.
std::string PoolingText(const model::SitesQuestion& question,
                        const char* effects);

// Pools the effects of the sites `pooled`, two at least, and draws each toward
// the pooled one; `back` leads from their scale to that of the answer.
absl::Status PoolEffects(const model::SitesQuestion& question,
                         const stats::StudyEffects& effects,
                         const std::vector<size_t>& pooled,
                         double (*back)(double), SitesAnswer& answer);

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_SITE_POOL_H_
