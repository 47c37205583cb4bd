// Answers of regressions of hazards as tables and as comma separated text.

#ifndef ENTHESIS_CLIENT_COMMANDS_REGRESSION_ANSWER_H_
#define ENTHESIS_CLIENT_COMMANDS_REGRESSION_ANSWER_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "client/commands/answer_csv.h"
#include "client/commands/prediction_answer.h"
#include "client/figure_text.h"
#include "enthesis/v1/regression.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace enthesis::client {

using HazardCoefficients =
    google::protobuf::RepeatedPtrField<v1::HazardCoefficient>;

// One line a coefficient.
std::string HazardRatioTable(const HazardCoefficients& coefficients,
                             const FigureText& figures);
// "likelihood ratio: chi-square 4.25 on 3 df, p = 0.236", a line a test.
std::string ModelTestsText(const v1::ModelTests& tests);

// What stands above the coefficients: counts, or why there are none.
template <typename Response>
std::string ModelHeading(const Response& answer, const FigureText& figures) {
  if (!answer.withheld_for().empty()) {
    return absl::StrCat(figures.Absent(answer.absence()), ": ",
                        answer.withheld_for(), "\n");
  }
  const auto count = [&](std::optional<int32_t> n) {
    return figures.Count(n, v1::ABSENCE_SUPPRESSED);
  };
  return absl::StrCat("n ", count(ENTHESIS_OPTIONAL(answer, n)), ", events ",
                      count(ENTHESIS_OPTIONAL(answer, events)),
                      ", dropped for want of a covariate ",
                      count(ENTHESIS_OPTIONAL(answer, dropped)), "\n");
}

// Rows of kind model, coefficient, log_likelihood, test, and what else is
// added; those of a stratum are grouped by it.
class HazardCsv {
 public:
  explicit HazardCsv(const v1::Provenance& provenance);

  template <typename Response>
  void AddModel(const Response& answer) {
    Cells cells;
    cells.kind = "model";
    cells.n = CsvNumber(ENTHESIS_OPTIONAL(answer, n));
    cells.events = CsvNumber(ENTHESIS_OPTIONAL(answer, events));
    cells.dropped = CsvNumber(ENTHESIS_OPTIONAL(answer, dropped));
    Add(cells, answer.absence());
    for (const v1::HazardCoefficient& one : answer.coefficients()) {
      AddCoefficient(one);
    }
    AddEstimate("log_likelihood", "null",
                ENTHESIS_OPTIONAL(answer.log_likelihood(), null), std::nullopt);
    AddEstimate("log_likelihood", "model",
                ENTHESIS_OPTIONAL(answer.log_likelihood(), model),
                std::nullopt);
    if (!answer.has_tests()) return;
    AddTest("test", "likelihood_ratio", answer.tests().likelihood_ratio());
    AddTest("test", "wald", answer.tests().wald());
    AddTest("test", "score", answer.tests().score());
  }

  void AddEstimate(const char* kind, const char* name,
                   std::optional<double> estimate,
                   std::optional<double> std_error);
  template <typename Test>
  void AddTest(const char* kind, const std::string& name, const Test& test) {
    Cells cells;
    cells.kind = kind;
    cells.name = name;
    cells.statistic = CsvNumber(ENTHESIS_OPTIONAL(test, chi_square));
    cells.df = CsvNumber(ENTHESIS_OPTIONAL(test, df));
    cells.p_value = CsvNumber(ENTHESIS_OPTIONAL(test, p_value));
    Add(cells, v1::ABSENCE_UNSPECIFIED);
  }

  // `kind` is the figure predicted.
  void AddPredictions(const char* kind, const Predictions& predictions);

  const std::string& text() const { return csv_.text(); }

 private:
  struct Cells {
    std::string kind, name, n, events, dropped, estimate, std_error,
        robust_std_error, statistic, df, p_value, hazard_ratio, lower, upper,
        day, at_risk;
  };
  using Group = google::protobuf::RepeatedPtrField<v1::GroupValue>;
  void AddCoefficient(const v1::HazardCoefficient& coefficient);
  void Add(const Cells& cells, v1::Absence absence, const Group& group = {});

  AnswerCsv csv_;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_REGRESSION_ANSWER_H_
