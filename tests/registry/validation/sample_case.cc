#include "sample_case.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace enthesis::validation {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

model::Case SoundCase() {
  model::Case record;
  record.site = "site-01";
  record.id = {1, 2};
  record.patient = {3, 4};
  record.baseline.surgery_year = 2022;
  record.baseline.diagnosis = model::Diagnosis::kTendinopathy;
  record.baseline.pathology = model::Pathology::kInsertional;
  record.baseline.laterality = model::Laterality::kLeft;
  record.baseline.age_years = 51;
  record.baseline.sex = model::Sex::kFemale;
  record.baseline.sport_level = model::SportLevel::kRecreational;
  record.conservative_care.months = 9;
  record.operation.primary_procedure = model::Procedure::kDebridement;
  record.operation.approach = model::Approach::kOpen;
  return record;
}

model::Case SoundOsteotomy() {
  model::Case record = SoundCase();
  record.operation.primary_procedure = model::Procedure::kZadekOsteotomy;
  record.operation.fixation = model::Fixation::kScrews;
  record.operation.wedge_mm = 4;
  return record;
}

model::FollowUp At(int32_t day) {
  model::FollowUp follow_up;
  follow_up.id = {7, static_cast<uint64_t>(day + 1000)};
  follow_up.day = day;
  follow_up.pain_rest = 2;
  return follow_up;
}

model::Case FollowedOsteotomy() {
  model::Case record = SoundOsteotomy();
  record.follow_ups = {At(91), At(183), At(730)};
  return record;
}

std::vector<std::string> PathsOf(const std::vector<Violation>& violations) {
  std::vector<std::string> paths;
  for (const Violation& violation : violations) {
    paths.push_back(violation.path);
  }
  return paths;
}

std::vector<std::string> ReasonsOf(const std::vector<Warning>& warnings) {
  std::vector<std::string> reasons;
  for (const Warning& warning : warnings) {
    reasons.push_back(absl::StrCat(warning.path, " ", warning.reason));
  }
  return reasons;
}

namespace {

Findings FindingsOf(const model::Case& sound, const Break& broken) {
  model::Case record = sound;
  broken.change(record);
  return ValidateCase(record, kThisYear);
}

}  // namespace

void ExpectViolations(const model::Case& sound,
                      absl::Span<const Break> breaks) {
  for (const Break& broken : breaks) {
    SCOPED_TRACE(broken.name);
    const Findings findings = FindingsOf(sound, broken);
    EXPECT_THAT(PathsOf(findings.violations), ElementsAre(broken.path));
    if (findings.violations.empty()) continue;
    EXPECT_THAT(findings.violations[0].message, HasSubstr(broken.said));
    EXPECT_THAT(findings.violations[0].message, HasSubstr("allowed: "));
  }
}

void ExpectWarnings(const model::Case& sound, absl::Span<const Break> breaks) {
  for (const Break& broken : breaks) {
    SCOPED_TRACE(broken.name);
    const Findings findings = FindingsOf(sound, broken);
    EXPECT_THAT(PathsOf(findings.violations), IsEmpty());
    EXPECT_THAT(ReasonsOf(findings.warnings),
                ElementsAre(absl::StrCat(broken.path, " ", broken.said)));
    if (findings.warnings.empty()) continue;
    EXPECT_FALSE(findings.warnings[0].message.empty());
  }
}

void ExpectSound(const model::Case& sound, absl::Span<const Break> changes) {
  for (const Break& change : changes) {
    SCOPED_TRACE(change.name);
    const Findings findings = FindingsOf(sound, change);
    EXPECT_THAT(PathsOf(findings.violations), IsEmpty());
    EXPECT_THAT(ReasonsOf(findings.warnings), IsEmpty());
  }
}

}  // namespace enthesis::validation
