#include "client/care/case_selection.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "registry/model/duplicates.h"
#include "registry/model/fields.h"

namespace enthesis::client {
namespace {

// Cases of model::SameBaseline have it in common.
std::string BaselineKey(const model::Case& record) {
  std::string key = absl::StrCat(
      "procedure ",
      static_cast<int>(
          record.operation.primary_procedure.value_or(model::Procedure{})));
  model::Baseline baseline = record.baseline;
  baseline.operation_sequence.reset();
  for (const auto& field : model::BaselineFields()) {
    const std::optional<int32_t> value = field.get(baseline);
    if (value.has_value()) absl::StrAppend(&key, " ", field.name, *value);
  }
  return key;
}

// Those of model::SamePlace.
std::string SequenceKey(const model::Case& record) {
  const model::Baseline& baseline = record.baseline;
  if (!baseline.operation_sequence || !baseline.surgery_year) return "";
  return absl::StrCat("sequence ", *baseline.surgery_year, " ",
                      *baseline.operation_sequence);
}

}  // namespace

VisitSet MissingVisits(const model::Case& record, int32_t utc_day) {
  return static_cast<VisitSet>(CountedVisits(record, utc_day) &
                               ~CompletedVisits(record));
}

bool CaseSelection::Matches(const model::Case& record, int32_t utc_day) const {
  const auto& procedure = record.operation.primary_procedure;
  if (!procedures.empty() &&
      (!procedure.has_value() || procedures.count(*procedure) == 0)) {
    return false;
  }
  if (!statuses.empty() && statuses.count(record.status) == 0) return false;
  const auto& year = record.baseline.surgery_year;
  if (first_year.has_value() && (!year.has_value() || *year < *first_year)) {
    return false;
  }
  if (last_year.has_value() && (!year.has_value() || *year > *last_year)) {
    return false;
  }
  return missing == 0 || (MissingVisits(record, utc_day) & missing) != 0;
}

std::string RuleOf(const PossibleDuplicate& duplicate) {
  return absl::StrCat(
      duplicate.same_baseline ? "baseline and procedure" : "",
      duplicate.same_baseline && duplicate.same_place ? ", " : "",
      duplicate.same_place ? "year and rank" : "");
}

std::map<model::Id, std::vector<PossibleDuplicate>> PossibleDuplicates(
    const std::vector<model::Case>& cases) {
  std::map<std::string, std::vector<const model::Case*>> alike;
  for (const model::Case& record : cases) {
    alike[BaselineKey(record)].push_back(&record);
    const std::string sequence = SequenceKey(record);
    if (!sequence.empty()) alike[sequence].push_back(&record);
  }
  std::map<model::Id, std::map<model::Id, PossibleDuplicate>> found;
  for (const auto& [key, group] : alike) {
    for (const model::Case* one : group) {
      for (const model::Case* other : group) {
        if (one->id == other->id || one->patient == other->patient) continue;
        const PossibleDuplicate duplicate = {other->id,
                                             model::SameBaseline(*one, *other),
                                             model::SamePlace(*one, *other)};
        if (!duplicate.same_baseline && !duplicate.same_place) continue;
        found[one->id].emplace(other->id, duplicate);
      }
    }
  }
  std::map<model::Id, std::vector<PossibleDuplicate>> duplicates;
  for (const auto& [id, others] : found) {
    for (const auto& [other, one] : others) duplicates[id].push_back(one);
  }
  return duplicates;
}

}  // namespace enthesis::client
