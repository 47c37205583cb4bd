// enthesis survival

#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/commands/curve_figures.h"
#include "client/commands/plot_option.h"
#include "client/commands/question_command.h"
#include "client/commands/question_options.h"
#include "client/commands/session.h"
#include "client/commands/survival_text.h"
#include "client/time_text.h"
#include "registry/model/question.h"

namespace enthesis::client {
namespace {

struct SurvivalOptions {
  QuestionText question;
  std::string endpoint = "reoperation";
  std::string complication;
  bool points = false;
  std::string quantiles, rmst, landmark;
  std::string test;  // empty: log-rank, or what --rho and --gamma are of
  double rho = 0, gamma = 0;
  std::string strata;
  bool trend = false, pairwise = false;
  CurvePlotText plot;
};

// Quantiles, restricted mean, landmark.
absl::Status ReadCurveExtras(const SurvivalOptions& options,
                             v1::EstimateSurvivalRequest& request) {
  const auto quantiles = ReadShares(options.quantiles, "--quantiles");
  if (!quantiles.ok()) return quantiles.status();
  request.mutable_quantiles()->Assign(quantiles->begin(), quantiles->end());
  if (!options.rmst.empty()) {
    const absl::StatusOr<int32_t> horizon = ReadTime(options.rmst, "--rmst");
    if (!horizon.ok()) return horizon.status();
    request.set_mean_horizon_day(*horizon);
  }
  if (!options.landmark.empty()) {
    const absl::StatusOr<int32_t> landmark =
        ReadTime(options.landmark, "--landmark");
    if (!landmark.ok()) return landmark.status();
    request.set_landmark_day(*landmark);
  }
  return absl::OkStatus();
}

// What is asked between groups.
absl::Status ReadGroupTests(const SurvivalOptions& options,
                            v1::EstimateSurvivalRequest& request) {
  for (const auto& [flag, value] :
       {std::pair("--test", options.test),
        std::pair("--rho", absl::StrCat(options.rho)),
        std::pair("--gamma", absl::StrCat(options.gamma)),
        std::pair("--strata", options.strata)}) {
    const absl::Status status = CheckTestFlag(options.question, flag, value);
    if (!status.ok()) return status;
  }
  const bool powers = options.rho != 0 || options.gamma != 0;
  const std::string name = !options.test.empty() ? options.test
                           : powers              ? "fleming-harrington"
                                                 : "log-rank";
  const model::Code* test = model::kRankTestCodes.Find(name);
  if (test == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--test: \"", name,
        "\" is not known; allowed: ", model::kRankTestCodes.Allowed()));
  }
  request.set_test(static_cast<v1::RankTest>(test->value));
  request.set_rho(options.rho);
  request.set_gamma(options.gamma);
  if (!options.strata.empty()) {
    const absl::StatusOr<v1::Dimension> strata =
        ReadDimension(options.strata, "--strata");
    if (!strata.ok()) return strata.status();
    request.set_strata(*strata);
  }
  request.set_trend(options.trend);
  request.set_pairwise(options.pairwise);
  return absl::OkStatus();
}

// The times where --at names none; one before a landmark says nothing.
void AddDefaultTimes(v1::EstimateSurvivalRequest& request) {
  for (const int32_t months : {3, 6, 12, 24, 60}) {
    const auto day = static_cast<int32_t>(std::lround(months * kDaysPerMonth));
    if (day >= request.landmark_day()) request.add_at_days(day);
  }
}

