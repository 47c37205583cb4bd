#include "registry/model/measure.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/model/fields.h"

namespace enthesis::model {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

FollowUp Full() {
  FollowUp follow_up;
  follow_up.day = 365;
  follow_up.pain_activity = 3;
  follow_up.pain_rest = 1;
  follow_up.heel_rise_count = 20;
  follow_up.strength_symmetry_percent = 92;
  follow_up.hop_symmetry_percent = 88;
  follow_up.satisfaction = Satisfaction::kSatisfied;
  follow_up.tegner_score = 6;
  follow_up.visa_a = VisaA();
  follow_up.visa_a->total = 71;
  return follow_up;
}

TEST(Measure, ValuesOfAnAssessment) {
  const Case record;
  const FollowUp full = Full();
  EXPECT_EQ(ValueOf(Measure::kVisaA, record, full), 71);
  EXPECT_EQ(ValueOf(Measure::kVisaASedentary, record, full), std::nullopt);
  EXPECT_EQ(ValueOf(Measure::kPainActivity, record, full), 3);
  EXPECT_EQ(ValueOf(Measure::kPainRest, record, full), 1);
  EXPECT_EQ(ValueOf(Measure::kHeelRiseCount, record, full), 20);
  EXPECT_EQ(ValueOf(Measure::kStrengthSymmetry, record, full), 92);
  EXPECT_EQ(ValueOf(Measure::kHopSymmetry, record, full), 88);
  EXPECT_EQ(ValueOf(Measure::kSatisfaction, record, full), 4);
  EXPECT_EQ(ValueOf(Measure::kTegner, record, full), 6);
}

TEST(Measure, AbsentValuesStayAbsent) {
  Case record;
  record.baseline.tegner_score = 7;  // before symptoms: no assessment
  FollowUp bare;
  bare.day = 0;
  for (const Code& code : kMeasureCodes.codes) {
    EXPECT_EQ(ValueOf(static_cast<Measure>(code.value), record, bare),
              std::nullopt)
        << code.code;
  }
}

TEST(Measure, VersionsOfVisaAAreNeverMixed) {
  FollowUp follow_up = Full();
  follow_up.visa_a->instrument = VisaAInstrument::kVisaASedentary;
  EXPECT_EQ(ValueOf(Measure::kVisaA, Case(), follow_up), std::nullopt);
  EXPECT_EQ(ValueOf(Measure::kVisaASedentary, Case(), follow_up), 71);
}

TEST(Measure, NoSymmetryWhereBothLimbsHaveSymptoms) {
  Case record;
  record.baseline.bilateral_symptoms = true;
  EXPECT_EQ(ValueOf(Measure::kStrengthSymmetry, record, Full()), std::nullopt);
  EXPECT_EQ(ValueOf(Measure::kHopSymmetry, record, Full()), std::nullopt);
  EXPECT_EQ(ValueOf(Measure::kHeelRiseCount, record, Full()), 20);
  record.baseline.bilateral_symptoms = false;
  EXPECT_EQ(ValueOf(Measure::kHopSymmetry, record, Full()), 88);
}

TEST(Measure, InfoOfEach) {
  ASSERT_EQ(kMeasureCodes.codes.size(), size_t{kMeasureCount});
  for (const Code& code : kMeasureCodes.codes) {
    SCOPED_TRACE(code.code);
    const auto measure = static_cast<Measure>(code.value);
    const MeasureInfo& info = InfoOf(measure);
    EXPECT_EQ(info.measure, measure);
    EXPECT_LT(info.min, info.max);
    EXPECT_EQ(info.higher_is_better, measure != Measure::kPainActivity &&
                                         measure != Measure::kPainRest);
    EXPECT_EQ(info.has_baseline, measure != Measure::kSatisfaction);
    // The range is that of the field it is read from.
    for (const auto& field : FollowUpFields()) {
      const absl::string_view name = field.name;
      if (name != code.code && name != std::string(code.code) + "_percent" &&
          name != std::string(code.code) + "_score") {
        continue;
      }
      if (field.kind != FieldKind::kNumber) continue;
      EXPECT_EQ(info.min, field.min);
      EXPECT_EQ(info.max, field.max);
      EXPECT_STREQ(info.unit, field.unit);
    }
  }
}

TEST(Measure, ThresholdsOfImprovement) {
  EXPECT_THAT(InfoOf(Measure::kVisaA).thresholds, ElementsAre(6.5, 8.2, 14));
  EXPECT_THAT(InfoOf(Measure::kPainActivity).thresholds, ElementsAre(1.1));
  EXPECT_THAT(InfoOf(Measure::kPainRest).thresholds, ElementsAre(1.1));
  // Those of VISA-A hold for no other version.
  EXPECT_THAT(InfoOf(Measure::kVisaASedentary).thresholds, IsEmpty());
  EXPECT_THAT(InfoOf(Measure::kTegner).thresholds, IsEmpty());
}

}  // namespace
}  // namespace enthesis::model
