#include "client/analyze/proportion_report.h"

#include "absl/strings/str_cat.h"

namespace enthesis::client {

JsonValue EffectJson(const stats::Effect& effect) {
  JsonValue json = JsonValue::Object();
  json.SetOrNull("estimate", effect.estimate)
      .SetOrNull("stdError", effect.std_error)
      .SetOrNull("lower", effect.lower)
      .SetOrNull("upper", effect.upper);
  if (!effect.absence.empty()) json.Set("reason", effect.absence);
  return json;
}

JsonValue ExactRatioJson(const stats::ConditionalOddsRatio& ratio) {
  JsonValue json = JsonValue::Object();
  json.SetOrNull("estimate", ratio.estimate)
      .SetOrNull("lower", ratio.lower)
      .SetOrNull("upper", ratio.upper)
      .SetOrNull("pValue", ratio.p_value);
  if (!ratio.absence.empty()) json.Set("reason", ratio.absence);
  return json;
}

JsonValue TableTestJson(const stats::ChiSquareTest& test) {
  JsonValue json = JsonValue::Object();
  json.SetOrNull("statistic", test.chi_square)
      .SetOrNull("df", test.df)
      .SetOrNull("pValue", test.p_value);
  return json;
}

ReportTable EffectsTable(const char* title) {
  return {.kind = "effect",
          .title = title,
          .columns = {"contrast", "effect", "estimate", "std_error", "lower",
                      "upper", "p_value:p", "reason:note"},
          .figure = "estimate"};
}

void AddEffectRow(const std::string& contrast, const char* name,
                  const stats::Effect& effect, ReportTable& table) {
  ReportRow(table)
      .Add(contrast)
      .Add(name)
      .Add(effect.estimate)
      .Add(effect.std_error)
      .Add(effect.lower)
      .Add(effect.upper)
      .Skip()
      .Add(effect.absence);
}

void AddExactRow(const std::string& contrast, const char* name,
                 const stats::ConditionalOddsRatio& ratio, ReportTable& table) {
  ReportRow(table)
      .Add(contrast)
      .Add(name)
      .Add(ratio.estimate)
      .Skip()
      .Add(ratio.lower)
      .Add(ratio.upper)
      .Add(ratio.p_value)
      .Add(ratio.absence);
}

JsonValue ContrastJson(const ProportionData& data, size_t g) {
  JsonValue json = JsonValue::Object();
  json.Set("group", data.groups.Json(g))
      .Set("reference", data.groups.Json(data.reference));
  return json;
}

std::string ContrastName(const ProportionData& data, size_t g) {
  return absl::StrCat(data.groups.Name(g), " against ",
                      data.groups.Name(data.reference));
}

}  // namespace enthesis::client
