#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "registry/model/codes.h"
#include "registry/model/limits.h"
#include "registry/validation/event_days.h"
#include "registry/validation/field_rules.h"
#include "registry/validation/rules.h"
#include "registry/validation/warnings.h"

namespace enthesis::validation {
namespace {

using model::Case;
using model::CaseStatus;
using model::CodeOf;
using model::FollowUp;
using model::ReturnStage;

// What one assessment says about something that is reached once and stays.
struct Claim {
  size_t index;
  int32_t visit;  // day of the assessment
  std::optional<bool> reached;
  std::optional<int32_t> day;

  // The latest day on which it can have been reached.
  std::optional<int32_t> ReachedBy() const {
    if (day.has_value()) return day;
    if (reached.value_or(false)) return visit;
    return std::nullopt;
  }
  bool NotYet() const { return !reached.value_or(true) && !day.has_value(); }
  bool ByVisit() const { return reached.value_or(false) && !day.has_value(); }
};

struct Reachable {
  const char* what;
  const char* flag_name;
  const char* day_name;
  Claim (*claim)(const FollowUp& follow_up);
};

template <ReturnStage kStage>
Claim StageClaim(const FollowUp& follow_up,
                 std::optional<int32_t> FollowUp::*day) {
  std::optional<bool> reached;
  if (follow_up.return_stage.has_value()) {
    reached = *follow_up.return_stage >= kStage;
  }
  return {0, 0, reached, follow_up.*day};
}

// Later stages first: a contradiction is named by the highest stage it touches.
constexpr Reachable kReachables[] = {
    {"return to performance", "return_stage", "return_performance_day",
     [](const FollowUp& f) {
       return StageClaim<ReturnStage::kPerformance>(
           f, &FollowUp::return_performance_day);
     }},
    {"return to sport", "return_stage", "return_sport_day",
     [](const FollowUp& f) {
       return StageClaim<ReturnStage::kSport>(f, &FollowUp::return_sport_day);
     }},
    {"return to participation", "return_stage", "return_participation_day",
     [](const FollowUp& f) {
       return StageClaim<ReturnStage::kParticipation>(
           f, &FollowUp::return_participation_day);
     }},
    {"full weight-bearing", "full_weight_bearing", "full_weight_bearing_day",
     [](const FollowUp& f) {
       return Claim{0, 0, f.full_weight_bearing, f.full_weight_bearing_day};
     }},
    {"return to daily life", "daily_life", "daily_life_day",
     [](const FollowUp& f) {
       return Claim{0, 0, f.daily_life, f.daily_life_day};
     }},
    {"union of the osteotomy", "osteotomy_united", "osteotomy_union_day",
     [](const FollowUp& f) {
       return Claim{0, 0, f.osteotomy_united, f.osteotomy_union_day};
     }},
    {"retirement from sport", "retired_from_sport_day",
     "retired_from_sport_day",
     [](const FollowUp& f) {
       return Claim{0, 0, std::nullopt, f.retired_from_sport_day};
     }},
};

struct Contradiction {
  const char* name;  // field of the later claim
  std::string message;
};

// How `later` (in the list) contradicts `earlier`; nullopt when it does not.
std::optional<Contradiction> Compare(const Reachable& reachable,
                                     const Claim& earlier, const Claim& later) {
  const auto other = [&earlier] {
    return absl::StrCat("the assessment of day ", earlier.visit);
  };
  if (earlier.day.has_value() && later.day.has_value()) {
    if (*earlier.day == *later.day) return std::nullopt;
    return Contradiction{
        reachable.day_name,
        absl::StrCat(reachable.day_name, " is ", *later.day, ", but ", other(),
                     " gives ", *earlier.day, "; allowed: the same day")};
  }
  if (later.NotYet() && earlier.ReachedBy().has_value() &&
      *earlier.ReachedBy() <= later.visit) {
    return Contradiction{
        reachable.flag_name,
        absl::StrCat(reachable.flag_name, " denies ", reachable.what,
                     " on day ", later.visit, ", but ", other(),
                     " has it reached by day ", *earlier.ReachedBy(),
                     "; allowed: what is reached stays reached")};
  }
  if (earlier.NotYet() && later.ReachedBy().has_value() &&
      *later.ReachedBy() <= earlier.visit) {
    return Contradiction{
        later.day.has_value() ? reachable.day_name : reachable.flag_name,
        absl::StrCat(reachable.what, " by day ", *later.ReachedBy(), ", but ",
                     other(), " denies it; allowed: after day ",
                     earlier.visit)};
  }
  if (earlier.ByVisit() && later.day.has_value() &&
      *later.day > earlier.visit) {
    return Contradiction{
        reachable.day_name,
        absl::StrCat(reachable.day_name, " is ", *later.day, ", but ", other(),
                     " reports it already; allowed: 0 to ", earlier.visit,
                     " days")};
  }
  if (later.ByVisit() && earlier.day.has_value() &&
      *earlier.day > later.visit) {
    return Contradiction{
        reachable.flag_name,
        absl::StrCat(reachable.flag_name, " reports ", reachable.what,
                     " on day ", later.visit, ", but ", other(), " gives day ",
                     *earlier.day, "; allowed: not before that day")};
  }
  return std::nullopt;
}

using FollowUps = absl::Span<const FollowUp>;

std::string FollowUpPath(absl::string_view prefix, size_t index,
                         absl::string_view name) {
  return PathOf(PathOf(prefix, "follow_ups", index), name);
}

// Follow-ups of one case contradict each other at most once per field.
void CheckReached(FollowUps follow_ups, absl::string_view prefix,
                  Findings& findings) {
  std::set<std::pair<size_t, absl::string_view>> reported;
  for (const Reachable& reachable : kReachables) {
    std::vector<Claim> claims;
    for (size_t i = 0; i < follow_ups.size(); ++i) {
      if (!follow_ups[i].day.has_value()) continue;
      Claim claim = reachable.claim(follow_ups[i]);
      claim.index = i;
      claim.visit = *follow_ups[i].day;
      if (!claim.reached.has_value() && !claim.day.has_value()) continue;
      for (const Claim& earlier : claims) {
        auto contradiction = Compare(reachable, earlier, claim);
        if (!contradiction.has_value()) continue;
        if (reported.insert({i, contradiction->name}).second) {
          findings.violations.push_back(
              {FollowUpPath(prefix, i, contradiction->name),
               std::move(contradiction->message)});
        }
        break;
      }
      claims.push_back(claim);
    }
  }
}

// Days of the return stages of one assessment, in their order.
struct StageDay {
  const char* name;
  std::optional<int32_t> FollowUp::*day;
};
constexpr std::array<StageDay, 3> kStageDays = {{
    {"return_participation_day", &FollowUp::return_participation_day},
    {"return_sport_day", &FollowUp::return_sport_day},
    {"return_performance_day", &FollowUp::return_performance_day},
}};

// A later stage is not before an earlier one, whichever assessment says so.
void CheckStageOrder(FollowUps follow_ups, absl::string_view prefix,
                     Findings& findings) {
  const auto out_of_order = [&](size_t j, size_t stage) -> std::string {
    const int32_t day = *(follow_ups[j].*kStageDays[stage].day);
    for (size_t i = 0; i <= j; ++i) {
      // Within one assessment the later stage is named.
      const size_t last = i == j ? stage : kStageDays.size();
      for (size_t other = 0; other < last; ++other) {
        const auto other_day = follow_ups[i].*kStageDays[other].day;
        if (!other_day.has_value()) continue;
        if (other<stage&& * other_day> day) {
          return absl::StrCat(kStageDays[stage].name, " is ", day, ", before ",
                              kStageDays[other].name, " ", *other_day,
                              "; allowed: not before day ", *other_day);
        }
        if (other > stage && *other_day < day) {
          return absl::StrCat(kStageDays[stage].name, " is ", day, ", after ",
                              kStageDays[other].name, " ", *other_day,
                              "; allowed: not after day ", *other_day);
        }
      }
    }
    return "";
  };
  for (size_t j = 0; j < follow_ups.size(); ++j) {
    for (size_t stage = 0; stage < kStageDays.size(); ++stage) {
      if (!(follow_ups[j].*kStageDays[stage].day).has_value()) continue;
      std::string message = out_of_order(j, stage);
      if (message.empty()) continue;
      findings.violations.push_back(
          {FollowUpPath(prefix, j, kStageDays[stage].name),
           std::move(message)});
    }
  }
}

void CheckIdsAndDays(FollowUps follow_ups, absl::string_view prefix,
                     Findings& findings) {
  std::set<model::Id> ids;
  std::set<int32_t> days;
  for (size_t i = 0; i < follow_ups.size(); ++i) {
    const FollowUp& follow_up = follow_ups[i];
    if (!follow_up.id.IsZero() && !ids.insert(follow_up.id).second) {
      findings.violations.push_back(
          {FollowUpPath(prefix, i, "id"),
           "another follow-up of the case has this id; allowed: an id of its "
           "own"});
    }
    if (follow_up.day.has_value() && !days.insert(*follow_up.day).second) {
      findings.violations.push_back(
          {FollowUpPath(prefix, i, "day"),
           absl::StrCat("another assessment is on day ", *follow_up.day,
                        " already; allowed: one assessment a day")});
    }
  }
}

// The same event reported twice would count twice.
void CheckRepeatedEvents(FollowUps follow_ups, absl::string_view prefix,
                         Findings& findings) {
  std::set<std::pair<int32_t, int32_t>> complications, reoperations;
  const auto check = [&](auto& seen, const auto& event, const char* list,
                         const model::CodeList& codes, size_t i, size_t k) {
    if (!event.kind.has_value() || !event.day.has_value()) return;
    const auto kind = static_cast<int32_t>(*event.kind);
    if (seen.insert({kind, *event.day}).second) return;
    findings.violations.push_back(
        {PathOf(PathOf(prefix, "follow_ups", i), list, k),
         absl::StrCat(CodeOf(codes, kind), " on day ", *event.day,
                      " is reported already; allowed: each event once")});
  };
  for (size_t i = 0; i < follow_ups.size(); ++i) {
    const FollowUp& follow_up = follow_ups[i];
    for (size_t k = 0; k < follow_up.complications.size() &&
                       k < model::kMaxComplicationsPerFollowUp;
         ++k) {
      check(complications, follow_up.complications[k], "complications",
            model::kComplicationKindCodes, i, k);
    }
    for (size_t k = 0; k < follow_up.reoperations.size() &&
                       k < model::kMaxReoperationsPerFollowUp;
         ++k) {
      check(reoperations, follow_up.reoperations[k], "reoperations",
            model::kReoperationKindCodes, i, k);
    }
  }
}

void WarnOfMissingReoperations(FollowUps follow_ups, absl::string_view prefix,
                               Findings& findings) {
  int32_t last = -1;  // day of the last reoperation
  for (const FollowUp& follow_up : follow_ups) {
    for (const model::Reoperation& reoperation : follow_up.reoperations) {
      last = std::max(last, reoperation.day.value_or(-1));
    }
  }
  for (size_t i = 0; i < follow_ups.size(); ++i) {
    const auto& complications = follow_ups[i].complications;
    for (size_t k = 0;
         k < complications.size() && k < model::kMaxComplicationsPerFollowUp;
         ++k) {
      if (!complications[k].led_to_reoperation.value_or(false)) continue;
      if (complications[k].day.value_or(0) <= last) continue;
      findings.warnings.push_back(
          {PathOf(PathOf(PathOf(prefix, "follow_ups", i), "complications", k),
                  "led_to_reoperation"),
           kReoperationMissing,
           "the complication led to a reoperation, but none is reported from "
           "its day on"});
    }
  }
}

// Nothing happens after death; lost and declined are corrected by the clinic.
void CheckAfterStatus(const Case& record, FollowUps follow_ups,
                      absl::string_view prefix, Findings& findings) {
  if (record.status == CaseStatus::kActive || !record.status_day.has_value()) {
    return;
  }
  const int32_t end = *record.status_day;
  for (size_t i = 0; i < follow_ups.size(); ++i) {
    const FollowUp& follow_up = follow_ups[i];
    const bool after = follow_up.day.has_value() && *follow_up.day > end;
    const std::string path = FollowUpPath(prefix, i, "day");
    if (record.status != CaseStatus::kDied) {
      if (!after) continue;
      findings.warnings.push_back(
          {path, kAssessmentAfterStatus,
           absl::StrCat("an assessment on day ", *follow_up.day,
                        ", but the case is ",
                        CodeOf(model::kCaseStatusCodes, record.status),
                        " since day ", end, ": correct the status")});
      continue;
    }
    const std::string why = absl::StrCat(" is after the death on day ", end,
                                         "; allowed: up to day ", end);
    if (after) {
      findings.violations.push_back(
          {path, absl::StrCat("day ", *follow_up.day, why)});
    }
    for (const EventDay& event : EventDaysOf(follow_up)) {
      if (event.day <= end) continue;
      findings.violations.push_back({FollowUpPath(prefix, i, event.name),
                                     absl::StrCat("day ", event.day, why)});
    }
  }
}

// Sustained return is return to sport that lasts: someone must have reported
// the return by then.
void CheckSustainedReturn(FollowUps follow_ups, absl::string_view prefix,
                          Findings& findings) {
  for (size_t j = 0; j < follow_ups.size(); ++j) {
    const FollowUp& follow_up = follow_ups[j];
    if (!follow_up.sustained_return.value_or(false)) continue;
    if (!follow_up.day.has_value()) continue;
    const bool back = std::any_of(
        follow_ups.begin(), follow_ups.end(), [&](const FollowUp& other) {
          if (other.day > follow_up.day) return false;
          return other.return_stage.value_or(ReturnStage::kNone) >=
                     ReturnStage::kSport ||
                 other.return_sport_day.has_value() ||
                 other.return_performance_day.has_value();
        });
    if (!back) {
      findings.violations.push_back(
          {FollowUpPath(prefix, j, "sustained_return"),
           "sustained_return is true, but no return to sport is reported by "
           "then; allowed: with return_stage sport or performance"});
    }
    for (const FollowUp& other : follow_ups) {
      if (!other.retired_from_sport_day.has_value() ||
          *other.retired_from_sport_day > *follow_up.day) {
        continue;
      }
      findings.warnings.push_back(
          {FollowUpPath(prefix, j, "sustained_return"), kBackAfterRetirement,
           absl::StrCat("still back in sport on day ", *follow_up.day,
                        ", but retired from it on day ",
                        *other.retired_from_sport_day)});
      break;
    }
  }
}

}  // namespace

void CheckCourse(const Case& record, absl::string_view prefix,
                 Findings& findings) {
  FollowUps follow_ups = record.follow_ups;
  if (follow_ups.size() > model::kMaxFollowUps) {
    findings.violations.push_back(
        {PathOf(prefix, "follow_ups"),
         absl::StrCat(follow_ups.size(), " follow-ups; allowed: at most ",
                      model::kMaxFollowUps)});
    follow_ups = follow_ups.first(model::kMaxFollowUps);
  }
  CheckIdsAndDays(follow_ups, prefix, findings);
  CheckReached(follow_ups, prefix, findings);
  CheckStageOrder(follow_ups, prefix, findings);
  CheckSustainedReturn(follow_ups, prefix, findings);
  CheckRepeatedEvents(follow_ups, prefix, findings);
  WarnOfMissingReoperations(follow_ups, prefix, findings);
  CheckAfterStatus(record, follow_ups, prefix, findings);
}

}  // namespace enthesis::validation
