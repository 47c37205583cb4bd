// Figures that the methods on scores share, as JSON.

#ifndef ENTHESIS_CLIENT_ANALYZE_SCORE_JSON_H_
#define ENTHESIS_CLIENT_ANALYZE_SCORE_JSON_H_

#include <string>
#include <vector>

#include "client/analyze/frame.h"
#include "client/analyze/json_value.h"
#include "client/analyze/report.h"
#include "stats/group_comparison.h"
#include "stats/hodges_lehmann.h"
#include "stats/mean.h"
#include "stats/regression.h"

namespace enthesis::client {

JsonValue TTestJson(const stats::TTest& test);
JsonValue FTestJson(const stats::FTest& test);
JsonValue HodgesLehmannJson(const stats::HodgesLehmann& estimate);

// {"name", "estimate", "stdError", "statistic", "pValue", "lower", "upper"} of
// each, and a table of them; `statistic` is the name of that key.
JsonValue CoefficientsJson(const std::vector<stats::Coefficient>& coefficients,
                           const char* statistic = "statistic");
ReportTable CoefficientTable(
    const std::vector<stats::Coefficient>& coefficients,
    const char* statistic = "statistic",
    const std::vector<std::string>& separated = {});
// Why coefficient `name` has no estimate: it separates the events, or was
// dropped.
std::string WhyAbsent(const std::string& name,
                      const std::vector<std::string>& separated);

// Warns of coefficients without an estimate: combinations of earlier columns.
void WarnOfDropped(const std::vector<stats::Coefficient>& coefficients,
                   Report& report);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_SCORE_JSON_H_
