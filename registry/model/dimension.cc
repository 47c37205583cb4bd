#include "registry/model/dimension.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "registry/model/visa_a.h"
#include "registry/model/visits.h"

namespace enthesis::model {
namespace {

constexpr Code kDimension[] = {
    {1, "site", "site"},
    {2, "primary_procedure", "primary procedure"},
    {3, "concomitant_procedure", "concomitant procedure"},
    {4, "approach", "approach"},
    {5, "graft_class", "graft class"},
    {6, "graft_technique", "graft technique"},
    {7, "pathology", "pathology"},
    {8, "surgery_year", "year of surgery"},
    {9, "age_band", "age at surgery"},
    {10, "sex", "sex"},
    {11, "bmi_band", "body mass index"},
    {12, "diabetes", "diabetes"},
    {13, "smoking", "smoking"},
    {14, "sport", "sport"},
    {15, "sport_level", "level of sport"},
    {16, "visa_a_band", "VISA-A at baseline"},
};

constexpr Code kAgeBand[] = {
    {1, "18-29", "18 to 29 years"}, {2, "30-39", "30 to 39 years"},
    {3, "40-49", "40 to 49 years"}, {4, "50-59", "50 to 59 years"},
    {5, "60-69", "60 to 69 years"}, {6, "70-79", "70 to 79 years"},
    {7, "80-89", "80 to 89 years"}, {8, "90+", "90 years and over"},
};

constexpr Code kBmiBand[] = {
    {1, "<18.5", "below 18.5"},   {2, "18.5-24.9", "18.5 to 24.9"},
    {3, "25-29.9", "25 to 29.9"}, {4, "30-34.9", "30 to 34.9"},
    {5, "35-39.9", "35 to 39.9"}, {6, "40+", "40 and over"},
};

constexpr Code kVisaABand[] = {
    {1, "0-24", "0 to 24 points"},     {2, "25-49", "25 to 49 points"},
    {3, "50-74", "50 to 74 points"},   {4, "75-89", "75 to 89 points"},
    {5, "90-100", "90 to 100 points"},
};

// kDiabetesCodes without "asked, not known": as a dimension that is unknown, 0.
constexpr Code kKnownDiabetes[] = {
    {1, "none", "none"},
    {2, "type_1", "type 1"},
    {3, "type_2", "type 2"},
};
const CodeList kKnownDiabetesCodes{"diabetes", kKnownDiabetes};

template <typename E>
int32_t ValueOrZero(const std::optional<E>& value) {
  return value.has_value() ? static_cast<int32_t>(*value) : 0;
}

// Instrument visa_a alone: totals of the other version would not compare.
bool HasVisaATotal(const FollowUp& follow_up) {
  return follow_up.visa_a.has_value() &&
         InstrumentOf(*follow_up.visa_a) == VisaAInstrument::kVisaA &&
         TotalOf(*follow_up.visa_a).has_value();
}

int32_t BaselineVisaABand(const Case& record) {
  const FollowUp* baseline = AssignVisits(record, HasVisaATotal)[0];
  return baseline == nullptr ? 0 : VisaABandOf(TotalOf(*baseline->visa_a));
}

// What cases without a value are called. A list of procedures that is empty
// says that there were none; all else that is absent is not known.
const char* WithoutValue(Dimension dimension) {
  return dimension == Dimension::kConcomitantProcedure ? "none" : "unknown";
}

}  // namespace

const CodeList kDimensionCodes{"dimension", kDimension};
const CodeList kAgeBandCodes{"age_band", kAgeBand};
const CodeList kBmiBandCodes{"bmi_band", kBmiBand};
const CodeList kVisaABandCodes{"visa_a_band", kVisaABand};

const CodeList* CodesOf(Dimension dimension) {
  switch (dimension) {
    case Dimension::kSite:
    case Dimension::kSurgeryYear:
      return nullptr;
    case Dimension::kPrimaryProcedure:
    case Dimension::kConcomitantProcedure:
      return &kProcedureCodes;
    case Dimension::kApproach:
      return &kApproachCodes;
    case Dimension::kGraftClass:
      return &kGraftClassCodes;
    case Dimension::kGraftTechnique:
      return &kGraftTechniqueCodes;
    case Dimension::kPathology:
      return &kPathologyCodes;
    case Dimension::kAgeBand:
      return &kAgeBandCodes;
    case Dimension::kSex:
      return &kSexCodes;
    case Dimension::kBmiBand:
      return &kBmiBandCodes;
    case Dimension::kDiabetes:
      return &kKnownDiabetesCodes;
    case Dimension::kSmoking:
      return &kSmokingCodes;
    case Dimension::kSport:
      return &kSportCodes;
    case Dimension::kSportLevel:
      return &kSportLevelCodes;
    case Dimension::kVisaABand:
      return &kVisaABandCodes;
  }
  return nullptr;
}

bool IsOrdered(Dimension dimension) {
  switch (dimension) {
    case Dimension::kSurgeryYear:
    case Dimension::kAgeBand:
    case Dimension::kBmiBand:
    case Dimension::kSportLevel:
    case Dimension::kVisaABand:
      return true;
    default:
      return false;
  }
}

int32_t AgeBandOf(std::optional<int32_t> age_years) {
  if (!age_years.has_value() || *age_years < 18) return 0;
  if (*age_years < 30) return 1;
  return *age_years >= 90 ? 8 : *age_years / 10 - 1;
}

int32_t BmiBandOf(std::optional<int32_t> bmi) {
  if (!bmi.has_value()) return 0;
  if (*bmi < 19) return 1;  // whole numbers: 18 stands below 18.5
  if (*bmi < 25) return 2;
  if (*bmi < 30) return 3;
  if (*bmi < 35) return 4;
  return *bmi < 40 ? 5 : 6;
}

int32_t VisaABandOf(std::optional<int32_t> visa_a) {
  if (!visa_a.has_value()) return 0;
  if (*visa_a < 25) return 1;
  if (*visa_a < 50) return 2;
  if (*visa_a < 75) return 3;
  return *visa_a < 90 ? 4 : 5;
}

int32_t ValueOf(Dimension dimension, const Case& record) {
  switch (dimension) {
    case Dimension::kSite:
    case Dimension::kConcomitantProcedure:
      return 0;
    case Dimension::kPrimaryProcedure:
      return ValueOrZero(record.operation.primary_procedure);
    case Dimension::kApproach:
      return ValueOrZero(record.operation.approach);
    case Dimension::kGraftClass:
      return ValueOrZero(record.operation.graft_class);
    case Dimension::kGraftTechnique:
      return ValueOrZero(record.operation.graft_technique);
    case Dimension::kPathology:
      return ValueOrZero(record.baseline.pathology);
    case Dimension::kSurgeryYear:
      return record.baseline.surgery_year.value_or(0);
    case Dimension::kAgeBand:
      return AgeBandOf(record.baseline.age_years);
    case Dimension::kSex:
      return ValueOrZero(record.baseline.sex);
    case Dimension::kBmiBand:
      return BmiBandOf(record.baseline.bmi);
    case Dimension::kDiabetes:
      if (record.baseline.diabetes == Diabetes::kUnknown) return 0;
      return ValueOrZero(record.baseline.diabetes);
    case Dimension::kSmoking:
      return ValueOrZero(record.baseline.smoking);
    case Dimension::kSport:
      return ValueOrZero(record.baseline.sport);
    case Dimension::kSportLevel:
      return ValueOrZero(record.baseline.sport_level);
    case Dimension::kVisaABand:
      return BaselineVisaABand(record);
  }
  return 0;
}

std::string FormatValue(Dimension dimension, int32_t value) {
  if (value == 0) return WithoutValue(dimension);
  if (dimension == Dimension::kSurgeryYear) return absl::StrCat(value);
  const CodeList* codes = CodesOf(dimension);
  const Code* code = codes == nullptr ? nullptr : codes->Find(value);
  return code == nullptr ? "unknown" : code->code;
}

absl::StatusOr<int32_t> ParseValue(Dimension dimension,
                                   absl::string_view text) {
  if (text == WithoutValue(dimension) || text == "unknown") return 0;
  if (dimension == Dimension::kSurgeryYear) {
    int32_t year = 0;
    if (absl::SimpleAtoi(text, &year) && year >= 1990 && year <= 2100) {
      return year;
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text, "\" is no year of surgery; allowed: 1990 to 2100"));
  }
  const CodeList* codes = CodesOf(dimension);
  if (codes == nullptr) {
    return absl::InvalidArgumentError("a site has no code");
  }
  const Code* code = codes->Find(text);
  if (code != nullptr) return code->value;
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text, "\" is no value of ", codes->name,
      "; allowed: ", codes->Allowed(), ", ", WithoutValue(dimension)));
}

}  // namespace enthesis::model
