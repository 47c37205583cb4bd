// All rules of the registry. One call returns every violation, each with the
// path of its field, and warnings that do not stop an entry.
//
// Messages name the field, the value's problem and what is allowed.
// Threads: pure functions.

#ifndef ENTHESIS_REGISTRY_VALIDATION_VALIDATE_H_
#define ENTHESIS_REGISTRY_VALIDATION_VALIDATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "registry/model/case.h"
#include "registry/model/mixed_question.h"
#include "registry/model/question.h"
#include "registry/model/regression_question.h"

namespace enthesis::validation {

// One broken rule. `path` is that of the field in enthesis.v1, with repeated
// elements by index: "case.follow_ups[2].visa_a.item_8_points".
struct Violation {
  std::string path;
  std::string message;

  bool operator==(const Violation&) const = default;
};

// Something unusual in an accepted entry.
struct Warning {
  std::string path;
  std::string reason;  // stable, UPPER_CASE: "POSSIBLE_DUPLICATE"
  std::string message;

  bool operator==(const Warning&) const = default;
};

struct Findings {
  std::vector<Violation> violations;
  std::vector<Warning> warnings;
};

// Every rule that a case can be held to by itself: ranges, code lists (numbers
// outside a list, as an open enumeration may hold, are violations),
// eligibility, procedures x pathology x approach, VISA-A, and the rules across
// follow-ups. `follow_ups` may be in any order; paths give the index as sent.
// `current_year` is the calendar year (UTC) now. Paths start with `prefix`.
Findings ValidateCase(const model::Case& record, int32_t current_year,
                      absl::string_view prefix = "case");

// The rules of adding `added` to `record` (already stored and valid): as
// ValidateCase on the sum, with paths of `added` under `prefix`, and only what
// the addition causes.
Findings ValidateFollowUp(const model::Case& record,
                          const model::FollowUp& added, int32_t current_year,
                          absl::string_view prefix = "follow_up");

// VISA-A answers by themselves (ScoreVisaA).
Findings ValidateVisaA(const model::VisaA& answers, absl::string_view prefix);

// Rules against other cases: the same patient and side twice is a violation;
// another case of the site with the same place or baseline (duplicates.h) is the
// warning POSSIBLE_DUPLICATE. `others` holds the candidates
// that storage found, the case itself not among them.
Findings ValidateAgainst(const model::Case& record,
                         absl::Span<const model::Case> others,
                         absl::string_view prefix = "case");

// A question: confidence level, days, thresholds, endpoint and stage, cohort
// (each dimension once, none empty).
std::vector<Violation> ValidateQuestion(
    const model::SurvivalQuestion& question);
std::vector<Violation> ValidateQuestion(
    const model::IntervalQuestion& question);
std::vector<Violation> ValidateQuestion(
    const model::IncidenceQuestion& question);
std::vector<Violation> ValidateQuestion(const model::ReturnQuestion& question);
std::vector<Violation> ValidateQuestion(const model::ScoreQuestion& question);
std::vector<Violation> ValidateQuestion(const model::CompareQuestion& question);
std::vector<Violation> ValidateQuestion(
    const model::DescribeQuestion& question);
// Regressions, too: covariates by name, references, strata.
std::vector<Violation> ValidateQuestion(const model::CoxQuestion& question);
std::vector<Violation> ValidateQuestion(
    const model::FineGrayQuestion& question);
std::vector<Violation> ValidateQuestion(
    const model::ParametricQuestion& question);
std::vector<Violation> ValidateQuestion(const model::AncovaQuestion& question);
std::vector<Violation> ValidateQuestion(const model::GlmQuestion& question);
std::vector<Violation> ValidateQuestion(const model::SitesQuestion& question);
std::vector<Violation> ValidateQuestion(const model::MixedQuestion& question);

}  // namespace enthesis::validation

#endif  // ENTHESIS_REGISTRY_VALIDATION_VALIDATE_H_
