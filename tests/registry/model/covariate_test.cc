#include "registry/model/covariate.h"

#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "registry/model/dimension.h"
#include "registry/model/measure.h"

namespace enthesis::model {
namespace {

TEST(Covariate, NamesAreUniqueAndFound) {
  std::set<std::string> names;
  for (const Covariate& covariate : Covariates()) {
    EXPECT_TRUE(names.insert(covariate.name).second) << covariate.name;
    EXPECT_EQ(FindCovariate(covariate.name), &covariate);
    EXPECT_TRUE(absl::StrContains(AllowedCovariates(), covariate.name));
  }
  EXPECT_EQ(FindCovariate("operation_sequence"), nullptr);
  EXPECT_EQ(FindCovariate("patient"), nullptr);
  EXPECT_EQ(FindCovariate(""), nullptr);
}

TEST(Covariate, EveryDimensionAndEveryFieldBeforeSurgeryIsOne) {
  for (const Code& code : kDimensionCodes.codes) {
    ASSERT_NE(FindCovariate(code.code), nullptr) << code.code;
    EXPECT_EQ(FindCovariate(code.code)->index, code.value);
  }
  const std::set<std::string> left_out = {"operation_sequence", "diagnosis"};
  for (const Field<Baseline>& field : BaselineFields()) {
    EXPECT_EQ(FindCovariate(field.name) == nullptr,
              left_out.count(field.name) > 0)
        << field.name;
  }
  for (const Field<ConservativeCare>& field : ConservativeCareFields()) {
    EXPECT_NE(FindCovariate(absl::StrCat("care_", field.name)), nullptr)
        << field.name;
  }
  for (const Code& code : kMeasureCodes.codes) {
    EXPECT_EQ(FindCovariate(absl::StrCat("baseline_", code.code)) != nullptr,
              InfoOf(static_cast<Measure>(code.value)).has_baseline)
        << code.code;
  }
}

// Stored in one byte, 0 for none.
TEST(Covariate, FieldsFitTheirColumns) {
  ASSERT_EQ(PreoperativeFields().size(), size_t{kPreoperativeFieldCount});
  for (const PreoperativeField& field : PreoperativeFields()) {
    if (field.info->codes != nullptr) {
      int32_t value = 0;
      for (const Code& code : field.info->codes->codes) {
        EXPECT_EQ(code.value, ++value) << field.name;
      }
      continue;
    }
    EXPECT_LE(field.info->max - field.info->min, 254) << field.name;
  }
}

TEST(Covariate, KindsAreTold) {
  EXPECT_FALSE(FindCovariate("sex")->is_number);
  EXPECT_FALSE(FindCovariate("site")->is_number);
  EXPECT_FALSE(FindCovariate("silfverskiold")->is_number);
  EXPECT_TRUE(FindCovariate("surgery_year")->is_number);
  EXPECT_TRUE(FindCovariate("age_years")->is_number);
  EXPECT_TRUE(FindCovariate("previous_surgery")->is_number);
  EXPECT_TRUE(FindCovariate("baseline_visa_a")->is_number);
  EXPECT_TRUE(FindCovariate("concomitant_procedure")->is_set);
}

TEST(Covariate, AskedButNotKnownIsNoValue) {
  Case record;
  const auto& field = PreoperativeFields()[static_cast<size_t>(
      FindCovariate("fluoroquinolone")->index)];
  EXPECT_EQ(ValueOf(field, record), std::nullopt);
  record.baseline.fluoroquinolone = FluoroquinoloneExposure::kWithin90Days;
  EXPECT_EQ(ValueOf(field, record), 3);
  record.baseline.fluoroquinolone = FluoroquinoloneExposure::kUnknown;
  EXPECT_EQ(ValueOf(field, record), std::nullopt);
}

}  // namespace
}  // namespace enthesis::model
