#include "client/path_column.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace enthesis::client {
namespace {

// Splits "complications[1].day" into name, index and rest; index -1 without.
struct PathStep {
  absl::string_view name;
  int index = -1;
  absl::string_view rest;
};

PathStep FirstStep(absl::string_view path) {
  PathStep step;
  const size_t dot = path.find('.');
  step.name = path.substr(0, dot);
  if (dot != absl::string_view::npos) step.rest = path.substr(dot + 1);
  const size_t bracket = step.name.find('[');
  if (bracket != absl::string_view::npos) {
    absl::string_view digits = step.name.substr(bracket + 1);
    absl::ConsumeSuffix(&digits, "]");
    int index = 0;
    for (char c : digits) {
      if (c < '0' || c > '9' || index > 100000) return step;
      index = index * 10 + (c - '0');
    }
    step.index = index;
    step.name = step.name.substr(0, bracket);
  }
  return step;
}

std::string GroupColumn(absl::string_view prefix, const PathStep& step,
                        const std::vector<int>& groups) {
  // A path to the whole list is shown at its first event.
  const size_t index = static_cast<size_t>(std::max(step.index, 0));
  if (index >= groups.size()) return "";
  const int group = groups[index] + 1;
  return absl::StrCat(prefix, group, "_",
                      step.rest.empty() ? "kind" : step.rest);
}

}  // namespace

std::string ColumnOfCasePath(absl::string_view path) {
  const PathStep step = FirstStep(path);
  if (step.name == "baseline" || step.name == "operation") {
    return std::string(FirstStep(step.rest).name);
  }
  if (step.name == "conservative_care") {
    return step.rest.empty() ? "care_months" : absl::StrCat("care_", step.rest);
  }
  if (step.name == "patient") return "patient_key";
  if (step.name == "status" || step.name == "status_day" ||
      step.name == "synthetic") {
    return std::string(step.name);
  }
  return "";
}

std::string ColumnOfFollowUpPath(absl::string_view path,
                                 const CsvAssessment& assessment) {
  const PathStep step = FirstStep(path);
  if (step.name == "visa_a") {
    return step.rest.empty() ? "visa_a_total"
                             : absl::StrCat("visa_a_", step.rest);
  }
  if (step.name == "complications") {
    return GroupColumn("complication_", step, assessment.complication_groups);
  }
  if (step.name == "reoperations") {
    return GroupColumn("reoperation_", step, assessment.reoperation_groups);
  }
  return step.name == "id" ? "" : std::string(step.name);
}

}  // namespace enthesis::client
