// What the rules on regressions share. Internal to the validation.

#ifndef ENTHESIS_REGISTRY_VALIDATION_REGRESSION_RULES_H_
#define ENTHESIS_REGISTRY_VALIDATION_REGRESSION_RULES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "registry/model/covariate.h"
#include "registry/model/regression_question.h"
#include "registry/validation/field_rules.h"

namespace enthesis::validation {

// That of a factor is one of its levels; `at` is its path.
void CheckReference(const model::CovariateTerm& term,
                    const model::Covariate& covariate, const std::string& at,
                    Violations& violations);
// Known ones, each once, not too many.
void CheckCovariates(const std::vector<model::CovariateTerm>& covariates,
                     Violations& violations);
void CheckNoGroups(const model::Question& question, Violations& violations);

// A number outside its list, which the wire does not let through.
template <typename E>
void CheckListed(E value, E first, E last, const char* path,
                 const char* allowed, Violations& violations) {
  if (value >= first && value <= last) return;
  violations.push_back(
      {path, absl::StrCat(path, " is ", static_cast<int32_t>(value),
                          "; allowed: ", allowed)});
}

}  // namespace enthesis::validation

#endif  // ENTHESIS_REGISTRY_VALIDATION_REGRESSION_RULES_H_
