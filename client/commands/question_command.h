// How a command asks its question and prints the answer.

#ifndef ENTHESIS_CLIENT_COMMANDS_QUESTION_COMMAND_H_
#define ENTHESIS_CLIENT_COMMANDS_QUESTION_COMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/commands/explanation.h"
#include "client/commands/pooled_row.h"
#include "client/commands/session.h"

namespace enthesis::client {

// Sends `request` with `ask`, a method of RegistryClient or what calls one, and
// prints the answer in the form of the session: `table` and `csv` make text of
// it. Returns the exit code.
template <typename Request, typename Ask, typename Table, typename Csv>
int AskAndPrint(const Session& session, const absl::StatusOr<Request>& request,
                Ask ask, const Table& table, const Csv& csv) {
  if (!request.ok()) return FailUsage(std::string(request.status().message()));
  const auto client = session.Connect();
  auto answer = std::invoke(ask, *client, *request);
  if (!answer.ok()) return FailQuestion(answer.status());
  if (session.format != Format::kJson) {
    const absl::Status pooled = AddPooledRow(
        *request,
        [&](const Request& all) { return std::invoke(ask, *client, all); },
        *answer);
    if (!pooled.ok()) return FailQuestion(pooled);
  }
  switch (session.format) {
    case Format::kJson:
      PrintJsonDocument(*answer);
      break;
    case Format::kCsv:
      PrintDocument(csv(*answer));
      break;
    case Format::kTable:
      PrintText(session.explain
                    ? absl::StrCat(table(*answer),
                                   CasesExplained(answer->provenance()),
                                   FiguresExplained(session.command))
                    : table(*answer));
      break;
  }
  return kExitDone;
}

// Makes `run` the command chosen when the command line names `command`.
template <typename Options>
void RunWhenChosen(CLI::App& command, std::shared_ptr<Options> options,
                   int (*run)(const Options&, const Session&),
                   Command& chosen) {
  command.callback([options, run, &chosen] {
    chosen = [options, run](const Session& session) {
      return run(*options, session);
    };
  });
}

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_QUESTION_COMMAND_H_
