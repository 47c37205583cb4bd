// enthesis describe

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "client/commands/describe_text.h"
#include "client/commands/question_command.h"
#include "client/commands/question_options.h"
#include "client/commands/session.h"

namespace enthesis::client {
namespace {

struct DescribeOptions {
  QuestionText question;
};

absl::StatusOr<v1::DescribeCohortRequest> ReadDescription(
    const DescribeOptions& options) {
  v1::DescribeCohortRequest request;
  const absl::Status status =
      ReadQuestion(options.question, *request.mutable_options());
  if (!status.ok()) return status;
  request.set_baseline_table(true);
  return request;
}

// Where an answer about every case comes from, in the state of `answer`.
absl::StatusOr<v1::Provenance> AskRegistry(
    RegistryClient& client, const v1::DescribeCohortResponse& answer) {
  v1::DescribeCohortRequest request;
  request.mutable_options()->set_as_of(answer.provenance().as_of());
  const auto all = client.DescribeCohort(request);
  if (!all.ok()) return all.status();
  return all->provenance();
}

int AskDescription(const DescribeOptions& options, const Session& session) {
  std::optional<v1::Provenance> registry;
  const auto ask = [&](RegistryClient& client,
                       const v1::DescribeCohortRequest& request) {
    auto answer = client.DescribeCohort(request);
    if (answer.ok() && request.options().cohort().filters_size() > 0 &&
        session.format != Format::kJson) {
      const auto all = AskRegistry(client, *answer);
      if (!all.ok())
        return absl::StatusOr<v1::DescribeCohortResponse>(all.status());
      registry = *all;
    }
    return answer;
  };
  return AskAndPrint(
      session, ReadDescription(options), ask,
      [&](const auto& answer) { return DescribeTable(answer, registry); },
      [&](const auto& answer) { return DescribeCsv(answer, registry); });
}

}  // namespace

void AddDescribeCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "describe",
      "Count the cases of a cohort, what they had before surgery, and their "
      "follow-up.");
  command->fallthrough();
  const auto options = std::make_shared<DescribeOptions>();
  AddCohortOptions(*command, options->question);
  command->footer(
      "Examples:\n"
      "  enthesis describe\n"
      "  enthesis describe --by site\n"
      "  enthesis describe --by sex --where approach=open\n"
      "  enthesis describe --where age_band=40-49..60-69 --format csv");
  RunWhenChosen(*command, options, AskDescription, chosen);
}

}  // namespace enthesis::client
