#include "registry/model/fields.h"

namespace enthesis::model {
namespace {

// Reads and writes one member through a whole number, so that tables of fields
// can be walked without knowing each type.
template <auto kMember, typename T>
std::optional<int32_t> Get(const T& record) {
  const auto& value = record.*kMember;
  if (!value.has_value()) return std::nullopt;
  return static_cast<int32_t>(*value);
}

template <auto kMember, typename T>
void Set(T& record, std::optional<int32_t> value) {
  auto& member = record.*kMember;
  if (!value.has_value()) {
    member.reset();
    return;
  }
  member = static_cast<
      typename std::remove_reference_t<decltype(member)>::value_type>(*value);
}

template <auto kMember, typename T>
constexpr Field<T> Number(const char* name, int32_t min, int32_t max,
                          const char* unit, bool required,
                          const char* meaning) {
  return {
      {name, FieldKind::kNumber, min, max, unit, nullptr, required, meaning},
      Get<kMember, T>,
      Set<kMember, T>};
}

template <auto kMember, typename T>
constexpr Field<T> Flag(const char* name, const char* meaning) {
  return {{name, FieldKind::kFlag, 0, 1, "", nullptr, false, meaning},
          Get<kMember, T>,
          Set<kMember, T>};
}

template <auto kMember, typename T>
constexpr Field<T> Coded(const char* name, const CodeList* codes, bool required,
                         const char* meaning) {
  return {{name, FieldKind::kCode, 0, 0, "", codes, required, meaning},
          Get<kMember, T>,
          Set<kMember, T>};
}

constexpr Field<Baseline> kBaselineFields[] = {
    Number<&Baseline::surgery_year, Baseline>(
        "surgery_year", 1990, 2100, "year", true,
        "Calendar year of surgery; not after the current year."),
    Number<&Baseline::operation_sequence, Baseline>(
        "operation_sequence", 0, 2000000000, "rank", false,
        "Order of operations within the site, in steps of 1000; ties allowed. "
        "Never released."),
    Coded<&Baseline::diagnosis, Baseline>(
        "diagnosis", &kDiagnosisCodes, true,
        "What was operated on. Only tendinopathy is eligible; the other codes "
        "exist so that a refusal can name its reason."),
    Coded<&Baseline::pathology, Baseline>(
        "pathology", &kPathologyCodes, true,
        "Site of the pathology in the tendon."),
    Coded<&Baseline::laterality, Baseline>("laterality", &kLateralityCodes,
                                           true, "The operated side."),
    Flag<&Baseline::bilateral_symptoms, Baseline>(
        "bilateral_symptoms",
        "Both limbs have symptoms: limb symmetry is then not meaningful."),
    Number<&Baseline::age_years, Baseline>(
        "age_years", 18, 90, "years", true,
        "Age at surgery; 90 stands for 90 and over."),
    Coded<&Baseline::sex, Baseline>("sex", &kSexCodes, true,
                                    "Sex as recorded by the clinic."),
    Number<&Baseline::bmi, Baseline>("bmi", 12, 80, "kg/m2", false,
                                     "Body mass index, whole number."),
    Coded<&Baseline::diabetes, Baseline>("diabetes", &kDiabetesCodes, false,
                                         "Diabetes before surgery."),
    Coded<&Baseline::smoking, Baseline>("smoking", &kSmokingCodes, false,
                                        "Tobacco smoking at surgery."),
    Coded<&Baseline::fluoroquinolone, Baseline>(
        "fluoroquinolone", &kFluoroquinoloneExposureCodes, false,
        "Exposure to a fluoroquinolone antibiotic before surgery."),
    Flag<&Baseline::oral_corticosteroid, Baseline>(
        "oral_corticosteroid",
        "Oral corticosteroid within 90 days before surgery."),
    Flag<&Baseline::previous_tendinopathy, Baseline>(
        "previous_tendinopathy",
        "An earlier episode of tendinopathy in any tendon."),
    Flag<&Baseline::previous_surgery, Baseline>(
        "previous_surgery", "Earlier surgery on the same tendon."),
    Number<&Baseline::symptom_duration_months, Baseline>(
        "symptom_duration_months", 3, 240, "months", false,
        "Duration of symptoms before surgery."),
    Coded<&Baseline::sport, Baseline>("sport", &kSportCodes, false,
                                      "Main sport before surgery."),
    Coded<&Baseline::sport_level, Baseline>(
        "sport_level", &kSportLevelCodes, true,
        "Level of sport before surgery. \"none\" is not an athlete: outside "
        "the risk set of return to play, and counted."),
    Number<&Baseline::tegner_score, Baseline>(
        "tegner_score", 0, 10, "points", false,
        "Tegner activity level before symptoms; 10 is most demanding."),
    Flag<&Baseline::imaging_confirmed, Baseline>(
        "imaging_confirmed",
        "Diagnosis confirmed by ultrasound or magnetic resonance."),
    Number<&Baseline::mri_grade, Baseline>(
        "mri_grade", 1, 3, "grade", false,
        "Nicholson grade on magnetic resonance."),
    Flag<&Baseline::haglund_prominence, Baseline>("haglund_prominence",
                                                  "Haglund prominence."),
    Flag<&Baseline::intratendinous_calcification, Baseline>(
        "intratendinous_calcification", "Calcification within the tendon."),
    Flag<&Baseline::retrocalcaneal_bursitis, Baseline>(
        "retrocalcaneal_bursitis", "Retrocalcaneal bursitis."),
    Number<&Baseline::dorsiflexion_knee_extended_degrees, Baseline>(
        "dorsiflexion_knee_extended_degrees", -30, 45, "degrees", false,
        "Ankle dorsiflexion with the knee straight."),
    Number<&Baseline::dorsiflexion_knee_flexed_degrees, Baseline>(
        "dorsiflexion_knee_flexed_degrees", -30, 45, "degrees", false,
        "Ankle dorsiflexion with the knee bent."),
    Coded<&Baseline::silfverskiold, Baseline>(
        "silfverskiold", &kSilfverskioldCodes, false,
        "Silfverskiold test: positive means dorsiflexion is limited with the "
        "knee straight and gained with the knee bent (isolated gastrocnemius "
        "contracture)."),
    Number<&Baseline::fowler_philip_degrees, Baseline>("fowler_philip_degrees",
                                                       0, 120, "degrees", false,
                                                       "Fowler-Philip angle."),
    Number<&Baseline::calcaneal_pitch_degrees, Baseline>(
        "calcaneal_pitch_degrees", -20, 60, "degrees", false,
        "Calcaneal pitch."),
    Number<&Baseline::bohler_degrees, Baseline>(
        "bohler_degrees", -20, 70, "degrees", false, "Boehler angle."),
    Number<&Baseline::chauveaux_liet_degrees, Baseline>(
        "chauveaux_liet_degrees", -40, 60, "degrees", false,
        "Chauveaux-Liet angle."),
    Flag<&Baseline::parallel_pitch_lines_positive, Baseline>(
        "parallel_pitch_lines_positive",
        "The prominence projects above the upper parallel pitch line."),
    Number<&Baseline::x_y_ratio_tenths, Baseline>(
        "x_y_ratio_tenths", 0, 100, "tenths", false,
        "X/Y ratio of the calcaneus (Tourne), in tenths; below 25 is "
        "pathological."),
};

constexpr Field<ConservativeCare> kConservativeCareFields[] = {
    Number<&ConservativeCare::months, ConservativeCare>(
        "months", 0, 240, "months", true,
        "Months of structured conservative care. Below 3 is refused; 3 to 5 "
        "needs short_care_reason."),
    Coded<&ConservativeCare::short_care_reason, ConservativeCare>(
        "short_care_reason", &kShortCareReasonCodes, false,
        "Why surgery followed less than 6 months of conservative care."),
    Flag<&ConservativeCare::eccentric_loading, ConservativeCare>(
        "eccentric_loading", "Eccentric loading programme."),
    Flag<&ConservativeCare::heavy_slow_resistance, ConservativeCare>(
        "heavy_slow_resistance", "Heavy slow resistance training."),
    Flag<&ConservativeCare::supervised_physiotherapy, ConservativeCare>(
        "supervised_physiotherapy", "Supervised physiotherapy."),
    Coded<&ConservativeCare::dry_needling, ConservativeCare>(
        "dry_needling", &kDryNeedlingCodes, false,
        "Dry needling before surgery."),
    Flag<&ConservativeCare::shockwave, ConservativeCare>(
        "shockwave", "Extracorporeal shockwave therapy."),
    Flag<&ConservativeCare::night_splint, ConservativeCare>("night_splint",
                                                            "Night splint."),
    Flag<&ConservativeCare::orthotics_or_heel_lift, ConservativeCare>(
        "orthotics_or_heel_lift", "Orthotics or heel lift."),
    Number<&ConservativeCare::corticosteroid_injections, ConservativeCare>(
        "corticosteroid_injections", 0, 20, "injections", false,
        "Local corticosteroid injections."),
    Number<&ConservativeCare::months_since_corticosteroid_injection,
           ConservativeCare>(
        "months_since_corticosteroid_injection", 0, 240, "months", false,
        "Months from the last local corticosteroid injection to surgery."),
    Number<&ConservativeCare::platelet_rich_plasma_injections,
           ConservativeCare>("platelet_rich_plasma_injections", 0, 20,
                             "injections", false,
                             "Platelet-rich plasma injections."),
    Number<&ConservativeCare::high_volume_injections, ConservativeCare>(
        "high_volume_injections", 0, 20, "injections", false,
        "High-volume injections."),
    Number<&ConservativeCare::sclerosing_injections, ConservativeCare>(
        "sclerosing_injections", 0, 20, "injections", false,
        "Sclerosing injections."),
    Number<&ConservativeCare::other_injections, ConservativeCare>(
        "other_injections", 0, 20, "injections", false,
        "Injections of another kind."),
};

constexpr Field<Operation> kOperationFields[] = {
    Coded<&Operation::primary_procedure, Operation>(
        "primary_procedure", &kProcedureCodes, true,
        "Surgical procedures. Which fits which pathology and approach: see "
        "registry/model/procedures.h."),
    Coded<&Operation::approach, Operation>("approach", &kApproachCodes, true,
                                           "Surgical approach."),
    Coded<&Operation::exposure, Operation>(
        "exposure", &kExposureCodes, false,
        "How the insertion was exposed in an open debridement."),
    Coded<&Operation::graft_class, Operation>(
        "graft_class", &kGraftClassCodes, false,
        "Graft by class; never a serial number."),
    Coded<&Operation::graft_technique, Operation>("graft_technique",
                                                  &kGraftTechniqueCodes, false,
                                                  "How the graft was placed."),
    Coded<&Operation::fixation, Operation>("fixation", &kFixationCodes, false,
                                           "Fixation of an osteotomy."),
    Number<&Operation::wedge_mm, Operation>(
        "wedge_mm", 1, 20, "mm", false,
        "Wedge taken by an osteotomy; 3 to 6 is usual."),
    Coded<&Operation::fhl_harvest, Operation>(
        "fhl_harvest", &kFhlHarvestCodes, false,
        "Harvest of flexor hallucis longus."),
    Coded<&Operation::fhl_fixation, Operation>(
        "fhl_fixation", &kFhlFixationCodes, false,
        "Fixation of a transferred flexor hallucis longus."),
    Number<&Operation::operating_minutes, Operation>(
        "operating_minutes", 5, 600, "minutes", false, "Operating time."),
};

constexpr Field<VisaA> kVisaAFields[] = {
    Coded<&VisaA::instrument, VisaA>("instrument", &kVisaAInstrumentCodes,
                                     false, "Version; absent means visa_a."),
    Number<&VisaA::total, VisaA>("total", 0, 100, "points", false,
                                 "Total as the clinic has it; refused when "
                                 "complete items contradict it."),
    Number<&VisaA::item_1_stiffness_minutes, VisaA>(
        "item_1_stiffness_minutes", 0, 100, "minutes", false,
        "Item 1: minutes of stiffness on first getting up, in steps of 10; 100 "
        "stands for 100 and over. Scores 10 - minutes / 10."),
    Number<&VisaA::item_2_points, VisaA>(
        "item_2_points", 0, 10, "points", false,
        "Item 2: pain when stretching over a step edge; 10 is none."),
    Number<&VisaA::item_3_points, VisaA>(
        "item_3_points", 0, 10, "points", false,
        "Item 3: pain after 30 minutes of walking; 10 is none."),
    Number<&VisaA::item_4_points, VisaA>(
        "item_4_points", 0, 10, "points", false,
        "Item 4: pain walking downstairs; 10 is none."),
    Number<&VisaA::item_5_points, VisaA>(
        "item_5_points", 0, 10, "points", false,
        "Item 5: pain with 10 single-leg heel raises; 10 is none."),
    Number<&VisaA::item_6_points, VisaA>(
        "item_6_points", 0, 10, "points", false,
        "Item 6: single-leg hops without pain, one point each."),
    Number<&VisaA::item_7_points, VisaA>(
        "item_7_points", 0, 10, "points", false,
        "Item 7: sport or activity now; 0, 4, 7 or 10."),
    Coded<&VisaA::item_8_branch, VisaA>(
        "item_8_branch", &kVisaABranchCodes, false,
        "Which of the three exclusive branches of item 8 was answered."),
    Number<&VisaA::item_8_points, VisaA>(
        "item_8_points", 0, 30, "points", false,
        "Item 8: time able to train, from the row of its branch: no_pain 0 7 "
        "14 21 30; pain_can_finish 0 4 10 14 20; pain_stops 0 2 5 7 10."),
};

constexpr Field<Complication> kComplicationFields[] = {
    Coded<&Complication::kind, Complication>("kind", &kComplicationKindCodes,
                                             true, "Complications of surgery."),
    Number<&Complication::day, Complication>(
        "day", 0, 7305, "days", true,
        "Whole days from surgery; not after the day of the follow-up that "
        "reports it."),
    Coded<&Complication::grade, Complication>(
        "grade", &kComplicationGradeCodes, false,
        "Severity after Clavien, Dindo and Sink."),
    Flag<&Complication::led_to_reoperation, Complication>(
        "led_to_reoperation", "It led to a reoperation."),
};

constexpr Field<Reoperation> kReoperationFields[] = {
    Coded<&Reoperation::kind, Reoperation>(
        "kind", &kReoperationKindCodes, true,
        "A further operation on the same limb for the same condition or a "
        "complication. Both kinds are reoperations; removal of an implant "
        "alone is told apart."),
    Number<&Reoperation::day, Reoperation>(
        "day", 0, 7305, "days", true,
        "Whole days from surgery; not after the day of the follow-up that "
        "reports it."),
};

constexpr Field<FollowUp> kFollowUpFields[] = {
    Number<&FollowUp::day, FollowUp>(
        "day", -90, 7305, "days", true,
        "Whole days from surgery to the assessment; negative before surgery."),
    Number<&FollowUp::pain_activity, FollowUp>(
        "pain_activity", 0, 10, "points", false,
        "Pain on activity, numeric rating; 10 is worst."),
    Number<&FollowUp::pain_rest, FollowUp>(
        "pain_rest", 0, 10, "points", false,
        "Pain at rest, numeric rating; 10 is worst."),
    Number<&FollowUp::heel_rise_count, FollowUp>(
        "heel_rise_count", 0, 100, "repetitions", false,
        "Single-leg heel rises on the operated side."),
    Number<&FollowUp::strength_symmetry_percent, FollowUp>(
        "strength_symmetry_percent", 20, 150, "percent", false,
        "Strength, operated over other limb."),
    Number<&FollowUp::hop_symmetry_percent, FollowUp>(
        "hop_symmetry_percent", 20, 150, "percent", false,
        "Hop distance, operated over other limb."),
    Flag<&FollowUp::plyometric_ready, FollowUp>(
        "plyometric_ready", "Ready for plyometric loading."),
    Number<&FollowUp::tegner_score, FollowUp>(
        "tegner_score", 0, 10, "points", false, "Tegner activity level now."),
    Coded<&FollowUp::satisfaction, FollowUp>(
        "satisfaction", &kSatisfactionCodes, false,
        "Satisfaction with the result of surgery."),
    Coded<&FollowUp::return_stage, FollowUp>(
        "return_stage", &kReturnStageCodes, false,
        "Highest stage of return reached by this day; a later stage implies "
        "the earlier ones."),
    Number<&FollowUp::return_participation_day, FollowUp>(
        "return_participation_day", 0, 7305, "days", false,
        "Day of return to participation, when known."),
    Number<&FollowUp::return_sport_day, FollowUp>(
        "return_sport_day", 0, 7305, "days", false,
        "Day of return to sport, when known."),
    Number<&FollowUp::return_performance_day, FollowUp>(
        "return_performance_day", 0, 7305, "days", false,
        "Day of return to performance, when known."),
    Flag<&FollowUp::sustained_return, FollowUp>(
        "sustained_return",
        "Still back in own sport; asked from the 24-month visit (day 548) on."),
    Number<&FollowUp::retired_from_sport_day, FollowUp>(
        "retired_from_sport_day", 0, 7305, "days", false,
        "Day of retirement from sport for another reason."),
    Flag<&FollowUp::full_weight_bearing, FollowUp>(
        "full_weight_bearing", "Full weight-bearing reached by this day."),
    Number<&FollowUp::full_weight_bearing_day, FollowUp>(
        "full_weight_bearing_day", 0, 7305, "days", false,
        "Day of full weight-bearing, when known."),
    Flag<&FollowUp::daily_life, FollowUp>(
        "daily_life", "Return to daily life reached by this day."),
    Number<&FollowUp::daily_life_day, FollowUp>(
        "daily_life_day", 0, 7305, "days", false,
        "Day of return to daily life, when known."),
    Flag<&FollowUp::osteotomy_united, FollowUp>(
        "osteotomy_united", "Union of the osteotomy seen by this day."),
    Number<&FollowUp::osteotomy_union_day, FollowUp>(
        "osteotomy_union_day", 0, 7305, "days", false,
        "Day union of the osteotomy was first seen, when known."),
};

}  // namespace

absl::Span<const Field<Baseline>> BaselineFields() { return kBaselineFields; }
absl::Span<const Field<ConservativeCare>> ConservativeCareFields() {
  return kConservativeCareFields;
}
absl::Span<const Field<Operation>> OperationFields() {
  return kOperationFields;
}
absl::Span<const Field<VisaA>> VisaAFields() { return kVisaAFields; }
absl::Span<const Field<Complication>> ComplicationFields() {
  return kComplicationFields;
}
absl::Span<const Field<Reoperation>> ReoperationFields() {
  return kReoperationFields;
}
absl::Span<const Field<FollowUp>> FollowUpFields() { return kFollowUpFields; }

}  // namespace enthesis::model
