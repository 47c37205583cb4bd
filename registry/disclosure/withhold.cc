#include "registry/disclosure/withhold.h"

#include <algorithm>

namespace enthesis::disclosure {

using analysis::Absence;

bool TooFew(std::optional<int64_t> n, int threshold) {
  return n.has_value() && model::IsSmall(*n, threshold);
}

void WithholdCount(std::optional<int64_t>& n, int threshold) {
  if (TooFew(n, threshold)) n.reset();
}

void Withhold(analysis::ProportionEstimate& figure) {
  figure = {};
  figure.absence = Absence::kSuppressed;
}

void Withhold(analysis::MeanEstimate& figure) {
  figure = {};
  figure.absence = Absence::kSuppressed;
}

void Withhold(analysis::ProportionEstimate& figure, int threshold) {
  if (TooFew(figure.n, threshold)) Withhold(figure);
}

void Withhold(analysis::MeanEstimate& figure, int threshold) {
  if (TooFew(figure.n, threshold)) Withhold(figure);
}

bool MayOverlap(const analysis::Group& group) {
  return std::any_of(
      group.begin(), group.end(), [](const analysis::GroupValue& value) {
        return value.dimension == model::Dimension::kConcomitantProcedure;
      });
}

void MarkSmall(const std::vector<int64_t>& sizes, bool overlap, int threshold,
               std::vector<bool>& withheld) {
  if (!overlap) return model::MarkSmallGroups(sizes, threshold, withheld);
  for (size_t g = 0; g < sizes.size(); ++g) {
    if (model::IsSmall(sizes[g], threshold)) withheld[g] = true;
  }
}

void WithholdExclusions(analysis::Provenance& provenance) {
  for (analysis::Exclusion& exclusion : provenance.exclusions) {
    exclusion.n.reset();
  }
}

void WithholdFrom(std::optional<int32_t> cut, analysis::TimeEstimate& time) {
  if (!cut.has_value()) return;
  if (!time.estimate.has_value() || *time.estimate >= *cut) {
    // The same answer for both, so that it tells nothing about later days.
    time = {};
    time.absence = Absence::kNotReached;
    return;
  }
  if (time.lower.has_value() && *time.lower >= *cut) time.lower.reset();
  if (time.upper.has_value() && *time.upper >= *cut) time.upper.reset();
}

}  // namespace enthesis::disclosure
