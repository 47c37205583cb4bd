#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/validation/warnings.h"
#include "sample_case.h"

namespace enthesis::validation {
namespace {

using model::Case;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Another case of another patient, which differs in age.
Case Other() {
  Case other = SoundCase();
  other.id = {5, 6};
  other.patient = {8, 9};
  other.baseline.age_years = 40;
  return other;
}

TEST(Duplicates, OtherPatientsAreNone) {
  const Findings findings =
      ValidateAgainst(SoundCase(), std::vector<Case>{Other()});
  EXPECT_THAT(findings.violations, IsEmpty());
  EXPECT_THAT(findings.warnings, IsEmpty());
}

TEST(Duplicates, OneCaseALimb) {
  Case same = Other();
  same.patient = SoundCase().patient;
  same.site = "site-02";  // wherever it was operated on
  const std::vector<Case> others = {Other(), same};
  Findings findings = ValidateAgainst(SoundCase(), others, "requests[3].case");
  EXPECT_THAT(PathsOf(findings.violations),
              ElementsAre("requests[3].case.baseline.laterality"));
  EXPECT_THAT(findings.violations[0].message,
              HasSubstr("allowed: one case a limb"));
  same.baseline.laterality = model::Laterality::kRight;
  findings = ValidateAgainst(SoundCase(), std::vector<Case>{same});
  EXPECT_THAT(findings.violations, IsEmpty());
  EXPECT_THAT(findings.warnings, IsEmpty());
}

TEST(Duplicates, TheCaseItselfIsNone) {
  EXPECT_THAT(
      ValidateAgainst(SoundCase(), std::vector<Case>{SoundCase()}).violations,
      IsEmpty());
}

TEST(Duplicates, SameSiteYearAndSequence) {
  Case record = SoundCase();
  record.baseline.operation_sequence = 7000;
  Case other = Other();
  other.baseline.operation_sequence = 7000;
  other.baseline.age_years = *record.baseline.age_years + 1;
  const auto reasons = [&] {
    return ReasonsOf(
        ValidateAgainst(record, std::vector<Case>{other}).warnings);
  };
  EXPECT_THAT(reasons(), ElementsAre("case.baseline.operation_sequence "
                                     "POSSIBLE_DUPLICATE"));
  // Plainly two operations: the rank alone says nothing.
  other.baseline.age_years = *record.baseline.age_years + 2;
  EXPECT_THAT(reasons(), IsEmpty());
  other.baseline.age_years = record.baseline.age_years;
  other.operation.primary_procedure = model::Procedure::kCalcaneoplasty;
  EXPECT_THAT(reasons(), IsEmpty());
  other.operation.primary_procedure = record.operation.primary_procedure;
  other.baseline.bmi = *record.baseline.bmi + 1;  // another baseline
  other.baseline.surgery_year = 2021;
  EXPECT_THAT(reasons(), IsEmpty());
  other.baseline.surgery_year = 2022;
  other.site = "site-02";
  EXPECT_THAT(reasons(), IsEmpty());
  other.site = record.site;
  other.baseline.operation_sequence = 8000;
  EXPECT_THAT(reasons(), IsEmpty());
  // Two unknown ranks are not the same rank.
  other.baseline.operation_sequence.reset();
  record.baseline.operation_sequence.reset();
  EXPECT_THAT(reasons(), IsEmpty());
}

TEST(Duplicates, SameBaselineAndProcedure) {
  Case record = SoundCase();
  Case other = Other();
  other.baseline = record.baseline;
  const auto reasons = [&] {
    return ReasonsOf(
        ValidateAgainst(record, std::vector<Case>{other}).warnings);
  };
  EXPECT_THAT(reasons(), ElementsAre("case POSSIBLE_DUPLICATE"));
  // The rank differs between two entries of one operation.
  record.baseline.operation_sequence = 1000;
  other.baseline.operation_sequence = 2000;
  EXPECT_THAT(reasons(), ElementsAre("case POSSIBLE_DUPLICATE"));
  other.operation.primary_procedure = model::Procedure::kCalcaneoplasty;
  EXPECT_THAT(reasons(), IsEmpty());
  other.operation.primary_procedure = record.operation.primary_procedure;
  other.site = "site-02";
  EXPECT_THAT(reasons(), IsEmpty());
}

TEST(Duplicates, ManyGiveOneWarning) {
  Case other = Other();
  other.baseline = SoundCase().baseline;
  const Findings findings =
      ValidateAgainst(SoundCase(), std::vector<Case>(3, other));
  ASSERT_EQ(findings.warnings.size(), 1u);
  EXPECT_THAT(findings.warnings[0].message, HasSubstr("3 other case(s)"));
}

}  // namespace
}  // namespace enthesis::validation
