#include "tests/registry/support/random_case.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "registry/model/endpoint.h"
#include "registry/model/limits.h"
#include "registry/model/procedures.h"
#include "registry/model/visa_a.h"
#include "registry/model/visits.h"

namespace enthesis::tests {
namespace {

using model::Case;
using model::FollowUp;
using model::Procedure;
using model::ReturnStage;
using model::Visit;

// Draws with the same result everywhere, which std distributions do not give.
class Draw {
 public:
  explicit Draw(std::mt19937_64& random) : random_(random) {}

  int32_t Between(int32_t first, int32_t last) {
    return first + static_cast<int32_t>(
                       random_() % static_cast<uint64_t>(last - first + 1));
  }
  bool Percent(int32_t chance) { return Between(1, 100) <= chance; }
  template <typename E>
  E Code(int32_t n) {
    return static_cast<E>(Between(1, n));
  }
  template <typename E>
  std::optional<E> MaybeCode(int32_t chance, int32_t n) {
    return Percent(chance) ? std::optional<E>(Code<E>(n)) : std::nullopt;
  }
  std::optional<int32_t> Maybe(int32_t chance, int32_t first, int32_t last) {
    return Percent(chance) ? std::optional<int32_t>(Between(first, last))
                           : std::nullopt;
  }
  std::optional<bool> MaybeFlag(int32_t chance, int32_t yes) {
    return Percent(chance) ? std::optional<bool>(Percent(yes)) : std::nullopt;
  }
  model::Id Id() { return {random_(), random_() | 1}; }

