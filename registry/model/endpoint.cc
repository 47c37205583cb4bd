#include "registry/model/endpoint.h"

#include <algorithm>
#include <limits>

#include "registry/model/procedures.h"

namespace enthesis::model {
namespace {

constexpr Code kEndpoint[] = {
    {1, "reoperation", "reoperation"},
    {2, "complication", "complication"},
    {3, "rupture", "rupture or avulsion"},
    {4, "return_participation", "return to participation"},
    {5, "return_sport", "return to sport"},
    {6, "return_performance", "return to performance"},
    {7, "full_weight_bearing", "full weight-bearing"},
    {8, "daily_life", "return to daily life"},
    {9, "osteotomy_union", "union of the osteotomy"},
};

constexpr int32_t kNever = std::numeric_limits<int32_t>::max();

// When something was first reached, as far as the follow-ups tell.
struct FirstDay {
  int32_t exact = kNever;  // a day was given
  int32_t visit = kNever;  // an assessment reported it without a day
  int32_t free_until = 0;  // last assessment that said "not yet"
};

void See(const FollowUp& follow_up, std::optional<bool> reached,
         std::optional<int32_t> day, FirstDay& first) {
  const int32_t visit_day = std::max(follow_up.day.value_or(0), 0);
  if (day.has_value()) {
    first.exact = std::min(first.exact, *day);
  } else if (reached.value_or(false)) {
    first.visit = std::min(first.visit, visit_day);
  } else if (reached.has_value()) {
    first.free_until = std::max(first.free_until, visit_day);
  }
}

std::optional<int32_t> DayOfStage(const FollowUp& follow_up,
                                  ReturnStage stage) {
  switch (stage) {
    case ReturnStage::kParticipation:
      return follow_up.return_participation_day;
    case ReturnStage::kSport:
      return follow_up.return_sport_day;
    case ReturnStage::kPerformance:
      return follow_up.return_performance_day;
    case ReturnStage::kNone:
      break;
  }
  return std::nullopt;
}

FirstDay FirstDayOfStage(const Case& record, ReturnStage stage) {
  FirstDay first;
  for (const FollowUp& follow_up : record.follow_ups) {
    if (follow_up.day.value_or(0) <= 0) continue;
    std::optional<bool> reached;
    if (follow_up.return_stage.has_value()) {
      reached = *follow_up.return_stage >= stage;
    }
    See(follow_up, reached, DayOfStage(follow_up, stage), first);
    // A later stage alone implies this one: known back on that day, though
    // this stage has no day of its own.
    for (int later = static_cast<int>(stage) + 1;
         later <= static_cast<int>(ReturnStage::kPerformance); ++later) {
      const auto day = DayOfStage(follow_up, static_cast<ReturnStage>(later));
      if (day.has_value()) first.visit = std::min(first.visit, *day);
    }
  }
  return first;
}

FirstDay FirstDayOfMilestone(const Case& record, Endpoint endpoint) {
  FirstDay first;
  for (const FollowUp& follow_up : record.follow_ups) {
    switch (endpoint) {
      case Endpoint::kFullWeightBearing:
        See(follow_up, follow_up.full_weight_bearing,
            follow_up.full_weight_bearing_day, first);
        break;
      case Endpoint::kDailyLife:
        See(follow_up, follow_up.daily_life, follow_up.daily_life_day, first);
        break;
      default:
        See(follow_up, follow_up.osteotomy_united,
            follow_up.osteotomy_union_day, first);
    }
  }
  return first;
}

int32_t FirstReoperation(const Case& record) {
  int32_t day = kNever;
  for (const FollowUp& follow_up : record.follow_ups) {
    for (const Reoperation& reoperation : follow_up.reoperations) {
      day = std::min(day, reoperation.day.value_or(kNever));
    }
  }
  return day;
}

int32_t FirstComplication(const Case& record,
                          std::optional<ComplicationKind> kind) {
  int32_t day = kNever;
  for (const FollowUp& follow_up : record.follow_ups) {
    for (const Complication& complication : follow_up.complications) {
      if (kind.has_value() && complication.kind != kind) continue;
      day = std::min(day, complication.day.value_or(kNever));
    }
  }
  return day;
}

int32_t Retirement(const Case& record) {
  int32_t day = kNever;
  for (const FollowUp& follow_up : record.follow_ups) {
    day = std::min(day, follow_up.retired_from_sport_day.value_or(kNever));
  }
  return day;
}

int32_t Death(const Case& record) {
  return record.status == CaseStatus::kDied ? record.status_day.value_or(kNever)
                                            : kNever;
}

EndpointTime FromFirstDay(const FirstDay& first, int32_t last_contact) {
  const int32_t day = std::min(first.exact, first.visit);
  if (day == kNever) return {last_contact, Exit::kCensored, false, 0};
  // A day given later for a later stage does not undo an earlier report.
  const bool by_visit = first.visit < first.exact;
  return {day, Exit::kEvent, by_visit,
          by_visit ? std::min(first.free_until, day) : day};
}

constexpr Exit kCompeteWithReturn[] = {Exit::kReoperation, Exit::kRetirement,
                                       Exit::kDeath};
constexpr Exit kCompeteWithAll[] = {Exit::kDeath};

int32_t DayOfExit(const Case& record, Exit exit) {
  switch (exit) {
    case Exit::kReoperation:
      return FirstReoperation(record);
    case Exit::kRetirement:
      return Retirement(record);
    case Exit::kDeath:
      return Death(record);
    case Exit::kCensored:
    case Exit::kEvent:
      break;
  }
  return kNever;
}

// The event, unless something that competes came before it.
EndpointTime FirstExit(const Case& record, Endpoint endpoint,
                       const FirstDay& event) {
  const EndpointTime time = FromFirstDay(event, LastContactDay(record));
  int32_t day = kNever;
  Exit exit = Exit::kCensored;
  // Earlier entries win on one day.
  for (const Exit candidate : CompetingExits(endpoint)) {
    const int32_t candidate_day = DayOfExit(record, candidate);
    if (candidate_day >= day) continue;
    day = candidate_day;
    exit = candidate;
  }
  if (day == kNever) return time;
  if (time.exit == Exit::kEvent && time.exit_day <= day) return time;
  return {day, exit, false, 0};
}

}  // namespace

const CodeList kEndpointCodes{"endpoint", kEndpoint};

int32_t LastContactDay(const Case& record) {
  int32_t last = 0;
  const auto see = [&last](std::optional<int32_t> day) {
    if (day.has_value()) last = std::max(last, *day);
  };
  for (const FollowUp& follow_up : record.follow_ups) see(follow_up.day);
  if (record.status == CaseStatus::kDied) see(record.status_day);
  return last;  // events are never after the assessment that reports them
}

bool WasAthlete(const Case& record) {
  return record.baseline.sport_level.has_value() &&
         *record.baseline.sport_level != SportLevel::kNone;
}

absl::Span<const Exit> CompetingExits(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::kReturnParticipation:
    case Endpoint::kReturnSport:
    case Endpoint::kReturnPerformance:
      return kCompeteWithReturn;
    default:
      return kCompeteWithAll;
  }
}

