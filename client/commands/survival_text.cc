#include "client/commands/survival_text.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/answer_csv.h"
#include "client/figure_text.h"
#include "client/table.h"
#include "client/time_text.h"

namespace enthesis::client {
namespace {

std::string QuantilesTable(const v1::EstimateSurvivalResponse& answer,
                           const FigureText& figures) {
  Table table;
  table.AddColumn("group", Align::kLeft);
  table.AddColumn("share with the event", Align::kRight);
  table.AddColumn("reached after", Align::kLeft);
  for (const v1::SurvivalCurve& curve : answer.curves()) {
    for (const v1::TimeQuantile& quantile : curve.quantiles()) {
      v1::TimeEstimate time;
      if (quantile.has_estimate()) time.set_estimate(quantile.estimate());
      if (quantile.has_lower()) time.set_lower(quantile.lower());
      if (quantile.has_upper()) time.set_upper(quantile.upper());
      time.set_absence(quantile.absence());
      table.AddRow({GroupText(curve.group()),
                    absl::StrFormat("%g %%", 100 * quantile.p()),
                    figures.Time(time)});
    }
  }
  return table.empty() ? "" : absl::StrCat("\n", table.Render());
}

std::string MeansTable(const v1::EstimateSurvivalResponse& answer,
                       const FigureText& figures) {
  Table means, contrasts;
  means.AddColumn("group", Align::kLeft);
  means.AddColumn("up to", Align::kRight);
  means.AddColumn("mean, days", Align::kLeft);
  for (const v1::SurvivalCurve& curve : answer.curves()) {
    if (!curve.has_restricted_mean()) continue;
    const v1::RestrictedMean& mean = curve.restricted_mean();
    means.AddRow(
        {GroupText(curve.group()), FormatDays(mean.horizon()),
         figures.Number(ENTHESIS_OPTIONAL(mean, estimate),
                        ENTHESIS_OPTIONAL(mean, lower),
                        ENTHESIS_OPTIONAL(mean, upper), 1, mean.absence())});
  }
  contrasts.AddColumn("group - reference", Align::kLeft);
  contrasts.AddColumn("difference of means, days", Align::kLeft);
  contrasts.AddColumn("p", Align::kRight);
  for (const auto& contrast : answer.restricted_mean_contrasts()) {
    const v1::MeanContrast& difference = contrast.difference();
    contrasts.AddRow(
        {absl::StrCat(GroupText(contrast.group()), " - ",
                      GroupText(contrast.reference())),
         figures.Number(ENTHESIS_OPTIONAL(difference, estimate),
                        ENTHESIS_OPTIONAL(difference, lower),
                        ENTHESIS_OPTIONAL(difference, upper), 1,
                        contrast.absence()),
         difference.has_p_value() ? PValueText(difference.p_value()) : ""});
  }
  return absl::StrCat(
      means.empty() ? "" : absl::StrCat("\n", means.Render()),
      contrasts.empty() ? "" : absl::StrCat("\n", contrasts.Render()));
}

std::string TestsText(const v1::EstimateSurvivalResponse& answer,
                      const FigureText& figures) {
  std::string text;
  if (answer.has_test()) {
    const v1::CurveTest& test = answer.test();
    absl::StrAppend(&text, "\nEqual curves (", test.name(),
                    "): ", figures.ChiSquare(test), "\n");
  }
  if (answer.has_trend()) {
    const v1::TrendTest& trend = answer.trend();
    absl::StrAppend(
        &text, "Trend: ",
        trend.has_p_value()
            ? absl::StrFormat("z = %.2f, %s; %s events in later groups",
                              trend.z(), PValuePhrase(trend.p_value()),
                              trend.z() > 0 ? "more" : "fewer")
            : figures.Absent(trend.absence()),
        "\n");
  }
  Table pairs;
  pairs.AddColumn("first - second", Align::kLeft);
  for (const char* column : {"chi-square", "p", "Holm"}) {
    pairs.AddColumn(column, Align::kRight);
  }
  for (const v1::CurvePair& pair : answer.pairwise()) {
    pairs.AddRow(
        {absl::StrCat(GroupText(pair.first()), " - ", GroupText(pair.second())),
         pair.has_chi_square() ? absl::StrFormat("%.2f", pair.chi_square())
                               : figures.Absent(v1::ABSENCE_UNDEFINED),
         pair.has_p_value() ? PValueText(pair.p_value()) : "",
         pair.has_adjusted_p_value() ? PValueText(pair.adjusted_p_value())
                                     : ""});
  }
  if (!pairs.empty()) absl::StrAppend(&text, "\n", pairs.Render());
  return text;
}

// One row of a figure that is no point of a curve. `of` says more of it: the
// share of a quantile, the horizon of a mean, the other group of a pair.
struct FigureRow {
  std::string kind = {}, of = {};
  std::optional<double> estimate = {}, std_error = {}, lower = {}, upper = {};
  std::optional<double> statistic = {}, df = {}, p_value = {},
                        adjusted_p_value = {};
};

template <typename Groups>
void AddFigure(const Groups& group, const FigureRow& row, v1::Absence absence,
               AnswerCsv& csv) {
  csv.Add(group,
          {row.kind, row.of, "", "", "", "", "", CsvNumber(row.estimate),
           CsvNumber(row.std_error), CsvNumber(row.lower), CsvNumber(row.upper),
           "", CsvNumber(row.statistic), CsvNumber(row.df),
           CsvNumber(row.p_value), CsvNumber(row.adjusted_p_value)},
          absence);
}

void AddCurveFigures(const v1::SurvivalCurve& curve, AnswerCsv& csv) {
  const v1::TimeEstimate& median = curve.median();
  AddFigure(curve.group(),
            {.kind = "median_day",
             .estimate = ENTHESIS_OPTIONAL(median, estimate),
             .lower = ENTHESIS_OPTIONAL(median, lower),
             .upper = ENTHESIS_OPTIONAL(median, upper)},
            median.absence(), csv);
  for (const v1::TimeQuantile& quantile : curve.quantiles()) {
    AddFigure(curve.group(),
              {.kind = "quantile_day",
               .of = CsvNumber(std::optional(quantile.p())),
               .estimate = ENTHESIS_OPTIONAL(quantile, estimate),
               .lower = ENTHESIS_OPTIONAL(quantile, lower),
               .upper = ENTHESIS_OPTIONAL(quantile, upper)},
              quantile.absence(), csv);
  }
  if (!curve.has_restricted_mean()) return;
  const v1::RestrictedMean& mean = curve.restricted_mean();
  AddFigure(curve.group(),
            {.kind = "restricted_mean",
             .of = absl::StrCat(mean.horizon()),
             .estimate = ENTHESIS_OPTIONAL(mean, estimate),
             .std_error = ENTHESIS_OPTIONAL(mean, std_error),
             .lower = ENTHESIS_OPTIONAL(mean, lower),
             .upper = ENTHESIS_OPTIONAL(mean, upper)},
            mean.absence(), csv);
}

void AddMeanContrast(const char* kind, const v1::RestrictedMeanContrast& of,
                     const v1::MeanContrast& contrast, AnswerCsv& csv) {
  AddFigure(of.group(),
            {.kind = kind,
             .of = GroupText(of.reference()),
             .estimate = ENTHESIS_OPTIONAL(contrast, estimate),
             .std_error = ENTHESIS_OPTIONAL(contrast, std_error),
             .lower = ENTHESIS_OPTIONAL(contrast, lower),
             .upper = ENTHESIS_OPTIONAL(contrast, upper),
             .statistic = ENTHESIS_OPTIONAL(contrast, z),
             .p_value = ENTHESIS_OPTIONAL(contrast, p_value)},
            of.absence(), csv);
}

void AddTestFigures(const v1::EstimateSurvivalResponse& answer,
                    AnswerCsv& csv) {
  for (const v1::RestrictedMeanContrast& contrast :
       answer.restricted_mean_contrasts()) {
    AddMeanContrast("mean_difference", contrast, contrast.difference(), csv);
    AddMeanContrast("mean_ratio", contrast, contrast.ratio(), csv);
    AddMeanContrast("lost_ratio", contrast, contrast.lost_ratio(), csv);
  }
  const google::protobuf::RepeatedPtrField<v1::GroupValue> all;
  const auto df = [](const auto& test) {
    return test.has_df() ? std::optional<double>(test.df()) : std::nullopt;
  };
  if (answer.has_test()) {
    const v1::CurveTest& test = answer.test();
    AddFigure(all,
              {.kind = "test",
               .of = test.name(),
               .statistic = ENTHESIS_OPTIONAL(test, chi_square),
               .df = df(test),
               .p_value = ENTHESIS_OPTIONAL(test, p_value)},
              test.absence(), csv);
  }
  if (answer.has_trend()) {
    const v1::TrendTest& trend = answer.trend();
    AddFigure(all,
              {.kind = "trend",
               .of = trend.name(),
               .statistic = ENTHESIS_OPTIONAL(trend, z),
               .df = df(trend),
               .p_value = ENTHESIS_OPTIONAL(trend, p_value)},
              trend.absence(), csv);
  }
  for (const v1::CurvePair& pair : answer.pairwise()) {
    AddFigure(pair.first(),
              {.kind = "pair",
               .of = GroupText(pair.second()),
               .statistic = ENTHESIS_OPTIONAL(pair, chi_square),
               .df = df(pair),
               .p_value = ENTHESIS_OPTIONAL(pair, p_value),
               .adjusted_p_value = ENTHESIS_OPTIONAL(pair, adjusted_p_value)},
              v1::ABSENCE_UNSPECIFIED, csv);
  }
}

}  // namespace

std::string SurvivalTable(const v1::EstimateSurvivalResponse& answer,
                          const std::string& event, bool points,
                          const std::string& drawing) {
  const FigureText figures(answer.provenance());
  std::string text =
      absl::StrCat("Time from surgery to ", event, "\n\n", drawing);
  Table curves;
  curves.AddColumn("group", Align::kLeft);
  curves.AddColumn("n", Align::kRight);
  curves.AddColumn("events", Align::kRight);
  curves.AddColumn("median", Align::kLeft);
  Table at;
  at.AddColumn("group", Align::kLeft);
  at.AddColumn("time", Align::kRight);
  at.AddColumn("at risk", Align::kRight);
  at.AddColumn(absl::StrCat("free of ", event), Align::kLeft);
  for (const v1::SurvivalCurve& curve : answer.curves()) {
    const std::string group = GroupText(curve.group());
    curves.AddRow(
        {group, figures.Count(ENTHESIS_OPTIONAL(curve, n), curve.absence()),
         figures.Count(ENTHESIS_OPTIONAL(curve, events), curve.absence()),
         figures.Time(curve.median())});
    bool first = true;
    for (const v1::SurvivalPoint& point :
         points ? curve.points() : curve.at()) {
      at.AddRow(
          {std::exchange(first, false) ? group : "", FormatDays(point.day()),
           figures.Count(ENTHESIS_OPTIONAL(point, at_risk), point.absence()),
           figures.Percent(ENTHESIS_OPTIONAL(point, survival),
                           ENTHESIS_OPTIONAL(point, lower),
                           ENTHESIS_OPTIONAL(point, upper), point.absence())});
    }
  }
  absl::StrAppend(&text, curves.Render());
  if (!at.empty()) absl::StrAppend(&text, "\n", at.Render());
  return absl::StrCat(text, QuantilesTable(answer, figures),
                      MeansTable(answer, figures), TestsText(answer, figures),
                      figures.Footer());
}

std::string SurvivalCsv(const v1::EstimateSurvivalResponse& answer) {
  AnswerCsv csv({"kind", "of", "day", "n", "events", "at_risk", "censored",
                 "estimate", "std_error", "lower", "upper", "cumulative_hazard",
                 "statistic", "df", "p_value", "p_holm"},
                answer.provenance());
  for (const v1::SurvivalCurve& curve : answer.curves()) {
    csv.Add(curve.group(),
            {"curve", "", "", CsvNumber(ENTHESIS_OPTIONAL(curve, n)),
             CsvNumber(ENTHESIS_OPTIONAL(curve, events)), "", "", "", "", "",
             "", "", "", "", "", ""},
            curve.absence());
    AddCurveFigures(curve, csv);
    const auto add = [&](const char* kind, const v1::SurvivalPoint& point) {
      csv.Add(curve.group(),
              {kind, "", CsvNumber(ENTHESIS_OPTIONAL(point, day)), "",
               CsvNumber(ENTHESIS_OPTIONAL(point, events)),
               CsvNumber(ENTHESIS_OPTIONAL(point, at_risk)),
               CsvNumber(ENTHESIS_OPTIONAL(point, censored)),
               CsvNumber(ENTHESIS_OPTIONAL(point, survival)),
               CsvNumber(ENTHESIS_OPTIONAL(point, std_error)),
               CsvNumber(ENTHESIS_OPTIONAL(point, lower)),
               CsvNumber(ENTHESIS_OPTIONAL(point, upper)),
               CsvNumber(ENTHESIS_OPTIONAL(point, cumulative_hazard)), "", "",
               "", ""},
              point.absence());
    };
    for (const v1::SurvivalPoint& point : curve.at()) add("at", point);
    for (const v1::SurvivalPoint& point : curve.points()) add("point", point);
  }
  AddTestFigures(answer, csv);
  return csv.text();
}

}  // namespace enthesis::client
