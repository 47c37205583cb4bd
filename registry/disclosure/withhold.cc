#include "registry/disclosure/withhold.h"

namespace enthesis::disclosure {

using analysis::Absence;

bool TooFew(std::optional<int64_t> n, int threshold) {
  return n.has_value() && *n > 0 && *n < threshold;
}

void WithholdCount(std::optional<int64_t>& n, int threshold) {
  if (TooFew(n, threshold)) n.reset();
}

void Withhold(analysis::ProportionEstimate& figure, int threshold) {
  if (!TooFew(figure.n, threshold)) return;
  figure = {};
  figure.absence = Absence::kSuppressed;
}

void Withhold(analysis::MeanEstimate& figure, int threshold) {
  if (!TooFew(figure.n, threshold)) return;
  figure = {};
  figure.absence = Absence::kSuppressed;
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
