// The Hodges-Lehmann estimate of a location or a shift, with the interval that
// comes from inverting the rank test beside it.
// See: METHODS.md, "Signed-rank" and "Mann-Whitney".

#ifndef ENTHESIS_STATS_HODGES_LEHMANN_H_
#define ENTHESIS_STATS_HODGES_LEHMANN_H_

#include <optional>

namespace enthesis::stats {

// Limits are absent where all values are equal; all is absent without values.
struct HodgesLehmann {
  std::optional<double> estimate;
  std::optional<double> lower, upper;
  // The level the limits have, where it falls short of the level asked for
  // because there are too few values; else the level asked for.
  std::optional<double> conf_level;
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_HODGES_LEHMANN_H_
