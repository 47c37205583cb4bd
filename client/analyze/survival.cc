// enthesis analyze survival: Kaplan-Meier curves and rank tests.

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/analyze/methods.h"
#include "client/analyze/rank_tests.h"
#include "client/analyze/survival_report.h"
#include "client/analyze/time_data.h"
#include "stats/event_columns.h"
#include "stats/follow_up.h"
#include "stats/restricted_mean.h"
#include "stats/survival_curves.h"

namespace enthesis::client {
namespace {

absl::StatusOr<CurveQuestions> ReadQuestions(const AnalyzeOptions& options) {
  CurveQuestions asked;
  absl::StatusOr<std::vector<double>> at = TimeList(options.at, "--at");
  if (!at.ok()) return at.status();
  asked.at = *std::move(at);
  absl::StatusOr<std::vector<double>> quantiles =
      NumberList(options.quantiles, "--quantiles");
  if (!quantiles.ok()) return quantiles.status();
  asked.quantiles = *std::move(quantiles);
  for (double p : asked.quantiles) {
    if (p >= 0 && p <= 1) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--quantiles: ", p, " is not a share; allowed: 0 to 1"));
  }
  if (!options.rmst.empty()) {
    const absl::StatusOr<double> horizon =
        ParseFlagNumber(options.rmst, "--rmst");
    if (!horizon.ok()) return horizon.status();
    if (!(*horizon > 0 && std::isfinite(*horizon))) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--rmst: ", options.rmst, " is not a time; allowed: above 0"));
    }
    asked.horizon = *horizon;
  }
  return asked;
}

// The means up to the horizon asked, else to the longest time of all groups.
absl::StatusOr<std::vector<std::optional<stats::RestrictedMean>>> MeansOf(
    const std::vector<stats::KaplanMeierCurve>& curves,
    std::optional<double> horizon) {
  const double end = horizon.value_or(stats::CommonHorizon(curves));
  std::vector<std::optional<stats::RestrictedMean>> means;
  for (const stats::KaplanMeierCurve& curve : curves) {
    if (curve.n <= 0 || end <= 0) {
      means.emplace_back();
      continue;
    }
    const auto mean = stats::EstimateRestrictedMean(curve, end);
    if (!mean.ok()) return mean.status();
    means.push_back(*mean);
  }
  return means;
}

void WarnOfExtended(
    const std::vector<std::optional<stats::RestrictedMean>>& means,
    const Groups& groups, Report& report) {
  for (size_t g = 0; g < means.size(); ++g) {
    if (!means[g].has_value() || !means[g]->extended) continue;
    report.warnings.push_back(absl::StrCat(
        "restricted mean of ", groups.Name(g),
        ": the curve ends before the horizon above 0; its last value was "
        "carried on"));
  }
}

void AddConventions(const AnalyzeOptions& options, bool robust,
                    Report& report) {
  report.conventions.emplace_back("method", "Kaplan-Meier");
  report.conventions.emplace_back("interval", options.conf_type);
  report.conventions.emplace_back("confLevel", options.conf_level);
  report.conventions.emplace_back(
      "variance",
      robust ? "infinitesimal jackknife, a row a subject" : "Greenwood");
  report.conventions.emplace_back("ties",
                                  "event before censoring before entry");
  report.conventions.emplace_back("timeTolerance", "R's timefix");
  report.conventions.emplace_back("quantiles", "Brookmeyer-Crowley");
  report.conventions.emplace_back("hazard", options.hazard);
  if (!options.strata.empty()) {
    report.conventions.emplace_back("strata", options.strata);
  }
}

// Times before it may not be asked for, nor a mean that ends with it.
absl::StatusOr<std::optional<double>> ReadLandmark(
    const AnalyzeOptions& options, absl::Span<const double> at,
    std::optional<double> horizon) {
  if (options.landmark.empty()) return std::nullopt;
  const absl::StatusOr<double> landmark =
      ParseFlagNumber(options.landmark, "--landmark");
  if (!landmark.ok()) return landmark.status();
  if (*landmark < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--landmark is ", *landmark, "; allowed: 0 and later"));
  }
  for (const double time : at) {
    if (time >= *landmark) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--at: ", time, " is before the landmark ", *landmark));
  }
  if (horizon.has_value() && *horizon <= *landmark) {
    return absl::InvalidArgumentError(
        absl::StrCat("--rmst: ", *horizon, " is not after the landmark ",
                     *landmark, "; allowed: later than that"));
  }
  return *landmark;
}

// Who is still there at the landmark, from then on.
absl::Status ApplyLandmark(std::optional<double> landmark,
                           stats::SurvivalCurves& fitted,
                           const stats::KaplanMeierOptions& how,
                           Report& report) {
  if (!landmark.has_value()) return absl::OkStatus();
  if (fitted.robust) {
    return absl::InvalidArgumentError("--landmark takes whole weights only");
  }
  for (size_t g = 0; g < fitted.tables.size(); ++g) {
    fitted.tables[g] = stats::AfterLandmark(fitted.tables[g], *landmark);
    const auto curve = stats::EstimateKaplanMeier(fitted.tables[g], how);
    if (curve.ok()) {
      fitted.curves[g] = *curve;
    } else if (absl::IsFailedPrecondition(curve.status())) {
      fitted.curves[g] = {};
    } else {
      return curve.status();
    }
  }
  report.conventions.emplace_back(
      "landmark", absl::StrCat("those at risk after ", FigureOf(*landmark)));
  return absl::OkStatus();
}

absl::StatusOr<stats::KaplanMeierOptions> CurveOptions(
    const AnalyzeOptions& options) {
  stats::KaplanMeierOptions how;
  const absl::StatusOr<stats::IntervalTransform> transform =
      ParseTransform(options.conf_type);
  if (!transform.ok()) return transform.status();
  how.transform = *transform;
  how.conf_level = options.conf_level;
  if (options.hazard == "fleming-harrington") {
    how.hazard_ties = stats::HazardTies::kFlemingHarrington;
  } else if (options.hazard != "nelson-aalen") {
    return absl::InvalidArgumentError(
        absl::StrCat("--hazard \"", options.hazard,
                     "\" is not known; allowed: nelson-aalen, "
                     "fleming-harrington"));
  }
  return how;
}

}  // namespace

