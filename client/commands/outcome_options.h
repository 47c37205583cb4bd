// The outcome of a case on the command line: an endpoint by a day or a measure
// at a visit, and the covariates that go with it.

#ifndef ENTHESIS_CLIENT_COMMANDS_OUTCOME_OPTIONS_H_
#define ENTHESIS_CLIENT_COMMANDS_OUTCOME_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/commands/question_options.h"
#include "client/commands/regression_options.h"
#include "enthesis/v1/question.pb.h"

namespace CLI {
class App;
}

namespace enthesis::client {

struct OutcomeText {
  RegressionText regression;
  std::string endpoint, complication, by_day;
  std::string measure, visit, threshold;
};

// --endpoint, --complication, --by-day, --measure, --visit, --threshold and
// those of AddCovariateOptions.
void AddOutcomeOptions(CLI::App& command, OutcomeText& text);

// "sural_nerve by day 90", "visa_a better by 14 at 12_months".
std::string OutcomeName(const OutcomeText& text);

// INVALID_ARGUMENT names the option that is wrong or does not go with the
// others.
absl::Status CheckOutcome(const OutcomeText& text);
absl::StatusOr<std::optional<int32_t>> ReadByDay(const OutcomeText& text);
absl::StatusOr<std::optional<double>> ReadThreshold(const OutcomeText& text);

// All but the covariates into a request.
template <typename Request>
absl::Status ReadOutcome(const OutcomeText& text, Request& request) {
  const absl::Status status = CheckOutcome(text);
  if (!status.ok()) return status;
  const absl::StatusOr<std::optional<int32_t>> day = ReadByDay(text);
  if (!day.ok()) return day.status();
  if (day->has_value()) request.set_by_day(**day);
  if (text.measure.empty()) {
    return ReadEvent(text.endpoint, text.complication, request);
  }
  const absl::StatusOr<v1::Measure> measure = ReadMeasure(text.measure);
  if (!measure.ok()) return measure.status();
  request.set_measure(*measure);
  request.set_visit(text.visit);
  const absl::StatusOr<std::optional<double>> threshold = ReadThreshold(text);
  if (!threshold.ok()) return threshold.status();
  if (threshold->has_value()) request.set_threshold(**threshold);
  return absl::OkStatus();
}

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_OUTCOME_OPTIONS_H_
