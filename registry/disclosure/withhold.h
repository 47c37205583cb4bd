// The rule on one figure: withheld when its denominator is below the threshold.
// A denominator of 0 is no one and may be shown.

#ifndef ENTHESIS_REGISTRY_DISCLOSURE_WITHHOLD_H_
#define ENTHESIS_REGISTRY_DISCLOSURE_WITHHOLD_H_

#include <cstdint>
#include <optional>

#include "registry/analysis/result.h"

namespace enthesis::disclosure {

// Whether `n` cases are some but too few.
bool TooFew(std::optional<int64_t> n, int threshold);

void WithholdCount(std::optional<int64_t>& n, int threshold);
void Withhold(analysis::ProportionEstimate& figure, int threshold);
void Withhold(analysis::MeanEstimate& figure, int threshold);

// For answers with a withheld group: what is left out would tell its size.
void WithholdExclusions(analysis::Provenance& provenance);
template <typename Rows>
void WithholdExclusions(analysis::Provenance& provenance, const Rows& groups) {
  for (const auto& group : groups) {
    if (!group.n.has_value()) return WithholdExclusions(provenance);
  }
}

// A point in time is known only where enough cases are at risk: `cut` is the
// first day with too few. An estimate at or after it was not reached while
// enough were at risk, and its row says just that; limits after it go.
void WithholdFrom(std::optional<int32_t> cut, analysis::TimeEstimate& time);

}  // namespace enthesis::disclosure

#endif  // ENTHESIS_REGISTRY_DISCLOSURE_WITHHOLD_H_
