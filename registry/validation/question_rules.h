// Rules that several questions share. Internal to validation.

#ifndef ENTHESIS_REGISTRY_VALIDATION_QUESTION_RULES_H_
#define ENTHESIS_REGISTRY_VALIDATION_QUESTION_RULES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "registry/model/question.h"
#include "registry/validation/validate.h"

namespace enthesis::validation {

using Violations = std::vector<Violation>;

bool IsEndpoint(model::Endpoint endpoint);
bool IsDimension(model::Dimension dimension);

// Cohort, grouping, confidence level.
Violations CheckOptions(const model::Question& question);
// Groups that do not overlap, for questions that compare them.
void CheckGroups(const model::Question& question, Violations& violations);
// Whether it is in the list.
bool CheckMeasure(model::Measure measure, Violations& violations);
// At most kMaxDaysAsked days, each 0 to kMaxDay.
void CheckDays(const std::vector<int32_t>& days, Violations& violations);
// An optional day, `first` to kMaxDay.
void CheckDay(std::optional<int32_t> day, int32_t first,
              absl::string_view field, Violations& violations);
void CheckTransform(model::ConfidenceTransform transform,
                    Violations& violations);
// A kind belongs to the endpoint complication alone.
void CheckComplication(model::Endpoint endpoint,
                       std::optional<model::ComplicationKind> complication,
                       Violations& violations);

}  // namespace enthesis::validation

#endif  // ENTHESIS_REGISTRY_VALIDATION_QUESTION_RULES_H_
