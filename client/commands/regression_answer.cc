#include "client/commands/regression_answer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/table.h"

namespace enthesis::client {

std::string HazardRatioTable(const HazardCoefficients& coefficients,
                             const FigureText& figures) {
  Table table;
  table.AddColumn("coefficient", Align::kLeft);
  table.AddColumn("hazard ratio", Align::kLeft);
  table.AddColumn("log ratio", Align::kRight);
  table.AddColumn("error", Align::kRight);
  table.AddColumn("z", Align::kRight);
  table.AddColumn("p", Align::kRight);
  const auto number = [](std::optional<double> value, int decimals) {
    return value.has_value() ? absl::StrFormat("%.*f", decimals, *value) : "";
  };
  for (const v1::HazardCoefficient& one : coefficients) {
    table.AddRow(
        {one.name(),
         figures.Number(ENTHESIS_OPTIONAL(one, hazard_ratio),
                        ENTHESIS_OPTIONAL(one, lower),
                        ENTHESIS_OPTIONAL(one, upper), 3, one.absence()),
         number(ENTHESIS_OPTIONAL(one, estimate), 4),
         number(one.has_robust_std_error() ? one.robust_std_error()
                                           : ENTHESIS_OPTIONAL(one, std_error),
                4),
         number(ENTHESIS_OPTIONAL(one, z), 2),
         one.has_p_value() ? PValueText(one.p_value()) : ""});
  }
  return table.empty() ? "" : table.Render();
}

std::string ModelTestsText(const v1::ModelTests& tests) {
  std::string text;
  for (const auto& [name, test] :
       {std::pair("likelihood ratio", &tests.likelihood_ratio()),
        std::pair("Wald", &tests.wald()), std::pair("score", &tests.score())}) {
    if (!test->has_p_value()) continue;
    absl::StrAppendFormat(&text, "%s: chi-square %.2f on %d df, %s\n", name,
                          test->chi_square(), test->df(),
                          PValuePhrase(test->p_value()));
  }
  return text.empty() ? "" : absl::StrCat("\nAll coefficients 0?\n", text);
}

HazardCsv::HazardCsv(const v1::Provenance& provenance)
    : csv_({"kind", "name", "n", "events", "dropped", "estimate", "std_error",
            "robust_std_error", "statistic", "df", "p_value", "hazard_ratio",
            "lower", "upper", "day", "at_risk"},
           provenance) {}

void HazardCsv::AddEstimate(const char* kind, const char* name,
                            std::optional<double> estimate,
                            std::optional<double> std_error) {
  Cells cells;
  cells.kind = kind;
  cells.name = name;
  cells.estimate = CsvNumber(estimate);
  cells.std_error = CsvNumber(std_error);
  Add(cells, v1::ABSENCE_UNSPECIFIED);
}

void HazardCsv::AddCoefficient(const v1::HazardCoefficient& one) {
  Cells cells;
  cells.kind = "coefficient";
  cells.name = one.name();
  cells.estimate = CsvNumber(ENTHESIS_OPTIONAL(one, estimate));
  cells.std_error = CsvNumber(ENTHESIS_OPTIONAL(one, std_error));
  cells.robust_std_error = CsvNumber(ENTHESIS_OPTIONAL(one, robust_std_error));
  cells.statistic = CsvNumber(ENTHESIS_OPTIONAL(one, z));
  cells.p_value = CsvNumber(ENTHESIS_OPTIONAL(one, p_value));
  cells.hazard_ratio = CsvNumber(ENTHESIS_OPTIONAL(one, hazard_ratio));
  cells.lower = CsvNumber(ENTHESIS_OPTIONAL(one, lower));
  cells.upper = CsvNumber(ENTHESIS_OPTIONAL(one, upper));
  Add(cells, one.absence());
}

void HazardCsv::AddPredictions(const char* kind,
                               const Predictions& predictions) {
  for (const v1::Prediction& one : predictions) {
    for (const v1::PredictedPoint& point : one.at()) {
      const PredictionCells from = CellsOf(one, point);
      Cells cells;
      cells.kind = kind;
      cells.name = from.profile;
      cells.estimate = from.estimate;
      cells.std_error = from.std_error;
      cells.lower = from.lower;
      cells.upper = from.upper;
      cells.day = from.day;
      cells.at_risk = from.at_risk;
      Add(cells, point.absence(), one.stratum());
    }
  }
}

void HazardCsv::Add(const Cells& cells, v1::Absence absence,
                    const Group& group) {
  csv_.Add(group,
           {cells.kind, cells.name, cells.n, cells.events, cells.dropped,
            cells.estimate, cells.std_error, cells.robust_std_error,
            cells.statistic, cells.df, cells.p_value, cells.hazard_ratio,
            cells.lower, cells.upper, cells.day, cells.at_risk},
           absence);
}

}  // namespace enthesis::client
