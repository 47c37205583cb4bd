// The rules on curves of cumulative incidence and on Gray's tests, for every
// answer that has them. Internal to disclosure control.

#ifndef ENTHESIS_REGISTRY_DISCLOSURE_INCIDENCE_RULES_H_
#define ENTHESIS_REGISTRY_DISCLOSURE_INCIDENCE_RULES_H_

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

// All of them, or none when a group in them is too small.
void ReleaseGrayTests(analysis::GrayTests& tests, int threshold);

}  // namespace enthesis::disclosure

#endif  // ENTHESIS_REGISTRY_DISCLOSURE_INCIDENCE_RULES_H_
