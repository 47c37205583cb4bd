// The rules on curves of cumulative incidence and on Gray's tests, for every
// answer that has them. Internal to disclosure control.

#ifndef ENTHESIS_REGISTRY_DISCLOSURE_INCIDENCE_RULES_H_
#define ENTHESIS_REGISTRY_DISCLOSURE_INCIDENCE_RULES_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "registry/analysis/result.h"

namespace enthesis::disclosure {

// Of a group that is too small nothing but the names of its causes.
void SuppressCauses(std::vector<analysis::IncidenceCause>& causes);

// Ends all causes of a curve on the first day with an event, of any of them, at
// which too few are at risk; returns that day.
std::optional<int32_t> ReleaseCauses(
    std::vector<analysis::IncidenceCause>& causes, int threshold);

void ReleaseGrayTests(analysis::GrayTests& tests, int64_t shown, int threshold);
// All of them, or none when a group in them is too small or is not among the
// curves that are shown.
template <typename Curves>
void ReleaseGrayTests(const Curves& curves, analysis::GrayTests& tests,
                      int threshold) {
  const auto shown =
      std::count_if(curves.begin(), curves.end(),
                    [](const auto& curve) { return curve.n.value_or(0) > 0; });
  ReleaseGrayTests(tests, shown, threshold);
}

}  // namespace enthesis::disclosure

#endif  // ENTHESIS_REGISTRY_DISCLOSURE_INCIDENCE_RULES_H_