absl::string_view CompetingName(Exit exit) {
  switch (exit) {
    case Exit::kReoperation:
      return "reoperation";
    case Exit::kRetirement:
      return "retirement";
    case Exit::kDeath:
      return "death";
    case Exit::kEvent:
    case Exit::kCensored:
      break;
  }
  return "";
}

EndpointTime TimeTo(const Case& record, Endpoint endpoint,
                    std::optional<ComplicationKind> kind) {
  const auto first_exit = [&](const FirstDay& event) {
    return FirstExit(record, endpoint, event);
  };
  switch (endpoint) {
    case Endpoint::kReoperation:
      return first_exit({FirstReoperation(record), kNever, 0});
    case Endpoint::kComplication:
      return first_exit({FirstComplication(record, kind), kNever, 0});
    case Endpoint::kRupture:
      return first_exit(
          {FirstComplication(record, ComplicationKind::kRupture), kNever, 0});
    case Endpoint::kReturnParticipation:
      return first_exit(FirstDayOfStage(record, ReturnStage::kParticipation));
    case Endpoint::kReturnSport:
      return first_exit(FirstDayOfStage(record, ReturnStage::kSport));
    case Endpoint::kReturnPerformance:
      return first_exit(FirstDayOfStage(record, ReturnStage::kPerformance));
    case Endpoint::kFullWeightBearing:
    case Endpoint::kDailyLife:
    case Endpoint::kOsteotomyUnion:
      return first_exit(FirstDayOfMilestone(record, endpoint));
  }
  return {};
}

bool InRiskSet(const Case& record, Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::kReturnParticipation:
    case Endpoint::kReturnSport:
    case Endpoint::kReturnPerformance:
      return WasAthlete(record);
    case Endpoint::kOsteotomyUnion:
      return Includes(record.operation, Procedure::kZadekOsteotomy);
    default:
      return true;
  }
}

std::optional<bool> SustainedReturn(const Case& record) {
  std::optional<bool> sustained;
  int32_t last = std::numeric_limits<int32_t>::min();
  for (const FollowUp& follow_up : record.follow_ups) {
    if (!follow_up.sustained_return.has_value()) continue;
    if (follow_up.day.value_or(0) < last) continue;
    last = follow_up.day.value_or(0);
    sustained = follow_up.sustained_return;
  }
  return sustained;
}

}  // namespace enthesis::model
