// The column values of one case, and how they are packed.

#ifndef ENTHESIS_REGISTRY_COHORT_ROW_H_
#define ENTHESIS_REGISTRY_COHORT_ROW_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "registry/model/covariate.h"
#include "registry/model/dimension.h"
#include "registry/model/endpoint.h"
#include "registry/model/measure.h"
#include "registry/model/visits.h"

namespace enthesis::cohort {

inline constexpr int kEndpointCount = 9;

// The measures, and readiness for plyometric loading as a score of 0 or 1.
inline constexpr int kPlyometricScore = model::kMeasureCount;  // index
inline constexpr int kScoreCount = model::kMeasureCount + 1;

inline constexpr uint8_t kMissing = 0xFF;      // no score
inline constexpr uint16_t kExactDay = 0xFFFF;  // no interval

// An exit is packed as day * 2^bits + cause, so that it is the index of a
// histogram and near days are near in memory. Cause: 0 censored, 1 the event,
// then what competes in the order of model::CompetingExits; the last one of an
// endpoint stands for a case outside its risk set, on day 0.
constexpr int CauseBits(model::Endpoint endpoint) {
  return model::IsReturn(endpoint) ? 3 : 2;  // 13 bits are left for the day
}
constexpr int OutsideRiskSet(model::Endpoint endpoint) {
  return (1 << CauseBits(endpoint)) - 1;
}
inline constexpr int kDeathOfAll = 2;  // where death alone competes
constexpr int CauseOf(model::Endpoint endpoint, model::Exit exit) {
  return exit == model::Exit::kDeath && !model::IsReturn(endpoint)
             ? kDeathOfAll
             : static_cast<int>(exit);
}
constexpr model::Exit ExitOf(model::Endpoint endpoint, int cause) {
  return cause == kDeathOfAll && !model::IsReturn(endpoint)
             ? model::Exit::kDeath
             : static_cast<model::Exit>(cause);
}
constexpr uint16_t PackExit(int32_t day, int cause, int cause_bits) {
  return static_cast<uint16_t>((day << cause_bits) | cause);
}
// Last contact is packed with as many bits as an endpoint without competing
// causes: cause 1, or 0 when the case died (which ends follow-up early).
inline constexpr int kLastContactCauseBits = 2;

enum Flag : uint8_t {
  kAthlete = 1,
  kDied = 2,
  kSynthetic = 4,
  kSustainedAsked = 8,
  kSustained = 16,
  kOsteotomy = 32,
  kSharesPatient = 64,  // another case of the view has the same patient
};

// Years of surgery (1990 to 2100) are stored less this; 0 is unknown.
inline constexpr int32_t kYearOffset = 1989;
inline constexpr int32_t kYearCount = 111;

// Ages in years as stored: 0 (unknown) to 90 (90 and over).
inline constexpr int32_t kAgeCount = 91;

// A value of a field as stored: codes as they are, numbers from the least one
// on, from 1.
constexpr int32_t FieldOffset(const model::FieldInfo& info) {
  return info.codes == nullptr ? info.min - 1 : 0;
}

// Procedures, a bit each in the concomitant ones; no bit: none.
inline constexpr int kProcedureCount = 9;

// Values of a dimension as stored, 0 (unknown) included: 0 .. count - 1. Not
// for the site, whose values are the snapshot's.
size_t StoredValues(model::Dimension dimension);

struct RowComplication {
  uint8_t kind = 0;
  uint16_t exit = 0;
};

struct Row {
  uint16_t site = 0;
  uint16_t concomitant = 0;
  std::array<uint8_t, model::kDimensionCount> dimension{};
  uint8_t age_years = 0;
  // By place in model::PreoperativeFields, less FieldOffset; 0: no value.
  std::array<uint8_t, model::kPreoperativeFieldCount> field{};
  uint8_t flags = 0;
  uint8_t seen = 0;
  std::array<uint16_t, kEndpointCount> exit{};
  std::array<uint16_t, kEndpointCount> interval_start{};
  uint16_t last_contact = 0;
  std::array<std::array<uint8_t, model::kVisitCount>, kScoreCount> score{};
  uint64_t patient = 0;   // 0: not known
  uint32_t sequence = 0;  // of operations in the site, from 1; 0: not known
  std::vector<RowComplication> complications;  // first of each kind

  int32_t last_day() const { return last_contact >> kLastContactCauseBits; }
};

}  // namespace enthesis::cohort

#endif  // ENTHESIS_REGISTRY_COHORT_ROW_H_
