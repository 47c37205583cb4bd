// The curves of `enthesis analyze survival` in every form of the report.

#ifndef ENTHESIS_CLIENT_ANALYZE_SURVIVAL_REPORT_H_
#define ENTHESIS_CLIENT_ANALYZE_SURVIVAL_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/analyze/methods.h"
#include "client/analyze/report.h"
#include "client/analyze/time_data.h"
#include "stats/kaplan_meier.h"
#include "stats/restricted_mean.h"
#include "stats/survival_curves.h"

namespace enthesis::client {

// What the flags ask of every curve.
struct CurveQuestions {
  std::vector<double> at, quantiles;
  std::optional<double> horizon;  // of the restricted mean
};

// One curve after the other into `report`, which gets what was added by
// Finish.
class CurveWriter {
 public:
  // `asked` and `report` must outlive the writer. With `points` every point of
  // the curves is a row, too.
  CurveWriter(const CurveQuestions& asked, bool points, Report& report);

  void Add(const std::string& name, JsonValue group,
           const stats::KaplanMeierCurve& curve,
           const std::optional<stats::RestrictedMean>& mean);
  void Finish();

 private:
  void AddPoints(const std::string& name, const stats::KaplanMeierCurve& curve,
                 JsonValue& json);
  JsonValue AddAt(const std::string& name,
                  const stats::KaplanMeierCurve& curve);
  JsonValue AddQuantiles(const std::string& name,
                         const stats::KaplanMeierCurve& curve);

  const CurveQuestions& asked_;
  const bool with_points_;
  Report& report_;
  JsonValue curves_ = JsonValue::Array();
  ReportTable summary_, means_, quantiles_, at_, points_;
};

// The restricted mean of each group against that of the first, where there are
// two groups or more; people see it where --rmst asks for it.
absl::Status AddMeanContrasts(
    const AnalyzeOptions& options, const Groups& groups,
    const std::vector<std::optional<stats::RestrictedMean>>& means,
    Report& report);

// The median follow-up of each group.
absl::Status AddFollowUp(const stats::SurvivalCurves& fitted,
                         const Groups& groups,
                         const stats::KaplanMeierOptions& how, Report& report);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_SURVIVAL_REPORT_H_
