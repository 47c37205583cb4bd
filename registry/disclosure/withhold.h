// The rules that withhold figures, one per kind of row. Internal to disclosure
// control.
//
// A row whose denominator is below k keeps its labels (group, day, visit,
// value, threshold) and loses every figure; its absence says why. A row whose
// denominator is not known is taken to be below k.

#ifndef ENTHESIS_REGISTRY_DISCLOSURE_WITHHOLD_H_
#define ENTHESIS_REGISTRY_DISCLOSURE_WITHHOLD_H_

#include <cstdint>
#include <optional>

#include "registry/analysis/result.h"

namespace enthesis::disclosure {

class Withholder {
 public:
  explicit Withholder(int64_t threshold) : threshold_(threshold) {}

  bool TooSmall(std::optional<int64_t> n) const {
    return n.value_or(0) < threshold_;
  }

  void Apply(analysis::Provenance& provenance) const;
  void Apply(analysis::CohortGroup& group) const;
  void Apply(analysis::SurvivalCurve& curve) const;
  void Apply(analysis::CurveTest& test) const;
  void Apply(analysis::ReturnCurve& curve) const;
  void Apply(analysis::ScoreGroup& group) const;

 private:
  void Apply(analysis::ProportionEstimate& share) const;
  void Apply(analysis::MeanEstimate& mean) const;
  void Apply(analysis::TimeEstimate& time) const;
  void Apply(analysis::IncidenceCause& cause) const;
  void Apply(analysis::VisitScore& visit) const;

  int64_t threshold_;
};

// Clears what only disclosure control needs.
void ClearInternal(analysis::TimeEstimate& time);

}  // namespace enthesis::disclosure

#endif  // ENTHESIS_REGISTRY_DISCLOSURE_WITHHOLD_H_