 private:
  std::mt19937_64& random_;
};

void FillBaseline(Draw& draw, Case& record) {
  model::Baseline& baseline = record.baseline;
  baseline.surgery_year = draw.Between(2010, 2023);
  baseline.operation_sequence = draw.Maybe(80, 0, 2'000'000'000);
  baseline.diagnosis = model::Diagnosis::kTendinopathy;
  baseline.pathology = draw.Code<model::Pathology>(3);
  baseline.laterality = draw.Code<model::Laterality>(2);
  baseline.bilateral_symptoms = draw.MaybeFlag(80, 15);
  baseline.age_years = draw.Between(18, 90);
  baseline.sex = draw.Code<model::Sex>(3);
  baseline.bmi = draw.Maybe(85, 16, 48);
  baseline.diabetes = draw.MaybeCode<model::Diabetes>(85, 4);
  baseline.smoking = draw.MaybeCode<model::Smoking>(85, 3);
  baseline.symptom_duration_months = draw.Maybe(80, 24, 120);
  baseline.tegner_score = draw.Maybe(60, 0, 10);
  baseline.imaging_confirmed = draw.MaybeFlag(50, 90);
  baseline.sport_level = draw.Code<model::SportLevel>(4);
  if (draw.Percent(90)) {
    baseline.sport = *baseline.sport_level == model::SportLevel::kNone
                         ? model::Sport::kNone
                         : static_cast<model::Sport>(draw.Between(2, 7));
  }
  record.conservative_care.months = draw.Between(6, 24);
  record.conservative_care.shockwave = draw.MaybeFlag(50, 40);
}

bool Fits(const Case& record, Procedure procedure, model::Approach approach) {
  const model::ProcedureRule& rule = model::RuleOf(procedure);
  return model::FitsPathology(rule, *record.baseline.pathology) &&
         model::FitsApproach(rule, approach);
}

void FillOperation(Draw& draw, Case& record) {
  model::Operation& operation = record.operation;
  const auto n_procedures =
      static_cast<int32_t>(model::ProcedureRules().size());
  do {
    operation.primary_procedure = draw.Code<Procedure>(n_procedures);
    operation.approach = draw.Code<model::Approach>(3);
  } while (!Fits(record, *operation.primary_procedure, *operation.approach));
  for (int32_t p = 1; p <= n_procedures; ++p) {
    const auto procedure = static_cast<Procedure>(p);
    if (procedure != operation.primary_procedure && draw.Percent(8) &&
        Fits(record, procedure, *operation.approach)) {
      operation.concomitant_procedures.push_back(procedure);
    }
  }
  if (Includes(operation, Procedure::kGraftReinforcement)) {
    operation.graft_class = static_cast<model::GraftClass>(draw.Between(2, 7));
    operation.graft_technique = draw.MaybeCode<model::GraftTechnique>(80, 5);
  } else if (draw.Percent(50)) {
    operation.graft_class = model::GraftClass::kNone;
  }
  if (Includes(operation, Procedure::kZadekOsteotomy)) {
    operation.fixation = model::Fixation::kScrews;
    operation.wedge_mm = draw.Between(3, 6);
  }
  if (draw.Percent(30)) {
    operation.implants.push_back(model::ImplantClass::kSutureAnchor);
  }
  operation.operating_minutes = draw.Maybe(50, 20, 150);
}

model::VisaA RandomVisaA(Draw& draw, bool athlete) {
  model::VisaA answers;
  if (!athlete && draw.Percent(70)) {
    answers.instrument = model::VisaAInstrument::kVisaASedentary;
    answers.total = draw.Between(0, 100);
    return answers;
  }
  if (draw.Percent(50)) answers.instrument = model::VisaAInstrument::kVisaA;
  if (draw.Percent(30)) {
    answers.total = draw.Between(0, 100);
    return answers;
  }
  constexpr int32_t kItem7[] = {0, 4, 7, 10};
  answers.item_1_stiffness_minutes = 10 * draw.Between(0, 10);
  answers.item_2_points = draw.Between(0, 10);
  answers.item_3_points = draw.Between(0, 10);
  answers.item_4_points = draw.Between(0, 10);
  answers.item_5_points = draw.Between(0, 10);
  answers.item_6_points = draw.Maybe(95, 0, 10);  // missing: no total
  answers.item_7_points = kItem7[draw.Between(0, 3)];
  answers.item_8_branch = draw.Code<model::VisaABranch>(3);
  const absl::Span<const int> row = model::Item8Points(*answers.item_8_branch);
  answers.item_8_points = row[static_cast<size_t>(
      draw.Between(0, static_cast<int32_t>(row.size()) - 1))];
  return answers;
}

void FillMeasures(Draw& draw, bool athlete, FollowUp& follow_up) {
  const int32_t day = *follow_up.day;
  if ((day <= 0 || day > 28) && draw.Percent(85)) {
    follow_up.visa_a = RandomVisaA(draw, athlete);
  }
  follow_up.pain_activity = draw.Maybe(70, 0, 10);
  follow_up.pain_rest = draw.Maybe(60, 0, 10);
  follow_up.heel_rise_count = draw.Maybe(40, 0, 60);
  follow_up.strength_symmetry_percent = draw.Maybe(40, 20, 150);
  follow_up.hop_symmetry_percent = draw.Maybe(30, 20, 150);
  follow_up.plyometric_ready = draw.MaybeFlag(30, 50);
  follow_up.tegner_score = draw.Maybe(40, 0, 10);
  if (day > 0) {
    follow_up.satisfaction = draw.MaybeCode<model::Satisfaction>(60, 5);
  }
}

// What happens to a case, and how it comes to be known.
struct Course {
  std::optional<int32_t> participation, sport, performance;
  std::optional<int32_t> retired, weight_bearing, daily_life, united;
  bool exact_return = false, exact_milestones = false;
};

Course RandomCourse(Draw& draw, const Case& record) {
  Course course;
  const int32_t day = draw.Between(40, 500);
  if (model::WasAthlete(record)) {
    const int32_t highest = draw.Between(0, 3);
    if (highest >= 1) course.participation = day;
    if (highest >= 2) course.sport = day + draw.Between(0, 90);
    if (highest >= 3) course.performance = *course.sport + draw.Between(0, 200);
    course.retired = draw.Maybe(8, 30, 1500);
  }
  course.weight_bearing = draw.Maybe(90, 1, 90);
  course.daily_life = draw.Maybe(85, 10, 200);
  if (Includes(record.operation, Procedure::kZadekOsteotomy)) {
    course.united = draw.Maybe(90, 30, 200);
  }
  course.exact_return = draw.Percent(60);
  course.exact_milestones = draw.Percent(50);
  return course;
}

// Whether `event` falls after the assessment before and by `day`.
bool IsNews(const std::optional<int32_t>& event, int32_t before, int32_t day) {
  return event.has_value() && *event > before && *event <= day;
}

bool HasHappened(const std::optional<int32_t>& event, int32_t day) {
  return event.has_value() && *event <= day;
}

void FillReturn(Draw& draw, const Course& course, int32_t before,
                FollowUp& follow_up) {
  const int32_t day = *follow_up.day;
  const bool sport = HasHappened(course.sport, day);
  const auto stage =
      HasHappened(course.performance, day)     ? ReturnStage::kPerformance
      : sport                                  ? ReturnStage::kSport
      : HasHappened(course.participation, day) ? ReturnStage::kParticipation
                                               : ReturnStage::kNone;
  bool known = false;
  if (course.exact_return) {
    const auto tell = [&](const std::optional<int32_t>& event,
                          std::optional<int32_t>& field) {
      if (IsNews(event, before, day)) field = event;
    };
    tell(course.participation, follow_up.return_participation_day);
    tell(course.sport, follow_up.return_sport_day);
    tell(course.performance, follow_up.return_performance_day);
    known = sport;
  }
  if (draw.Percent(70)) {
    follow_up.return_stage = stage;
    known = known || sport;
  }
  if (IsNews(course.retired, before, day)) {
    follow_up.retired_from_sport_day = course.retired;
  }
  if (day >= 548 && draw.Percent(70)) {
    follow_up.sustained_return = known && draw.Percent(70);
  }
}

void FillMilestones(Draw& draw, const Course& course, int32_t before,
                    bool osteotomy, FollowUp& follow_up) {
  const int32_t day = *follow_up.day;
  const auto tell = [&](const std::optional<int32_t>& event,
                        std::optional<bool>& flag,
                        std::optional<int32_t>& exact) {
    if (draw.Percent(70)) flag = HasHappened(event, day);
    if (course.exact_milestones && IsNews(event, before, day)) exact = event;
  };
  tell(course.weight_bearing, follow_up.full_weight_bearing,
       follow_up.full_weight_bearing_day);
  tell(course.daily_life, follow_up.daily_life, follow_up.daily_life_day);
  if (!osteotomy) return;
  tell(course.united, follow_up.osteotomy_united,
       follow_up.osteotomy_union_day);
}

// Kinds that every operation can have.
constexpr model::ComplicationKind kKinds[] = {
    model::ComplicationKind::kWoundDehiscence,
    model::ComplicationKind::kInfectionSuperficial,
    model::ComplicationKind::kSuralNerve,
    model::ComplicationKind::kRupture,
    model::ComplicationKind::kScarPain,
    model::ComplicationKind::kRecurrence};

void FillEvents(Draw& draw, int32_t before, FollowUp& follow_up) {
  const int32_t first = std::max(before + 1, 0);
  const int32_t last = *follow_up.day;
  for (const model::ComplicationKind kind : kKinds) {
    if (!draw.Percent(2)) continue;
    model::Complication complication;
    complication.kind = kind;
    complication.day = draw.Between(first, last);
    complication.grade = draw.MaybeCode<model::ComplicationGrade>(50, 3);
    follow_up.complications.push_back(complication);
  }
  if (!draw.Percent(3)) return;
  model::Reoperation reoperation;
  reoperation.kind = draw.Code<model::ReoperationKind>(2);
  reoperation.day = draw.Between(first, last);
  follow_up.reoperations.push_back(reoperation);
}

std::vector<int32_t> RandomDays(Draw& draw) {
  std::set<int32_t> days;
  const int32_t until = draw.Between(0, 2400);
  for (const model::VisitWindow& window : model::kVisitWindows) {
    if (window.visit != Visit::kBaseline && window.last_day > until) break;
    const int32_t n = draw.Percent(10) ? 2 : draw.Percent(80) ? 1 : 0;
    for (int32_t i = 0; i < n; ++i) {
      days.insert(draw.Between(window.first_day, window.last_day));
    }
  }
  if (draw.Percent(5)) days.insert(draw.Between(1095, 1460));  // unscheduled
  return {days.begin(), days.end()};
}

void FillStatus(Draw& draw, Case& record) {
  const int32_t last = record.follow_ups.empty()
                           ? 0
                           : std::max(*record.follow_ups.back().day, 0);
  if (draw.Percent(75)) return;
  record.status = static_cast<model::CaseStatus>(draw.Between(2, 4));
  record.status_day = std::min(last + draw.Between(0, 400), model::kMaxDay);
}

}  // namespace

Case RandomCase(std::mt19937_64& random) {
  Draw draw(random);
  Case record;
  record.site = "site-0" + std::to_string(draw.Between(1, 8));
  record.id = draw.Id();
  record.patient = draw.Id();
  record.synthetic = true;
  FillBaseline(draw, record);
  FillOperation(draw, record);
  const Course course = RandomCourse(draw, record);
  const bool athlete = model::WasAthlete(record);
  const bool osteotomy = Includes(record.operation, Procedure::kZadekOsteotomy);
  int32_t before = 0;
  for (const int32_t day : RandomDays(draw)) {
    FollowUp follow_up;
    follow_up.id = draw.Id();
    follow_up.day = day;
    FillMeasures(draw, athlete, follow_up);
    if (day > 0) {
      if (athlete) FillReturn(draw, course, before, follow_up);
      FillMilestones(draw, course, before, osteotomy, follow_up);
      FillEvents(draw, before, follow_up);
      before = day;
    }
    record.follow_ups.push_back(std::move(follow_up));
  }
  FillStatus(draw, record);
  return record;
}

model::Case ScoredCase(std::mt19937_64& random, std::optional<int32_t> before,
                       std::optional<int32_t> after) {
  model::Case record = RandomCase(random);
  record.follow_ups.clear();
  for (const auto& [day, total] : {std::pair(-5, before), {365, after}}) {
    if (!total.has_value()) continue;
    model::FollowUp& follow_up = record.follow_ups.emplace_back();
    follow_up.day = day;
    follow_up.visa_a.emplace().total = total;
  }
  return record;
}

std::vector<model::Case> RandomCases(int n, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<model::Case> cases;
  for (int i = 0; i < n; ++i) cases.push_back(RandomCase(random));
  return cases;
}

}  // namespace enthesis::tests