absl::StatusOr<v1::EstimateSurvivalRequest> ReadSurvival(
    const SurvivalOptions& options) {
  v1::EstimateSurvivalRequest request;
  absl::Status status =
      ReadQuestion(options.question, *request.mutable_options());
  if (status.ok()) {
    status = ReadTimes(options.question, *request.mutable_at_days());
  }
  if (!status.ok()) return status;
  if (absl::StartsWith(options.endpoint, "return_")) {
    return absl::InvalidArgumentError(
        "--endpoint: a return to sport has competing events: ask `enthesis "
        "return-to-play`, or `enthesis incidence`");
  }
  status = ReadEvent(options.endpoint, options.complication, request);
  if (!status.ok()) return status;
  const absl::StatusOr<v1::IntervalTransform> transform =
      ReadTransform(options.question.conf_type);
  if (!transform.ok()) return transform.status();
  request.set_transform(*transform);
  status = ReadCurveExtras(options, request);
  if (options.question.at.empty()) AddDefaultTimes(request);
  if (status.ok()) status = ReadGroupTests(options, request);
  if (!status.ok()) return status;
  return request;
}

int AskSurvival(const SurvivalOptions& options, const Session& session) {
  const std::string& event =
      options.complication.empty() ? options.endpoint : options.complication;
  return AskCurves(
      session, ReadSurvival(options), &RegistryClient::EstimateSurvival,
      options.plot, event,
      [&](const auto& answer, const std::string& drawing) {
        return SurvivalTable(answer, event, options.points, drawing);
      },
      SurvivalCsv);
}

void AddExtraOptions(CLI::App& command, SurvivalOptions& options) {
  command.add_option("--quantiles", options.quantiles,
                     "Shares with the event, such as 0.25,0.75: when they are "
                     "reached");
  command
      .add_option("--rmst", options.rmst,
                  "Restricted mean up to this time, and its differences "
                  "between groups")
      ->type_name("TIME");
  command
      .add_option("--landmark", options.landmark,
                  "Only cases at risk after this time")
      ->type_name("TIME");
  command.add_option(
      "--test", options.test,
      absl::StrCat("With --by: ", model::kRankTestCodes.Allowed()));
  command.add_option("--rho", options.rho, "Of fleming-harrington, 0 to 10");
  command.add_option("--gamma", options.gamma,
                     "Of fleming-harrington, 0 to 10");
  command
      .add_option("--strata", options.strata,
                  "Test the groups within each value of this dimension, such "
                  "as site")
      ->type_name("DIM");
  command.add_flag("--trend", options.trend,
                   "A test for trend: with --by surgery_year, age_band, "
                   "bmi_band, sport_level or visa_a_band");
  command.add_flag("--pairwise", options.pairwise,
                   "Also test every two groups, p adjusted by Holm");
}

}  // namespace

void AddSurvivalCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "survival",
      "Kaplan-Meier survival free of an endpoint; with --by a rank test of "
      "the groups.");
  command->fallthrough();
  const auto options = std::make_shared<SurvivalOptions>();
  command
      ->add_option("--endpoint", options->endpoint,
                   "reoperation, complication, rupture, full_weight_bearing, "
                   "daily_life or osteotomy_union")
      ->capture_default_str();
  command->add_option("--complication", options->complication,
                      "With --endpoint complication: one kind");
  command->add_flag("--points", options->points,
                    "Table of every day of the curve instead of --at");
  AddCohortOptions(*command, options->question);
  AddCurveOptions(*command, options->question);
  AddExtraOptions(*command, *options);
  AddCurvePlotOptions(*command, options->plot);
  command->footer(
      "Without --at: 3m,6m,12m,24m,60m, from the landmark on.\n"
      "Examples:\n"
      "  enthesis survival --endpoint reoperation --at 6m,12m,24m\n"
      "  enthesis survival --endpoint complication --by approach\n"
      "  enthesis survival --endpoint complication --complication sural_nerve\n"
      "  enthesis survival --by site --where surgery_year=2020..2023\n"
      "  enthesis survival --endpoint daily_life --rmst 12m --by approach\n"
      "  enthesis survival --by primary_procedure --strata site --pairwise\n"
      "  enthesis survival --by age_band --trend --quantiles 0.05,0.1\n"
      "  enthesis survival --by approach --plot reoperation.pdf");
  RunWhenChosen(*command, options, AskSurvival, chosen);
}

}  // namespace enthesis::client
