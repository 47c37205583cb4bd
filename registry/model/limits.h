// Limits that bound every loop, list and answer, in one place.

#ifndef ENTHESIS_REGISTRY_MODEL_LIMITS_H_
#define ENTHESIS_REGISTRY_MODEL_LIMITS_H_

#include <cstdint>

namespace enthesis::model {

inline constexpr int32_t kMinDay = -90;   // earliest assessment before surgery
inline constexpr int32_t kMaxDay = 7305;  // 20 years after surgery
inline constexpr int kMaxFollowUps = 200;
inline constexpr int kMaxComplicationsPerFollowUp = 20;
inline constexpr int kMaxReoperationsPerFollowUp = 5;
inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 1000;
inline constexpr int kMaxBatchRows = 1000;        // of BatchImportCases
inline constexpr int kMaxDaysAsked = 100;         // --at
inline constexpr int kMaxThresholds = 20;         // responders
inline constexpr int kMaxQuantiles = 20;          // of a curve
inline constexpr double kMaxRankPower = 10;       // rho, gamma of a rank test
inline constexpr int kMaxMessageBytes = 4 << 20;  // one gRPC message

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_LIMITS_H_
