// Figures of compared sites: funnel, caterpillar and forest plots, the CUSUM of
// one's own site.

#ifndef ENTHESIS_CLIENT_COMMANDS_SITES_FIGURES_H_
#define ENTHESIS_CLIENT_COMMANDS_SITES_FIGURES_H_

#include <string>

#include "client/analyze/caterpillar_plot.h"
#include "client/analyze/cusum_plot.h"
#include "client/analyze/forest_plot.h"
#include "client/analyze/funnel_plot.h"
#include "enthesis/v1/sites.pb.h"

namespace enthesis::client {

// Its code, or its id and that it is one's own.
std::string NameOf(const v1::ComparedSite& site);

// Of answers with a target: shares of the outcome, or ratios where the case mix
// is adjusted for.
FunnelPlot FunnelOf(const v1::CompareSitesResponse& answer);
// Of answers with pooled sites.
CaterpillarPlot CaterpillarOf(const v1::CompareSitesResponse& answer);
ForestPlot ForestOf(const v1::CompareSitesResponse& answer);
// One point a block.
CusumPlot CusumOf(const v1::SiteCusum& cusum);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_SITES_FIGURES_H_
