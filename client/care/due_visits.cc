#include "client/care/due_visits.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "client/calendar_day.h"

namespace enthesis::client {
namespace {

DueState StateOn(int32_t day, const model::VisitWindow& window) {
  if (day < window.first_day) return DueState::kUpcoming;
  if (day <= window.target_day) return DueState::kDue;
  return day <= window.last_day ? DueState::kOverdue : DueState::kMissed;
}

bool IsAsked(const DueQuestion& question, const model::VisitWindow& window,
             int32_t day) {
  if ((question.visits & BitOf(window.visit)) == 0) return false;
  switch (StateOn(day, window)) {
    case DueState::kUpcoming:
      return window.first_day - day <= question.ahead;
    case DueState::kMissed:
      return question.missed;
    default:
      return true;
  }
}

// The visits of a record that was operated on `surgery`.
void AddVisitsOf(const std::string& key, const model::Case& record,
                 const Date& surgery, const DueQuestion& question,
                 std::vector<DueVisit>& visits) {
  const int32_t operated = DayNumber(surgery);
  const int32_t day = DayNumber(question.on) - operated;
  const VisitSet completed = CompletedVisits(record);
  const auto seen =
      model::AssignVisits(record, [](const model::FollowUp&) { return true; });
  for (const model::VisitWindow& window : model::kVisitWindows) {
    if (window.visit == model::Visit::kBaseline ||
        (completed & BitOf(window.visit)) != 0 ||
        !IsAsked(question, window, day)) {
      continue;
    }
    DueVisit& visit = visits.emplace_back();
    visit.record = key;
    visit.case_id = record.id;
    visit.visit = window.visit;
    visit.state = StateOn(day, window);
    visit.target = DateOfDayNumber(operated + window.target_day);
    visit.first = DateOfDayNumber(operated + window.first_day);
    visit.last = DateOfDayNumber(operated + window.last_day);
    visit.days_late = day - window.target_day;
    const model::FollowUp* made = seen[static_cast<size_t>(window.visit) - 1];
    if (made != nullptr) visit.seen_on_day = made->day;
  }
}

}  // namespace

const char* NameOf(DueState state) {
  switch (state) {
    case DueState::kUpcoming:
      return "upcoming";
    case DueState::kDue:
      return "due";
    case DueState::kOverdue:
      return "overdue";
    case DueState::kMissed:
      return "missed";
  }
  return "";
}

DueReport FindDueVisits(const Links& links, const SiteCases& held,
                        const DueQuestion& question) {
  DueReport report;
  std::map<model::Id, const model::Case*> cases;
  for (const model::Case& record : held.cases) cases[record.id] = &record;
  report.n_unlinked = cases.size();
  for (const auto& [key, link] : links.records) {
    const auto known = cases.find(link.case_id);
    if (known == cases.end()) continue;  // never stored, or withdrawn
    --report.n_unlinked;
    const model::Case& record = *known->second;
    if (record.status != model::CaseStatus::kActive) {
      ++report.n_ended;
      continue;
    }
    ++report.n_active;
    if (!link.surgery_date.has_value()) {
      report.undated.push_back(key);
      continue;
    }
    const auto& year = record.baseline.surgery_year;
    if (year.has_value() && *year != link.surgery_date->year) {
      report.other_year.push_back(key);
    }
    AddVisitsOf(key, record, *link.surgery_date, question, report.visits);
  }
  std::sort(report.visits.begin(), report.visits.end(),
            [](const DueVisit& a, const DueVisit& b) {
              return std::tie(a.target, a.record, a.visit) <
                     std::tie(b.target, b.record, b.visit);
            });
  return report;
}

}  // namespace enthesis::client
