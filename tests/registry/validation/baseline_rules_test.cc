#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/model/fields.h"
#include "registry/validation/warnings.h"
#include "sample_case.h"

namespace enthesis::validation {
namespace {

using model::Case;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Baseline, ASoundCaseIsSound) {
  ExpectSound(SoundCase(), {{"Nothing", [](Case&) {}, "", ""}});
}

// Every field of every table: required, below, above, outside the list. The
// rules of the table alone are looked at: other rules may speak of the same
// case.
template <typename T>
void ExpectTableRules(absl::Span<const model::Field<T>> table, T& target,
                      const Case& record, const std::string& path) {
  const auto problem = [&](const std::string& name) {
    for (const Violation& violation :
         ValidateCase(record, kThisYear).violations) {
      if (violation.path == path + "." + name) return violation.message;
    }
    return std::string("no violation");
  };
  const T sound = target;
  for (const model::Field<T>& field : table) {
    SCOPED_TRACE(path + "." + field.name);
    field.set(target, std::nullopt);
    if (field.required) {
      EXPECT_THAT(problem(field.name),
                  HasSubstr(absl::StrCat(field.name, " is required")));
    }
    if (field.kind == model::FieldKind::kNumber) {
      const std::string allowed =
          absl::StrCat("; allowed: ", field.min, " to ", field.max);
      for (const int32_t value : {field.min - 1, field.max + 1}) {
        field.set(target, value);
        EXPECT_THAT(problem(field.name),
                    HasSubstr(absl::StrCat(field.name, " is ", value)));
        EXPECT_THAT(problem(field.name), HasSubstr(allowed));
      }
    } else if (field.kind == model::FieldKind::kCode) {
      const auto beyond = static_cast<int32_t>(field.codes->codes.size()) + 1;
      for (const int32_t value : {-1, 0, beyond}) {
        field.set(target, value);
        EXPECT_THAT(
            problem(field.name),
            HasSubstr(absl::StrCat(field.name, " is ", value,
                                   "; allowed: ", field.codes->Allowed())));
      }
    }
    target = sound;
  }
}

TEST(Table, HoldsForEveryField) {
  Case record = SoundOsteotomy();
  record.follow_ups = {At(91)};
  model::FollowUp& follow_up = record.follow_ups[0];
  follow_up.visa_a = model::VisaA();
  follow_up.complications = {
      {model::ComplicationKind::kScarPain, 30, std::nullopt, std::nullopt}};
  follow_up.reoperations = {{model::ReoperationKind::kRevision, 60}};
  ExpectTableRules(model::BaselineFields(), record.baseline, record,
                   "case.baseline");
  ExpectTableRules(model::ConservativeCareFields(), record.conservative_care,
                   record, "case.conservative_care");
  ExpectTableRules(model::OperationFields(), record.operation, record,
                   "case.operation");
  ExpectTableRules(model::FollowUpFields(), follow_up, record,
                   "case.follow_ups[0]");
  ExpectTableRules(model::VisaAFields(), *follow_up.visa_a, record,
                   "case.follow_ups[0].visa_a");
  ExpectTableRules(model::ComplicationFields(), follow_up.complications[0],
                   record, "case.follow_ups[0].complications[0]");
  ExpectTableRules(model::ReoperationFields(), follow_up.reoperations[0],
                   record, "case.follow_ups[0].reoperations[0]");
}

TEST(Table, SaysTheUnitAndTheTopCode) {
  Case record = SoundCase();
  record.baseline.age_years = 17;
  record.baseline.bmi = 81;
  const Findings findings = ValidateCase(record, kThisYear);
  ASSERT_EQ(findings.violations.size(), 2u);
  EXPECT_EQ(findings.violations[0].message,
            "age_years is 17; allowed: 18 to 90 years (90 stands for 90 and "
            "over)");
  EXPECT_EQ(findings.violations[1].message,
            "bmi is 81; allowed: 12 to 80 kg/m2");
  // A unit that says nothing is left out.
  record = SoundCase();
  record.baseline.surgery_year = 1989;
  record.baseline.mri_grade = 4;
  record.baseline.operation_sequence = -1;
  const Findings others = ValidateCase(record, kThisYear);
  ASSERT_EQ(others.violations.size(), 3u);
  EXPECT_EQ(others.violations[0].message,
            "surgery_year is 1989; allowed: 1990 to 2100");
  EXPECT_EQ(others.violations[1].message,
            "operation_sequence is -1; allowed: 0 to 2000000000");
  EXPECT_EQ(others.violations[2].message, "mri_grade is 4; allowed: 1 to 3");
}

TEST(Eligibility, Refused) {
  ExpectViolations(
      SoundCase(),
      {{"Apophysitis",
        [](Case& c) {
          c.baseline.diagnosis = model::Diagnosis::kCalcanealApophysitis;
        },
        "case.baseline.diagnosis", "growth plate"},
       {"AcuteRupture",
        [](Case& c) { c.baseline.diagnosis = model::Diagnosis::kAcuteRupture; },
        "case.baseline.diagnosis", "acute_rupture, not eligible"},
       {"ChronicRupture",
        [](Case& c) {
          c.baseline.diagnosis = model::Diagnosis::kChronicRupture;
        },
        "case.baseline.diagnosis", "another population"},
       {"Child", [](Case& c) { c.baseline.age_years = 17; },
        "case.baseline.age_years", "age_years is 17"},
       {"NextYear", [](Case& c) { c.baseline.surgery_year = kThisYear + 1; },
        "case.baseline.surgery_year", "in the future; allowed: 1990 to 2026"},
       {"LastYear", [](Case& c) { c.baseline.surgery_year = 2100; },
        "case.baseline.surgery_year", "surgery_year is 2100, in the future"},
       {"NoCare", [](Case& c) { c.conservative_care.months = 0; },
        "case.conservative_care.months", "months is 0, not eligible"},
       {"TwoMonthsOfCareWithAReason",
        [](Case& c) {
          c.conservative_care.months = 2;
          c.conservative_care.short_care_reason =
              model::ShortCareReason::kProfessionalAthlete;
        },
        "case.conservative_care.months", "months is 2, not eligible"},
       {"ThreeMonthsWithoutAReason",
        [](Case& c) { c.conservative_care.months = 3; },
        "case.conservative_care.short_care_reason",
        "required where months is 3"},
       {"FiveMonthsWithoutAReason",
        [](Case& c) { c.conservative_care.months = 5; },
        "case.conservative_care.short_care_reason",
        "required where months is 5"}});
}

TEST(Eligibility, AcceptedWithAWarning) {
  ExpectWarnings(
      SoundCase(),
      {{"ThreeMonthsWithAReason",
        [](Case& c) {
          c.conservative_care.months = 3;
          c.conservative_care.short_care_reason =
              model::ShortCareReason::kStructuralLesion;
        },
        "case.conservative_care.months", kShortConservativeCare},
       {"AReasonWithoutNeed",
        [](Case& c) {
          c.conservative_care.months = 6;
          c.conservative_care.short_care_reason =
              model::ShortCareReason::kStructuralLesion;
        },
        "case.conservative_care.short_care_reason", kShortCareReasonNotNeeded},
       {"CareLongerThanSymptoms",
        [](Case& c) {
          c.baseline.symptom_duration_months = 6;
          c.conservative_care.months = 7;
        },
        "case.conservative_care.months", kCareLongerThanSymptoms}});
  Case record = SoundCase();
  record.baseline.symptom_duration_months = 5;
  record.conservative_care.months = 5;
  record.conservative_care.short_care_reason =
      model::ShortCareReason::kStructuralLesion;
  EXPECT_THAT(ReasonsOf(ValidateCase(record, kThisYear).warnings),
              ElementsAre("case.baseline.symptom_duration_months "
                          "SHORT_SYMPTOMS",
                          "case.conservative_care.months "
                          "SHORT_CONSERVATIVE_CARE"));
}

TEST(Eligibility, Accepted) {
  ExpectSound(
      SoundCase(),
      {{"SixMonths", [](Case& c) { c.conservative_care.months = 6; }, "", ""},
       {"ThisYear", [](Case& c) { c.baseline.surgery_year = kThisYear; }, "",
        ""},
       {"OldestAndYoungest", [](Case& c) { c.baseline.age_years = 90; }, "",
        ""},
       {"CareAsLongAsSymptoms",
        [](Case& c) {
          c.conservative_care.months = 6;
          c.baseline.symptom_duration_months = 6;
        },
        "", ""}});
}

TEST(Sport, GoesWithItsLevel) {
  ExpectViolations(SoundCase(),
                   {{"LevelWithoutSport",
                     [](Case& c) { c.baseline.sport = model::Sport::kNone; },
                     "case.baseline.sport", "sport_level is recreational"}});
  ExpectWarnings(SoundCase(),
                 {{"SportWithoutLevel",
                   [](Case& c) {
                     c.baseline.sport = model::Sport::kRunning;
                     c.baseline.sport_level = model::SportLevel::kNone;
                   },
                   "case.baseline.sport_level", kSportWithoutLevel}});
  ExpectSound(
      SoundCase(),
      {{"Runner", [](Case& c) { c.baseline.sport = model::Sport::kRunning; },
        "", ""},
       {"SportUnknown",
        [](Case& c) { c.baseline.sport_level = model::SportLevel::kNone; }, "",
        ""},
       {"NoAthlete",

        [](Case& c) {
          c.baseline.sport = model::Sport::kNone;
          c.baseline.sport_level = model::SportLevel::kNone;
        },
        "", ""}});
}

TEST(Care, AnIntervalNeedsAnInjection) {
  const char* const kPath =
      "case.conservative_care.months_since_corticosteroid_injection";
  ExpectViolations(
      SoundCase(),
      {{"CountUnknown",
        [](Case& c) {
          c.conservative_care.months_since_corticosteroid_injection = 4;
        },
        kPath, "without an injection"},
       {"CountZero",
        [](Case& c) {
          c.conservative_care.months_since_corticosteroid_injection = 4;
          c.conservative_care.corticosteroid_injections = 0;
        },
        kPath, "without an injection"}});
  ExpectSound(SoundCase(),
              {{"One",
                [](Case& c) {
                  c.conservative_care.months_since_corticosteroid_injection = 4;
                  c.conservative_care.corticosteroid_injections = 1;
                },
                "", ""}});
}

void Examine(Case& record, int32_t straight, int32_t bent,
             model::Silfverskiold test) {
  record.baseline.dorsiflexion_knee_extended_degrees = straight;
  record.baseline.dorsiflexion_knee_flexed_degrees = bent;
  record.baseline.silfverskiold = test;
}

TEST(Examination, SilfverskioldFitsTheDorsiflexion) {
  using model::Silfverskiold;
  const char* const kPath = "case.baseline.silfverskiold";
  ExpectWarnings(SoundCase(),
                 {{"PositiveAboveZero",
                   [](Case& c) { Examine(c, 1, 14, Silfverskiold::kPositive); },
                   kPath, kSilfverskioldInconsistent},
                  {"PositiveWithoutGain",
                   [](Case& c) { Examine(c, 0, 12, Silfverskiold::kPositive); },
                   kPath, kSilfverskioldInconsistent},
                  {"NegativeDespiteContracture",
                   [](Case& c) { Examine(c, 0, 13, Silfverskiold::kNegative); },
                   kPath, kSilfverskioldInconsistent},
                  {"BentBelowStraight",
                   [](Case& c) { Examine(c, 10, 9, Silfverskiold::kNegative); },
                   "case.baseline.dorsiflexion_knee_flexed_degrees",
                   kDorsiflexionReversed}});
  ExpectSound(
      SoundCase(),
      {{"Positive",
        [](Case& c) { Examine(c, 0, 13, Silfverskiold::kPositive); }, "", ""},
       {"Negative",
        [](Case& c) { Examine(c, 5, 15, Silfverskiold::kNegative); }, "", ""},
       {"NoGain", [](Case& c) { Examine(c, 5, 5, Silfverskiold::kNegative); },
        "", ""},
       {"OneMeasured",
        [](Case& c) {
          Examine(c, 5, 5, Silfverskiold::kPositive);
          c.baseline.dorsiflexion_knee_flexed_degrees.reset();
        },
        "", ""},
       {"TestAlone",

        [](Case& c) { c.baseline.silfverskiold = Silfverskiold::kPositive; },
        "", ""}});
}

TEST(Examination, InsertionalFindingsAtTheMidportion) {
  Case record = SoundCase();
  record.baseline.haglund_prominence = true;
  record.baseline.retrocalcaneal_bursitis = true;
  EXPECT_THAT(ReasonsOf(ValidateCase(record, kThisYear).warnings), IsEmpty());
  record.baseline.pathology = model::Pathology::kMidportion;
  EXPECT_THAT(
      ReasonsOf(ValidateCase(record, kThisYear).warnings),
      ElementsAre("case.baseline.haglund_prominence INSERTIONAL_FINDING",
                  "case.baseline.retrocalcaneal_bursitis INSERTIONAL_FINDING"));
}

TEST(Baseline, AbsurdNumbersAreRefusedWithoutArithmetic) {
  Case record = SoundCase();
  record.baseline.dorsiflexion_knee_extended_degrees = INT32_MIN;
  record.baseline.dorsiflexion_knee_flexed_degrees = INT32_MAX;
  record.baseline.silfverskiold = model::Silfverskiold::kPositive;
  record.baseline.surgery_year = INT32_MAX;
  record.conservative_care.months = INT32_MIN;
  EXPECT_THAT(PathsOf(ValidateCase(record, kThisYear).violations),
              ElementsAre("case.baseline.surgery_year",
                          "case.baseline.dorsiflexion_knee_extended_degrees",
                          "case.baseline.dorsiflexion_knee_flexed_degrees",
                          "case.conservative_care.months"));
}

}  // namespace
}  // namespace enthesis::validation
