#include "client/care/visit_state.h"

#include "registry/model/visa_a.h"

namespace enthesis::client {

VisitSet CountedVisits(const model::Case& record, int32_t utc_day) {
  VisitSet counted = 0;
  if (record.status == model::CaseStatus::kDied ||
      !record.baseline.surgery_year.has_value()) {
    return counted;
  }
  for (const model::VisitWindow& window : model::kVisitWindows) {
    if (model::VisitIsDue(window.visit, *record.baseline.surgery_year,
                          utc_day)) {
      counted |= BitOf(window.visit);
    }
  }
  return counted;
}

VisitSet CompletedVisits(const model::Case& record) {
  const auto any =
      model::AssignVisits(record, [](const model::FollowUp&) { return true; });
  const auto scored =
      model::AssignVisits(record, [](const model::FollowUp& follow_up) {
        return follow_up.visa_a.has_value() &&
               model::TotalOf(*follow_up.visa_a).has_value();
      });
  VisitSet completed = 0;
  for (const model::VisitWindow& window : model::kVisitWindows) {
    const auto index = static_cast<size_t>(window.visit) - 1;
    const auto& made = window.visit == model::Visit::k2Weeks ? any : scored;
    if (made[index] != nullptr) completed |= BitOf(window.visit);
  }
  return completed;
}

std::vector<const char*> CodesOf(VisitSet visits) {
  std::vector<const char*> codes;
  for (const model::VisitWindow& window : model::kVisitWindows) {
    if ((visits & BitOf(window.visit)) != 0) codes.push_back(window.code);
  }
  return codes;
}

}  // namespace enthesis::client
