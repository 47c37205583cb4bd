#include "client/analyze/meta_tables.h"

#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/analyze/proportion_report.h"
#include "client/analyze/regression_report.h"
#include "stats/conditional_odds_ratio.h"
#include "stats/distributions.h"
#include "stats/mantel_haenszel.h"
#include "stats/peto.h"

namespace enthesis::client {
namespace {

std::optional<double> Transformed(const MetaQuestion& question,
                                  std::optional<double> estimate) {
  if (!estimate.has_value()) return estimate;
  return question.Transform(*estimate);
}

// A pooled effect on the scale of the studies.
JsonValue PooledEffectJson(const MetaQuestion& question,
                           const stats::Coefficient& pooled) {
  JsonValue json = JsonValue::Object();
  json.SetOrNull("estimate", pooled.estimate)
      .SetOrNull("stdError", pooled.std_error)
      .SetOrNull("lower", pooled.lower)
      .SetOrNull("upper", pooled.upper)
      .SetOrNull("statistic", pooled.statistic)
      .SetOrNull("pValue", pooled.p_value);
  if (question.Transformed()[0] != '\0') {
    json.Set("transformed", TransformedJson(question, pooled.estimate,
                                            pooled.lower, pooled.upper));
  }
  return json;
}

void AddPooledEffect(const MetaQuestion& question, const char* name,
                     const stats::Coefficient& pooled, ReportTable& table) {
  ReportRow row(table);
  row.Add(name)
      .Add(pooled.estimate)
      .Add(pooled.std_error)
      .Add(pooled.lower)
      .Add(pooled.upper)
      .AddOrSkip(pooled.statistic)
      .Add(pooled.p_value);
  if (question.Transformed()[0] == '\0') {
    row.Skip().Skip().Skip();
    return;
  }
  row.Add(Transformed(question, pooled.estimate))
      .Add(Transformed(question, pooled.lower))
      .Add(Transformed(question, pooled.upper));
}

// One of the three pooled effects of --measure.
const stats::Effect& CommonEffect(const MetaQuestion& question,
                                  const stats::MantelHaenszel& common) {
  if (question.measure == StudyMeasure::kOddsRatio) return common.odds_ratio;
  if (question.measure == StudyMeasure::kRiskRatio) return common.risk_ratio;
  return common.risk_difference;
}

void SayWhy(const char* name, const std::string& absence, JsonValue& json,
            Report& report) {
  if (absence.empty()) return;
  json.Set("reason", absence);
  report.warnings.push_back(absl::StrCat(name, ": ", absence));
}

absl::Status AddMantelHaenszel(const MetaQuestion& question,
                               const StudyData& data, double conf_level,
                               ReportTable& estimates, ReportTable& tests,
                               Report& report) {
  const auto common = stats::EstimateMantelHaenszel(data.tables, conf_level);
  if (!common.ok()) return common.status();
  const stats::Effect& effect = CommonEffect(question, *common);
  stats::Coefficient pooled;
  if (question.measure != StudyMeasure::kRiskDifference) {
    pooled = stats::LogOf(effect, conf_level);
  } else if (effect.std_error.has_value()) {
    stats::SetEstimate(*effect.estimate, *effect.std_error * *effect.std_error,
                       stats::NormalCriticalValue(conf_level), pooled);
  }
  JsonValue json = PooledEffectJson(question, pooled);
  AddPooledEffect(question, "Mantel-Haenszel", pooled, estimates);
  SayWhy("Mantel-Haenszel", effect.absence, json, report);
  if (question.measure == StudyMeasure::kOddsRatio) {
    const auto alike = stats::TestHomogeneity(data.tables);
    if (!alike.ok()) return alike.status();
    json.Set("test", TableTestJson(common->uncorrected))
        .Set("breslowDay", TableTestJson(alike->breslow_day))
        .Set("tarone", TableTestJson(alike->tarone));
    AddChiSquareRow("Cochran-Mantel-Haenszel, without correction",
                    common->uncorrected, tests);
    AddChiSquareRow("odds ratios alike, Breslow-Day", alike->breslow_day,
                    tests);
    AddChiSquareRow("odds ratios alike, Tarone", alike->tarone, tests);
  }
  report.json.Set("mantelHaenszel", std::move(json));
  return absl::OkStatus();
}

absl::Status AddCommonRateRatio(const MetaQuestion& question,
                                const StudyData& data, double conf_level,
                                ReportTable& estimates, Report& report) {
  const auto common = stats::EstimateCommonRateRatio(data.rates, conf_level);
  if (!common.ok()) return common.status();
  const stats::Coefficient pooled = stats::LogOf(*common, conf_level);
  JsonValue json = PooledEffectJson(question, pooled);
  AddPooledEffect(question, "Mantel-Haenszel", pooled, estimates);
  SayWhy("Mantel-Haenszel", common->absence, json, report);
  report.json.Set("mantelHaenszel", std::move(json));
  return absl::OkStatus();
}

absl::Status AddPeto(const MetaQuestion& question, const StudyData& data,
                     double conf_level, ReportTable& estimates,
                     ReportTable& tests, Report& report) {
  const auto peto = stats::EstimatePeto(data.tables, conf_level);
  if (!peto.ok()) return peto.status();
  JsonValue json = PooledEffectJson(question, peto->log_odds_ratio);
  json.Set("heterogeneity", TableTestJson(peto->heterogeneity));
  AddPooledEffect(question, "Peto", peto->log_odds_ratio, estimates);
  AddChiSquareRow("odds ratios alike, Peto", peto->heterogeneity, tests);
  SayWhy(
      "Peto",
      peto->n_studies == 0 ? "no study has both groups and both outcomes" : "",
      json, report);
  report.json.Set("peto", std::move(json));
  return absl::OkStatus();
}

absl::Status AddExactOddsRatio(const StudyData& data, double conf_level,
                               ReportTable& estimates, Report& report) {
  const auto exact =
      stats::EstimateConditionalOddsRatio(data.tables, conf_level);
  if (!exact.ok()) return exact.status();
  const auto log_of = [](std::optional<double> ratio) {
    return ratio.value_or(0) > 0 ? std::optional<double>(std::log(*ratio))
                                 : std::nullopt;
  };
  JsonValue json = JsonValue::Object();
  JsonValue ratio = JsonValue::Object();
  ratio.SetOrNull("estimate", exact->estimate)
      .SetOrNull("lower", exact->lower)
      .SetOrNull("upper", exact->upper);
  json.SetOrNull("estimate", log_of(exact->estimate))
      .SetOrNull("lower", log_of(exact->lower))
      .SetOrNull("upper", log_of(exact->upper))
      .SetOrNull("pValue", exact->p_value)
      .Set("transformed", std::move(ratio));
  SayWhy("exact odds ratio", exact->absence, json, report);
  report.json.Set("exact", std::move(json));
  ReportRow(estimates)
      .Add("exact, conditional")
      .Add(log_of(exact->estimate))
      .Skip()
      .Add(log_of(exact->lower))
      .Add(log_of(exact->upper))
      .Skip()
      .Add(exact->p_value)
      .Add(exact->estimate)
      .Add(exact->lower)
      .Add(exact->upper);
  return absl::OkStatus();
}

ReportTable TableEstimates() {
  return {.kind = "table_estimate",
          .title = "From the tables, without a correction",
          .columns = {"estimator", "estimate", "std_error", "lower", "upper",
                      "statistic", "p_value:p", "transformed",
                      "transformed_lower", "transformed_upper"},
          .figure = "estimate"};
}

}  // namespace

JsonValue TransformedJson(const MetaQuestion& question,
                          std::optional<double> estimate,
                          std::optional<double> lower,
                          std::optional<double> upper) {
  JsonValue json = JsonValue::Object();
  json.SetOrNull("estimate", Transformed(question, estimate))
      .SetOrNull("lower", Transformed(question, lower))
      .SetOrNull("upper", Transformed(question, upper));
  return json;
}

absl::Status AddTableEstimates(const MetaQuestion& question,
                               const StudyData& data, double conf_level,
                               Report& report) {
  ReportTable estimates = TableEstimates();
  ReportTable tests = ChiSquareTable("Tests from the tables");
  if (question.HasTables()) {
    absl::Status status =
        AddMantelHaenszel(question, data, conf_level, estimates, tests, report);
    if (status.ok() && question.measure == StudyMeasure::kOddsRatio) {
      status = AddPeto(question, data, conf_level, estimates, tests, report);
      if (status.ok()) {
        status = AddExactOddsRatio(data, conf_level, estimates, report);
      }
    }
    if (!status.ok()) return status;
  }
  if (question.measure == StudyMeasure::kRateRatio) {
    const absl::Status status =
        AddCommonRateRatio(question, data, conf_level, estimates, report);
    if (!status.ok()) return status;
  }
  report.tables.push_back(std::move(estimates));
  report.tables.push_back(std::move(tests));
  return absl::OkStatus();
}

}  // namespace enthesis::client
