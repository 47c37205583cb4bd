#include "registry/model/dimension.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace enthesis::model {
namespace {

using ::testing::HasSubstr;

struct Band {
  int32_t value;
  const char* band;
};

TEST(Dimension, AgeBands) {
  const Band kBands[] = {{18, "18-29"}, {29, "18-29"}, {30, "30-39"},
                         {39, "30-39"}, {40, "40-49"}, {59, "50-59"},
                         {60, "60-69"}, {79, "70-79"}, {80, "80-89"},
                         {89, "80-89"}, {90, "90+"}};
  for (const Band& expected : kBands) {
    EXPECT_EQ(FormatValue(Dimension::kAgeBand, AgeBandOf(expected.value)),
              expected.band)
        << expected.value;
  }
  EXPECT_EQ(AgeBandOf(std::nullopt), 0);
}

TEST(Dimension, BmiBands) {
  const Band kBands[] = {{12, "<18.5"},     {18, "<18.5"},   {19, "18.5-24.9"},
                         {24, "18.5-24.9"}, {25, "25-29.9"}, {29, "25-29.9"},
                         {30, "30-34.9"},   {34, "30-34.9"}, {35, "35-39.9"},
                         {39, "35-39.9"},   {40, "40+"},     {80, "40+"}};
  for (const Band& expected : kBands) {
    EXPECT_EQ(FormatValue(Dimension::kBmiBand, BmiBandOf(expected.value)),
              expected.band)
        << expected.value;
  }
  EXPECT_EQ(BmiBandOf(std::nullopt), 0);
}

TEST(Dimension, VisaABands) {
  const Band kBands[] = {{0, "0-24"},    {24, "0-24"},  {25, "25-49"},
                         {49, "25-49"},  {50, "50-74"}, {74, "50-74"},
                         {75, "75-89"},  {89, "75-89"}, {90, "90-100"},
                         {100, "90-100"}};
  for (const Band& expected : kBands) {
    EXPECT_EQ(FormatValue(Dimension::kVisaABand, VisaABandOf(expected.value)),
              expected.band)
        << expected.value;
  }
  EXPECT_EQ(VisaABandOf(std::nullopt), 0);
}

Case Sample() {
  Case record;
  record.baseline.surgery_year = 2021;
  record.baseline.pathology = Pathology::kInsertional;
  record.baseline.age_years = 45;
  record.baseline.sex = Sex::kMale;
  record.baseline.bmi = 27;
  record.baseline.diabetes = Diabetes::kType2;
  record.baseline.smoking = Smoking::kFormer;
  record.baseline.sport = Sport::kCourt;
  record.baseline.sport_level = SportLevel::kCompetitive;
  record.operation.primary_procedure = Procedure::kZadekOsteotomy;
  record.operation.concomitant_procedures = {Procedure::kFhlTransfer};
  record.operation.approach = Approach::kMinimallyInvasive;
  record.operation.graft_class = GraftClass::kAutograftFhl;
  record.operation.graft_technique = GraftTechnique::kWrap;
  FollowUp before;
  before.day = -3;
  before.visa_a = VisaA();
  before.visa_a->total = 44;
  record.follow_ups.push_back(before);
  return record;
}

TEST(Dimension, ValuesOfACase) {
  const Case record = Sample();
  const struct {
    Dimension dimension;
    const char* value;
  } kValues[] = {
      {Dimension::kPrimaryProcedure, "zadek_osteotomy"},
      {Dimension::kApproach, "minimally_invasive"},
      {Dimension::kGraftClass, "autograft_fhl"},
      {Dimension::kGraftTechnique, "wrap"},
      {Dimension::kPathology, "insertional"},
      {Dimension::kSurgeryYear, "2021"},
      {Dimension::kAgeBand, "40-49"},
      {Dimension::kSex, "male"},
      {Dimension::kBmiBand, "25-29.9"},
      {Dimension::kDiabetes, "type_2"},
      {Dimension::kSmoking, "former"},
      {Dimension::kSport, "court"},
      {Dimension::kSportLevel, "competitive"},
      {Dimension::kVisaABand, "25-49"},
  };
  for (const auto& expected : kValues) {
    SCOPED_TRACE(expected.value);
    const int32_t value = ValueOf(expected.dimension, record);
    EXPECT_EQ(FormatValue(expected.dimension, value), expected.value);
    EXPECT_EQ(ParseValue(expected.dimension, expected.value).value(), value);
    EXPECT_EQ(ValueOf(expected.dimension, Case()), 0);
    EXPECT_EQ(FormatValue(expected.dimension, 0), "unknown");
    EXPECT_EQ(ParseValue(expected.dimension, "unknown").value(), 0);
  }
}

TEST(Dimension, DiabetesAskedAndNotKnownIsUnknown) {
  Case record = Sample();
  record.baseline.diabetes = Diabetes::kUnknown;
  EXPECT_EQ(ValueOf(Dimension::kDiabetes, record), 0);
  // No value but 0 prints as unknown, in any dimension.
  for (const Code& dimension : kDimensionCodes.codes) {
    const CodeList* codes = CodesOf(static_cast<Dimension>(dimension.value));
    if (codes == nullptr) continue;
    for (const Code& code : codes->codes) {
      EXPECT_STRNE(code.code, "unknown") << dimension.code;
    }
  }
}

// Nobody leaves the list empty for want of knowing.
TEST(Dimension, WithoutAConcomitantProcedureThereWasNone) {
  const Dimension dimension = Dimension::kConcomitantProcedure;
  EXPECT_EQ(FormatValue(dimension, 0), "none");
  EXPECT_EQ(ParseValue(dimension, "none").value(), 0);
  EXPECT_EQ(ParseValue(dimension, "unknown").value(), 0);  // as it was
  EXPECT_EQ(ParseValue(Dimension::kSex, "none").status().code(),
            absl::StatusCode::kInvalidArgument);
  const auto value = ParseValue(dimension, "nothing");
  EXPECT_THAT(std::string(value.status().message()), HasSubstr(", none"));
  EXPECT_THAT(std::string(value.status().message()),
              testing::Not(HasSubstr("unknown")));
}

TEST(Dimension, VisaABandIsOfTheBaselineAndOfVisaAAlone) {
  Case record = Sample();
  FollowUp later;
  later.day = 365;
  later.visa_a = VisaA();
  later.visa_a->total = 95;
  record.follow_ups.push_back(later);
  EXPECT_EQ(ValueOf(Dimension::kVisaABand, record), 2);
  // A later assessment of the other version does not displace it.
  FollowUp sedentary;
  sedentary.day = 0;
  sedentary.visa_a = VisaA();
  sedentary.visa_a->instrument = VisaAInstrument::kVisaASedentary;
  sedentary.visa_a->total = 80;
  record.follow_ups.push_back(sedentary);
  EXPECT_EQ(ValueOf(Dimension::kVisaABand, record), 2);
  record.follow_ups.erase(record.follow_ups.begin());
  EXPECT_EQ(ValueOf(Dimension::kVisaABand, record), 0);
}

TEST(Dimension, ParsingListsWhatIsAllowed) {
  const auto value = ParseValue(Dimension::kSex, "woman");
  EXPECT_EQ(value.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(value.status().message()),
              HasSubstr("allowed: female, male, other, unknown"));
  for (const char* year : {"1989", "2101", "20x1", ""}) {
    const auto parsed = ParseValue(Dimension::kSurgeryYear, year);
    EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument)
        << year;
    EXPECT_THAT(std::string(parsed.status().message()),
                HasSubstr("1990 to 2100"));
  }
  EXPECT_EQ(ParseValue(Dimension::kSite, "site-01").status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Dimension, EveryDimensionIsListed) {
  EXPECT_EQ(kDimensionCodes.codes.size(), size_t{kDimensionCount});
  for (const Code& code : kDimensionCodes.codes) {
    const auto dimension = static_cast<Dimension>(code.value);
    const bool open =
        dimension == Dimension::kSite || dimension == Dimension::kSurgeryYear;
    EXPECT_EQ(CodesOf(dimension) == nullptr, open) << code.code;
  }
}

}  // namespace
}  // namespace enthesis::model
