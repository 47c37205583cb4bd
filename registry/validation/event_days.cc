#include "registry/validation/event_days.h"

#include <algorithm>
#include <optional>

#include "registry/model/limits.h"
#include "registry/validation/field_rules.h"

namespace enthesis::validation {

std::vector<EventDay> EventDaysOf(const model::FollowUp& follow_up) {
  std::vector<EventDay> days;
  const auto add = [&days](absl::string_view name, std::optional<int32_t> day) {
    if (day.has_value()) days.push_back({std::string(name), *day});
  };
  add("return_participation_day", follow_up.return_participation_day);
  add("return_sport_day", follow_up.return_sport_day);
  add("return_performance_day", follow_up.return_performance_day);
  add("retired_from_sport_day", follow_up.retired_from_sport_day);
  add("full_weight_bearing_day", follow_up.full_weight_bearing_day);
  add("daily_life_day", follow_up.daily_life_day);
  add("osteotomy_union_day", follow_up.osteotomy_union_day);
  const auto& complications = follow_up.complications;
  for (size_t i = 0;
       i < complications.size() && i < model::kMaxComplicationsPerFollowUp;
       ++i) {
    add(PathOf("", "complications", i) + ".day", complications[i].day);
  }
  const auto& reoperations = follow_up.reoperations;
  for (size_t i = 0;
       i < reoperations.size() && i < model::kMaxReoperationsPerFollowUp; ++i) {
    add(PathOf("", "reoperations", i) + ".day", reoperations[i].day);
  }
  return days;
}

}  // namespace enthesis::validation
