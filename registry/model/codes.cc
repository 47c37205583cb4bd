#include "registry/model/codes.h"

namespace enthesis::model {
namespace {

constexpr Code kSex[] = {
    {1, "female", "female"},
    {2, "male", "male"},
    {3, "other", "other or not known"},
};

constexpr Code kLaterality[] = {
    {1, "left", "left"},
    {2, "right", "right"},
};

constexpr Code kDiagnosis[] = {
    {1, "tendinopathy", "Achilles tendinopathy"},
    {2, "calcaneal_apophysitis", "calcaneal apophysitis (Sever): not eligible"},
    {3, "acute_rupture", "complete acute rupture: not eligible"},
    {4, "chronic_rupture", "chronic or neglected rupture: not eligible"},
};

constexpr Code kPathology[] = {
    {1, "midportion", "midportion, 2 to 7 cm above the heel bone"},
    {2, "insertional", "insertional, at the calcaneal attachment"},
    {3, "combined", "midportion and insertional"},
};

constexpr Code kDiabetes[] = {
    {1, "none", "none"},
    {2, "type_1", "type 1"},
    {3, "type_2", "type 2"},
    {4, "unknown", "asked, not known"},
};

constexpr Code kSmoking[] = {
    {1, "never", "never"},
    {2, "former", "former smoker"},
    {3, "current", "current smoker"},
};

constexpr Code kFluoroquinoloneExposure[] = {
    {1, "never", "never"},
    {2, "ever", "ever, more than 90 days before surgery"},
    {3, "within_90_days", "within 90 days before surgery"},
    {4, "unknown", "asked, not known"},
};

constexpr Code kSport[] = {
    {1, "none", "no sport"},
    {2, "running", "running"},
    {3, "jumping", "jumping"},
    {4, "court", "cutting or court sports"},
    {5, "field", "field sports"},
    {6, "endurance_low_impact",
     "endurance without impact (cycling, swimming, rowing)"},
    {7, "other", "other sport"},
};

constexpr Code kSportLevel[] = {
    {1, "none", "not an athlete"},
    {2, "recreational", "recreational"},
    {3, "competitive", "competitive"},
    {4, "professional", "professional"},
};

constexpr Code kSilfverskiold[] = {
    {1, "positive", "positive"},
    {2, "negative", "negative"},
};

constexpr Code kDryNeedling[] = {
    {1, "none", "none"},
    {2, "without_stimulation", "without electrical stimulation"},
    {3, "with_stimulation", "with electrical stimulation"},
};

constexpr Code kShortCareReason[] = {
    {1, "progressive_deficit", "function worsened under care"},
    {2, "structural_lesion", "a structural lesion that care cannot mend"},
    {3, "professional_athlete", "a professional season decided the time"},
    {4, "care_not_tolerated", "conservative care was not tolerated"},
    {5, "patient_preference", "shared decision for early surgery"},
};

constexpr Code kProcedure[] = {
    {1, "debridement", "open or endoscopic debridement of the tendon"},
    {2, "scraping_plantaris",
     "paratenon stripping (scraping), with or without plantaris removal"},
    {3, "percutaneous_tenotomies", "percutaneous longitudinal tenotomies"},
    {4, "gastrocnemius_recession",
     "gastrocnemius recession (Strayer and others)"},
    {5, "zadek_osteotomy",
     "Zadek osteotomy: dorsal closing wedge of the calcaneus"},
    {6, "calcaneoplasty",
     "calcaneoplasty: resection of the posterosuperior prominence"},
    {7, "retrocalcaneal_bursectomy", "retrocalcaneal bursectomy"},
    {8, "fhl_transfer", "transfer of flexor hallucis longus"},
    {9, "graft_reinforcement", "reinforcement with a graft"},
};

constexpr Code kApproach[] = {
    {1, "open", "open"},
    {2, "minimally_invasive",
     "minimally invasive (percutaneous and ultrasound-guided included)"},
    {3, "endoscopic", "endoscopic"},
};

constexpr Code kExposure[] = {
    {1, "central_split", "central tendon split"},
    {2, "lateral", "lateral"},
    {3, "medial", "medial"},
    {4, "cincinnati", "transverse (Cincinnati)"},
    {5, "complete_detachment",
     "complete detachment and reattachment with anchors"},
};

constexpr Code kGraftClass[] = {
    {1, "none", "no graft"},
    {2, "autograft_fhl", "autograft: flexor hallucis longus"},
    {3, "autograft_other", "autograft: other"},
    {4, "allograft", "allograft"},
    {5, "xenograft", "xenograft"},
    {6, "synthetic_polyurethane_urea",
     "synthetic: degradable polyurethane urea (such as Artelon)"},
    {7, "synthetic_other", "synthetic: other (such as suture tape)"},
};

constexpr Code kGraftTechnique[] = {
    {1, "box_weave", "box weave"},         {2, "onlay", "onlay"},
    {3, "wrap", "wrap around the tendon"}, {4, "bridging", "bridging a defect"},
    {5, "other", "other technique"},
};

constexpr Code kFixation[] = {
    {1, "none", "none"},
    {2, "screws", "screws"},
    {3, "staples", "staples"},
    {4, "plate", "plate"},
};

constexpr Code kFhlHarvest[] = {
    {1, "short", "short (single incision)"},
    {2, "long", "long (second incision)"},
};

constexpr Code kFhlFixation[] = {
    {1, "interference_screw", "interference screw"},
    {2, "transosseous", "transosseous"},
    {3, "other", "other fixation"},
};

constexpr Code kImplantClass[] = {
    {1, "screw", "screw"},
    {2, "staple", "staple"},
    {3, "plate", "plate"},
    {4, "suture_anchor", "suture anchor"},
    {5, "interference_screw", "interference screw"},
    {6, "suture_button", "suture button"},
    {7, "other", "other implant"},
};

constexpr Code kVisaAInstrument[] = {
    {1, "visa_a", "VISA-A (Robinson 2001), 8 items"},
    {2, "visa_a_sedentary",
     "VISA-A (sedentary), for patients without sport; total only"},
};

constexpr Code kVisaABranch[] = {
    {1, "no_pain", "A: no pain in Achilles-loading sport"},
    {2, "pain_can_finish", "B: pain that does not stop completion"},
    {3, "pain_stops", "C: pain that stops completion"},
};

constexpr Code kSatisfaction[] = {
    {1, "very_dissatisfied", "very dissatisfied"},
    {2, "dissatisfied", "dissatisfied"},
    {3, "neutral", "neither"},
    {4, "satisfied", "satisfied"},
    {5, "very_satisfied", "very satisfied"},
};

constexpr Code kReturnStage[] = {
    {1, "none", "not back"},
    {2, "participation",
     "return to participation: training or sport below the goal"},
    {3, "sport", "return to sport: own sport, below the level before injury"},
    {4, "performance",
     "return to performance: own sport at or above the level before injury"},
};

constexpr Code kComplicationKind[] = {
    {1, "wound_dehiscence", "wound dehiscence or delayed healing"},
    {2, "infection_superficial", "superficial infection"},
    {3, "infection_deep", "deep infection"},
    {4, "sural_nerve", "sural nerve injury or paraesthesia"},
    {5, "other_nerve", "other nerve injury"},
    {6, "deep_vein_thrombosis", "deep vein thrombosis"},
    {7, "pulmonary_embolism", "pulmonary embolism"},
    {8, "nonunion", "nonunion of an osteotomy"},
    {9, "delayed_union", "delayed union of an osteotomy"},
    {10, "hardware_pain", "painful hardware"},
    {11, "hardware_failure", "hardware failure"},
    {12, "rupture", "rupture or avulsion of the tendon"},
    {13, "complex_regional_pain", "complex regional pain syndrome"},
    {14, "scar_pain", "painful scar"},
    {15, "hallux_weakness", "weakness of the hallux"},
    {16, "recurrence", "recurrence"},
    {17, "other", "other complication"},
};

constexpr Code kComplicationGrade[] = {
    {1, "grade_1", "I: no change of the usual course"},
    {2, "grade_2", "II: treated without operation"},
    {3, "grade_3", "III: operation or readmission"},
    {4, "grade_4", "IV: threatens life or limb"},
    {5, "grade_5", "V: death"},
};

constexpr Code kReoperationKind[] = {
    {1, "revision", "revision surgery"},
    {2, "implant_removal", "removal of an implant alone"},
};

constexpr Code kCaseStatus[] = {
    {1, "active", "in follow-up"},
    {2, "lost", "lost to follow-up"},
    {3, "declined", "declined further follow-up"},
    {4, "died", "died"},
};

constexpr Code kCorrectionReason[] = {
    {1, "transcription_error", "the entry was mistyped"},
    {2, "source_corrected", "the clinic record was corrected"},
    {3, "late_information", "information came later"},
    {4, "status_change", "the follow-up status changed"},
};

constexpr Code kWithdrawalReason[] = {
    {1, "consent_withdrawn", "the patient withdrew consent"},
    {2, "entered_in_error", "entered in error"},
    {3, "not_eligible", "found not eligible"},
    {4, "duplicate", "duplicate of another case"},
};

}  // namespace

const CodeList kSexCodes{"sex", kSex};
const CodeList kLateralityCodes{"laterality", kLaterality};
const CodeList kDiagnosisCodes{"diagnosis", kDiagnosis};
const CodeList kPathologyCodes{"pathology", kPathology};
const CodeList kDiabetesCodes{"diabetes", kDiabetes};
const CodeList kSmokingCodes{"smoking", kSmoking};
const CodeList kFluoroquinoloneExposureCodes{"fluoroquinolone",
                                             kFluoroquinoloneExposure};
const CodeList kSportCodes{"sport", kSport};
const CodeList kSportLevelCodes{"sport_level", kSportLevel};
const CodeList kSilfverskioldCodes{"silfverskiold", kSilfverskiold};
const CodeList kDryNeedlingCodes{"dry_needling", kDryNeedling};
const CodeList kShortCareReasonCodes{"short_care_reason", kShortCareReason};
const CodeList kProcedureCodes{"procedure", kProcedure};
const CodeList kApproachCodes{"approach", kApproach};
const CodeList kExposureCodes{"exposure", kExposure};
const CodeList kGraftClassCodes{"graft_class", kGraftClass};
const CodeList kGraftTechniqueCodes{"graft_technique", kGraftTechnique};
const CodeList kFixationCodes{"fixation", kFixation};
const CodeList kFhlHarvestCodes{"fhl_harvest", kFhlHarvest};
const CodeList kFhlFixationCodes{"fhl_fixation", kFhlFixation};
const CodeList kImplantClassCodes{"implant", kImplantClass};
const CodeList kVisaAInstrumentCodes{"visa_a_instrument", kVisaAInstrument};
const CodeList kVisaABranchCodes{"visa_a_branch", kVisaABranch};
const CodeList kSatisfactionCodes{"satisfaction", kSatisfaction};
const CodeList kReturnStageCodes{"return_stage", kReturnStage};
const CodeList kComplicationKindCodes{"complication", kComplicationKind};
const CodeList kComplicationGradeCodes{"complication_grade",
                                       kComplicationGrade};
const CodeList kReoperationKindCodes{"reoperation", kReoperationKind};
const CodeList kCaseStatusCodes{"case_status", kCaseStatus};
const CodeList kCorrectionReasonCodes{"correction_reason", kCorrectionReason};
const CodeList kWithdrawalReasonCodes{"withdrawal_reason", kWithdrawalReason};

}  // namespace enthesis::model
