// enthesis incidence

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/commands/incidence_text.h"
#include "client/commands/question_options.h"
#include "client/commands/session.h"
#include "registry/model/endpoint.h"
#include "registry/model/question.h"

namespace enthesis::client {
namespace {

struct IncidenceText {
  QuestionText question;
  std::string endpoint = "reoperation";
  std::string complication;
  std::string variance = "aalen";
  double rho = 0;
  std::string strata;
};

absl::StatusOr<v1::EstimateIncidenceRequest> ReadIncidence(
    const IncidenceText& options) {
  v1::EstimateIncidenceRequest request;
  v1::Endpoint endpoint = v1::ENDPOINT_UNSPECIFIED;
  v1::ComplicationKind kind = v1::COMPLICATION_KIND_UNSPECIFIED;
  absl::Status status =
      ReadQuestion(options.question, *request.mutable_options());
  if (status.ok()) {
    status = ReadTimes(options.question, *request.mutable_at_days());
  }
  if (status.ok()) {
    status =
        ReadEndpoint(options.endpoint, options.complication, endpoint, kind);
  }
  if (!status.ok()) return status;
  request.set_endpoint(endpoint);
  request.set_complication(kind);
  const absl::StatusOr<v1::IntervalTransform> transform =
      ReadTransform(options.question.conf_type);
  if (!transform.ok()) return transform.status();
  request.set_transform(*transform);
  const model::Code* variance =
      model::kIncidenceVarianceCodes.Find(options.variance);
  if (variance == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--variance: \"", options.variance, "\" is not known; allowed: ",
        model::kIncidenceVarianceCodes.Allowed()));
  }
  request.set_variance(static_cast<v1::IncidenceVariance>(variance->value));
  request.set_rho(options.rho);
  if (!options.strata.empty()) {
    const absl::StatusOr<v1::Dimension> strata =
        ReadDimension(options.strata, "--strata");
    if (!strata.ok()) return strata.status();
    request.set_strata(*strata);
  }
  return request;
}

int AskIncidence(const IncidenceText& options, const Session& session) {
  const auto request = ReadIncidence(options);
  if (!request.ok()) return FailUsage(std::string(request.status().message()));
  const auto answer = session.Connect()->EstimateIncidence(*request);
  if (!answer.ok()) return FailQuestion(answer.status());
  switch (session.format) {
    case Format::kJson:
      PrintJsonDocument(*answer);
      break;
    case Format::kCsv:
      PrintDocument(IncidenceCsv(*answer));
      break;
    case Format::kTable:
      PrintDocument(IncidenceTable(*answer, options.complication.empty()
                                                ? options.endpoint
                                                : options.complication));
      break;
  }
  return kExitDone;
}

}  // namespace

void AddIncidenceCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "incidence",
      "Cumulative incidence of an endpoint and of what competes with it; with "
      "--by Gray's test of each.");
  command->fallthrough();
  const auto options = std::make_shared<IncidenceText>();
  command
      ->add_option("--endpoint", options->endpoint,
                   absl::StrCat("One of: ", model::kEndpointCodes.Allowed()))
      ->capture_default_str();
  command->add_option("--complication", options->complication,
                      "With --endpoint complication: one kind");
  command
      ->add_option("--variance", options->variance,
                   "Of the curves: aalen or jackknife")
      ->capture_default_str();
  command->add_option("--rho", options->rho,
                      "With --by: weight (1 - F)^rho of Gray's test");
  command
      ->add_option("--strata", options->strata,
                   "Test the groups within each value of this dimension, such "
                   "as site")
      ->type_name("DIM");
  AddCohortOptions(*command, options->question);
  AddCurveOptions(*command, options->question);
  options->question.at = "3m,6m,12m,24m,60m";
  command->footer(
      "Examples:\n"
      "  enthesis incidence --endpoint reoperation --at 12m,24m\n"
      "  enthesis incidence --endpoint daily_life --by approach\n"
      "  enthesis incidence --endpoint return_sport --by sex --strata site");
  command->callback([options, &chosen] {
    chosen = [options](const Session& session) {
      return AskIncidence(*options, session);
    };
  });
}

}  // namespace enthesis::client
