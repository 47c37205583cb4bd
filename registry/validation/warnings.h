// Reasons of warnings, in one place. Stable: clients match on them. A warning
// never stops an entry.

#ifndef ENTHESIS_REGISTRY_VALIDATION_WARNINGS_H_
#define ENTHESIS_REGISTRY_VALIDATION_WARNINGS_H_

namespace enthesis::validation {

// Before surgery.

// 3 to 5 months of conservative care, with the reason given.
inline constexpr char kShortConservativeCare[] = "SHORT_CONSERVATIVE_CARE";
// A reason for short care beside 6 months or more of it.
inline constexpr char kShortCareReasonNotNeeded[] =
    "SHORT_CARE_REASON_NOT_NEEDED";
// Symptoms for less than 6 months.
inline constexpr char kShortSymptoms[] = "SHORT_SYMPTOMS";
// More months of conservative care than of symptoms.
inline constexpr char kCareLongerThanSymptoms[] = "CARE_LONGER_THAN_SYMPTOMS";
// A sport, but the level "none".
inline constexpr char kSportWithoutLevel[] = "SPORT_WITHOUT_LEVEL";
// The Silfverskiold result does not fit the dorsiflexion measured.
inline constexpr char kSilfverskioldInconsistent[] =
    "SILFVERSKIOLD_INCONSISTENT";
// Less dorsiflexion with the knee bent than with the knee straight.
inline constexpr char kDorsiflexionReversed[] = "DORSIFLEXION_REVERSED";
// A Haglund prominence or bursitis where only the midportion is affected.
inline constexpr char kInsertionalFinding[] = "INSERTIONAL_FINDING";

// The operation.

// Gastrocnemius recession without a positive Silfverskiold test.
inline constexpr char kSilfverskioldMissing[] = "SILFVERSKIOLD_MISSING";
inline constexpr char kSilfverskioldNegative[] = "SILFVERSKIOLD_NEGATIVE";
// Zadek osteotomy without its fixation or wedge, or an unusual wedge.
inline constexpr char kFixationMissing[] = "FIXATION_MISSING";
inline constexpr char kWedgeMissing[] = "WEDGE_MISSING";
inline constexpr char kWedgeUnusual[] = "WEDGE_UNUSUAL";
// Calcaneoplasty without a Haglund prominence recorded.
inline constexpr char kHaglundNotRecorded[] = "HAGLUND_NOT_RECORDED";
// An exposure of the insertion where only the midportion is affected.
inline constexpr char kExposureOfMidportion[] = "EXPOSURE_OF_MIDPORTION";

// VISA-A.

// Items missing and no total: the questionnaire gives no score.
inline constexpr char kVisaAIncomplete[] = "VISA_A_INCOMPLETE";
// No sport now (item 7), yet time able to train (item 8).
inline constexpr char kVisaASportMismatch[] = "VISA_A_SPORT_MISMATCH";
// Full training without pain (item 8), yet pain on heel raises (item 5).
inline constexpr char kVisaAPainMismatch[] = "VISA_A_PAIN_MISMATCH";
// A total below 24: rarely seen.
inline constexpr char kVisaALow[] = "VISA_A_LOW";
// A total of 90 or more before surgery.
inline constexpr char kVisaAHighBeforeSurgery[] = "VISA_A_HIGH_BEFORE_SURGERY";
// VISA-A within 4 weeks of surgery, when its sport items mean nothing.
inline constexpr char kVisaATooEarly[] = "VISA_A_TOO_EARLY";

// Follow-up.

// An assessment with nothing but its day: it counts as a contact.
inline constexpr char kEmptyAssessment[] = "EMPTY_ASSESSMENT";
// Limb symmetry where both limbs have symptoms: left out of every analysis.
inline constexpr char kBilateralSymmetry[] = "BILATERAL_SYMMETRY";
// A return before day 28 after an osteotomy.
inline constexpr char kReturnImplausiblyEarly[] = "RETURN_IMPLAUSIBLY_EARLY";
// Back in sport after retirement from it.
inline constexpr char kBackAfterRetirement[] = "BACK_AFTER_RETIREMENT";
// A complication of grade 5 (death) in a case that has not died.
inline constexpr char kGrade5WithoutDeath[] = "GRADE_5_WITHOUT_DEATH";
// A complication led to a reoperation that is not reported.
inline constexpr char kReoperationMissing[] = "REOPERATION_MISSING";
// An assessment after the day on which the case was lost or declined.
inline constexpr char kAssessmentAfterStatus[] = "ASSESSMENT_AFTER_STATUS";

// Across cases.

inline constexpr char kPossibleDuplicate[] = "POSSIBLE_DUPLICATE";

}  // namespace enthesis::validation

#endif  // ENTHESIS_REGISTRY_VALIDATION_WARNINGS_H_
