#include "client/commands/outcome_options.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace enthesis::client {

void AddOutcomeOptions(CLI::App& command, OutcomeText& text) {
  AddEventOptions(command, text.endpoint, text.complication);
  command
      .add_option("--by-day", text.by_day,
                  "With --endpoint: day, such as 90 or 3m, by which the event "
                  "has come or has not; of a rate the end of the time at risk")
      ->type_name("TIME");
  AddMeasureOption(command, text.measure);
  AddVisitOption(command, text.visit);
  command
      .add_option("--threshold", text.threshold,
                  "With --measure: improvement since baseline that counts, in "
                  "units of the measure")
      ->type_name("UNITS");
  AddCovariateOptions(command, text.regression);
}

std::string OutcomeName(const OutcomeText& text) {
  if (text.measure.empty()) {
    const std::string& event =
        text.complication.empty() ? text.endpoint : text.complication;
    return text.by_day.empty() ? event
                               : absl::StrCat(event, " by day ", text.by_day);
  }
  std::string name = text.measure;
  if (!text.threshold.empty()) {
    absl::StrAppend(&name, " better by ", text.threshold);
  }
  return absl::StrCat(name, " at ",
                      text.visit.empty() ? "12_months" : text.visit);
}

absl::Status CheckOutcome(const OutcomeText& text) {
  if (text.endpoint.empty() == text.measure.empty()) {
    return absl::InvalidArgumentError(
        "the outcome is either an --endpoint or a --measure");
  }
  const bool is_event = text.measure.empty();
  const std::pair<const std::string*, const char*> others[] = {
      {is_event ? &text.visit : &text.by_day,
       is_event ? "--visit" : "--by-day"},
      {is_event ? &text.threshold : &text.complication,
       is_event ? "--threshold" : "--complication"}};
  for (const auto& [given, option] : others) {
    if (given->empty()) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        option, " belongs to ", is_event ? "a --measure" : "an --endpoint"));
  }
  return text.visit.empty() ? absl::OkStatus() : CheckVisit(text.visit);
}

absl::StatusOr<std::optional<int32_t>> ReadByDay(const OutcomeText& text) {
  if (text.by_day.empty()) return std::nullopt;
  const absl::StatusOr<int32_t> day = ReadTime(text.by_day, "--by-day");
  if (!day.ok()) return day.status();
  return std::optional(*day);
}

absl::StatusOr<std::optional<double>> ReadThreshold(const OutcomeText& text) {
  if (text.threshold.empty()) return std::nullopt;
  double threshold = 0;
  if (absl::SimpleAtod(text.threshold, &threshold)) {
    return std::optional(threshold);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--threshold: \"", text.threshold,
                   "\" is not a number; allowed: one above 0"));
}

}  // namespace enthesis::client
