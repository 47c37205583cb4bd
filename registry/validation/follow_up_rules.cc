#include <algorithm>

#include "absl/strings/str_cat.h"
#include "registry/model/codes.h"
#include "registry/model/endpoint.h"
#include "registry/model/fields.h"
#include "registry/model/limits.h"
#include "registry/model/procedures.h"
#include "registry/model/visa_a.h"
#include "registry/model/visits.h"
#include "registry/validation/event_days.h"
#include "registry/validation/field_rules.h"
#include "registry/validation/rules.h"
#include "registry/validation/warnings.h"

namespace enthesis::validation {
namespace {

using model::Case;
using model::CodeOf;
using model::Complication;
using model::ComplicationKind;
using model::FollowUp;
using model::Procedure;
using model::ReturnStage;

constexpr int32_t kEarliestReturnDay = 28;  // after an osteotomy

// Fields of the time after surgery, in the order of the table.
constexpr absl::string_view kAfterSurgery[] = {"satisfaction",
                                               "return_stage",
                                               "return_participation_day",
                                               "return_sport_day",
                                               "return_performance_day",
                                               "sustained_return",
                                               "retired_from_sport_day",
                                               "full_weight_bearing",
                                               "full_weight_bearing_day",
                                               "daily_life",
                                               "daily_life_day",
                                               "osteotomy_united",
                                               "osteotomy_union_day"};

// Fields that only an athlete can have.
constexpr absl::string_view kOfAthletes[] = {
    "return_stage",     "return_participation_day",
    "return_sport_day", "return_performance_day",
    "sustained_return", "retired_from_sport_day"};

constexpr absl::string_view kOfOsteotomies[] = {"osteotomy_united",
                                                "osteotomy_union_day"};

// One violation for each field of `names` that has a value.
void Refuse(const FollowUp& follow_up,
            absl::Span<const absl::string_view> names, absl::string_view prefix,
            absl::string_view why, Findings& findings) {
  for (const auto& field : model::FollowUpFields()) {
    if (!field.get(follow_up).has_value()) continue;
    const absl::string_view name = field.name;
    if (std::find(names.begin(), names.end(), name) == names.end()) continue;
    findings.violations.push_back(
        {PathOf(prefix, name), absl::StrCat(name, " ", why)});
  }
}

void CheckBeforeSurgery(const FollowUp& follow_up, absl::string_view prefix,
                        Findings& findings) {
  const std::string why = absl::StrCat(
      "is of the time after surgery, but the assessment is on day ",
      *follow_up.day, "; allowed: from day 1 on");
  Refuse(follow_up, kAfterSurgery, prefix, why, findings);
  const auto refuse_list = [&](bool empty, const char* name) {
    if (empty) return;
    findings.violations.push_back(
        {PathOf(prefix, name), absl::StrCat(name, " ", why)});
  };
  refuse_list(follow_up.complications.empty(), "complications");
  refuse_list(follow_up.reoperations.empty(), "reoperations");
}

void CheckEventDays(const FollowUp& follow_up, absl::string_view prefix,
                    Findings& findings) {
  for (const EventDay& event : EventDaysOf(follow_up)) {
    if (event.day <= *follow_up.day || event.day > model::kMaxDay) continue;
    findings.violations.push_back(
        {PathOf(prefix, event.name),
         absl::StrCat("day ", event.day,
                      " is after the assessment; allowed: "
                      "0 to ",
                      *follow_up.day, " days")});
  }
}

bool HasImplant(const model::Operation& operation) {
  return !operation.implants.empty() ||
         operation.fixation.value_or(model::Fixation::kNone) !=
             model::Fixation::kNone ||
         operation.fhl_fixation == model::FhlFixation::kInterferenceScrew;
}

// What an operation must hold for a complication to be possible.
void CheckPossible(const model::Operation& operation, ComplicationKind kind,
                   const std::string& path, Findings& findings) {
  absl::string_view needs;
  switch (kind) {
    case ComplicationKind::kNonunion:
    case ComplicationKind::kDelayedUnion:
      if (!Includes(operation, Procedure::kZadekOsteotomy)) {
        needs = "an osteotomy (zadek_osteotomy)";
      }
      break;
    case ComplicationKind::kHalluxWeakness:
      if (!Includes(operation, Procedure::kFhlTransfer)) {
        needs = "a transfer of flexor hallucis longus (fhl_transfer)";
      }
      break;
    case ComplicationKind::kHardwarePain:
    case ComplicationKind::kHardwareFailure:
      if (!HasImplant(operation)) needs = "an implant (implants or fixation)";
      break;
    default:
      break;
  }
  if (needs.empty()) return;
  findings.violations.push_back(
      {path, absl::StrCat(CodeOf(model::kComplicationKindCodes, kind),
                          " is not possible here; allowed: after ", needs)});
}

void CheckEvents(const Case& record, const FollowUp& follow_up,
                 absl::string_view prefix, Findings& findings) {
  const auto limit = [&](size_t size, size_t most, const char* name) {
    if (size <= most) return size;
    findings.violations.push_back(
        {PathOf(prefix, name),
         absl::StrCat(size, " ", name, "; allowed: at most ", most)});
    return most;
  };
  const size_t complications =
      limit(follow_up.complications.size(), model::kMaxComplicationsPerFollowUp,
            "complications");
  for (size_t i = 0; i < complications; ++i) {
    const Complication& complication = follow_up.complications[i];
    const std::string path = PathOf(prefix, "complications", i);
    CheckFields(model::ComplicationFields(), complication, path, findings);
    const auto kind = Known(model::kComplicationKindCodes, complication.kind);
    if (kind.has_value()) {
      CheckPossible(record.operation, *kind, PathOf(path, "kind"), findings);
    }
    if (complication.grade == model::ComplicationGrade::kGrade5 &&
        record.status != model::CaseStatus::kDied) {
      findings.warnings.push_back(
          {PathOf(path, "grade"), kGrade5WithoutDeath,
           "a complication of grade 5 (death), but the status of the case is "
           "not died"});
    }
  }
  const size_t reoperations =
      limit(follow_up.reoperations.size(), model::kMaxReoperationsPerFollowUp,
            "reoperations");
  for (size_t i = 0; i < reoperations; ++i) {
    CheckFields(model::ReoperationFields(), follow_up.reoperations[i],
                PathOf(prefix, "reoperations", i), findings);
  }
}

// A milestone denied, and yet dated, in one assessment.
void CheckMilestones(const FollowUp& follow_up, absl::string_view prefix,
                     Findings& findings) {
  const auto check = [&](std::optional<bool> reached,
                         std::optional<int32_t> day, const char* flag,
                         const char* day_name) {
    if (reached.value_or(true) || !day.has_value()) return;
    findings.violations.push_back(
        {PathOf(prefix, day_name),
         absl::StrCat(day_name, " is ", *day, ", but ", flag,
                      " is false; allowed: a day only where it is true or "
                      "absent")});
  };
  check(follow_up.full_weight_bearing, follow_up.full_weight_bearing_day,
        "full_weight_bearing", "full_weight_bearing_day");
  check(follow_up.daily_life, follow_up.daily_life_day, "daily_life",
        "daily_life_day");
  check(follow_up.osteotomy_united, follow_up.osteotomy_union_day,
        "osteotomy_united", "osteotomy_union_day");
}

void CheckReturn(const Case& record, const FollowUp& follow_up,
                 absl::string_view prefix, Findings& findings) {
  const bool osteotomy = Includes(record.operation, Procedure::kZadekOsteotomy);
  const auto stage = Known(model::kReturnStageCodes, follow_up.return_stage);
  const auto early = [&](int32_t day, const char* name) {
    if (!osteotomy || day >= kEarliestReturnDay || day < 0) return;
    findings.warnings.push_back(
        {PathOf(prefix, name), kReturnImplausiblyEarly,
         absl::StrCat("return on day ", day,
                      " after an osteotomy; usual: from "
                      "day ",
                      kEarliestReturnDay, " on")});
  };
  const auto check = [&](ReturnStage reached, std::optional<int32_t> day,
                         const char* name) {
    if (!day.has_value()) return;
    early(*day, name);
    if (!stage.has_value() || *stage >= reached) return;
    findings.violations.push_back(
        {PathOf(prefix, "return_stage"),
         absl::StrCat(
             "return_stage is ", CodeOf(model::kReturnStageCodes, *stage),
             ", but ", name, " is given; allowed: ",
             CodeOf(model::kReturnStageCodes, reached), " or a later stage")});
  };
  check(ReturnStage::kParticipation, follow_up.return_participation_day,
        "return_participation_day");
  check(ReturnStage::kSport, follow_up.return_sport_day, "return_sport_day");
  check(ReturnStage::kPerformance, follow_up.return_performance_day,
        "return_performance_day");
  if (stage.value_or(ReturnStage::kNone) != ReturnStage::kNone) {
    early(*follow_up.day, "return_stage");
  }
}

void CheckSustained(const FollowUp& follow_up, absl::string_view prefix,
                    Findings& findings) {
  const int32_t first =
      model::kVisitWindows[static_cast<size_t>(model::Visit::k24Months) - 1]
          .first_day;
  if (!follow_up.sustained_return.has_value() || *follow_up.day <= 0 ||
      *follow_up.day >= first) {
    return;
  }
  findings.violations.push_back(
      {PathOf(prefix, "sustained_return"),
       absl::StrCat("sustained_return on day ", *follow_up.day,
                    " is too early; allowed: from the 24-month visit (day ",
                    first, ") on")});
}

void WarnOfVisaA(const FollowUp& follow_up, absl::string_view prefix,
                 Findings& findings) {
  const model::VisaA& answers = *follow_up.visa_a;
  const std::string path = PathOf(prefix, "visa_a");
  const int32_t last =
      model::kVisitWindows[static_cast<size_t>(model::Visit::k2Weeks) - 1]
          .last_day;
  if (*follow_up.day >= 1 && *follow_up.day <= last) {
    findings.warnings.push_back(
        {path, kVisaATooEarly,
         absl::StrCat("VISA-A on day ", *follow_up.day,
                      ": its sport items mean nothing up to day ", last)});
  }
  const std::optional<int32_t> total = model::TotalOf(answers);
  if (*follow_up.day <= 0 && total.value_or(0) >= model::kVisaAFullRecovery) {
    findings.warnings.push_back(
        {PathOf(path, "total"), kVisaAHighBeforeSurgery,
         absl::StrCat("VISA-A is ", *total, " before surgery; ",
                      model::kVisaAFullRecovery, " and more is recovery")});
  }
}

void WarnOfContent(const Case& record, const FollowUp& follow_up,
                   absl::string_view prefix, Findings& findings) {
  FollowUp bare;
  bare.id = follow_up.id;
  bare.day = follow_up.day;
  if (follow_up == bare) {
    findings.warnings.push_back(
        {absl::StrCat(prefix), kEmptyAssessment,
         "nothing but its day: it counts as a contact alone"});
  }
  if (!record.baseline.bilateral_symptoms.value_or(false)) return;
  const auto symmetry = [&](std::optional<int32_t> percent, const char* name) {
    if (!percent.has_value()) return;
    findings.warnings.push_back(
        {PathOf(prefix, name), kBilateralSymmetry,
         "both limbs have symptoms: the symmetry is kept, and left out of "
         "every analysis"});
  };
  symmetry(follow_up.strength_symmetry_percent, "strength_symmetry_percent");
  symmetry(follow_up.hop_symmetry_percent, "hop_symmetry_percent");
}

}  // namespace

void CheckFollowUp(const Case& record, const FollowUp& follow_up,
                   absl::string_view prefix, Findings& findings) {
  if (follow_up.id.IsZero()) {
    findings.violations.push_back(
        {PathOf(prefix, "id"),
         "id is required; allowed: a random identifier of 27 characters"});
  }
  CheckFields(model::FollowUpFields(), follow_up, prefix, findings);
  CheckEvents(record, follow_up, prefix, findings);
  CheckMilestones(follow_up, prefix, findings);
  bool scored = false;  // a questionnaire without a violation
  if (follow_up.visa_a.has_value()) {
    const size_t before = findings.violations.size();
    CheckVisaA(*follow_up.visa_a, PathOf(prefix, "visa_a"), findings);
    scored = findings.violations.size() == before;
  }
  if (record.baseline.sport_level == model::SportLevel::kNone) {
    Refuse(follow_up, kOfAthletes, prefix,
           "is of return to play, but sport_level is none; allowed: only for "
           "athletes",
           findings);
  }
  if (!Includes(record.operation, Procedure::kZadekOsteotomy)) {
    Refuse(follow_up, kOfOsteotomies, prefix,
           "is of an osteotomy; allowed: only after zadek_osteotomy", findings);
  }
  WarnOfContent(record, follow_up, prefix, findings);
  if (!follow_up.day.has_value()) return;  // what follows is about the day
  if (*follow_up.day <= 0) {
    CheckBeforeSurgery(follow_up, prefix, findings);
  } else {
    CheckEventDays(follow_up, prefix, findings);
  }
  CheckReturn(record, follow_up, prefix, findings);
  CheckSustained(follow_up, prefix, findings);
  if (scored) WarnOfVisaA(follow_up, prefix, findings);
}

}  // namespace enthesis::validation
