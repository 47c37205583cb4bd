#include "registry/validation/question_rules.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "registry/model/limits.h"
#include "registry/validation/field_rules.h"

namespace enthesis::validation {
namespace {

constexpr char kNoGroups[] =
    "there are no groups; allowed: only with options.group_by";

void CheckQuantiles(const std::vector<double>& quantiles,
                    Violations& violations) {
  if (quantiles.size() > model::kMaxQuantiles) {
    violations.push_back({"quantiles", absl::StrCat(quantiles.size(),
                                                    " quantiles; allowed: at "
                                                    "most ",
                                                    model::kMaxQuantiles)});
    return;
  }
  for (size_t i = 0; i < quantiles.size(); ++i) {
    // Written so that NaN fails.
    if (quantiles[i] > 0 && quantiles[i] < 1) continue;
    violations.push_back({PathOf("", "quantiles", i),
                          absl::StrCat("quantile ", quantiles[i],
                                       "; allowed: a share between 0 and 1")});
  }
}

void CheckPower(double power, absl::string_view field, Violations& violations) {
  // Written so that NaN fails.
  if (power >= 0 && power <= model::kMaxRankPower) return;
  violations.push_back({std::string(field),
                        absl::StrCat(field, " is ", power, "; allowed: 0 to ",
                                     model::kMaxRankPower)});
}

void CheckStrata(const model::Question& question,
                 std::optional<model::Dimension> strata,
                 Violations& violations) {
  if (!strata.has_value()) return;
  const auto refuse = [&](std::string message) {
    violations.push_back({"strata", std::move(message)});
  };
  if (!IsDimension(*strata)) {
    refuse(absl::StrCat("strata is ", static_cast<int32_t>(*strata),
                        "; allowed: ", model::kDimensionCodes.Allowed()));
  } else if (*strata == model::Dimension::kConcomitantProcedure) {
    refuse(
        "strata by concomitant_procedure overlap; allowed: any other "
        "dimension");
  } else if (!question.group_by.has_value()) {
    refuse("there is no test to stratify; allowed: only with options.group_by");
  } else if (*strata == *question.group_by || strata == question.then_by) {
    refuse("is the dimension of the groups; allowed: another one");
  }
}

// What is asked between groups.
void CheckTests(const model::SurvivalQuestion& question,
                Violations& violations) {
  const auto test = static_cast<int32_t>(question.test);
  if (model::kRankTestCodes.Find(test) == nullptr) {
    violations.push_back(
        {"test", absl::StrCat("test is ", test,
                              "; allowed: ", model::kRankTestCodes.Allowed())});
  }
  if (!question.group_by.has_value() &&
      question.test != model::RankTestKind::kLogRank) {
    violations.push_back({"test", kNoGroups});
  }
  CheckPower(question.rho, "rho", violations);
  CheckPower(question.gamma, "gamma", violations);
  if (question.test != model::RankTestKind::kFlemingHarrington) {
    for (const auto& [power, field] :
         {std::pair(question.rho, "rho"), std::pair(question.gamma, "gamma")}) {
      if (power == 0) continue;
      violations.push_back(
          {field, absl::StrCat(field,
                               " is given for another test; allowed: only "
                               "with fleming-harrington")});
    }
  }
  CheckStrata(question, question.strata, violations);
  if (question.trend && question.then_by.has_value()) {
    violations.push_back({"trend",
                          "groups by two dimensions have no order; allowed: "
                          "without options.then_by"});
  } else if (question.trend && (!question.group_by.has_value() ||
                                !model::IsOrdered(*question.group_by))) {
    violations.push_back(
        {"trend",
         "a trend needs groups that have an order; allowed: with "
         "options.group_by surgery_year, age_band, bmi_band, sport_level or "
         "visa_a_band"});
  }
  if (question.pairwise && !question.group_by.has_value()) {
    violations.push_back({"pairwise", kNoGroups});
  }
}

void CheckAfterLandmark(const model::SurvivalQuestion& question,
                        Violations& violations) {
  if (!question.landmark_day.has_value()) return;
  for (size_t i = 0; i < question.at_days.size(); ++i) {
    if (question.at_days[i] >= *question.landmark_day) continue;
    violations.push_back({PathOf("", "at_days", i),
                          absl::StrCat("day ", question.at_days[i],
                                       " is before the landmark; allowed: ",
                                       *question.landmark_day, " and later")});
  }
  // Up to there all who are counted are free of the event by choice.
  if (question.mean_horizon.has_value() && *question.mean_horizon >= 1 &&
      *question.mean_horizon <= model::kMaxDay &&
      *question.mean_horizon <= *question.landmark_day) {
    violations.push_back(
        {"mean_horizon_day",
         absl::StrCat("day ", *question.mean_horizon,
                      " is not after the landmark; allowed: ",
                      *question.landmark_day + 1, " and later")});
  }
}

}  // namespace

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
  CheckQuantiles(question.quantiles, violations);
  CheckDay(question.mean_horizon, 1, "mean_horizon_day", violations);
  CheckDay(question.landmark_day, 0, "landmark_day", violations);
  CheckAfterLandmark(question, violations);
  CheckTests(question, violations);
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

Violations ValidateQuestion(const model::IncidenceQuestion& question) {
  Violations violations = CheckOptions(question);
  if (!IsEndpoint(question.endpoint)) {
    violations.push_back(
        {"endpoint", absl::StrCat("not an endpoint; allowed: ",
                                  model::kEndpointCodes.Allowed())});
  }
  CheckComplication(question.endpoint, question.complication, violations);
  CheckDays(question.at_days, violations);
  CheckTransform(question.transform, violations);
  const auto variance = static_cast<int32_t>(question.variance);
  if (model::kIncidenceVarianceCodes.Find(variance) == nullptr) {
    violations.push_back(
        {"variance", absl::StrCat("variance is ", variance, "; allowed: ",
                                  model::kIncidenceVarianceCodes.Allowed())});
  }
  CheckPower(question.rho, "rho", violations);
  if (!question.group_by.has_value() && question.rho > 0) {
    violations.push_back({"rho", kNoGroups});
  }
  CheckStrata(question, question.strata, violations);
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
