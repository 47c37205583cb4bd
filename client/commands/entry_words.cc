#include "client/commands/entry_words.h"

#include <numeric>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/commands/plain_words.h"
#include "client/path_column.h"
#include "registry/model/codes.h"
#include "registry/model/limits.h"
#include "registry/model/visits.h"

namespace enthesis::client {
namespace {

// Each event in the group of its place.
const CsvAssessment& GroupsInOrder() {
  static const CsvAssessment& groups = *[] {
    auto* made = new CsvAssessment;
    made->complication_groups.resize(model::kMaxComplicationsPerFollowUp);
    made->reoperation_groups.resize(model::kMaxReoperationsPerFollowUp);
    for (auto* list : {&made->complication_groups, &made->reoperation_groups}) {
      std::iota(list->begin(), list->end(), 0);
    }
    return made;
  }();
  return groups;
}

// "day 183, 6_months", or which one of the case where it has no day.
std::string PlaceOf(const v1::FollowUp& follow_up, int index) {
  if (!follow_up.has_day()) return absl::StrCat("assessment ", index + 1);
  const auto visit = model::VisitOfDay(follow_up.day());
  return absl::StrCat(
      "day ", follow_up.day(),
      visit.has_value()
          ? absl::StrCat(", ", model::CodeOf(model::kVisitCodes, *visit))
          : "");
}

}  // namespace

void EntryWords::Typed(absl::string_view path, absl::string_view name) {
  const std::string column = of_assessment
                                 ? ColumnOfFollowUpPath(path, GroupsInOrder())
                                 : ColumnOfCasePath(path);
  if (!column.empty()) typed[column] = std::string(name);
}

std::string EntryWords::Name(absl::string_view path) const {
  const std::string whole = FieldOf(path, sent);
  if (!absl::ConsumePrefix(&path, "case.") &&
      !absl::ConsumePrefix(&path, "follow_up.") && path == "follow_up") {
    return "the assessment";
  }
  int index = -1;
  absl::string_view rest = path;
  const size_t end = path.find(']');
  if (absl::ConsumePrefix(&rest, "follow_ups[") &&
      end != absl::string_view::npos) {
    if (!absl::SimpleAtoi(rest.substr(0, rest.find(']')), &index) ||
        index < 0 || index >= sent.follow_ups_size()) {
      return whole;
    }
    path.remove_prefix(end + 1);
    absl::ConsumePrefix(&path, ".");
  }
  const bool is_typed = index == follow_up;
  std::string name;
  if (index >= 0 || (is_typed && of_assessment)) {
    name = ColumnOfFollowUpPath(
        path, is_typed && groups.has_value() ? *groups : GroupsInOrder());
  } else if (path != "patient") {  // which is not the clinic's key
    name = ColumnOfCasePath(path);
  }
  const auto known = typed.find(name);
  if (name.empty()) name = std::string(path);
  if (is_typed && known != typed.end()) {
    name = known->second;
  } else if (from_file) {
    return whole;
  }
  if (index < 0) return name;
  const std::string place = PlaceOf(sent.follow_ups(index), index);
  return name.empty() ? absl::StrCat("the assessment of ", place)
                      : absl::StrCat(name, " (", place, ")");
}

}  // namespace enthesis::client
