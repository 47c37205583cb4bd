#include "registry/validation/question_rules.h"

#include "absl/strings/str_cat.h"
#include "registry/model/limits.h"
#include "registry/validation/field_rules.h"

namespace enthesis::validation {

Violations ValidateQuestion(const model::SurvivalQuestion& question) {
  Violations violations = CheckOptions(question);
  if (!IsEndpoint(question.endpoint) || model::IsReturn(question.endpoint)) {
    violations.push_back(
        {"endpoint",
         absl::StrCat(IsEndpoint(question.endpoint)
                          ? "a return stage has competing events: ask for "
                            "return to play"
                          : "not an endpoint",
                      "; allowed: reoperation, complication, rupture, "
                      "full_weight_bearing, daily_life, osteotomy_union")});
  }
  CheckComplication(question.endpoint, question.complication, violations);
  CheckDays(question.at_days, violations);
  CheckTransform(question.transform, violations);
  return violations;
}

Violations ValidateQuestion(const model::IntervalQuestion& question) {
  Violations violations = CheckOptions(question);
  if (!IsEndpoint(question.endpoint) ||
      !model::IsKnownByVisit(question.endpoint)) {
    violations.push_back(
        {"endpoint",
         absl::StrCat(IsEndpoint(question.endpoint) ? "its day is always known"
                                                    : "not an endpoint",
                      "; allowed: return_participation, return_sport, "
                      "return_performance, full_weight_bearing, daily_life, "
                      "osteotomy_union")});
  }
  CheckDays(question.at_days, violations);
  return violations;
}

Violations ValidateQuestion(const model::ReturnQuestion& question) {
  Violations violations = CheckOptions(question);
  const auto stage = Known(model::kReturnStageCodes,
                           std::optional<model::ReturnStage>(question.stage));
  if (stage.value_or(model::ReturnStage::kNone) == model::ReturnStage::kNone) {
    violations.push_back(
        {"stage",
         absl::StrCat("stage is ",
                      stage.has_value()
                          ? "none"
                          : absl::StrCat(static_cast<int32_t>(question.stage)),
                      "; allowed: participation, sport, "
                      "performance")});
  }
  CheckDays(question.at_days, violations);
  CheckTransform(question.transform, violations);
  return violations;
}

Violations ValidateQuestion(const model::ScoreQuestion& question) {
  Violations violations = CheckOptions(question);
  if (!CheckMeasure(question.measure, violations)) return violations;
  if (question.thresholds.size() > model::kMaxThresholds) {
    violations.push_back(
        {"thresholds", absl::StrCat(question.thresholds.size(),
                                    " thresholds; allowed: at most ",
                                    model::kMaxThresholds)});
    return violations;
  }
  const model::MeasureInfo& info = model::InfoOf(question.measure);
  const double range = info.max - info.min;
  for (size_t i = 0; i < question.thresholds.size(); ++i) {
    const double threshold = question.thresholds[i];
    // Written so that NaN fails.
    if (threshold > 0 && threshold <= range) continue;
    violations.push_back(
        {PathOf("", "thresholds", i),
         absl::StrCat("threshold ", threshold, "; allowed: above 0, at most ",
                      range, " ", info.unit)});
  }
  return violations;
}

Violations ValidateQuestion(const model::CompareQuestion& question) {
  Violations violations = CheckOptions(question);
  CheckGroups(question, violations);
  if (!CheckMeasure(question.measure, violations)) return violations;
  const bool at_baseline = question.visit == model::Visit::kBaseline;
  const bool has_baseline = model::InfoOf(question.measure).has_baseline;
  if (at_baseline && (question.change || !has_baseline)) {
    violations.push_back(
        {"visit",
         absl::StrCat(question.change ? "there is no change at baseline"
                                      : "the measure has no baseline",
                      "; allowed: a later visit")});
  } else if (question.change && !has_baseline) {
    violations.push_back({"change",
                          "the measure has no baseline to change from; "
                          "allowed: false"});
  }
  return violations;
}

Violations ValidateQuestion(const model::DescribeQuestion& question) {
  return CheckOptions(question);
}

}  // namespace enthesis::validation
