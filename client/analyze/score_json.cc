#include "client/analyze/score_json.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace enthesis::client {

JsonValue TTestJson(const stats::TTest& test) {
  JsonValue json = JsonValue::Object();
  json.Set("statistic", test.statistic);
  if (test.statistic.has_value()) json.Set("df", test.df);
  json.Set("pValue", test.p_value);
  return json;
}

JsonValue FTestJson(const stats::FTest& test) {
  JsonValue json = JsonValue::Object();
  json.Set("statistic", test.statistic);
  if (test.statistic.has_value()) {
    json.Set("df", test.df).Set("residualDf", test.residual_df);
  }
  json.Set("pValue", test.p_value);
  return json;
}

JsonValue HodgesLehmannJson(const stats::HodgesLehmann& estimate) {
  JsonValue json = JsonValue::Object();
  json.Set("estimate", estimate.estimate)
      .Set("lower", estimate.lower)
      .Set("upper", estimate.upper)
      .Set("confLevel", estimate.conf_level);
  return json;
}

JsonValue CoefficientsJson(const std::vector<stats::Coefficient>& coefficients,
                           const char* statistic) {
  JsonValue json = JsonValue::Array();
  for (const stats::Coefficient& one : coefficients) {
    JsonValue row = JsonValue::Object();
    row.Set("name", one.name)
        .Set("estimate", one.estimate)
        .Set("stdError", one.std_error)
        .Set(statistic, one.statistic)
        .Set("pValue", one.p_value)
        .Set("lower", one.lower)
        .Set("upper", one.upper);
    json.Add(std::move(row));
  }
  return json;
}

ReportTable CoefficientTable(
    const std::vector<stats::Coefficient>& coefficients, const char* statistic,
    const std::vector<std::string>& separated) {
  ReportTable table = {.kind = "coefficient",
                       .columns = {"name:coefficient", "estimate", "std_error",
                                   statistic, "p_value:p", "lower", "upper"},
                       .figure = "estimate"};
  for (const stats::Coefficient& one : coefficients) {
    ReportRow(table)
        .Add(one.name)
        .Add(one.estimate)
        .Add(one.std_error)
        .Add(one.statistic)
        .Add(one.p_value)
        .Add(one.lower)
        .Add(one.upper)
        .Because(WhyAbsent(one.name, separated));
  }
  return table;
}

std::string WhyAbsent(const std::string& name,
                      const std::vector<std::string>& separated) {
  const bool infinite =
      std::find(separated.begin(), separated.end(), name) != separated.end();
  return infinite ? kSeparated : kDropped;
}

void WarnOfDropped(const std::vector<stats::Coefficient>& coefficients,
                   Report& report) {
  for (const stats::Coefficient& one : coefficients) {
    if (one.estimate.has_value()) continue;
    report.warnings.push_back(absl::StrCat(
        one.name,
        " was dropped: it is constant or a combination of columns before it"));
  }
}

}  // namespace enthesis::client
