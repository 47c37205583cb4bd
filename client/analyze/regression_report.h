// What the models on times to events print alike: coefficients with hazard
// ratios, tests, residual files.

#ifndef ENTHESIS_CLIENT_ANALYZE_REGRESSION_REPORT_H_
#define ENTHESIS_CLIENT_ANALYZE_REGRESSION_REPORT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/analyze/frame.h"
#include "client/analyze/json_value.h"
#include "client/analyze/report.h"
#include "stats/regression.h"

namespace enthesis::client {

// {"name", "estimate", "stdError", "robustStdError", "z", "pValue",
// "hazardRatio", "lower", "upper"} of each; the limits are those of the hazard
// ratio.
JsonValue HazardRatiosJson(const std::vector<stats::Coefficient>& coefficients);
ReportTable HazardRatioTable(
    const std::vector<stats::Coefficient>& coefficients);

JsonValue ChiSquareJson(const stats::ChiSquareTest& test);

// Warns of columns without an estimate.
void WarnOfColumns(const std::vector<std::string>& dropped,
                   const std::vector<std::string>& separated, Report& report);

// Covariate rows typed as "age=60,sex=2;age=70,sex=1", as columns of `design`,
// which MakeDesign made of `terms`. Every term must have a value in each.
absl::StatusOr<stats::DesignMatrix> ParseProfiles(
    const std::string& text, const Frame& frame,
    const std::vector<CovariateTerm>& terms, const stats::DesignMatrix& design);

// Strata and clusters as codes; no columns, no codes.
std::vector<int> CodesOf(const Frame& frame, const std::string& columns);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_REGRESSION_REPORT_H_
