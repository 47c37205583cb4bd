// Scoring of VISA-A (Robinson et al., Br J Sports Med 2001;35:335).

#ifndef ENTHESIS_REGISTRY_MODEL_VISA_A_H_
#define ENTHESIS_REGISTRY_MODEL_VISA_A_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "registry/model/case.h"

namespace enthesis::model {

inline constexpr int kVisaAFullRecovery = 90;  // Iversen 2012, IJSPT 7:76

// Points allowed for item 8 in the row of `branch`, in order of time.
absl::Span<const int> Item8Points(VisaABranch branch);

// Whether any item (1 to 8) is answered.
bool HasAnyItem(const VisaA& answers);

// Sum of the items; nullopt when one of items 1 to 7, the branch or the points
// of item 8 is missing. Items are taken as valid.
std::optional<int32_t> SumOfItems(const VisaA& answers);

// The total that counts: the sum of the items if complete, else the total
// given, else nullopt.
std::optional<int32_t> TotalOf(const VisaA& answers);

// Field names of the items still missing, in order.
std::vector<std::string> MissingItems(const VisaA& answers);

// Absent means visa_a.
VisaAInstrument InstrumentOf(const VisaA& answers);

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_VISA_A_H_
