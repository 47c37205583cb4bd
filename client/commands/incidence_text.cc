#include "client/commands/incidence_text.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/table.h"
#include "client/time_text.h"

namespace enthesis::client {
namespace {

// Of every CSV document with causes.
std::vector<std::string> CauseColumns() {
  return {"kind",      "cause",    "day",       "n",     "events",
          "at_risk",   "estimate", "std_error", "lower", "upper",
          "statistic", "df",       "p_value"};
}

template <typename Groups>
void AddCauseRows(const Groups& group, const Causes& causes,
                  v1::Absence absence, AnswerCsv& csv) {
  for (const v1::IncidenceCause& cause : causes) {
    csv.Add(group,
            {"cause", cause.cause(), "", "",
             CsvNumber(ENTHESIS_OPTIONAL(cause, events)), "", "", "", "", "",
             "", "", ""},
            cause.has_events() ? v1::ABSENCE_UNSPECIFIED : absence);
    const auto add = [&](const char* kind, const v1::IncidencePoint& point) {
      csv.Add(group,
              {kind, cause.cause(), CsvNumber(ENTHESIS_OPTIONAL(point, day)),
               "", CsvNumber(ENTHESIS_OPTIONAL(point, events)),
               CsvNumber(ENTHESIS_OPTIONAL(point, at_risk)),
               CsvNumber(ENTHESIS_OPTIONAL(point, incidence)),
               CsvNumber(ENTHESIS_OPTIONAL(point, std_error)),
               CsvNumber(ENTHESIS_OPTIONAL(point, lower)),
               CsvNumber(ENTHESIS_OPTIONAL(point, upper)), "", "", ""},
              point.absence());
    };
    for (const v1::IncidencePoint& point : cause.at()) add("at", point);
    for (const v1::IncidencePoint& point : cause.points()) add("point", point);
  }
}

void AddGrayRows(const GrayTests& tests, AnswerCsv& csv) {
  const google::protobuf::RepeatedPtrField<v1::GroupValue> all;
  for (const v1::GrayTest& test : tests) {
    const std::optional<int32_t> df = ENTHESIS_OPTIONAL(test, df);
    csv.Add(all,
            {test.name(), test.cause(), "", "", "", "", "", "", "", "",
             CsvNumber(ENTHESIS_OPTIONAL(test, chi_square)), CsvNumber(df),
             CsvNumber(ENTHESIS_OPTIONAL(test, p_value))},
            test.absence());
  }
}

void AddShareRow(const v1::ReturnCurve& curve, const char* kind,
                 const v1::ProportionEstimate& share, AnswerCsv& csv) {
  csv.Add(curve.group(),
          {kind, "", "", CsvNumber(ENTHESIS_OPTIONAL(share, n)),
           CsvNumber(ENTHESIS_OPTIONAL(share, count)), "",
           CsvNumber(ENTHESIS_OPTIONAL(share, estimate)), "",
           CsvNumber(ENTHESIS_OPTIONAL(share, lower)),
           CsvNumber(ENTHESIS_OPTIONAL(share, upper)), "", "", ""},
          share.absence());
}

}  // namespace

std::string GrayText(const GrayTests& tests, const FigureText& figures) {
  std::string text;
  for (const v1::GrayTest& test : tests) {
    absl::StrAppend(&text, "\nEqual incidence of ", test.cause(),
                    " (Gray's test): ", figures.ChiSquare(test));
  }
  return text.empty() ? text : text + "\n";
}

std::string IncidenceTable(const v1::EstimateIncidenceResponse& answer,
                           const std::string& event,
                           const std::string& drawing) {
  const FigureText figures(answer.provenance());
  Table curves, at;
  curves.AddColumn("group", Align::kLeft);
  curves.AddColumn("n", Align::kRight);
  curves.AddColumn("cause", Align::kLeft);
  curves.AddColumn("cases", Align::kRight);
  at.AddColumn("group", Align::kLeft);
  at.AddColumn("cause", Align::kLeft);
  at.AddColumn("time", Align::kRight);
  at.AddColumn("at risk", Align::kRight);
  at.AddColumn("by then", Align::kLeft);
  for (const v1::IncidenceCurve& curve : answer.curves()) {
    std::string group = GroupText(curve.group());
    std::string n = figures.Count(ENTHESIS_OPTIONAL(curve, n), curve.absence());
    if (curve.causes().empty() || !curve.has_n()) {
      curves.AddRow({group, n});
      continue;
    }
    std::string named = group;
    for (const v1::IncidenceCause& cause : curve.causes()) {
      curves.AddRow(
          {std::exchange(group, ""), std::exchange(n, ""), cause.cause(),
           figures.Count(ENTHESIS_OPTIONAL(cause, events), curve.absence())});
      std::string name = cause.cause();
      for (const v1::IncidencePoint& point : cause.at()) {
        at.AddRow(
            {std::exchange(named, ""), std::exchange(name, ""),
             FormatDays(point.day()),
             figures.Count(ENTHESIS_OPTIONAL(point, at_risk), point.absence()),
             figures.Percent(ENTHESIS_OPTIONAL(point, incidence),
                             ENTHESIS_OPTIONAL(point, lower),
                             ENTHESIS_OPTIONAL(point, upper),
                             point.absence())});
      }
    }
  }
  return absl::StrCat("Cumulative incidence of ", event, "\n\n", drawing,
                      curves.Render(),
                      at.empty() ? "" : absl::StrCat("\n", at.Render()),
                      GrayText(answer.tests(), figures), figures.Footer());
}

std::string IncidenceCsv(const v1::EstimateIncidenceResponse& answer) {
  AnswerCsv csv(CauseColumns(), answer.provenance());
  for (const v1::IncidenceCurve& curve : answer.curves()) {
    csv.Add(curve.group(),
            {"curve", "", "", CsvNumber(ENTHESIS_OPTIONAL(curve, n)), "", "",
             "", "", "", "", "", "", ""},
            curve.absence());
    AddCauseRows(curve.group(), curve.causes(), curve.absence(), csv);
  }
  AddGrayRows(answer.tests(), csv);
  return csv.text();
}

std::string ReturnCsv(const v1::EstimateReturnToPlayResponse& answer) {
  AnswerCsv csv(CauseColumns(), answer.provenance());
  for (const v1::ReturnCurve& curve : answer.curves()) {
    csv.Add(curve.group(),
            {"curve", "", "", CsvNumber(ENTHESIS_OPTIONAL(curve, n)), "", "",
             "", "", "", "", "", "", ""},
            curve.absence());
    csv.Add(curve.group(),
            {"not_athletes", "", "",
             CsvNumber(ENTHESIS_OPTIONAL(curve, not_athletes)), "", "", "", "",
             "", "", "", "", ""},
            curve.absence());
    const v1::TimeEstimate& median = curve.median();
    csv.Add(curve.group(),
            {"median_day", "return", "", "", "", "",
             CsvNumber(ENTHESIS_OPTIONAL(median, estimate)), "",
             CsvNumber(ENTHESIS_OPTIONAL(median, lower)),
             CsvNumber(ENTHESIS_OPTIONAL(median, upper)), "", "", ""},
            median.absence());
    AddShareRow(curve, "known_by_visit", curve.known_by_visit(), csv);
    AddShareRow(curve, "sustained", curve.sustained(), csv);
    AddCauseRows(curve.group(), curve.causes(), curve.absence(), csv);
  }
  AddGrayRows(answer.tests(), csv);
  return csv.text();
}

}  // namespace enthesis::client
