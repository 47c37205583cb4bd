// What all commands of `enthesis` share: the registry they talk to, the form of
// their document, how they end. Standard output holds the document only;
// everything else goes to standard error.

#ifndef ENTHESIS_CLIENT_COMMANDS_SESSION_H_
#define ENTHESIS_CLIENT_COMMANDS_SESSION_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/commands/entry_words.h"
#include "client/passphrase.h"
#include "client/registry_client.h"
#include "google/protobuf/message.h"

namespace CLI {
class App;
}

namespace enthesis::client {

enum ExitCode {
  kExitDone = 0,
  kExitRejected = 1,  // something was rejected by the rules of the registry
  kExitUsage = 2,
  kExitServer = 3,  // not reached, or failed; also a file that failed
};

enum class Format { kTable, kJson, kCsv };

struct Session {
  std::string server;
  Format format = Format::kTable;
  std::string command;          // "survival", "analyze cox"
  bool explain = false;         // below an answer what it says
  std::string passphrase_file;  // empty: a person is asked at the terminal

  // Of an encrypted link file.
  AskPassphrase Passphrase() const;
  std::unique_ptr<RegistryClient> Connect() const;
};

// Runs after the command line was read.
using Command = std::function<int(const Session&)>;

void PrintDocument(absl::string_view text);

// The same for people: no line is wider than the terminal.
void PrintText(absl::string_view text);
void PrintMessage(absl::string_view text);
// The one of three forms of a document that the session asks for.
void PrintDocument(const Session& session, absl::string_view table,
                   absl::string_view csv, absl::string_view json);
// The exit code of a command that ended with `code`: kExitServer, said to
// standard error, where standard output took less than was printed.
int EndOutput(int code);
// The message as a JSON document.
void PrintJsonDocument(const google::protobuf::Message& message);

// Errors of the registry are for people from now on (kTable, and at first), or
// begin with their code and reason, for programs.
void SayErrorsIn(Format format);
// A field of an entry in such an error: for programs by its path.
std::string NameInEntry(absl::string_view path, const EntryWords& words);
// Says what is wrong and returns kExitUsage.
int FailUsage(absl::string_view text);
// Says what the server or the system says, every violation included, and
// returns the exit code: that of a refused entry is kExitRejected, that of a
// refused question kExitUsage. `words` names the fields of an entry.
int FailEntry(const absl::Status& status, const EntryWords& words = {});
int FailQuestion(const absl::Status& status);

// Each adds one command. `chosen` is set when the command line asks for it.
void AddSiteCommand(CLI::App& app, Command& chosen);
void AddCaseCommand(CLI::App& app, Command& chosen);
void AddImportCommand(CLI::App& app, Command& chosen);
void AddLinkCommand(CLI::App& app, Command& chosen);
void AddDueCommand(CLI::App& app, Command& chosen);
void AddCompletenessCommand(CLI::App& app, Command& chosen);
void AddQualityCommand(CLI::App& app, Command& chosen);
void AddTemplateCommand(CLI::App& app, Command& chosen);
void AddMapCommand(CLI::App& app, Command& chosen);
void AddDescribeCommand(CLI::App& app, Command& chosen);
void AddSurvivalCommand(CLI::App& app, Command& chosen);
void AddIncidenceCommand(CLI::App& app, Command& chosen);
void AddReturnToPlayCommand(CLI::App& app, Command& chosen);
void AddScoreChangeCommand(CLI::App& app, Command& chosen);
void AddCompareCommand(CLI::App& app, Command& chosen);
void AddIntervalCommand(CLI::App& app, Command& chosen);
void AddCoxCommand(CLI::App& app, Command& chosen);
void AddAncovaCommand(CLI::App& app, Command& chosen);
void AddFineGrayCommand(CLI::App& app, Command& chosen);
void AddParametricCommand(CLI::App& app, Command& chosen);
void AddMixedCommand(CLI::App& app, Command& chosen);
void AddRegressCommand(CLI::App& app, Command& chosen);
// enthesis sites, funnel, forest, cusum.
void AddSitesCommands(CLI::App& app, Command& chosen);
void AddVisaACommand(CLI::App& app, Command& chosen);
void AddSimulateCommand(CLI::App& app, Command& chosen);
void AddAnalyzeCommand(CLI::App& app, Command& chosen);
void AddExplainCommand(CLI::App& app, Command& chosen);
// enthesis completion, man: of `app` and all that is in it when they run.
struct Edition {
  std::string version;  // "0.1.0"
  std::string date;     // "2026-11-27"
};
void AddDocumentationCommands(CLI::App& app, const Edition& edition,
                              Command& chosen);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_SESSION_H_
