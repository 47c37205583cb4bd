// What looks wrong in the cases of one's own site although every rule of the
// registry lets it pass: for a look at the source, not for leaving out.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_CARE_DATA_QUALITY_H_
#define ENTHESIS_CLIENT_CARE_DATA_QUALITY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "client/care/site_cases.h"

namespace enthesis::client {

struct QualityFinding {
  const char* rule;                  // name of one of QualityRules
  std::optional<model::Id> case_id;  // absent: about the site as a whole
  std::optional<int32_t> day;        // of the assessment
  std::string field;
  std::string value;
  std::string why;  // with the limit that was passed

  bool operator==(const QualityFinding&) const = default;
};

struct QualityRule {
  const char* name;
  const char* meaning;  // for people, limits included
};

// implausible_change, outlying_change, digit_preference, identical_rows,
// odd_visit_day.
absl::Span<const QualityRule> QualityRules();

// In the order of the rules, then of the cases and their days.
std::vector<QualityFinding> FindQualityProblems(const SiteCases& held);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CARE_DATA_QUALITY_H_