absl::StatusOr<Report> AnalyzeSurvival(const AnalyzeOptions& options,
                                       std::string text) {
  const auto names = TimeColumns(options);
  if (!names.ok()) return names.status();
  const absl::StatusOr<TestFlag> flag = ReadTest(options);
  if (!flag.ok()) return flag.status();
  const absl::StatusOr<CurveQuestions> asked = ReadQuestions(options);
  if (!asked.ok()) return asked.status();
  const auto landmark = ReadLandmark(options, asked->at, asked->horizon);
  if (!landmark.ok()) return landmark.status();
  const auto how = CurveOptions(options);
  if (!how.ok()) return how.status();
  const auto file = DataFile::Parse(std::move(text), *names, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, *names);
  Report report;
  report.method = "Kaplan-Meier survival";
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  report.json.Set("n", report.n).Set("dropped", report.dropped);
  const absl::StatusOr<TimeData> data = ReadTimeData(options, frame, report);
  if (!data.ok()) return data.status();
  const stats::EventColumns columns = {data->times, data->events,
                                       data->groups.codes, data->entries,
                                       data->weights};
  absl::StatusOr<stats::SurvivalCurves> fitted = stats::EstimateSurvivalCurves(
      columns, data->groups.n_groups(), 1, *how, options.pool);
  if (!fitted.ok()) return frame.WithLine(fitted.status());
  AddConventions(options, fitted->robust, report);
  absl::Status status = ApplyLandmark(*landmark, *fitted, *how, report);
  if (!status.ok()) return status;
  const auto means = MeansOf(fitted->curves, asked->horizon);
  if (!means.ok()) return means.status();
  CurveWriter writer(*asked, options.points, report);
  for (size_t g = 0; g < fitted->curves.size(); ++g) {
    writer.Add(data->groups.Name(g), data->groups.Json(g), fitted->curves[g],
               (*means)[g]);
  }
  writer.Finish();
  if (asked->horizon.has_value()) {
    WarnOfExtended(*means, data->groups, report);
  }
  report.plot.x_title = options.time;
  status = AddRankTests(options, *flag, *data, columns, *landmark, report);
  if (status.ok()) {
    status = AddMeanContrasts(options, data->groups, *means, report);
  }
  if (!status.ok()) return frame.WithLine(status);
  if (!fitted->robust) {
    status = AddFollowUp(*fitted, data->groups, *how, report);
    if (!status.ok()) return status;
  }
  return report;
}

}  // namespace enthesis::client
