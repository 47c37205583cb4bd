#include "absl/strings/str_cat.h"
#include "registry/model/codes.h"
#include "registry/model/fields.h"
#include "registry/validation/field_rules.h"
#include "registry/validation/rules.h"
#include "registry/validation/warnings.h"

namespace enthesis::validation {
namespace {

using model::Baseline;
using model::Case;
using model::ConservativeCare;
using model::Diagnosis;

constexpr int32_t kLeastCareMonths = 3;  // below: refused
constexpr int32_t kUsualCareMonths = 6;  // below: with a reason only
constexpr int32_t kUsualSymptomMonths = 6;
constexpr int32_t kContractureMaxDegrees = 0;    // knee straight; Barouk 2014
constexpr int32_t kContractureGainDegrees = 13;  // knee bent; Barouk 2014

absl::string_view WhyNotEligible(Diagnosis diagnosis) {
  switch (diagnosis) {
    case Diagnosis::kCalcanealApophysitis:
      return "apophysitis is a disease of the growth plate of children";
    case Diagnosis::kAcuteRupture:
      return "a rupture is another disease; a rupture after surgery is a "
             "complication";
    case Diagnosis::kChronicRupture:
      return "a neglected rupture is another population";
    case Diagnosis::kTendinopathy:
      break;
  }
  return "";
}

void CheckEligibility(const Baseline& baseline, int32_t current_year,
                      absl::string_view prefix, Findings& findings) {
  const auto diagnosis = Known(model::kDiagnosisCodes, baseline.diagnosis);
  if (diagnosis.has_value() && *diagnosis != Diagnosis::kTendinopathy) {
    findings.violations.push_back(
        {PathOf(prefix, "diagnosis"),
         absl::StrCat("diagnosis is ",
                      model::CodeOf(model::kDiagnosisCodes, *diagnosis),
                      ", not eligible: ", WhyNotEligible(*diagnosis),
                      "; allowed: tendinopathy")});
  }
  // A year outside the table's range is reported there.
  if (baseline.surgery_year.has_value() &&
      *baseline.surgery_year > current_year && *baseline.surgery_year <= 2100) {
    findings.violations.push_back(
        {PathOf(prefix, "surgery_year"),
         absl::StrCat("surgery_year is ", *baseline.surgery_year,
                      ", in the future; allowed: 1990 to ", current_year)});
  }
}

void CheckCare(const ConservativeCare& care, const Baseline& baseline,
               absl::string_view prefix, Findings& findings) {
  const std::string months_path = PathOf(prefix, "months");
  const std::string reason_path = PathOf(prefix, "short_care_reason");
  if (care.months.has_value() && *care.months >= 0) {
    const int32_t months = *care.months;
    if (months < kLeastCareMonths) {
      findings.violations.push_back(
          {months_path,
           absl::StrCat("months is ", months,
                        ", not eligible: surgery follows failed conservative "
                        "care; allowed: ",
                        kLeastCareMonths, " to 240 months, below ",
                        kUsualCareMonths, " with a short_care_reason")});
    } else if (months < kUsualCareMonths) {
      if (!care.short_care_reason.has_value()) {
        findings.violations.push_back(
            {reason_path,
             absl::StrCat("short_care_reason is required where months is ",
                          months, ", below ", kUsualCareMonths, "; allowed: ",
                          model::kShortCareReasonCodes.Allowed())});
      } else {
        findings.warnings.push_back(
            {months_path, kShortConservativeCare,
             absl::StrCat(months, " months of conservative care; usual: ",
                          kUsualCareMonths, " or more")});
      }
    } else if (care.short_care_reason.has_value()) {
      findings.warnings.push_back(
          {reason_path, kShortCareReasonNotNeeded,
           absl::StrCat("a reason for short care beside ", months,
                        " months of it")});
    }
    if (baseline.symptom_duration_months.has_value() &&
        months > *baseline.symptom_duration_months) {
      findings.warnings.push_back(
          {months_path, kCareLongerThanSymptoms,
           absl::StrCat(months, " months of conservative care, but ",
                        *baseline.symptom_duration_months,
                        " months of symptoms")});
    }
  }
  if (care.months_since_corticosteroid_injection.has_value() &&
      care.corticosteroid_injections.value_or(0) < 1) {
    findings.violations.push_back(
        {PathOf(prefix, "months_since_corticosteroid_injection"),
         "months_since_corticosteroid_injection is given without an "
         "injection; allowed: only with corticosteroid_injections of 1 or "
         "more"});
  }
}

void CheckSport(const Baseline& baseline, absl::string_view prefix,
                Findings& findings) {
  const auto sport = Known(model::kSportCodes, baseline.sport);
  const auto level = Known(model::kSportLevelCodes, baseline.sport_level);
  if (!sport.has_value() || !level.has_value()) return;
  const bool plays = *sport != model::Sport::kNone;
  const bool athlete = *level != model::SportLevel::kNone;
  if (!plays && athlete) {
    findings.violations.push_back(
        {PathOf(prefix, "sport"),
         absl::StrCat("sport is none, but sport_level is ",
                      model::CodeOf(model::kSportLevelCodes, *level),
                      "; allowed: a sport, or sport_level none")});
  } else if (plays && !athlete) {
    findings.warnings.push_back(
        {PathOf(prefix, "sport_level"), kSportWithoutLevel,
         absl::StrCat("sport is ", model::CodeOf(model::kSportCodes, *sport),
                      ", but sport_level is none: the case is not counted "
                      "among athletes")});
  }
}

void CheckExamination(const Baseline& baseline, absl::string_view prefix,
                      Findings& findings) {
  const auto straight = baseline.dorsiflexion_knee_extended_degrees;
  const auto bent = baseline.dorsiflexion_knee_flexed_degrees;
  if (straight.has_value() && bent.has_value()) {
    if (*bent < *straight) {
      findings.warnings.push_back(
          {PathOf(prefix, "dorsiflexion_knee_flexed_degrees"),
           kDorsiflexionReversed,
           absl::StrCat(*bent, " degrees with the knee bent, ", *straight,
                        " with the knee straight: bending the knee does not "
                        "take dorsiflexion away")});
    }
    const bool contracture =
        *straight <= kContractureMaxDegrees &&
        int64_t{*bent} - *straight >= kContractureGainDegrees;
    const auto test = Known(model::kSilfverskioldCodes, baseline.silfverskiold);
    if (test.has_value() &&
        contracture != (*test == model::Silfverskiold::kPositive)) {
      findings.warnings.push_back(
          {PathOf(prefix, "silfverskiold"), kSilfverskioldInconsistent,
           absl::StrCat("silfverskiold is ",
                        model::CodeOf(model::kSilfverskioldCodes, *test),
                        "; dorsiflexion goes from ", *straight, " to ", *bent,
                        " degrees, and positive means at most ",
                        kContractureMaxDegrees, " degrees and a gain of ",
                        kContractureGainDegrees, " or more")});
    }
  }
  if (baseline.pathology != model::Pathology::kMidportion) return;
  const auto insertional = [&](std::optional<bool> found, const char* name) {
    if (!found.value_or(false)) return;
    findings.warnings.push_back(
        {PathOf(prefix, name), kInsertionalFinding,
         absl::StrCat(name,
                      " belongs to insertional disease, but pathology is "
                      "midportion")});
  };
  insertional(baseline.haglund_prominence, "haglund_prominence");
  insertional(baseline.retrocalcaneal_bursitis, "retrocalcaneal_bursitis");
}

}  // namespace

void CheckBaseline(const Case& record, int32_t current_year,
                   absl::string_view prefix, Findings& findings) {
  const std::string baseline_path = PathOf(prefix, "baseline");
  const std::string care_path = PathOf(prefix, "conservative_care");
  CheckFields(model::BaselineFields(), record.baseline, baseline_path,
              findings);
  CheckEligibility(record.baseline, current_year, baseline_path, findings);
  CheckSport(record.baseline, baseline_path, findings);
  CheckExamination(record.baseline, baseline_path, findings);
  const auto symptoms = record.baseline.symptom_duration_months;
  if (symptoms.has_value() && *symptoms < kUsualSymptomMonths) {
    findings.warnings.push_back(
        {PathOf(baseline_path, "symptom_duration_months"), kShortSymptoms,
         absl::StrCat(*symptoms, " months of symptoms; usual: ",
                      kUsualSymptomMonths, " or more")});
  }
  CheckFields(model::ConservativeCareFields(), record.conservative_care,
              care_path, findings);
  CheckCare(record.conservative_care, record.baseline, care_path, findings);
}

}  // namespace enthesis::validation
