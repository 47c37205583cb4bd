// Sites of a linear mixed model, tabulated against its groups.
//
// Internal to linear mixed models, with Eigen's types: not installed.

#ifndef ENTHESIS_STATS_MIXED_SITES_H_
#define ENTHESIS_STATS_MIXED_SITES_H_

#include "stats/mixed_packing.h"
#include "stats/mixed_table.h"

namespace enthesis::stats {

// `table` is finished but for its sites. Without sites: empty.
// Cost: O(n p), and sites^2 memory.
SiteTable TabulateSites(const MixedPacking& packing, const MixedTable& table);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MIXED_SITES_H_
