// What the command line says of itself, read from its parser: the one source of
// `--help`, the man pages and the completion of shells.

#ifndef ENTHESIS_CLIENT_COMMANDS_MANUAL_H_
#define ENTHESIS_CLIENT_COMMANDS_MANUAL_H_

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace enthesis::client {

// What a shell offers for a value that has no list of choices.
enum class ValueKind { kNone, kText, kFile, kFolder };

struct ManualOption {
  std::vector<std::string> names;  // "--at"; of a positional its bare name
  std::string value;               // "TIMES"; empty for a flag without value
  std::string text;
  std::string initial;               // value without the flag, or empty
  std::string environment;           // variable that sets it, or empty
  std::vector<std::string> choices;  // all that is allowed, or empty
  ValueKind kind = ValueKind::kNone;
  bool required = false;
  bool repeats = false;
};

struct ManualCommand {
  std::vector<std::string> path;  // {"analyze", "cox"}; {} is the program
  std::string text;
  std::vector<ManualOption> options;
  std::vector<ManualOption> positionals;
  std::vector<std::string> notes;     // lines of the footer before examples
  std::vector<std::string> examples;  // lines, as one would type them
  std::vector<ManualCommand> commands;
};

// `app` and all that is below it.
ManualCommand ReadManual(const CLI::App& app);

// "enthesis analyze cox", joined by `gap`.
std::string CommandName(const ManualCommand& command, const char* gap = " ");

// `command`, then all below it, in the order of --help.
std::vector<const ManualCommand*> AllCommands(const ManualCommand& command);

// Every way a command ends.
struct ExitMeaning {
  int code;
  const char* text;
};
const std::vector<ExitMeaning>& ExitMeanings();

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_MANUAL_H_
