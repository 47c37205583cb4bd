// A case: one operated limb, as one document. No text and no date, by
// construction; every time is in whole days since surgery. An empty optional is
// an unknown value, never zero.
//
// Ranges, units and code lists of the scalar fields: fields.h.

#ifndef ENTHESIS_REGISTRY_MODEL_CASE_H_
#define ENTHESIS_REGISTRY_MODEL_CASE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/model/codes.h"
#include "registry/model/id.h"

namespace enthesis::model {

// What is known before surgery. Whole days, years, degrees and months; no date.
struct Baseline {
  std::optional<int32_t> surgery_year;
  std::optional<int32_t> operation_sequence;
  std::optional<Diagnosis> diagnosis;
  std::optional<Pathology> pathology;
  std::optional<Laterality> laterality;
  std::optional<bool> bilateral_symptoms;
  std::optional<int32_t> age_years;
  std::optional<Sex> sex;
  std::optional<int32_t> bmi;
  std::optional<Diabetes> diabetes;
  std::optional<Smoking> smoking;
  std::optional<FluoroquinoloneExposure> fluoroquinolone;
  std::optional<bool> oral_corticosteroid;
  std::optional<bool> previous_tendinopathy;
  std::optional<bool> previous_surgery;
  std::optional<int32_t> symptom_duration_months;
  std::optional<Sport> sport;
  std::optional<SportLevel> sport_level;
  std::optional<int32_t> tegner_score;
  std::optional<bool> imaging_confirmed;
  std::optional<int32_t> mri_grade;
  std::optional<bool> haglund_prominence;
  std::optional<bool> intratendinous_calcification;
  std::optional<bool> retrocalcaneal_bursitis;
  std::optional<int32_t> dorsiflexion_knee_extended_degrees;
  std::optional<int32_t> dorsiflexion_knee_flexed_degrees;
  std::optional<Silfverskiold> silfverskiold;
  std::optional<int32_t> fowler_philip_degrees;
  std::optional<int32_t> calcaneal_pitch_degrees;
  std::optional<int32_t> bohler_degrees;
  std::optional<int32_t> chauveaux_liet_degrees;
  std::optional<bool> parallel_pitch_lines_positive;
  std::optional<int32_t> x_y_ratio_tenths;

  bool operator==(const Baseline&) const = default;
};

// Structured care before surgery.
struct ConservativeCare {
  std::optional<int32_t> months;
  std::optional<ShortCareReason> short_care_reason;
  std::optional<bool> eccentric_loading;
  std::optional<bool> heavy_slow_resistance;
  std::optional<bool> supervised_physiotherapy;
  std::optional<DryNeedling> dry_needling;
  std::optional<bool> shockwave;
  std::optional<bool> night_splint;
  std::optional<bool> orthotics_or_heel_lift;
  std::optional<int32_t> corticosteroid_injections;
  std::optional<int32_t> months_since_corticosteroid_injection;
  std::optional<int32_t> platelet_rich_plasma_injections;
  std::optional<int32_t> high_volume_injections;
  std::optional<int32_t> sclerosing_injections;
  std::optional<int32_t> other_injections;

  bool operator==(const ConservativeCare&) const = default;
};

// What was done. One primary procedure and any concomitant ones.
struct Operation {
  std::optional<Procedure> primary_procedure;
  std::optional<Approach> approach;
  std::optional<Exposure> exposure;
  std::optional<GraftClass> graft_class;
  std::optional<GraftTechnique> graft_technique;
  std::optional<Fixation> fixation;
  std::optional<int32_t> wedge_mm;
  std::optional<FhlHarvest> fhl_harvest;
  std::optional<FhlFixation> fhl_fixation;
  std::optional<int32_t> operating_minutes;
  std::vector<Procedure> concomitant_procedures;  // no duplicates
  std::vector<ImplantClass> implants;

  bool operator==(const Operation&) const = default;
};

// One VISA-A questionnaire: the items, the total, or both. A missing item gives
// no total, never zero.
struct VisaA {
  std::optional<VisaAInstrument> instrument;
  std::optional<int32_t> total;
  std::optional<int32_t> item_1_stiffness_minutes;
  std::optional<int32_t> item_2_points;
  std::optional<int32_t> item_3_points;
  std::optional<int32_t> item_4_points;
  std::optional<int32_t> item_5_points;
  std::optional<int32_t> item_6_points;
  std::optional<int32_t> item_7_points;
  std::optional<VisaABranch> item_8_branch;
  std::optional<int32_t> item_8_points;

  bool operator==(const VisaA&) const = default;
};

// A complication with its day.
struct Complication {
  std::optional<ComplicationKind> kind;
  std::optional<int32_t> day;
  std::optional<ComplicationGrade> grade;
  std::optional<bool> led_to_reoperation;

  bool operator==(const Complication&) const = default;
};

// A further operation on the same limb.
struct Reoperation {
  std::optional<ReoperationKind> kind;
  std::optional<int32_t> day;

  bool operator==(const Reoperation&) const = default;
};

// One assessment. Its day says when; days at or before 0 are assessments before
// surgery. Events may be reported with a day before the assessment.
struct FollowUp {
  Id id;  // random, made by the client; unique within the case
  std::optional<int32_t> day;
  std::optional<int32_t> pain_activity;
  std::optional<int32_t> pain_rest;
  std::optional<int32_t> heel_rise_count;
  std::optional<int32_t> strength_symmetry_percent;
  std::optional<int32_t> hop_symmetry_percent;
  std::optional<bool> plyometric_ready;
  std::optional<int32_t> tegner_score;
  std::optional<Satisfaction> satisfaction;
  std::optional<ReturnStage> return_stage;
  std::optional<int32_t> return_participation_day;
  std::optional<int32_t> return_sport_day;
  std::optional<int32_t> return_performance_day;
  std::optional<bool> sustained_return;
  std::optional<int32_t> retired_from_sport_day;
  std::optional<bool> full_weight_bearing;
  std::optional<int32_t> full_weight_bearing_day;
  std::optional<bool> daily_life;
  std::optional<int32_t> daily_life_day;
  std::optional<bool> osteotomy_united;
  std::optional<int32_t> osteotomy_union_day;
  std::optional<VisaA> visa_a;
  std::vector<Complication> complications;
  std::vector<Reoperation> reoperations;

  bool operator==(const FollowUp&) const = default;
};

struct Case {
  std::string site;        // site id
  Id id;                   // random, made by the client
  Id patient;              // shared by the two limbs of one person
  bool synthetic = false;  // drawn by a simulator; shown wherever it is used
  Baseline baseline;
  ConservativeCare conservative_care;
  Operation operation;
  CaseStatus status = CaseStatus::kActive;
  // Whole days from surgery to the status; absent while active.
  std::optional<int32_t> status_day;
  std::vector<FollowUp> follow_ups;  // kept by day

  bool operator==(const Case&) const = default;
};

// A hospital or clinic. No name and no address: the id is opaque.
struct Site {
  std::string id;  // 4-63 lower-case letters, digits, hyphen
  bool synthetic = false;

  bool operator==(const Site&) const = default;
};

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_CASE_H_
