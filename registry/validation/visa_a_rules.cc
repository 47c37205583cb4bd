#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "registry/model/codes.h"
#include "registry/model/fields.h"
#include "registry/model/visa_a.h"
#include "registry/validation/field_rules.h"
#include "registry/validation/rules.h"
#include "registry/validation/warnings.h"

namespace enthesis::validation {
namespace {

using model::CodeOf;
using model::VisaA;
using model::VisaABranch;
using model::VisaAInstrument;

constexpr std::array<int, 4> kItem7Points = {0, 4, 7, 10};
constexpr int kLowTotal = 24;  // Iversen 2012
constexpr int kFullTrainingPoints = 30;
constexpr int kPainfulHeelRaise = 5;  // below: pain that full training denies

template <typename Row>
bool Holds(const Row& row, int points) {
  return std::find(row.begin(), row.end(), points) != row.end();
}

// Scores that a field's range alone does not rule out.
void CheckItems(const VisaA& answers, absl::string_view prefix,
                Findings& findings) {
  const auto minutes = answers.item_1_stiffness_minutes;
  if (minutes.has_value() && *minutes >= 0 && *minutes <= 100 &&
      *minutes % 10 != 0) {
    findings.violations.push_back(
        {PathOf(prefix, "item_1_stiffness_minutes"),
         absl::StrCat("item_1_stiffness_minutes is ", *minutes,
                      "; allowed: 0 to 100 minutes in steps of 10")});
  }
  const auto activity = answers.item_7_points;
  if (activity.has_value() && *activity >= 0 && *activity <= 10 &&
      !Holds(kItem7Points, *activity)) {
    findings.violations.push_back(
        {PathOf(prefix, "item_7_points"),
         absl::StrCat("item_7_points is ", *activity, "; allowed: ",
                      absl::StrJoin(kItem7Points, ", "), " points")});
  }
  const auto points = answers.item_8_points;
  if (points.has_value() && !answers.item_8_branch.has_value()) {
    findings.violations.push_back(
        {PathOf(prefix, "item_8_branch"),
         absl::StrCat("item_8_branch is required with item_8_points; allowed: ",
                      model::kVisaABranchCodes.Allowed())});
  }
  const auto branch = Known(model::kVisaABranchCodes, answers.item_8_branch);
  if (!branch.has_value()) return;
  const absl::Span<const int> row = model::Item8Points(*branch);
  if (points.has_value() &&
      (*points < 0 || *points > 30 || Holds(row, *points))) {
    return;
  }
  const std::string allowed = absl::StrCat(
      "; allowed with the branch ", CodeOf(model::kVisaABranchCodes, *branch),
      ": ", absl::StrJoin(row, ", "), " points");
  const std::string path = PathOf(prefix, "item_8_points");
  if (!points.has_value()) {
    findings.violations.push_back(
        {path, absl::StrCat("item_8_points is required with item_8_branch",
                            allowed)});
  } else {
    findings.violations.push_back(
        {path, absl::StrCat("item_8_points is ", *points, allowed)});
  }
}

// What the answered items leave possible for the total. Items are valid.
struct Bounds {
  int low = 0;
  int high = 0;
};

Bounds BoundsOfTotal(const VisaA& answers) {
  Bounds bounds;
  const auto add = [&bounds](std::optional<int32_t> points, int most) {
    bounds.low += points.value_or(0);
    bounds.high += points.value_or(most);
  };
  std::optional<int32_t> stiffness;
  if (answers.item_1_stiffness_minutes.has_value()) {
    stiffness = 10 - *answers.item_1_stiffness_minutes / 10;
  }
  add(stiffness, 10);
  add(answers.item_2_points, 10);
  add(answers.item_3_points, 10);
  add(answers.item_4_points, 10);
  add(answers.item_5_points, 10);
  add(answers.item_6_points, 10);
  add(answers.item_7_points, 10);
  add(answers.item_8_points, kFullTrainingPoints);
  return bounds;
}

void CheckTotal(const VisaA& answers, absl::string_view prefix,
                Findings& findings) {
  const int32_t total = *answers.total;
  const std::string path = PathOf(prefix, "total");
  const std::optional<int32_t> sum = model::SumOfItems(answers);
  if (sum.has_value()) {
    if (total == *sum) return;
    findings.violations.push_back(
        {path, absl::StrCat("total is ", total, ", but the items add up to ",
                            *sum, "; allowed: ", *sum, " points, or none")});
    return;
  }
  const Bounds bounds = BoundsOfTotal(answers);
  if (total >= bounds.low && total <= bounds.high) return;
  findings.violations.push_back(
      {path, absl::StrCat("total is ", total,
                          ", which the items answered contradict; allowed: ",
                          bounds.low, " to ", bounds.high, " points")});
}

void CheckSedentary(const VisaA& answers, absl::string_view prefix,
                    Findings& findings) {
  for (const auto& field : model::VisaAFields()) {
    const absl::string_view name = field.name;
    if (name == "instrument" || name == "total") continue;
    if (!field.get(answers).has_value()) continue;
    findings.violations.push_back(
        {PathOf(prefix, name),
         absl::StrCat(name,
                      " is an item of visa_a; allowed with "
                      "visa_a_sedentary: the total alone")});
  }
}

void WarnOfUnlikely(const VisaA& answers, absl::string_view prefix,
                    Findings& findings) {
  if (answers.item_7_points == 0 && answers.item_8_points.value_or(0) > 0) {
    findings.warnings.push_back(
        {PathOf(prefix, "item_8_points"), kVisaASportMismatch,
         "time able to train, but no sport or activity now (item 7)"});
  }
  if (answers.item_8_branch == VisaABranch::kNoPain &&
      answers.item_8_points == kFullTrainingPoints &&
      answers.item_5_points.value_or(10) < kPainfulHeelRaise) {
    findings.warnings.push_back(
        {PathOf(prefix, "item_5_points"), kVisaAPainMismatch,
         "pain on heel raises, but full training without pain (item 8)"});
  }
  const std::optional<int32_t> total = model::TotalOf(answers);
  if (!total.has_value()) {
    findings.warnings.push_back(
        {absl::StrCat(prefix), kVisaAIncomplete,
         absl::StrCat("no score: missing ",
                      absl::StrJoin(model::MissingItems(answers), ", "))});
  } else if (*total < kLowTotal) {
    findings.warnings.push_back(
        {PathOf(prefix, "total"), kVisaALow,
         absl::StrCat("VISA-A is ", *total, "; rarely below ", kLowTotal)});
  }
}

}  // namespace

void CheckVisaA(const VisaA& answers, absl::string_view prefix,
                Findings& findings) {
  const size_t before = findings.violations.size();
  CheckFields(model::VisaAFields(), answers, prefix, findings);
  const bool sedentary =
      model::InstrumentOf(answers) == VisaAInstrument::kVisaASedentary;
  const bool any_item = model::HasAnyItem(answers);
  if (sedentary && any_item) {
    CheckSedentary(answers, prefix, findings);
    return;
  }
  if (!any_item && !answers.total.has_value()) {
    findings.violations.push_back(
        {absl::StrCat(prefix),
         absl::StrCat("the questionnaire is empty; allowed: ",
                      sedentary ? "the total" : "items, the total, or both")});
    return;
  }
  if (sedentary) return;
  CheckItems(answers, prefix, findings);
  // Sums of values that are refused would only repeat what is said above.
  if (findings.violations.size() != before) return;
  if (answers.total.has_value()) CheckTotal(answers, prefix, findings);
  WarnOfUnlikely(answers, prefix, findings);
}

}  // namespace enthesis::validation
