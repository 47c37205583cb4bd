// What regressions print alike: coefficients with their ratios, tests, columns
// without an estimate, profiles.

#ifndef ENTHESIS_CLIENT_ANALYZE_REGRESSION_REPORT_H_
#define ENTHESIS_CLIENT_ANALYZE_REGRESSION_REPORT_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/analyze/frame.h"
#include "client/analyze/json_value.h"
#include "client/analyze/methods.h"
#include "client/analyze/report.h"
#include "stats/kaplan_meier.h"
#include "stats/regression.h"

namespace enthesis::client {

// {"name", "estimate", "stdError", "robustStdError", "z", "pValue",
// "hazardRatio", "lower", "upper"} of each, where the ratio has that name; the
// limits are those of the ratio.
JsonValue RatiosJson(const std::vector<stats::Coefficient>& coefficients,
                     const char* ratio = "hazardRatio");
// One row a coefficient; one without an estimate says whether it was dropped or
// is among the `separated`.
ReportTable RatioTable(const std::vector<stats::Coefficient>& coefficients,
                       const std::vector<std::string>& separated,
                       const char* ratio = "hazard_ratio");

// Chi-square tests by name: a table without rows, and a row of it.
ReportTable ChiSquareTable(const char* title);
void AddChiSquareRow(const char* name, const stats::ChiSquareTest& test,
                     ReportTable& table);

// The three tests that all coefficients are 0, of a fit.
template <typename Tests>
ReportTable ModelTestTable(const Tests& tests) {
  ReportTable table = ChiSquareTable("Tests of the model");
  AddChiSquareRow("likelihood ratio", tests.likelihood_ratio, table);
  AddChiSquareRow("Wald", tests.wald, table);
  AddChiSquareRow("score", tests.score, table);
  return table;
}

// Which of `n` points of a predicted curve are shown: all with `all`, else some
// over its whole length, so that they fit a page.
std::vector<size_t> ShownPoints(size_t n, bool all);

// Tables of predicted curves: "at" the times of --at, and points of the curve.
// `figure` is its name, such as "survival". A row gets its profile and stratum
// from StartCurveRow.
struct PredictionTables {
  PredictionTables(const char* figure, const std::vector<std::string>& counts);

  ReportTable at, points;
};
void StartCurveRow(size_t profile, std::optional<int> stratum, ReportRow& row);

JsonValue ChiSquareJson(const stats::ChiSquareTest& test);

// Warns of columns without an estimate.
void WarnOfColumns(const std::vector<std::string>& dropped,
                   const std::vector<std::string>& separated, Report& report);
void WarnOfVariance(const std::vector<std::string>& out_of_range, size_t rank,
                    size_t n_estimates, Report& report);

// Warns of what a regression of hazards could not give: estimates, figures
// beyond the range of numbers, a Wald test.
template <typename Fit>
void WarnOfFit(const Fit& fit, Report& report) {
  WarnOfColumns(fit.dropped, fit.separated, report);
  WarnOfVariance(
      fit.out_of_range, fit.rank,
      fit.coefficients.size() - fit.dropped.size() - fit.separated.size(),
      report);
}

// What needs every coefficient and its variance cannot be had where one is
// infinite or beyond the range of numbers; then it is left out, and `report`
// says so.
template <typename Fit>
bool IsLeftOut(const Fit& fit, const char* what, Report& report) {
  if (fit.separated.empty() && fit.out_of_range.empty()) return false;
  report.warnings.push_back(absl::StrCat(
      what, ": left out, ",
      fit.separated.empty()
          ? "the variance of a coefficient is beyond the range of numbers"
          : "a coefficient is infinite"));
  return true;
}

// The values of one profile of --predict, "age=60,sex=2", by column.
// INVALID_ARGUMENT where it names no column of `terms`, or lacks one.
absl::StatusOr<std::map<std::string, std::string>> ParseProfile(
    absl::string_view text, const std::vector<CovariateTerm>& terms);

// What --predict, --at and --conf-type ask of predicted curves. Profiles are
// typed as "age=60,sex=2;age=70,sex=1"; every term needs a value in each, and
// they get the columns of `design`, which MakeDesign made of `terms`.
struct ProfileQuestion {
  stats::DesignMatrix profiles;  // one row a curve
  std::vector<double> times;
  stats::IntervalTransform transform = stats::IntervalTransform::kLogLog;
};
absl::StatusOr<ProfileQuestion> ReadProfiles(
    const AnalyzeOptions& options, const Frame& frame,
    const std::vector<CovariateTerm>& terms, const stats::DesignMatrix& design);

// Strata and clusters as codes; no columns, no codes.
std::vector<int> CodesOf(const Frame& frame, const std::string& columns);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_REGRESSION_REPORT_H_
