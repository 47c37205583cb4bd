// Measures taken at follow-up that can be asked for as a score.

#ifndef ENTHESIS_REGISTRY_MODEL_MEASURE_H_
#define ENTHESIS_REGISTRY_MODEL_MEASURE_H_

#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "registry/model/case.h"

namespace enthesis::model {

enum class Measure : int32_t {
  kVisaA = 1,
  kVisaASedentary = 2,
  kPainActivity = 3,
  kPainRest = 4,
  kHeelRiseCount = 5,
  kStrengthSymmetry = 6,
  kHopSymmetry = 7,
  kSatisfaction = 8,  // 1 very dissatisfied .. 5 very satisfied
  kTegner = 9,
};
inline constexpr int kMeasureCount = 9;
extern const CodeList kMeasureCodes;

struct MeasureInfo {
  Measure measure = Measure::kVisaA;
  int32_t min = 0, max = 0;
  bool higher_is_better = true;
  bool has_baseline = true;  // satisfaction has none
  const char* unit = "";
  // Default thresholds of improvement for responders.
  absl::Span<const double> thresholds;
};
const MeasureInfo& InfoOf(Measure measure);

// The value at one assessment (Tegner: the level now; the level before symptoms
// in the baseline is no assessment); limb symmetry is not meaningful, and
// absent, where both limbs have symptoms.
std::optional<int32_t> ValueOf(Measure measure, const Case& record,
                               const FollowUp& follow_up);

// Limb symmetry at and above which a limb counts as ready.
inline constexpr int32_t kReadySymmetryPercent = 90;

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_MEASURE_H_
