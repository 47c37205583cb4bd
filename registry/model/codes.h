// Every code list of the registry, in one place. Values are stored on disk and
// sent on the wire (the same numbers as in enthesis.v1): never renumber, never
// reuse. 0 is never a value; an absent code is an empty optional.

#ifndef ENTHESIS_REGISTRY_MODEL_CODES_H_
#define ENTHESIS_REGISTRY_MODEL_CODES_H_

#include <cstdint>

#include "registry/model/code_list.h"

namespace enthesis::model {

// Sex as recorded by the clinic.
enum class Sex : int32_t {
  kFemale = 1,
  kMale = 2,
  kOther = 3,
};

// The operated side.
enum class Laterality : int32_t {
  kLeft = 1,
  kRight = 2,
};

// What was operated on. Only tendinopathy is eligible; the other codes exist so
// that a refusal can name its reason.
enum class Diagnosis : int32_t {
  kTendinopathy = 1,
  kCalcanealApophysitis = 2,
  kAcuteRupture = 3,
  kChronicRupture = 4,
};

// Site of the pathology in the tendon.
enum class Pathology : int32_t {
  kMidportion = 1,
  kInsertional = 2,
  kCombined = 3,
};

// Diabetes before surgery.
enum class Diabetes : int32_t {
  kNone = 1,
  kType1 = 2,
  kType2 = 3,
  kUnknown = 4,
};

// Tobacco smoking at surgery.
enum class Smoking : int32_t {
  kNever = 1,
  kFormer = 2,
  kCurrent = 3,
};

// Exposure to a fluoroquinolone antibiotic before surgery.
enum class FluoroquinoloneExposure : int32_t {
  kNever = 1,
  kEver = 2,
  kWithin90Days = 3,
  kUnknown = 4,
};

// Main sport before surgery.
enum class Sport : int32_t {
  kNone = 1,
  kRunning = 2,
  kJumping = 3,
  kCourt = 4,
  kField = 5,
  kEnduranceLowImpact = 6,
  kOther = 7,
};

// Level of sport before surgery. "none" is not an athlete: outside the risk set
// of return to play, and counted.
enum class SportLevel : int32_t {
  kNone = 1,
  kRecreational = 2,
  kCompetitive = 3,
  kProfessional = 4,
};

// Silfverskiold test: positive means dorsiflexion is limited with the knee
// straight and gained with the knee bent (isolated gastrocnemius contracture).
enum class Silfverskiold : int32_t {
  kPositive = 1,
  kNegative = 2,
};

// Dry needling before surgery.
enum class DryNeedling : int32_t {
  kNone = 1,
  kWithoutStimulation = 2,
  kWithStimulation = 3,
};

// Why surgery followed less than 6 months of conservative care.
enum class ShortCareReason : int32_t {
  kProgressiveDeficit = 1,
  kStructuralLesion = 2,
  kProfessionalAthlete = 3,
  kCareNotTolerated = 4,
  kPatientPreference = 5,
};

// Surgical procedures. Which fits which pathology and approach: see
// registry/model/procedures.h.
enum class Procedure : int32_t {
  kDebridement = 1,
  kScrapingPlantaris = 2,
  kPercutaneousTenotomies = 3,
  kGastrocnemiusRecession = 4,
  kZadekOsteotomy = 5,
  kCalcaneoplasty = 6,
  kRetrocalcanealBursectomy = 7,
  kFhlTransfer = 8,
  kGraftReinforcement = 9,
};

// Surgical approach.
enum class Approach : int32_t {
  kOpen = 1,
  kMinimallyInvasive = 2,
  kEndoscopic = 3,
};

// How the insertion was exposed in an open debridement.
enum class Exposure : int32_t {
  kCentralSplit = 1,
  kLateral = 2,
  kMedial = 3,
  kCincinnati = 4,
  kCompleteDetachment = 5,
};

// Graft by class; never a serial number.
enum class GraftClass : int32_t {
  kNone = 1,
  kAutograftFhl = 2,
  kAutograftOther = 3,
  kAllograft = 4,
  kXenograft = 5,
  kSyntheticPolyurethaneUrea = 6,
  kSyntheticOther = 7,
};

// How the graft was placed.
enum class GraftTechnique : int32_t {
  kBoxWeave = 1,
  kOnlay = 2,
  kWrap = 3,
  kBridging = 4,
  kOther = 5,
};

// Fixation of an osteotomy.
enum class Fixation : int32_t {
  kNone = 1,
  kScrews = 2,
  kStaples = 3,
  kPlate = 4,
};

// Harvest of flexor hallucis longus.
enum class FhlHarvest : int32_t {
  kShort = 1,
  kLong = 2,
};

// Fixation of a transferred flexor hallucis longus.
enum class FhlFixation : int32_t {
  kInterferenceScrew = 1,
  kTransosseous = 2,
  kOther = 3,
};

// Implants by class; no manufacturer, model or serial number.
enum class ImplantClass : int32_t {
  kScrew = 1,
  kStaple = 2,
  kPlate = 3,
  kSutureAnchor = 4,
  kInterferenceScrew = 5,
  kSutureButton = 6,
  kOther = 7,
};

// Version of the questionnaire. Versions are never pooled or subtracted.
enum class VisaAInstrument : int32_t {
  kVisaA = 1,
  kVisaASedentary = 2,
};

// Which of the three exclusive branches of item 8 was answered.
enum class VisaABranch : int32_t {
  kNoPain = 1,
  kPainCanFinish = 2,
  kPainStops = 3,
};

// Satisfaction with the result of surgery.
enum class Satisfaction : int32_t {
  kVeryDissatisfied = 1,
  kDissatisfied = 2,
  kNeutral = 3,
  kSatisfied = 4,
  kVerySatisfied = 5,
};

// Highest stage of return reached so far (Ardern 2016, Bern consensus).
enum class ReturnStage : int32_t {
  kNone = 1,
  kParticipation = 2,
  kSport = 3,
  kPerformance = 4,
};

// Complications of surgery.
enum class ComplicationKind : int32_t {
  kWoundDehiscence = 1,
  kInfectionSuperficial = 2,
  kInfectionDeep = 3,
  kSuralNerve = 4,
  kOtherNerve = 5,
  kDeepVeinThrombosis = 6,
  kPulmonaryEmbolism = 7,
  kNonunion = 8,
  kDelayedUnion = 9,
  kHardwarePain = 10,
  kHardwareFailure = 11,
  kRupture = 12,
  kComplexRegionalPain = 13,
  kScarPain = 14,
  kHalluxWeakness = 15,
  kRecurrence = 16,
  kOther = 17,
};

// Severity after Clavien, Dindo and Sink.
enum class ComplicationGrade : int32_t {
  kGrade1 = 1,
  kGrade2 = 2,
  kGrade3 = 3,
  kGrade4 = 4,
  kGrade5 = 5,
};

// A further operation on the same limb for the same condition or a
// complication. Both kinds are reoperations; removal of an implant alone is
// told apart.
enum class ReoperationKind : int32_t {
  kRevision = 1,
  kImplantRemoval = 2,
};

// Where the case stands in follow-up.
enum class CaseStatus : int32_t {
  kActive = 1,
  kLost = 2,
  kDeclined = 3,
  kDied = 4,
};

// Why a stored case was changed.
enum class CorrectionReason : int32_t {
  kTranscriptionError = 1,
  kSourceCorrected = 2,
  kLateInformation = 3,
  kStatusChange = 4,
};

// Why a case leaves the registry.
enum class WithdrawalReason : int32_t {
  kConsentWithdrawn = 1,
  kEnteredInError = 2,
  kNotEligible = 3,
  kDuplicate = 4,
};

// The list of each enumeration: value, code as written in files, label.
extern const CodeList kSexCodes;
extern const CodeList kLateralityCodes;
extern const CodeList kDiagnosisCodes;
extern const CodeList kPathologyCodes;
extern const CodeList kDiabetesCodes;
extern const CodeList kSmokingCodes;
extern const CodeList kFluoroquinoloneExposureCodes;
extern const CodeList kSportCodes;
extern const CodeList kSportLevelCodes;
extern const CodeList kSilfverskioldCodes;
extern const CodeList kDryNeedlingCodes;
extern const CodeList kShortCareReasonCodes;
extern const CodeList kProcedureCodes;
extern const CodeList kApproachCodes;
extern const CodeList kExposureCodes;
extern const CodeList kGraftClassCodes;
extern const CodeList kGraftTechniqueCodes;
extern const CodeList kFixationCodes;
extern const CodeList kFhlHarvestCodes;
extern const CodeList kFhlFixationCodes;
extern const CodeList kImplantClassCodes;
extern const CodeList kVisaAInstrumentCodes;
extern const CodeList kVisaABranchCodes;
extern const CodeList kSatisfactionCodes;
extern const CodeList kReturnStageCodes;
extern const CodeList kComplicationKindCodes;
extern const CodeList kComplicationGradeCodes;
extern const CodeList kReoperationKindCodes;
extern const CodeList kCaseStatusCodes;
extern const CodeList kCorrectionReasonCodes;
extern const CodeList kWithdrawalReasonCodes;

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_CODES_H_
