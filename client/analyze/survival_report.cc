#include "client/analyze/survival_report.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "stats/follow_up.h"

namespace enthesis::client {
namespace {

JsonValue SurvivalPointJson(const stats::SurvivalPoint& point,
                            bool with_counts) {
  JsonValue json = JsonValue::Object();
  json.Set("time", point.time).Set("atRisk", point.at_risk);
  if (with_counts) {
    json.Set("events", point.events).Set("censored", point.censored);
  }
  json.Set("survival", point.survival)
      .Set("stdError", point.std_error)
      .Set("lower", point.lower)
      .Set("upper", point.upper)
      .Set("cumulativeHazard", point.cumulative_hazard);
  return json;
}

JsonValue QuantileJson(const stats::TimeQuantile& quantile) {
  JsonValue json = JsonValue::Object();
  json.Set("p", quantile.probability)
      .Set("estimate", quantile.estimate)
      .Set("lower", quantile.lower)
      .Set("upper", quantile.upper);
  return json;
}

JsonValue MeanJson(const stats::RestrictedMean& mean) {
  JsonValue json = JsonValue::Object();
  json.Set("horizon", mean.horizon)
      .Set("estimate", mean.estimate)
      .Set("stdError", mean.std_error)
      .Set("lower", mean.lower)
      .Set("upper", mean.upper);
  return json;
}

StepCurve SurvivalPlot(const std::string& name,
                       const stats::KaplanMeierCurve& curve) {
  StepCurve plot;
  plot.name = name;
  for (const stats::SurvivalPoint& point : curve.points) {
    plot.points.push_back({point.time, point.survival, point.lower, point.upper,
                           point.at_risk, point.censored > 0});
  }
  return plot;
}

JsonValue ContrastJson(const stats::RestrictedMeanContrast& contrast) {
  JsonValue json = JsonValue::Object();
  json.Set("estimate", contrast.estimate)
      .Set("stdError", contrast.std_error)
      .Set("lower", contrast.lower)
      .Set("upper", contrast.upper)
      .Set("z", contrast.z)
      .Set("pValue", contrast.p_value);
  return json;
}

void AddContrastRow(const Groups& groups, size_t group, const char* what,
                    const stats::RestrictedMeanContrast& contrast,
                    ReportTable& table) {
  ReportRow(table)
      .Add(groups.Name(group))
      .Add(groups.Name(0))
      .Add(what)
      .Add(contrast.estimate)
      .Add(contrast.std_error)
      .Add(contrast.lower)
      .Add(contrast.upper)
      .Add(contrast.z)
      .Add(contrast.p_value);
}

}  // namespace

CurveWriter::CurveWriter(const CurveQuestions& asked, bool points,
                         Report& report)
    : asked_(asked), with_points_(points), report_(report) {
  summary_ = {.kind = "curve",
              .columns = {"group", "n", "events", "median", "lower", "upper"},
              .figure = "median"};
  means_ = {.kind = "restricted_mean",
            .title = "Restricted mean",
            .columns = {"group", "horizon", "estimate:mean", "std_error",
                        "lower", "upper"},
            .figure = "estimate"};
  quantiles_ = {
      .kind = "quantile",
      .title = "Time by which a share has the event",
      .columns = {"group", "p:share", "estimate:time", "lower", "upper"},
      .figure = "estimate"};
  at_ = {.kind = "at",
         .title = "Survival at the times asked",
         .columns = {"group", "time", "at_risk", "survival", "std_error",
                     "lower", "upper", "cumulative_hazard"},
         .figure = "survival"};
  points_ = {
      .kind = "point",
      .columns = {"group", "time", "at_risk", "events", "censored", "survival",
                  "std_error", "lower", "upper", "cumulative_hazard"},
      .csv_only = true};
}

JsonValue CurveWriter::AddQuantiles(const std::string& name,
                                    const stats::KaplanMeierCurve& curve) {
  JsonValue json = JsonValue::Array();
  for (double p : asked_.quantiles) {
    const stats::TimeQuantile quantile = stats::SurvivalQuantile(curve, p);
    json.Add(QuantileJson(quantile));
    ReportRow(quantiles_)
        .Add(name)
        .Add(p)
        .Add(quantile.estimate)
        .Add(quantile.lower)
        .Add(quantile.upper)
        .Because(kNotReached);
  }
  return json;
}

JsonValue CurveWriter::AddAt(const std::string& name,
                             const stats::KaplanMeierCurve& curve) {
  const auto found = stats::SurvivalAt(curve, asked_.at);
  JsonValue json = JsonValue::Array();
  for (size_t i = 0; i < asked_.at.size(); ++i) {
    ReportRow row(at_);
    row.Add(name).Add(asked_.at[i]).Because(kBeyondFollowUp);
    if (!found[i].has_value()) {
      json.Add(std::move(JsonValue::Object().Set("time", asked_.at[i])));
      for (int figure = 0; figure < 6; ++figure) row.Add(std::nullopt);
      continue;
    }
    const stats::SurvivalPoint& point = *found[i];
    json.Add(SurvivalPointJson(point, false));
    row.Add(point.at_risk)
        .Add(point.survival)
        .Add(point.std_error)
        .Add(point.lower)
        .Add(point.upper)
        .Add(point.cumulative_hazard);
  }
  return json;
}

void CurveWriter::AddPoints(const std::string& name,
                            const stats::KaplanMeierCurve& curve,
                            JsonValue& json) {
  for (const stats::SurvivalPoint& point : curve.points) {
    // Times at which subjects only enter are no steps.
    if (point.events <= 0 && point.censored <= 0) continue;
    json.Add(SurvivalPointJson(point, true));
    if (!with_points_) continue;
    ReportRow(points_)
        .Add(name)
        .Add(point.time)
        .Add(point.at_risk)
        .Add(point.events)
        .Add(point.censored)
        .Add(point.survival)
        .Add(point.std_error)
        .Add(point.lower)
        .Add(point.upper)
        .Add(point.cumulative_hazard);
  }
}

void CurveWriter::Add(const std::string& name, JsonValue group,
                      const stats::KaplanMeierCurve& curve,
                      const std::optional<stats::RestrictedMean>& mean) {
  JsonValue json = JsonValue::Object();
  json.Set("group", std::move(group))
      .Set("n", curve.n)
      .Set("events", curve.events)
      .Set("median", EstimateJson(curve.median.estimate, curve.median.lower,
                                  curve.median.upper))
      .Set("quantiles", AddQuantiles(name, curve));
  if (mean.has_value()) {
    json.Set("restrictedMean", MeanJson(*mean));
    ReportRow(means_)
        .Add(name)
        .Add(mean->horizon)
        .Add(mean->estimate)
        .Add(mean->std_error)
        .Add(mean->lower)
        .Add(mean->upper);
  }
  JsonValue points = JsonValue::Array();
  AddPoints(name, curve, points);
  json.Set("at", AddAt(name, curve)).Set("points", std::move(points));
  curves_.Add(std::move(json));
  ReportRow(summary_)
      .Add(name)
      .Add(curve.n)
      .Add(curve.events)
      .Add(curve.median.estimate)
      .Add(curve.median.lower)
      .Add(curve.median.upper)
      .Because(kNotReached);
  report_.plot.curves.push_back(SurvivalPlot(name == "all" ? "" : name, curve));
}

void CurveWriter::Finish() {
  report_.json.Set("curves", std::move(curves_));
  for (ReportTable* table : {&summary_, &means_, &quantiles_, &at_, &points_}) {
    report_.tables.push_back(std::move(*table));
  }
  report_.plot.y_title = "Survival";
}

absl::Status AddMeanContrasts(
    const AnalyzeOptions& options, const Groups& groups,
    const std::vector<std::optional<stats::RestrictedMean>>& means,
    Report& report) {
  ReportTable table = {
      .kind = "mean_contrast",
      .title = "Restricted means, each group against the first",
      .columns = {"group", "reference", "contrast", "estimate", "std_error",
                  "lower", "upper", "z", "p_value:p"},
      .figure = "estimate",
      .csv_only = options.rmst.empty()};
  JsonValue json = JsonValue::Array();
  for (size_t g = 1; g < means.size(); ++g) {
    if (!means[0].has_value() || !means[g].has_value()) continue;
    const auto contrast =
        stats::CompareRestrictedMeans(*means[g], *means[0], options.conf_level);
    if (!contrast.ok()) return contrast.status();
    JsonValue row = JsonValue::Object();
    row.Set("group", groups.Json(g))
        .Set("reference", groups.Json(0))
        .Set("difference", ContrastJson(contrast->difference));
    AddContrastRow(groups, g, "difference", contrast->difference, table);
    if (contrast->ratio) {
      row.Set("ratio", ContrastJson(*contrast->ratio));
      AddContrastRow(groups, g, "ratio", *contrast->ratio, table);
    }
    if (contrast->lost_ratio) {
      row.Set("lostRatio", ContrastJson(*contrast->lost_ratio));
      AddContrastRow(groups, g, "ratio of time lost", *contrast->lost_ratio,
                     table);
    }
    json.Add(std::move(row));
  }
  if (groups.n_groups() > 1) {
    report.json.Set("restrictedMeanContrasts", std::move(json));
  }
  report.tables.push_back(std::move(table));
  return absl::OkStatus();
}

absl::Status AddFollowUp(const stats::SurvivalCurves& fitted,
                         const Groups& groups,
                         const stats::KaplanMeierOptions& how, Report& report) {
  ReportTable table = {.kind = "follow_up",
                       .title = "Follow-up",
                       .columns = {"group", "median", "lower", "upper"},
                       .figure = "median"};
  JsonValue json = JsonValue::Array();
  for (size_t g = 0; g < fitted.tables.size(); ++g) {
    const auto curve = stats::EstimateFollowUp(fitted.tables[g], how);
    if (absl::IsFailedPrecondition(curve.status())) continue;  // nobody in it
    if (!curve.ok()) return curve.status();
    JsonValue row = JsonValue::Object();
    row.Set("group", groups.Json(g))
        .Set("median", EstimateJson(curve->median.estimate, curve->median.lower,
                                    curve->median.upper));
    json.Add(std::move(row));
    ReportRow(table)
        .Add(groups.Name(g))
        .Add(curve->median.estimate)
        .Add(curve->median.lower)
        .Add(curve->median.upper)
        .Because(kNotReached);
  }
  report.tables.push_back(std::move(table));
  report.json.Set("followUp", std::move(json));
  report.conventions.emplace_back("followUp", "reverse Kaplan-Meier");
  return absl::OkStatus();
}

}  // namespace enthesis::client
