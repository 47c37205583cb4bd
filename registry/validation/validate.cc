#include "registry/validation/validate.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "registry/model/limits.h"
#include "registry/validation/field_rules.h"
#include "registry/validation/rules.h"

namespace enthesis::validation {
namespace {

using model::Case;
using model::CaseStatus;
using model::FollowUp;

void CheckIdentity(const Case& record, absl::string_view prefix,
                   Findings& findings) {
  if (!model::IsSiteId(record.site)) {
    findings.violations.push_back(
        {PathOf(prefix, "name"),
         "the site of the case is no site id; allowed: 4 to 63 lower-case "
         "letters, digits and hyphens, starting and ending with a letter or "
         "digit"});
  }
  if (record.id.IsZero()) {
    findings.violations.push_back(
        {PathOf(prefix, "name"),
         "the case has no id; allowed: a random identifier of 27 characters"});
  }
  if (record.patient.IsZero()) {
    findings.violations.push_back(
        {PathOf(prefix, "patient"),
         "patient is required; allowed: a random identifier of 27 "
         "characters"});
  }
}

void CheckStatus(const Case& record, absl::string_view prefix,
                 Findings& findings) {
  const std::string day_path = PathOf(prefix, "status_day");
  const auto status = static_cast<int32_t>(record.status);
  if (model::kCaseStatusCodes.Find(status) == nullptr) {
    findings.violations.push_back(
        {PathOf(prefix, "status"),
         absl::StrCat("status is ", status,
                      "; allowed: ", model::kCaseStatusCodes.Allowed())});
  } else if (record.status == CaseStatus::kActive) {
    if (record.status_day.has_value()) {
      findings.violations.push_back(
          {day_path,
           "status_day is given for an active case; allowed: only with the "
           "status lost, declined or died"});
    }
  } else if (!record.status_day.has_value()) {
    findings.violations.push_back(
        {day_path, absl::StrCat("status_day is required with the status ",
                                CodeOf(model::kCaseStatusCodes, record.status),
                                "; allowed: 0 to ", model::kMaxDay, " days")});
  }
  if (record.status_day.has_value() &&
      (*record.status_day < 0 || *record.status_day > model::kMaxDay)) {
    findings.violations.push_back(
        {day_path, absl::StrCat("status_day is ", *record.status_day,
                                "; allowed: 0 to ", model::kMaxDay, " days")});
  }
}

// Keeps of `sum` what `base` has not, with the paths of the case's last
// follow-up, `added`, under `prefix`. What the addition causes elsewhere is
// reported at the addition as a whole.
template <typename Finding>
std::vector<Finding> CausedBy(std::vector<Finding> sum,
                              const std::vector<Finding>& base,
                              const std::string& added,
                              absl::string_view prefix) {
  std::vector<Finding> caused;
  for (Finding& finding : sum) {
    absl::string_view rest = finding.path;
    if (absl::ConsumePrefix(&rest, added)) {
      finding.path = absl::StrCat(prefix, rest);
    } else if (std::find(base.begin(), base.end(), finding) != base.end()) {
      continue;
    } else {
      finding.path = absl::StrCat(prefix);
    }
    caused.push_back(std::move(finding));
  }
  return caused;
}

}  // namespace

Findings ValidateCase(const Case& record, int32_t current_year,
                      absl::string_view prefix) {
  Findings findings;
  CheckIdentity(record, prefix, findings);
  CheckBaseline(record, current_year, prefix, findings);
  CheckOperation(record, prefix, findings);
  CheckStatus(record, prefix, findings);
  for (size_t i = 0; i < record.follow_ups.size() && i < model::kMaxFollowUps;
       ++i) {
    CheckFollowUp(record, record.follow_ups[i], PathOf(prefix, "follow_ups", i),
                  findings);
  }
  CheckCourse(record, prefix, findings);
  return findings;
}

Findings ValidateFollowUp(const Case& record, const FollowUp& added,
                          int32_t current_year, absl::string_view prefix) {
  constexpr absl::string_view kCase = "case";
  Findings base = ValidateCase(record, current_year, kCase);
  Case sum = record;
  sum.follow_ups.push_back(added);
  Findings findings = ValidateCase(sum, current_year, kCase);
  const std::string path =
      PathOf(kCase, "follow_ups", record.follow_ups.size());
  findings.violations =
      CausedBy(std::move(findings.violations), base.violations, path, prefix);
  findings.warnings =
      CausedBy(std::move(findings.warnings), base.warnings, path, prefix);
  return findings;
}

Findings ValidateVisaA(const model::VisaA& answers, absl::string_view prefix) {
  Findings findings;
  CheckVisaA(answers, prefix, findings);
  return findings;
}

}  // namespace enthesis::validation
