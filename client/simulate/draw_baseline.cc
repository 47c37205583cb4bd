#include <algorithm>
#include <cmath>

#include "client/simulate/draw.h"
#include "registry/model/procedures.h"

namespace enthesis::client {
namespace {

using model::Approach;
using model::Baseline;
using model::Case;
using model::ConservativeCare;
using model::Diabetes;
using model::Diagnosis;
using model::DryNeedling;
using model::Exposure;
using model::FhlFixation;
using model::FhlHarvest;
using model::FitsApproach;
using model::FitsPathology;
using model::Fixation;
using model::FluoroquinoloneExposure;
using model::GraftClass;
using model::GraftTechnique;
using model::ImplantClass;
using model::Includes;
using model::Laterality;
using model::Operation;
using model::Pathology;
using model::Procedure;
using model::ProcedureRule;
using model::RuleOf;
using model::Sex;
using model::ShortCareReason;
using model::Silfverskiold;
using model::Smoking;
using model::Sport;
using model::SportLevel;

void DrawPerson(Random& random, Baseline& baseline) {
  // Age and sex: Hall 2024, 98 percutaneous Zadek osteotomies, 51.3 (SD 11.1)
  // years, 61 women of 98.
  baseline.age_years = Whole(random.Normal(51, 11), 18, 85);
  baseline.sex = random.Chance(0.60) ? Sex::kFemale : Sex::kMale;
  // Body mass, diabetes, smoking, fluoroquinolone: assumed.
  if (random.Chance(0.97)) {
    baseline.bmi = Whole(random.Normal(29, 5.5), 16, 60);
  }
  constexpr double kDiabetes[] = {0.90, 0.015, 0.075, 0.01};
  baseline.diabetes = static_cast<Diabetes>(random.Pick(kDiabetes) + 1);
  constexpr double kSmoking[] = {0.60, 0.27, 0.13};
  if (random.Chance(0.98)) {
    baseline.smoking = static_cast<Smoking>(random.Pick(kSmoking) + 1);
  }
  constexpr double kFluoroquinolone[] = {0.89, 0.05, 0.01, 0.05};
  baseline.fluoroquinolone =
      static_cast<FluoroquinoloneExposure>(random.Pick(kFluoroquinolone) + 1);
  baseline.oral_corticosteroid = random.Chance(0.04);
  baseline.previous_tendinopathy = random.Chance(0.25);
  baseline.previous_surgery = random.Chance(0.05);
}

void DrawSport(Random& random, Baseline& baseline) {
  // Younger patients play more and harder; assumed.
  const bool young = *baseline.age_years < 40;
  const double kYoung[] = {0.06, 0.54, 0.32, 0.08};
  const double kOlder[] = {0.28, 0.62, 0.09, 0.01};
  const size_t level =
      random.Pick(young ? absl::MakeSpan(kYoung) : absl::MakeSpan(kOlder));
  baseline.sport_level = static_cast<SportLevel>(level + 1);
  if (baseline.sport_level == SportLevel::kNone) {
    baseline.sport = Sport::kNone;
    baseline.tegner_score = random.Between(0, 3);
    return;
  }
  constexpr double kSport[] = {0.42, 0.05, 0.16, 0.16, 0.16, 0.05};
  baseline.sport = static_cast<Sport>(random.Pick(kSport) + 2);
  const int32_t lowest[] = {0, 3, 6, 8};
  const int32_t highest[] = {3, 6, 8, 10};
  baseline.tegner_score = random.Between(lowest[level], highest[level]);
}

void DrawDisease(Random& random, Baseline& baseline) {
  baseline.diagnosis = Diagnosis::kTendinopathy;
  baseline.laterality =
      random.Chance(0.5) ? Laterality::kLeft : Laterality::kRight;
  baseline.bilateral_symptoms = random.Chance(0.15);
  // Insertional 60 of 100 in a surgical registry; assumed.
  constexpr double kPathology[] = {0.36, 0.56, 0.08};
  baseline.pathology = static_cast<Pathology>(random.Pick(kPathology) + 1);
  baseline.symptom_duration_months =
      Whole(random.LogNormal(std::log(24), 0.6), 6, 240);
  baseline.imaging_confirmed = random.Chance(0.95);
  if (random.Chance(0.4)) baseline.mri_grade = random.Between(1, 3);
  const bool insertional = baseline.pathology != Pathology::kMidportion;
  if (insertional) {
    baseline.haglund_prominence = random.Chance(0.7);
    baseline.intratendinous_calcification = random.Chance(0.45);
    baseline.retrocalcaneal_bursitis = random.Chance(0.55);
    baseline.fowler_philip_degrees = Whole(random.Normal(64, 8), 35, 100);
    baseline.calcaneal_pitch_degrees = Whole(random.Normal(22, 6), 0, 45);
    baseline.x_y_ratio_tenths = Whole(random.Normal(24, 3), 12, 40);
  }
}

void DrawCare(Random& random, const Baseline& baseline,
              ConservativeCare& care) {
  care.months = std::min(Whole(random.LogNormal(std::log(11), 0.45), 6, 120),
                         *baseline.symptom_duration_months);
  if (random.Chance(0.04)) {
    care.months = random.Between(3, 5);
    care.short_care_reason = static_cast<ShortCareReason>(random.Between(1, 5));
  }
  care.eccentric_loading = random.Chance(0.8);
  care.heavy_slow_resistance = random.Chance(0.35);
  care.supervised_physiotherapy = random.Chance(0.75);
  constexpr double kNeedling[] = {0.8, 0.12, 0.08};
  care.dry_needling = static_cast<DryNeedling>(random.Pick(kNeedling) + 1);
  care.shockwave = random.Chance(0.5);
  care.night_splint = random.Chance(0.2);
  care.orthotics_or_heel_lift = random.Chance(0.6);
  // A local corticosteroid injection in 15 of 100; assumed.
  care.corticosteroid_injections =
      random.Chance(0.15) ? random.Between(1, 3) : 0;
  if (*care.corticosteroid_injections > 0) {
    care.months_since_corticosteroid_injection =
        random.Between(2, std::max(2, *care.months));
  }
  care.platelet_rich_plasma_injections =
      random.Chance(0.15) ? random.Between(1, 3) : 0;
  care.high_volume_injections = random.Chance(0.08) ? 1 : 0;
}

Procedure DrawPrimary(Random& random, Pathology pathology) {
  // Order of the code list. Mix within a pathology: assumed.
  constexpr double kMidportion[] = {38, 27, 5, 18, 0, 0, 0, 7, 5};
  constexpr double kInsertional[] = {22, 0, 0, 12, 30, 25, 2, 7, 2};
  return static_cast<Procedure>(
      random.Pick(pathology == Pathology::kMidportion
                      ? absl::MakeSpan(kMidportion)
                      : absl::MakeSpan(kInsertional)) +
      1);
}

Approach DrawApproach(Random& random, Procedure primary) {
  constexpr double kMix[] = {0.55, 0.30, 0.15};
  for (;;) {
    const auto approach = static_cast<Approach>(random.Pick(kMix) + 1);
    if (FitsApproach(RuleOf(primary), approach)) return approach;
  }
}

void AddConcomitant(Random& random, const Baseline& baseline,
                    Operation& operation) {
  const auto add = [&](Procedure procedure, double probability) {
    const bool chosen = random.Chance(probability);
    const ProcedureRule& rule = RuleOf(procedure);
    if (chosen && !Includes(operation, procedure) &&
        FitsPathology(rule, *baseline.pathology) &&
        FitsApproach(rule, *operation.approach)) {
      operation.concomitant_procedures.push_back(procedure);
    }
  };
  add(Procedure::kGastrocnemiusRecession, 0.10);
  add(Procedure::kRetrocalcanealBursectomy, 0.35);
  if (operation.primary_procedure == Procedure::kCalcaneoplasty) {
    add(Procedure::kDebridement, 0.45);
  }
  if (operation.primary_procedure == Procedure::kDebridement) {
    add(Procedure::kFhlTransfer, 0.06);
    add(Procedure::kGraftReinforcement, 0.04);
  }
}

void DrawDetails(Random& random, Pathology pathology, Operation& operation) {
  if (Includes(operation, Procedure::kZadekOsteotomy)) {
    // Wedge 4 mm, 3 to 6: Maffulli 2020.
    operation.wedge_mm = random.Between(3, 6);
    operation.fixation =
        random.Chance(0.9) ? Fixation::kScrews : Fixation::kStaples;
    operation.implants.push_back(operation.fixation == Fixation::kScrews
                                     ? ImplantClass::kScrew
                                     : ImplantClass::kStaple);
  }
  if (Includes(operation, Procedure::kFhlTransfer)) {
    operation.fhl_harvest =
        random.Chance(0.75) ? FhlHarvest::kShort : FhlHarvest::kLong;
    operation.fhl_fixation = random.Chance(0.8)
                                 ? FhlFixation::kInterferenceScrew
                                 : FhlFixation::kTransosseous;
    if (operation.fhl_fixation == FhlFixation::kInterferenceScrew) {
      operation.implants.push_back(ImplantClass::kInterferenceScrew);
    }
  }
  if (Includes(operation, Procedure::kGraftReinforcement)) {
    // No published outcome by class: the class has no effect on the course.
    constexpr double kClass[] = {0.1, 0.35, 0.1, 0.3, 0.15};
    operation.graft_class = static_cast<GraftClass>(random.Pick(kClass) + 3);
    operation.graft_technique =
        static_cast<GraftTechnique>(random.Between(1, 5));
  } else {
    operation.graft_class = GraftClass::kNone;
  }
  // The exposures are those of the insertion.
  if (operation.primary_procedure == Procedure::kDebridement &&
      operation.approach == Approach::kOpen &&
      pathology != Pathology::kMidportion && random.Chance(0.9)) {
    operation.exposure = static_cast<Exposure>(random.Between(1, 5));
    if (operation.exposure == Exposure::kCompleteDetachment) {
      operation.implants.push_back(ImplantClass::kSutureAnchor);
    }
  }
  // 44.9 (SD 10.5) minutes open, 65.4 (SD 11.1) endoscopic: PMC8058802.
  operation.operating_minutes = operation.approach == Approach::kEndoscopic
                                    ? Whole(random.Normal(65, 11), 25, 150)
                                    : Whole(random.Normal(47, 12), 15, 150);
}

void DrawContracture(Random& random, const Operation& operation,
                     Baseline& baseline) {
  const bool contracted =
      Includes(operation, Procedure::kGastrocnemiusRecession) ||
      random.Chance(0.1);
  if (contracted) {
    // Positive: at most 0 degrees straight, 13 more bent (Barouk 2014).
    baseline.silfverskiold = Silfverskiold::kPositive;
    baseline.dorsiflexion_knee_extended_degrees = random.Between(-8, 0);
    baseline.dorsiflexion_knee_flexed_degrees =
        *baseline.dorsiflexion_knee_extended_degrees + random.Between(13, 18);
  } else if (random.Chance(0.6)) {
    baseline.silfverskiold = Silfverskiold::kNegative;
    baseline.dorsiflexion_knee_extended_degrees = random.Between(2, 14);
    baseline.dorsiflexion_knee_flexed_degrees =
        *baseline.dorsiflexion_knee_extended_degrees + random.Between(2, 10);
  }
}

void DrawOperation(Random& random, Case& record) {
  record.operation = {};
  Operation& operation = record.operation;
  operation.primary_procedure = DrawPrimary(random, *record.baseline.pathology);
  operation.approach = DrawApproach(random, *operation.primary_procedure);
  AddConcomitant(random, record.baseline, operation);
  DrawDetails(random, *record.baseline.pathology, operation);
  if (Includes(operation, Procedure::kCalcaneoplasty)) {
    record.baseline.haglund_prominence = true;
  }
  DrawContracture(random, operation, record.baseline);
}

}  // namespace

Case DrawBaseline(Random& random) {
  Case record;
  record.synthetic = true;
  DrawPerson(random, record.baseline);
  DrawSport(random, record.baseline);
  DrawDisease(random, record.baseline);
  DrawCare(random, record.baseline, record.conservative_care);
  DrawOperation(random, record);
  return record;
}

Case DrawOtherLimb(Random& random, const Case& first) {
  Case record;
  record.synthetic = true;
  record.baseline = first.baseline;
  record.baseline.laterality = first.baseline.laterality == Laterality::kLeft
                                   ? Laterality::kRight
                                   : Laterality::kLeft;
  record.baseline.bilateral_symptoms = true;
  record.conservative_care = first.conservative_care;
  record.baseline.silfverskiold.reset();
  record.baseline.dorsiflexion_knee_extended_degrees.reset();
  record.baseline.dorsiflexion_knee_flexed_degrees.reset();
  DrawOperation(random, record);
  return record;
}

}  // namespace enthesis::client
