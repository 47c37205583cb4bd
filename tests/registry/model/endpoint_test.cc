#include "registry/model/endpoint.h"

#include <algorithm>

#include "gtest/gtest.h"

namespace enthesis::model {
namespace {

FollowUp At(int32_t day) {
  FollowUp follow_up;
  follow_up.day = day;
  return follow_up;
}

FollowUp Stage(int32_t day, ReturnStage stage) {
  FollowUp follow_up = At(day);
  follow_up.return_stage = stage;
  return follow_up;
}

Case Athlete(std::vector<FollowUp> follow_ups) {
  Case record;
  record.baseline.sport_level = SportLevel::kRecreational;
  record.operation.primary_procedure = Procedure::kZadekOsteotomy;
  record.follow_ups = std::move(follow_ups);
  return record;
}

// Whatever the order of the follow-ups, the answer is the same.
void ExpectTime(Case record, Endpoint endpoint, const EndpointTime& expected,
                std::optional<ComplicationKind> kind = std::nullopt) {
  for (int turn = 0; turn < 2; ++turn) {
    const EndpointTime time = TimeTo(record, endpoint, kind);
    EXPECT_EQ(time.exit_day, expected.exit_day);
    EXPECT_EQ(time.exit, expected.exit);
    EXPECT_EQ(time.known_by_visit, expected.known_by_visit);
    if (expected.known_by_visit) {
      EXPECT_EQ(time.interval_start, expected.interval_start);
    }
    std::reverse(record.follow_ups.begin(), record.follow_ups.end());
  }
}

TEST(LastContact, IsTheLatestAssessmentOrDeath) {
  EXPECT_EQ(LastContactDay(Athlete({})), 0);
  EXPECT_EQ(LastContactDay(Athlete({At(-30), At(0)})), 0);
  EXPECT_EQ(LastContactDay(Athlete({At(91), At(365), At(42)})), 365);
  Case record = Athlete({At(91)});
  record.status = CaseStatus::kDied;
  record.status_day = 500;
  EXPECT_EQ(LastContactDay(record), 500);
  // The day on which the clinic gave up is no contact.
  for (const CaseStatus status : {CaseStatus::kLost, CaseStatus::kDeclined}) {
    record.status = status;
    EXPECT_EQ(LastContactDay(record), 91);
  }
}

TEST(RiskSet, HoldsThoseToWhomItCanHappen) {
  Case record = Athlete({});
  EXPECT_TRUE(WasAthlete(record));
  for (const Code& code : kEndpointCodes.codes) {
    EXPECT_TRUE(InRiskSet(record, static_cast<Endpoint>(code.value)))
        << code.code;
  }
  record.baseline.sport_level = SportLevel::kNone;
  record.operation.primary_procedure = Procedure::kDebridement;
  EXPECT_FALSE(WasAthlete(record));
  EXPECT_FALSE(InRiskSet(record, Endpoint::kReturnParticipation));
  EXPECT_FALSE(InRiskSet(record, Endpoint::kReturnSport));
  EXPECT_FALSE(InRiskSet(record, Endpoint::kReturnPerformance));
  EXPECT_FALSE(InRiskSet(record, Endpoint::kOsteotomyUnion));
  EXPECT_TRUE(InRiskSet(record, Endpoint::kReoperation));
  EXPECT_TRUE(InRiskSet(record, Endpoint::kDailyLife));
  record.baseline.sport_level.reset();
  EXPECT_FALSE(WasAthlete(record));
}

TEST(TimeTo, WithoutContactIsCensoredAtDay0) {
  for (const Code& code : kEndpointCodes.codes) {
    SCOPED_TRACE(code.code);
    ExpectTime(Athlete({At(-10)}), static_cast<Endpoint>(code.value),
               {0, Exit::kCensored});
  }
}

TEST(TimeTo, FirstReoperationOfEitherKind) {
  Case record = Athlete({At(91), At(400)});
  record.follow_ups[1].reoperations = {{ReoperationKind::kRevision, 350},
                                       {ReoperationKind::kImplantRemoval, 300}};
  ExpectTime(record, Endpoint::kReoperation, {300, Exit::kEvent});
  record.follow_ups[1].reoperations.clear();
  ExpectTime(record, Endpoint::kReoperation, {400, Exit::kCensored});
}

TEST(TimeTo, DeathCompetesWithEveryEndpoint) {
  Case record = Athlete({At(91)});
  record.status = CaseStatus::kDied;
  record.status_day = 200;
  for (const Code& code : kEndpointCodes.codes) {
    SCOPED_TRACE(code.code);
    const auto endpoint = static_cast<Endpoint>(code.value);
    ExpectTime(record, endpoint, {200, Exit::kDeath});
    EXPECT_EQ(CompetingExits(endpoint).back(), Exit::kDeath);
  }
  ExpectTime(record, Endpoint::kComplication, {200, Exit::kDeath},
             ComplicationKind::kRupture);
  // On one day the event comes first.
  record.follow_ups.push_back(At(200));
  record.follow_ups[1].complications = {
      {ComplicationKind::kRupture, 200, std::nullopt, std::nullopt}};
  ExpectTime(record, Endpoint::kRupture, {200, Exit::kEvent});
  ExpectTime(record, Endpoint::kReoperation, {200, Exit::kDeath});
}

TEST(TimeTo, FirstComplicationOfAKindOrAny) {
  Case record = Athlete({At(42), At(200)});
  record.follow_ups[0].complications = {
      {ComplicationKind::kSuralNerve, 20, std::nullopt, std::nullopt}};
  record.follow_ups[1].complications = {
      {ComplicationKind::kRupture, 150, std::nullopt, std::nullopt},
      {ComplicationKind::kSuralNerve, 10, std::nullopt, std::nullopt}};
  ExpectTime(record, Endpoint::kComplication, {10, Exit::kEvent});
  ExpectTime(record, Endpoint::kComplication, {150, Exit::kEvent},
             ComplicationKind::kRupture);
  ExpectTime(record, Endpoint::kComplication, {200, Exit::kCensored},
             ComplicationKind::kNonunion);
  ExpectTime(record, Endpoint::kRupture, {150, Exit::kEvent});
  // The kind restricts complications alone.
  ExpectTime(record, Endpoint::kRupture, {150, Exit::kEvent},
             ComplicationKind::kSuralNerve);
}

TEST(TimeToReturn, ADayGivenIsTheDay) {
  Case record = Athlete({At(183)});
  record.follow_ups[0].return_stage = ReturnStage::kSport;
  record.follow_ups[0].return_sport_day = 150;
  ExpectTime(record, Endpoint::kReturnSport, {150, Exit::kEvent});
}

TEST(TimeToReturn, AStageWithoutADayIsKnownByTheVisit) {
  const Case record = Athlete({Stage(42, ReturnStage::kNone),
                               Stage(91, ReturnStage::kParticipation), At(120),
                               Stage(183, ReturnStage::kSport),
                               Stage(365, ReturnStage::kSport)});
  ExpectTime(record, Endpoint::kReturnParticipation,
             {91, Exit::kEvent, true, 42});
  // Day 120 did not ask; day 91 said not yet.
  ExpectTime(record, Endpoint::kReturnSport, {183, Exit::kEvent, true, 91});
  ExpectTime(record, Endpoint::kReturnPerformance, {365, Exit::kCensored});
}

TEST(TimeToReturn, WithoutAnEarlierAnswerTheIntervalStartsAtSurgery) {
  ExpectTime(Athlete({At(91), Stage(183, ReturnStage::kSport)}),
             Endpoint::kReturnSport, {183, Exit::kEvent, true, 0});
}

TEST(TimeToReturn, ALaterStageAloneImpliesTheEarlierOnes) {
  Case record = Athlete({Stage(91, ReturnStage::kNone), At(365)});
  record.follow_ups[1].return_performance_day = 300;
  ExpectTime(record, Endpoint::kReturnPerformance, {300, Exit::kEvent});
  // Known back on that day, without a day of their own.
  ExpectTime(record, Endpoint::kReturnSport, {300, Exit::kEvent, true, 91});
  ExpectTime(record, Endpoint::kReturnParticipation,
             {300, Exit::kEvent, true, 91});
  // Nothing is implied upwards.
  record.follow_ups[1].return_performance_day.reset();
  record.follow_ups[1].return_participation_day = 200;
  ExpectTime(record, Endpoint::kReturnSport, {365, Exit::kCensored});
}

TEST(TimeToReturn, TheEarliestEvidenceCounts) {
  // Seen back on day 183; a day of a later stage does not undo that.
  Case record = Athlete({Stage(183, ReturnStage::kSport), At(365)});
  record.follow_ups[1].return_performance_day = 300;
  ExpectTime(record, Endpoint::kReturnSport, {183, Exit::kEvent, true, 0});
  // The day of the stage itself, given later, is before the visit and exact.
  record.follow_ups[1].return_sport_day = 160;
  ExpectTime(record, Endpoint::kReturnSport, {160, Exit::kEvent});
  // On the day of the visit it is exact too.
  record.follow_ups[1].return_sport_day = 183;
  ExpectTime(record, Endpoint::kReturnSport, {183, Exit::kEvent});
}

TEST(TimeToReturn, BeforeSurgeryNobodyIsBack) {
  ExpectTime(Athlete({Stage(0, ReturnStage::kPerformance), At(91)}),
             Endpoint::kReturnSport, {91, Exit::kCensored});
}

Case WithAllExits(std::optional<int32_t> back,
                  std::optional<int32_t> reoperated,
                  std::optional<int32_t> retired, std::optional<int32_t> died) {
  Case record = Athlete({At(400)});
  FollowUp& last = record.follow_ups[0];
  last.return_sport_day = back;
  if (reoperated.has_value()) {
    last.reoperations = {{ReoperationKind::kRevision, *reoperated}};
  }
  last.retired_from_sport_day = retired;
  if (died.has_value()) {
    record.status = CaseStatus::kDied;
    record.status_day = *died;
  }
  return record;
}

TEST(TimeToReturn, TheFirstOfTheCompetingEventsEndsIt) {
  const std::optional<int32_t> never;
  const struct {
    const char* name;
    std::optional<int32_t> back, reoperated, retired, died;
    int32_t day;
    Exit exit;
  } kExits[] = {
      {"Back", 100, 200, 200, 400, 100, Exit::kEvent},
      {"Reoperated", 100, 99, 200, 400, 99, Exit::kReoperation},
      {"Retired", 100, 98, 97, 400, 97, Exit::kRetirement},
      {"Died", never, never, never, 400, 400, Exit::kDeath},
      {"RetiredThenDied", never, never, 399, 400, 399, Exit::kRetirement},
      // On one day: return, reoperation, retirement, death.
      {"AllOnOneDay", 400, 400, 400, 400, 400, Exit::kEvent},
      {"NotBack", never, 400, 400, 400, 400, Exit::kReoperation},
      {"NotReoperated", never, never, 400, 400, 400, Exit::kRetirement},
      {"Nothing", never, never, never, never, 400, Exit::kCensored},
  };
  for (const auto& c : kExits) {
    SCOPED_TRACE(c.name);
    ExpectTime(WithAllExits(c.back, c.reoperated, c.retired, c.died),
               Endpoint::kReturnSport, {c.day, c.exit});
  }
}

TEST(TimeToReturn, KnownByVisitOnTheDayOfACompetingEventIsAReturn) {
  Case record = Athlete({Stage(183, ReturnStage::kSport)});
  record.follow_ups[0].reoperations = {{ReoperationKind::kRevision, 183}};
  ExpectTime(record, Endpoint::kReturnSport, {183, Exit::kEvent, true, 0});
  record.follow_ups[0].reoperations[0].day = 182;
  ExpectTime(record, Endpoint::kReturnSport, {182, Exit::kReoperation});
}

TEST(TimeToMilestone, DayFlagAndInterval) {
  Case record = Athlete({At(14), At(42), At(91)});
  record.follow_ups[0].full_weight_bearing = false;
  record.follow_ups[1].full_weight_bearing = true;
  record.follow_ups[2].full_weight_bearing = true;
  ExpectTime(record, Endpoint::kFullWeightBearing,
             {42, Exit::kEvent, true, 14});
  record.follow_ups[2].full_weight_bearing_day = 35;
  ExpectTime(record, Endpoint::kFullWeightBearing, {35, Exit::kEvent});
  // Each milestone reads its own fields.
  ExpectTime(record, Endpoint::kDailyLife, {91, Exit::kCensored});
  ExpectTime(record, Endpoint::kOsteotomyUnion, {91, Exit::kCensored});
  record.follow_ups[2].daily_life_day = 60;
  record.follow_ups[2].osteotomy_union_day = 70;
  ExpectTime(record, Endpoint::kDailyLife, {60, Exit::kEvent});
  ExpectTime(record, Endpoint::kOsteotomyUnion, {70, Exit::kEvent});
}

TEST(TimeToMilestone, ReoperationDoesNotCompete) {
  Case record = Athlete({At(91)});
  record.follow_ups[0].reoperations = {{ReoperationKind::kRevision, 30}};
  record.follow_ups[0].daily_life_day = 60;
  ExpectTime(record, Endpoint::kDailyLife, {60, Exit::kEvent});
}

TEST(SustainedReturn, AsLastReported) {
  Case record = Athlete({At(730), At(1826), At(2000)});
  EXPECT_EQ(SustainedReturn(record), std::nullopt);
  record.follow_ups[0].sustained_return = true;
  EXPECT_EQ(SustainedReturn(record), true);
  record.follow_ups[1].sustained_return = false;
  EXPECT_EQ(SustainedReturn(record), false);
  std::reverse(record.follow_ups.begin(), record.follow_ups.end());
  EXPECT_EQ(SustainedReturn(record), false);
}

}  // namespace
}  // namespace enthesis::model
