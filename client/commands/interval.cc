// enthesis interval

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/answer_csv.h"
#include "client/commands/question_command.h"
#include "client/commands/question_options.h"
#include "client/commands/session.h"
#include "client/figure_text.h"
#include "client/table.h"
#include "client/time_text.h"
#include "registry/model/endpoint.h"

namespace enthesis::client {
namespace {

constexpr char kIntervalEndpoints[] =
    "return_participation, return_sport, return_performance, "
    "full_weight_bearing, daily_life, osteotomy_union";

struct IntervalOptions {
  QuestionText question;
  std::string endpoint = "return_sport";
};

absl::StatusOr<v1::EstimateIntervalCensoredRequest> ReadInterval(
    const IntervalOptions& options) {
  v1::EstimateIntervalCensoredRequest request;
  absl::Status status =
      ReadQuestion(options.question, *request.mutable_options());
  if (status.ok()) {
    status = ReadTimes(options.question, *request.mutable_at_days());
  }
  if (!status.ok()) return status;
  const absl::StatusOr<v1::Endpoint> endpoint =
      ReadEndpoint(options.endpoint, model::IsKnownByVisit, kIntervalEndpoints);
  if (!endpoint.ok()) return endpoint.status();
  request.set_endpoint(*endpoint);
  return request;
}

// "between 120 d and 183 d".
std::string MedianText(const v1::IntervalCurve& curve,
                       const FigureText& figures) {
  if (!curve.has_median_right_day()) {
    return figures.Absent(curve.median_absence());
  }
  if (curve.median_left_day() == curve.median_right_day()) {
    return FormatDays(curve.median_right_day());
  }
  return absl::StrCat("after ", FormatDays(curve.median_left_day()), ", by ",
                      FormatDays(curve.median_right_day()));
}

// "14.0 %" where both bounds read so.
std::string BoundsText(const v1::SurvivalBounds& bounds,
                       const FigureText& figures) {
  if (!bounds.has_lower()) return figures.Absent(bounds.absence());
  const std::string least =
      absl::StrFormat("%.1f %%", 100 * (1 - bounds.upper()));
  const std::string most =
      absl::StrFormat("%.1f %%", 100 * (1 - bounds.lower()));
  return least == most ? least : absl::StrCat(least, " to ", most);
}

std::string IntervalTable(const v1::EstimateIntervalCensoredResponse& answer,
                          const IntervalOptions& options) {
  const FigureText figures(answer.provenance());
  Table curves;
  curves.AddColumn("group", Align::kLeft);
  curves.AddColumn("n", Align::kRight);
  curves.AddColumn("day known", Align::kRight);
  curves.AddColumn("by visit", Align::kRight);
  curves.AddColumn("not seen", Align::kRight);
  curves.AddColumn("median", Align::kLeft);
  Table at;
  at.AddColumn("group", Align::kLeft);
  at.AddColumn("time", Align::kRight);
  at.AddColumn(absl::StrCat(options.endpoint, ", share"), Align::kLeft);
  for (const v1::IntervalCurve& curve : answer.curves()) {
    const std::string group = GroupText(curve.group());
    const auto kind = [&](std::optional<int32_t> n) {
      return figures.Count(n, v1::ABSENCE_SUPPRESSED);
    };
    curves.AddRow({group,
                   figures.Count(ENTHESIS_OPTIONAL(curve, n), curve.absence()),
                   kind(ENTHESIS_OPTIONAL(curve, exact)),
                   kind(ENTHESIS_OPTIONAL(curve, known_by_visit)),
                   kind(ENTHESIS_OPTIONAL(curve, right_censored)),
                   MedianText(curve, figures)});
    bool first = true;
    for (const v1::SurvivalBounds& bounds : curve.at()) {
      at.AddRow({std::exchange(first, false) ? group : "",
                 FormatDays(bounds.day()), BoundsText(bounds, figures)});
    }
  }
  std::string text = absl::StrCat(
      "Sensitivity analysis: time to ", options.endpoint,
      ", event between two contacts, competing events censored\n\n",
      curves.Render());
  if (!at.empty()) absl::StrAppend(&text, "\n", at.Render());
  if (answer.has_test()) {
    const v1::IntervalTest& test = answer.test();
    absl::StrAppend(&text, "\nEqual curves (", test.name(),
                    "): ", figures.ChiSquare(test), "\n");
  }
  return absl::StrCat(text, figures.Footer());
}

std::string IntervalCsv(const v1::EstimateIntervalCensoredResponse& answer) {
  AnswerCsv csv({"kind", "n", "day", "left_day", "right_day", "mass", "lower",
                 "upper", "statistic", "df", "p_value"},
                answer.provenance());
  for (const v1::IntervalCurve& curve : answer.curves()) {
    const auto count = [&](const char* kind, std::optional<int32_t> n) {
      csv.Add(curve.group(),
              {kind, CsvNumber(n), "", "", "", "", "", "", "", "", ""},
              n.has_value() ? v1::ABSENCE_UNSPECIFIED : v1::ABSENCE_SUPPRESSED);
    };
    count("cases", ENTHESIS_OPTIONAL(curve, n));
    count("exact", ENTHESIS_OPTIONAL(curve, exact));
    count("known_by_visit", ENTHESIS_OPTIONAL(curve, known_by_visit));
    count("right_censored", ENTHESIS_OPTIONAL(curve, right_censored));
    csv.Add(
        curve.group(),
        {"median", "", "", CsvNumber(ENTHESIS_OPTIONAL(curve, median_left_day)),
         CsvNumber(ENTHESIS_OPTIONAL(curve, median_right_day)), "", "", "", "",
         "", ""},
        curve.median_absence());
    for (const v1::SurvivalBounds& at : curve.at()) {
      csv.Add(curve.group(),
              {"at", "", CsvNumber(ENTHESIS_OPTIONAL(at, day)), "", "", "",
               CsvNumber(ENTHESIS_OPTIONAL(at, lower)),
               CsvNumber(ENTHESIS_OPTIONAL(at, upper)), "", "", ""},
              at.absence());
    }
    for (const v1::CensoredInterval& interval : curve.intervals()) {
      csv.Add(
          curve.group(),
          {"interval", "", "", CsvNumber(ENTHESIS_OPTIONAL(interval, left_day)),
           CsvNumber(ENTHESIS_OPTIONAL(interval, right_day)),
           CsvNumber(ENTHESIS_OPTIONAL(interval, mass)), "", "", "", "", ""},
          v1::ABSENCE_UNSPECIFIED);
    }
  }
  if (answer.has_test()) {
    const v1::IntervalTest& test = answer.test();
    const google::protobuf::RepeatedPtrField<v1::GroupValue> all;
    csv.Add(all,
            {"log_rank", "", "", "", "", "", "", "",
             CsvNumber(ENTHESIS_OPTIONAL(test, chi_square)),
             CsvNumber(ENTHESIS_OPTIONAL(test, df)),
             CsvNumber(ENTHESIS_OPTIONAL(test, p_value))},
            test.absence());
  }
  return csv.text();
}

int AskInterval(const IntervalOptions& options, const Session& session) {
  return AskAndPrint(
      session, ReadInterval(options), &RegistryClient::EstimateIntervalCensored,
      [&options](const auto& answer) { return IntervalTable(answer, options); },
      IntervalCsv);
}

}  // namespace

void AddIntervalCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "interval",
      "Sensitivity analysis of return to play and of milestones: the event "
      "lies between two contacts (Turnbull), competing events are censored.");
  command->fallthrough();
  const auto options = std::make_shared<IntervalOptions>();
  command->add_option("--endpoint", options->endpoint, kIntervalEndpoints)
      ->capture_default_str();
  AddCohortOptions(*command, options->question);
  AddTimesOption(*command, options->question);
  options->question.at = "3m,4m,6m,9m,12m";
  command->footer(
      "The primary answer is `enthesis return-to-play`.\n"
      "Examples:\n"
      "  enthesis interval\n"
      "  enthesis interval --endpoint full_weight_bearing --at 6w,9w,12w\n"
      "  enthesis interval --by primary_procedure --format csv");
  RunWhenChosen(*command, options, AskInterval, chosen);
}

}  // namespace enthesis::client
