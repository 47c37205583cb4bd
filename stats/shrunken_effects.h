// Estimates of sites drawn toward their mean by as much as each is uncertain:
// the best linear unbiased predictions of a random-effects meta-analysis, as
// metafor::blup of R.
// See: METHODS.md, "Shrunken site effects".

#ifndef ENTHESIS_STATS_SHRUNKEN_EFFECTS_H_
#define ENTHESIS_STATS_SHRUNKEN_EFFECTS_H_

#include <vector>

#include "stats/meta_analysis.h"

namespace enthesis::stats {

struct ShrunkenEffect {
  double estimate = 0, std_error = 0;
  double lower = 0, upper = 0;  // normal, or t where the meta-analysis has t
  // Weight of the site's own estimate, tau^2 / (tau^2 + variance); the mean has
  // the rest.
  double reliability = 0;
};

// Of `studies`, of which EstimateMeta made `meta`, in their order.
std::vector<ShrunkenEffect> ShrinkEffects(const StudyEffects& studies,
                                          const MetaAnalysis& meta);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_SHRUNKEN_EFFECTS_H_
