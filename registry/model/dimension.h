// Dimensions by which cases are selected and grouped, and the bands used for
// release. Every dimension is a short closed list, the site excepted.

#ifndef ENTHESIS_REGISTRY_MODEL_DIMENSION_H_
#define ENTHESIS_REGISTRY_MODEL_DIMENSION_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "registry/model/case.h"
#include "registry/model/code_list.h"

namespace enthesis::model {

enum class Dimension : int32_t {
  kSite = 1,
  kPrimaryProcedure = 2,
  kConcomitantProcedure = 3,  // several values a case
  kApproach = 4,
  kGraftClass = 5,
  kGraftTechnique = 6,
  kPathology = 7,
  kSurgeryYear = 8,
  kAgeBand = 9,
  kSex = 10,
  kBmiBand = 11,
  kDiabetes = 12,
  kSmoking = 13,
  kSport = 14,
  kSportLevel = 15,
  kVisaABand = 16,  // at baseline
};
inline constexpr int kDimensionCount = 16;

extern const CodeList kDimensionCodes;  // "site", "primary_procedure", ...
extern const CodeList kAgeBandCodes;    // "18-29", "30-39", ... "90+"
extern const CodeList kBmiBandCodes;    // "<18.5", "18.5-24.9", ... "40+"
extern const CodeList kVisaABandCodes;  // "0-24", "25-49", "50-74", ...

// The codes of a dimension; null for the site and the surgery year. Diabetes
// "asked, not known" is no value here: it is 0, as an absent one.
const CodeList* CodesOf(Dimension dimension);

// Whether the values of a dimension go from less to more, in list order: years,
// bands, level of sport.
bool IsOrdered(Dimension dimension);

// Bands; 0 for an absent value.
int32_t AgeBandOf(std::optional<int32_t> age_years);
int32_t BmiBandOf(std::optional<int32_t> bmi);
int32_t VisaABandOf(std::optional<int32_t> visa_a);

// The value of a one-valued dimension other than the site for a case; 0 when
// absent. Surgery year is the year itself; the VISA-A band is of the baseline
// assessment, instrument visa_a only.
int32_t ValueOf(Dimension dimension, const Case& record);

// Text of a value: its code, or the year; for 0 "unknown", and "none" of the
// concomitant procedures, a list that is empty where there were none.
std::string FormatValue(Dimension dimension, int32_t value);
// The inverse; INVALID_ARGUMENT lists what is allowed. Not for the site.
absl::StatusOr<int32_t> ParseValue(Dimension dimension, absl::string_view text);

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_DIMENSION_H_
