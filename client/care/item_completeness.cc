#include "client/care/item_completeness.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/care/visit_state.h"
#include "registry/model/fields.h"
#include "registry/model/limits.h"
#include "registry/model/visa_a.h"

namespace enthesis::client {
namespace {

using model::Case;
using model::FollowUp;
using model::Visit;
using model::VisitWindow;

bool IsAthlete(const Case& record) {
  return record.baseline.sport_level.value_or(model::SportLevel::kNone) !=
         model::SportLevel::kNone;
}

// Fields that every assessment is to have; events and their days are there only
// where something happened.
constexpr absl::string_view kAskedFields[] = {
    "pain_activity",        "pain_rest",
    "heel_rise_count",      "strength_symmetry_percent",
    "hop_symmetry_percent", "tegner_score",
    "satisfaction",         "return_stage",
    "sustained_return"};

bool IsAskedAt(absl::string_view field, Visit visit) {
  // Too early for anything but pain.
  if (visit == Visit::k2Weeks) return absl::StartsWith(field, "pain_");
  if (field == "satisfaction" || field == "return_stage") {
    return visit != Visit::kBaseline;
  }
  return field != "sustained_return" || visit >= Visit::k24Months;
}

bool IsAskedOf(absl::string_view field, const Case& record) {
  if (absl::EndsWith(field, "_symmetry_percent")) {
    return !record.baseline.bilateral_symptoms.value_or(false);
  }
  if (field == "return_stage" || field == "sustained_return") {
    return IsAthlete(record);
  }
  return true;
}

// Whether an assessment in the window of the visit has the field.
bool HasField(const Case& record, const VisitWindow& window,
              const model::Field<FollowUp>& field) {
  return std::any_of(
      record.follow_ups.begin(), record.follow_ups.end(),
      [&](const FollowUp& follow_up) {
        const int32_t day = follow_up.day.value_or(model::kMaxDay);
        return day >= window.first_day && day <= window.last_day &&
               field.get(follow_up).has_value();
      });
}

class CompletenessTable {
 public:
  CompletenessTable(const SiteCases& held, int32_t utc_day)
      : held_(held), utc_day_(utc_day) {}

  // Counts the cases for which `asked` and the visit hold.
  template <typename Asked, typename Has>
  void Add(Visit visit, std::string item, Asked asked, Has has) {
    ItemCompleteness row{visit, std::move(item)};
    for (const Case& record : held_.cases) {
      if ((CountedVisits(record, utc_day_) & BitOf(visit)) == 0) continue;
      if (!asked(record)) continue;
      ++row.due;
      if (has(record)) ++row.completed;
    }
    rows_.push_back(std::move(row));
  }

  std::vector<ItemCompleteness> Rows() { return std::move(rows_); }

 private:
  const SiteCases& held_;
  const int32_t utc_day_;
  std::vector<ItemCompleteness> rows_;
};

bool AskAll(const Case&) { return true; }

constexpr int32_t kUsualCareMonths = 6;  // below: with a reason

// Fields before surgery that only some can have.
bool IsAskedBefore(absl::string_view field, const Case& record) {
  const model::ConservativeCare& care = record.conservative_care;
  if (field == "short_care_reason") {
    return care.months.value_or(kUsualCareMonths) < kUsualCareMonths;
  }
  if (field == "months_since_corticosteroid_injection") {
    return care.corticosteroid_injections.value_or(0) > 0;
  }
  return true;
}

template <typename T>
void AddOptionalFields(absl::Span<const model::Field<T>> fields,
                       absl::string_view prefix, T Case::*section,
                       CompletenessTable& table) {
  for (const model::Field<T>& field : fields) {
    if (field.required) continue;
    table.Add(
        Visit::kBaseline, absl::StrCat(prefix, field.name),
        [&](const Case& record) { return IsAskedBefore(field.name, record); },
        [&](const Case& record) {
          return field.get(record.*section).has_value();
        });
  }
}

void AddAssessmentItems(const VisitWindow& window, CompletenessTable& table) {
  for (const model::Field<FollowUp>& field : model::FollowUpFields()) {
    const absl::string_view name = field.name;
    if (std::find(std::begin(kAskedFields), std::end(kAskedFields), name) ==
            std::end(kAskedFields) ||
        !IsAskedAt(name, window.visit)) {
      continue;
    }
    table.Add(
        window.visit, std::string(name),
        [&](const Case& record) { return IsAskedOf(name, record); },
        [&](const Case& record) { return HasField(record, window, field); });
  }
}

}  // namespace

std::optional<double> ItemCompleteness::Share() const {
  if (due == 0) return std::nullopt;
  return static_cast<double>(completed) / static_cast<double>(due);
}

std::vector<ItemCompleteness> CompletenessOf(const SiteCases& held,
                                             int32_t utc_day, bool items) {
  CompletenessTable table(held, utc_day);
  for (const VisitWindow& window : model::kVisitWindows) {
    table.Add(window.visit, "follow_up", AskAll, [&](const Case& record) {
      return (CompletedVisits(record) & BitOf(window.visit)) != 0;
    });
    if (!items) continue;
    if (window.visit == Visit::kBaseline) {
      AddOptionalFields(model::BaselineFields(), "", &Case::baseline, table);
      AddOptionalFields(model::ConservativeCareFields(), "care_",
                        &Case::conservative_care, table);
    }
    AddAssessmentItems(window, table);
  }
  return table.Rows();
}

}  // namespace enthesis::client
