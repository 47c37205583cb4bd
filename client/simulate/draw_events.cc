#include "client/simulate/draw_events.h"

#include <algorithm>
#include <cmath>

#include "registry/model/endpoint.h"
#include "registry/model/procedures.h"

namespace enthesis::client {
namespace {

using model::Approach;
using model::Case;
using model::Complication;
using model::ComplicationKind;
using model::Procedure;
using model::SportLevel;

constexpr int32_t kLastDay = 2191;  // of the 60-month window

int32_t Day(double days) {
  return std::clamp(static_cast<int32_t>(std::lround(days)), 1, kLastDay);
}

// Log-normal parameters, in log weeks, of the first return to sport. Open
// Zadek 23 (SD 8.0) weeks: Maffulli 2020. Open insertional 22.1 (SD 7.4) and
// endoscopic 12.6 weeks: Chen 2025 (its endoscopic SD lies between studies, so
// 0.35 is assumed). Professional athletes 7.45 months: Lee 2021.
struct ReturnTime {
  double mu, sigma;
};

ReturnTime ReturnTimeOf(const Case& record) {
  const Procedure primary = *record.operation.primary_procedure;
  const Approach approach = *record.operation.approach;
  if (record.baseline.sport_level == SportLevel::kProfessional) {
    return {3.378, 0.447};
  }
  ReturnTime time = approach == Approach::kEndoscopic
                        ? ReturnTime{2.475, 0.35}
                        : ReturnTime{3.044, 0.326};
  double scale = 1;
  if (primary == Procedure::kZadekOsteotomy) {
    time = {3.078, 0.338};
    if (approach == Approach::kMinimallyInvasive) scale = 0.8;  // assumed
  } else if (primary == Procedure::kGastrocnemiusRecession) {
    scale = 0.7;  // assumed
  } else if (primary == Procedure::kFhlTransfer) {
    scale = 1.4;  // assumed
  }
  time.mu += std::log(scale);
  return time;
}

void DrawReturns(Random& random, const Case& record, Events& events) {
  if (!model::WasAthlete(record)) return;
  const bool professional =
      record.baseline.sport_level == SportLevel::kProfessional;
  const bool osteotomy = Includes(record.operation, Procedure::kZadekOsteotomy);
  const ReturnTime time = ReturnTimeOf(record);
  const int32_t sport = Day(std::max(7 * random.LogNormal(time.mu, time.sigma),
                                     osteotomy ? 56.0 : 35.0));
  const int32_t participation = Day(std::max(
      sport * (0.45 + 0.3 * random.Uniform()), osteotomy ? 42.0 : 28.0));
  const int32_t performance = Day(sport * (1.1 + 0.9 * random.Uniform()));
  // 12 of 100 never return (4 of 30 had to modify: Maffulli 2011).
  const bool returns = !random.Chance(0.12);
  const bool performs = returns && random.Chance(0.65);
  events.return_stages = {{{participation, returns || random.Chance(0.5)},
                           {sport, returns},
                           {performance, performs}}};
  if (random.Chance(0.03)) {
    events.retirement = {random.Between(120, 1500), true};
    for (Reached& stage : events.return_stages) {
      stage.happens = stage.happens && stage.day <= events.retirement.day;
    }
  }
  // Two full seasons in 60 of 100 professionals: Lee 2021. Others: assumed.
  events.sustained = random.Chance(professional ? 0.60 : 0.85);
}

void DrawMilestones(Random& random, const Case& record, Events& events) {
  const bool osteotomy = Includes(record.operation, Procedure::kZadekOsteotomy);
  events.weight_bearing = {
      Day(random.Normal(osteotomy ? 42 : 20, osteotomy ? 8 : 6)), true};
  // Endoscopic 6.75 (SD 2.25) weeks: Chen 2025. Open: assumed.
  const bool endoscopic = record.operation.approach == Approach::kEndoscopic;
  events.daily_life = {
      Day(7 * std::max(1.0, endoscopic ? random.Normal(6.75, 2.25)
                                       : random.Normal(10, 3))),
      true};
  if (osteotomy) {
    // Union after a mean of 5 weeks: Maffulli 2020.
    events.union_of_osteotomy = {Day(7 * random.Normal(5, 0.8)), true};
  }
}

// Share with any complication. Open midportion 10.5, minimally invasive 5.3 of
// 100: Lohrer 2016. Zadek 9.5 open: Poutoglidou 2023; 3.8 percutaneous.
double ComplicationShare(const Case& record) {
  const bool open = record.operation.approach == Approach::kOpen;
  if (record.operation.primary_procedure == Procedure::kZadekOsteotomy) {
    return open ? 0.107 : 0.055;
  }
  return open ? 0.105 : 0.053;
}

// Relative frequency, from the pooled Zadek series (Foot Ankle Spec 2023) and
// the reviews of the others.
struct KindDraw {
  ComplicationKind kind;
  double weight;
  double median_day, sigma;
};
constexpr KindDraw kKinds[] = {
    {ComplicationKind::kInfectionSuperficial, 3.2, 30, 0.5},  // Jildeh 2018
    {ComplicationKind::kWoundDehiscence, 3.0, 14, 0.4},
    {ComplicationKind::kSuralNerve, 2.0, 20, 0.6},
    {ComplicationKind::kScarPain, 1.0, 120, 0.5},
    {ComplicationKind::kDeepVeinThrombosis, 0.8, 20, 0.5},
    {ComplicationKind::kRecurrence, 0.8, 420, 0.4},
    {ComplicationKind::kComplexRegionalPain, 0.4, 60, 0.4},
    {ComplicationKind::kRupture, 0.4, 60, 0.7},
    {ComplicationKind::kInfectionDeep, 0.3, 35, 0.5},
    {ComplicationKind::kPulmonaryEmbolism, 0.1, 18, 0.4},
    // With hardware, an osteotomy, a transfer:
    {ComplicationKind::kHardwarePain, 2.8, 200, 0.5},
    {ComplicationKind::kHardwareFailure, 0.4, 90, 0.5},
    {ComplicationKind::kNonunion, 1.2, 125, 0.15},
    {ComplicationKind::kDelayedUnion, 1.0, 90, 0.15},
    {ComplicationKind::kHalluxWeakness, 2.0, 60, 0.5},
};

bool Possible(const Case& record, ComplicationKind kind) {
  switch (kind) {
    case ComplicationKind::kHardwarePain:
    case ComplicationKind::kHardwareFailure:
      return !record.operation.implants.empty();
    case ComplicationKind::kNonunion:
    case ComplicationKind::kDelayedUnion:
      return Includes(record.operation, Procedure::kZadekOsteotomy);
    case ComplicationKind::kHalluxWeakness:
      return Includes(record.operation, Procedure::kFhlTransfer);
    default:
      return true;
  }
}

Complication DrawComplication(Random& random, const Case& record) {
  std::vector<double> weights;
  for (const KindDraw& draw : kKinds) {
    weights.push_back(Possible(record, draw.kind) ? draw.weight : 0);
  }
  const KindDraw& draw = kKinds[random.Pick(weights)];
  Complication complication;
  complication.kind = draw.kind;
  complication.day =
      Day(random.LogNormal(std::log(draw.median_day), draw.sigma));
  constexpr double kGrade[] = {0.45, 0.4, 0.14, 0.01};
  complication.grade =
      static_cast<model::ComplicationGrade>(random.Pick(kGrade) + 1);
  return complication;
}

void DrawComplications(Random& random, const SiteEffect& site,
                       const Case& record, Events& events) {
  const double share = ComplicationShare(record);
  double log_odds = std::log(share / (1 - share)) + site.complication_log_odds;
  // Diabetes, tobacco or steroid double the odds (direction of PMID 15552138,
  // whose own ratio rests on 19 patients).
  const auto diabetes = record.baseline.diabetes;
  if (diabetes == model::Diabetes::kType1 ||
      diabetes == model::Diabetes::kType2 ||
      record.baseline.smoking == model::Smoking::kCurrent ||
      record.baseline.oral_corticosteroid.value_or(false)) {
    log_odds += std::log(2.0);
  }
  const double probability = 1 / (1 + std::exp(-log_odds));
  if (!random.Chance(probability)) return;
  events.complications.push_back(DrawComplication(random, record));
  if (!random.Chance(0.08)) return;
  const Complication second = DrawComplication(random, record);
  if (second.kind != events.complications[0].kind) {
    events.complications.push_back(second);
  }
}

void DrawReoperations(Random& random, const Case& record, Events& events) {
  // 1.5 per 100 and year open, 1 otherwise: assumed, as no reliable source was
  // found.
  const bool open = record.operation.approach == Approach::kOpen;
  const double day = 365.25 * random.Exponential(open ? 0.015 : 0.010);
  if (day >= 30 && day <= kLastDay) {
    events.reoperations.push_back(
        {model::ReoperationKind::kRevision, static_cast<int32_t>(day)});
  }
  for (const Complication& complication : events.complications) {
    if (complication.kind != ComplicationKind::kHardwarePain ||
        !random.Chance(0.5)) {
      continue;
    }
    events.reoperations.push_back(
        {model::ReoperationKind::kImplantRemoval,
         std::min(*complication.day + random.Between(20, 120), kLastDay)});
  }
}

// Whether the visit tells that something was reached, and perhaps its day.
void ReportReached(Random& random, int32_t visit_day, double day_known,
                   Reached& reached, std::optional<bool>& flag,
                   std::optional<int32_t>& day) {
  if (reached.reported) return;
  if (!reached.happens || reached.day > visit_day) {
    flag = false;
    return;
  }
  flag = true;
  reached.reported = true;
  if (random.Chance(day_known)) day = reached.day;
}

void ReportReturn(Random& random, const Case& record, Events& events,
                  model::FollowUp& follow_up) {
  const int32_t today = *follow_up.day;
  if (!model::WasAthlete(record) || today < 29) return;
  int stage = 0;
  std::optional<int32_t> days[3];
  for (size_t i = 0; i < events.return_stages.size(); ++i) {
    Reached& reached = events.return_stages[i];
    if (!reached.happens || reached.day > today) continue;
    stage = static_cast<int>(i) + 1;
    // Two patients in three remember the day; assumed.
    if (!reached.reported && random.Chance(0.65)) days[i] = reached.day;
    reached.reported = true;
  }
  follow_up.return_stage = static_cast<model::ReturnStage>(stage + 1);
  follow_up.return_participation_day = days[0];
  follow_up.return_sport_day = days[1];
  follow_up.return_performance_day = days[2];
  if (events.retirement.happens && !events.retirement.reported &&
      events.retirement.day <= today) {
    follow_up.retired_from_sport_day = events.retirement.day;
    events.retirement.reported = true;
  }
  if (today >= 548 && stage >= 2 && !events.retirement.reported) {
    follow_up.sustained_return = events.sustained;
  }
}

}  // namespace

Events DrawEvents(Random& random, const SiteEffect& site, const Case& record) {
  Events events;
  DrawMilestones(random, record, events);
  DrawReturns(random, record, events);
  DrawComplications(random, site, record, events);
  DrawReoperations(random, record, events);
  for (const Complication& complication : events.complications) {
    if (complication.kind == ComplicationKind::kNonunion ||
        complication.kind == ComplicationKind::kDelayedUnion) {
      events.union_of_osteotomy.happens = false;
    }
  }
  return events;
}

void ReportEvents(Random& random, const Case& record, Events& events,
                  model::FollowUp& follow_up) {
  const int32_t today = *follow_up.day;
  ReportReached(random, today, 0.7, events.weight_bearing,
                follow_up.full_weight_bearing,
                follow_up.full_weight_bearing_day);
  ReportReached(random, today, 0.7, events.daily_life, follow_up.daily_life,
                follow_up.daily_life_day);
  if (Includes(record.operation, Procedure::kZadekOsteotomy)) {
    ReportReached(random, today, 0.8, events.union_of_osteotomy,
                  follow_up.osteotomy_united, follow_up.osteotomy_union_day);
  }
  ReportReturn(random, record, events, follow_up);
  std::erase_if(events.reoperations, [&](const model::Reoperation& event) {
    if (*event.day > today) return false;
    follow_up.reoperations.push_back(event);
    return true;
  });
  std::erase_if(events.complications, [&](Complication event) {
    if (*event.day > today) return false;
    for (const model::Reoperation& reoperation : follow_up.reoperations) {
      if (reoperation.day >= event.day) event.led_to_reoperation = true;
    }
    follow_up.complications.push_back(event);
    return true;
  });
}

}  // namespace enthesis::client
