#include "client/commands/prediction_answer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/csv_text.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

std::string ProfileText(const v1::Prediction& prediction,
                        const char* separator) {
  return absl::StrJoin(prediction.values(), separator,
                       [](std::string* out, const v1::CovariateValue& one) {
                         absl::StrAppend(out, one.name(), "=", one.value());
                       });
}

std::optional<double> PredictedFigure(const v1::PredictedPoint& point) {
  return point.has_incidence() ? std::optional(point.incidence())
                               : ENTHESIS_OPTIONAL(point, survival);
}

}  // namespace

std::string PredictionsText(const Predictions& predictions, const char* figure,
                            const FigureText& figures) {
  if (predictions.empty()) return "";
  std::string text = absl::StrCat("\nPredicted ", figure, "\n");
  int last = 0;
  for (const v1::Prediction& one : predictions) {
    // Profiles come again in each stratum.
    if (one.profile() <= last || one.values().empty()) continue;
    last = one.profile();
    absl::StrAppend(&text, Wrap(ProfileText(one, ", "),
                                absl::StrCat("profile ", last, ": "), "    "));
  }
  const bool stratified = std::any_of(
      predictions.begin(), predictions.end(),
      [](const v1::Prediction& one) { return !one.stratum().empty(); });
  Table table;
  table.AddColumn("profile", Align::kRight);
  if (stratified) table.AddColumn("stratum", Align::kLeft);
  table.AddColumn("day", Align::kRight);
  table.AddColumn("at risk", Align::kRight);
  table.AddColumn(figure, Align::kLeft);
  for (const v1::Prediction& one : predictions) {
    for (const v1::PredictedPoint& point : one.at()) {
      std::vector<std::string> cells = {absl::StrCat(one.profile())};
      if (stratified) cells.push_back(GroupText(one.stratum()));
      cells.push_back(absl::StrCat(point.day()));
      cells.push_back(figures.Count(ENTHESIS_OPTIONAL(point, at_risk),
                                    v1::ABSENCE_SUPPRESSED));
      cells.push_back(figures.Percent(
          PredictedFigure(point), ENTHESIS_OPTIONAL(point, lower),
          ENTHESIS_OPTIONAL(point, upper), point.absence()));
      table.AddRow(std::move(cells));
    }
  }
  return absl::StrCat(text, table.Render());
}

PredictionCells CellsOf(const v1::Prediction& prediction,
                        const v1::PredictedPoint& point) {
  return {ProfileText(prediction, " "),
          CsvNumber(PredictedFigure(point)),
          CsvNumber(ENTHESIS_OPTIONAL(point, std_error)),
          CsvNumber(ENTHESIS_OPTIONAL(point, lower)),
          CsvNumber(ENTHESIS_OPTIONAL(point, upper)),
          absl::StrCat(point.day()),
          CsvNumber(ENTHESIS_OPTIONAL(point, at_risk))};
}

}  // namespace enthesis::client
