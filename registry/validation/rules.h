// The rules by subject; validate.h is the way in. Each function adds to
// `findings`, passes over values that are absent or that CheckFields reports,
// and takes `prefix` as the path of what it checks.

#ifndef ENTHESIS_REGISTRY_VALIDATION_RULES_H_
#define ENTHESIS_REGISTRY_VALIDATION_RULES_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "registry/model/case.h"
#include "registry/validation/validate.h"

namespace enthesis::validation {

// Baseline and conservative care of the case at `prefix`: eligibility and
// consistency.
void CheckBaseline(const model::Case& record, int32_t current_year,
                   absl::string_view prefix, Findings& findings);

// The operation of the case at `prefix`: procedures x pathology x approach, and
// what belongs to which procedure.
void CheckOperation(const model::Case& record, absl::string_view prefix,
                    Findings& findings);

// One questionnaire, at `prefix`.
void CheckVisaA(const model::VisaA& answers, absl::string_view prefix,
                Findings& findings);

// One assessment of `record`, at `prefix`, by itself.
void CheckFollowUp(const model::Case& record, const model::FollowUp& follow_up,
                   absl::string_view prefix, Findings& findings);

// The follow-ups of the case at `prefix` together. Of two that contradict each
// other the later in the list is named, so that an addition, which comes last,
// gets the finding it causes.
void CheckCourse(const model::Case& record, absl::string_view prefix,
                 Findings& findings);

}  // namespace enthesis::validation

#endif  // ENTHESIS_REGISTRY_VALIDATION_RULES_H_
