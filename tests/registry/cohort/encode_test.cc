#include "registry/cohort/encode.h"

#include "gtest/gtest.h"
#include "registry/cohort/columns.h"
#include "registry/model/codes.h"

namespace enthesis::cohort {
namespace {

using model::Dimension;
using model::Endpoint;

model::FollowUp At(int32_t day) {
  model::FollowUp follow_up;
  follow_up.id = {1, static_cast<uint64_t>(day) + 1000};
  follow_up.day = day;
  return follow_up;
}

model::VisaA Total(int32_t total, model::VisaAInstrument instrument =
                                      model::VisaAInstrument::kVisaA) {
  model::VisaA answers;
  answers.instrument = instrument;
  answers.total = total;
  return answers;
}

// An athlete with an open Zadek osteotomy and a gastrocnemius recession.
model::Case Athlete() {
  model::Case record;
  record.site = "site-01";
  record.id = {1, 2};
  record.patient = {3, 4};
  record.baseline.surgery_year = 2020;
  record.baseline.age_years = 47;
  record.baseline.sex = model::Sex::kMale;
  record.baseline.bmi = 27;
  record.baseline.pathology = model::Pathology::kInsertional;
  record.baseline.sport_level = model::SportLevel::kCompetitive;
  record.operation.primary_procedure = model::Procedure::kZadekOsteotomy;
  record.operation.concomitant_procedures = {
      model::Procedure::kGastrocnemiusRecession};
  record.operation.approach = model::Approach::kOpen;
  return record;
}

size_t Index(Endpoint endpoint) { return static_cast<size_t>(endpoint) - 1; }
size_t Index(Dimension dimension) { return static_cast<size_t>(dimension) - 1; }
size_t Index(model::Measure measure) {
  return static_cast<size_t>(measure) - 1;
}
size_t Index(model::Visit visit) { return static_cast<size_t>(visit) - 1; }

TEST(Encode, Dimensions) {
  const Row row = Encode(Athlete(), 7);
  EXPECT_EQ(row.site, 7);
  EXPECT_EQ(row.concomitant, 1 << 3);  // gastrocnemius recession is 4
  EXPECT_EQ(row.dimension[Index(Dimension::kPrimaryProcedure)], 5);
  EXPECT_EQ(row.dimension[Index(Dimension::kSurgeryYear)], 2020 - 1989);
  EXPECT_EQ(row.dimension[Index(Dimension::kAgeBand)], 3);
  EXPECT_EQ(row.dimension[Index(Dimension::kBmiBand)], 3);
  EXPECT_EQ(row.dimension[Index(Dimension::kSmoking)], 0);
  EXPECT_EQ(row.age_years, 47);
  EXPECT_EQ(row.flags, kAthlete | kOsteotomy);
}

// From 1, for 0 is a rank.
TEST(Encode, OrderOfOperations) {
  model::Case record = Athlete();
  EXPECT_EQ(Encode(record, 0).sequence, 0u);
  record.baseline.operation_sequence = 0;
  EXPECT_EQ(Encode(record, 0).sequence, 1u);
  record.baseline.operation_sequence = 2'000'000'000;
  EXPECT_EQ(Encode(record, 0).sequence, 2'000'000'001u);
}

TEST(Encode, WithoutContactCensoredAtDayZero) {
  const Row row = Encode(Athlete(), 0);
  EXPECT_EQ(row.exit[Index(Endpoint::kReturnSport)], PackExit(0, 0, 3));
  EXPECT_EQ(row.exit[Index(Endpoint::kReoperation)], PackExit(0, 0, 2));
  EXPECT_EQ(row.last_contact, PackExit(0, 1, kLastContactCauseBits));
}

TEST(Encode, ReturnKnownOnlyByVisitKeepsItsInterval) {
  model::Case record = Athlete();
  record.follow_ups = {At(90), At(180)};
  record.follow_ups[0].return_stage = model::ReturnStage::kNone;
  record.follow_ups[1].return_stage = model::ReturnStage::kSport;
  const Row row = Encode(record, 0);
  EXPECT_EQ(row.exit[Index(Endpoint::kReturnSport)], PackExit(180, 1, 3));
  EXPECT_EQ(row.interval_start[Index(Endpoint::kReturnSport)], 90);
  EXPECT_EQ(row.exit[Index(Endpoint::kReturnPerformance)], PackExit(180, 0, 3));
  EXPECT_EQ(row.interval_start[Index(Endpoint::kReturnPerformance)], kExactDay);
}

TEST(Encode, CompetingCausesKeepTheirNumber) {
  model::Case record = Athlete();
  record.follow_ups = {At(400)};
  record.follow_ups[0].reoperations = {
      {model::ReoperationKind::kRevision, 300}};
  record.status = model::CaseStatus::kDied;
  record.status_day = 7305;
  Row row = Encode(record, 0);
  EXPECT_EQ(row.exit[Index(Endpoint::kReturnSport)], PackExit(300, 2, 3));
  EXPECT_EQ(row.exit[Index(Endpoint::kReoperation)], PackExit(300, 1, 2));
  EXPECT_EQ(row.last_contact, PackExit(7305, 0, 2));
  EXPECT_EQ(row.last_day(), 7305);
  EXPECT_EQ(row.flags & kDied, kDied);
  record.follow_ups[0].reoperations.clear();
  row = Encode(record, 0);
  EXPECT_EQ(row.exit[Index(Endpoint::kReturnSport)], PackExit(7305, 4, 3));
  EXPECT_EQ(row.exit[Index(Endpoint::kReoperation)],
            PackExit(7305, kDeathOfAll, 2));
}

TEST(Encode, OutsideTheRiskSet) {
  model::Case record = Athlete();
  record.baseline.sport_level = model::SportLevel::kNone;
  record.operation.primary_procedure = model::Procedure::kDebridement;
  const Row row = Encode(record, 0);
  EXPECT_EQ(row.exit[Index(Endpoint::kReturnSport)], PackExit(0, 7, 3));
  EXPECT_EQ(row.exit[Index(Endpoint::kOsteotomyUnion)], PackExit(0, 3, 2));
  EXPECT_EQ(row.flags, 0);
}

TEST(Encode, FirstComplicationOfEachKind) {
  model::Case record = Athlete();
  record.follow_ups = {At(60), At(200)};
  record.follow_ups[0].complications = {
      {model::ComplicationKind::kSuralNerve, 50, std::nullopt, std::nullopt},
      {model::ComplicationKind::kSuralNerve, 10, std::nullopt, std::nullopt}};
  record.follow_ups[1].complications = {
      {model::ComplicationKind::kRupture, 199, std::nullopt, std::nullopt}};
  const Row row = Encode(record, 0);
  ASSERT_EQ(row.complications.size(), 2u);
  EXPECT_EQ(row.complications[0].kind, 4);
  EXPECT_EQ(row.complications[0].exit, PackExit(10, 1, 2));
  EXPECT_EQ(row.complications[1].kind, 12);
  EXPECT_EQ(row.exit[Index(Endpoint::kComplication)], PackExit(10, 1, 2));
  EXPECT_EQ(row.exit[Index(Endpoint::kRupture)], PackExit(199, 1, 2));
}

TEST(Encode, BaselineIsTheLatestWithThatMeasure) {
  model::Case record = Athlete();
  record.follow_ups = {At(-60), At(-10), At(-1)};
  record.follow_ups[0].visa_a = Total(41);
  record.follow_ups[1].visa_a = Total(44);
  record.follow_ups[1].pain_activity = 6;
  record.follow_ups[2].pain_activity = 5;
  record.follow_ups[2].visa_a =
      Total(60, model::VisaAInstrument::kVisaASedentary);
  const Row row = Encode(record, 0);
  EXPECT_EQ(row.score[Index(model::Measure::kVisaA)][0], 44);
  EXPECT_EQ(row.score[Index(model::Measure::kVisaASedentary)][0], 60);
  EXPECT_EQ(row.score[Index(model::Measure::kPainActivity)][0], 5);
  EXPECT_EQ(row.score[Index(model::Measure::kPainRest)][0], kMissing);
}

TEST(Encode, NearestToTheTargetThenTheEarlier) {
  model::Case record = Athlete();
  record.follow_ups = {At(300), At(355), At(375), At(500)};
  for (model::FollowUp& follow_up : record.follow_ups) {
    follow_up.heel_rise_count = *follow_up.day / 5;
    follow_up.plyometric_ready = follow_up.day == 355;
  }
  const Row row = Encode(record, 0);
  const size_t year = Index(model::Visit::k12Months);
  EXPECT_EQ(row.score[Index(model::Measure::kHeelRiseCount)][year], 71);
  EXPECT_EQ(row.score[kPlyometricScore][year], 1);
  EXPECT_EQ(row.seen, 1 << 5);
}

TEST(Encode, SymmetryIsStoredFromItsMinimumAndAbsentWhenBilateral) {
  model::Case record = Athlete();
  record.follow_ups = {At(365)};
  record.follow_ups[0].strength_symmetry_percent = 95;
  const size_t measure = Index(model::Measure::kStrengthSymmetry);
  const size_t year = Index(model::Visit::k12Months);
  EXPECT_EQ(Encode(record, 0).score[measure][year], 95 - 20);
  record.baseline.bilateral_symptoms = true;
  EXPECT_EQ(Encode(record, 0).score[measure][year], kMissing);
}

TEST(Encode, ProceduresFitTheirMask) {
  EXPECT_EQ(model::kProcedureCodes.codes.size(),
            static_cast<size_t>(kProcedureCount));
  EXPECT_EQ(model::kEndpointCodes.codes.size(),
            static_cast<size_t>(kEndpointCount));
}

TEST(Encode, PatientHashTellsPatientsApart) {
  EXPECT_EQ(PatientHash({0, 0}), 0u);
  EXPECT_NE(PatientHash({0, 1}), PatientHash({1, 0}));
  EXPECT_EQ(PatientHash({5, 6}), PatientHash({5, 6}));
}

}  // namespace
}  // namespace enthesis::cohort
