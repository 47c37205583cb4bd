#include "client/commands/manual.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/commands/session.h"

namespace enthesis::client {
namespace {

bool IsCode(absl::string_view text) {
  constexpr absl::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyz0123456789_-";
  return !text.empty() && text[0] != '-' && text[0] != '_' &&
         text.find_first_not_of(kLetters) == absl::string_view::npos;
}

// The parts of `text` between any of `gaps`, where there are several and all
// are codes.
std::vector<std::string> CodesOf(std::string text, const char* gap) {
  text = absl::StrReplaceAll(text, {{", or ", gap}, {" or ", gap}});
  const std::vector<std::string> codes = absl::StrSplit(text, gap);
  if (codes.size() < 2 || !std::all_of(codes.begin(), codes.end(), IsCode)) {
    return {};
  }
  return codes;
}

// The help is the source: what a flag allows stands there as a list, be it all
// of the text, what follows its last colon, or the name of the value.
std::vector<std::string> ChoicesOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const size_t open = type.find('{'), close = type.rfind('}');
  if (open != std::string::npos && close != std::string::npos) {
    return CodesOf(type.substr(open + 1, close - open - 1), ",");
  }
  std::vector<std::string> choices = CodesOf(type, "|");
  if (!choices.empty()) return choices;
  absl::string_view text = option.get_description();
  // "efron or breslow. Default: efron" lists before it says which.
  const size_t rest = text.find(". Default:");
  if (rest != absl::string_view::npos) text = text.substr(0, rest);
  absl::ConsumeSuffix(&text, ".");
  const size_t colon = text.rfind(": ");
  if (colon != absl::string_view::npos) text.remove_prefix(colon + 2);
  return CodesOf(std::string(text), ", ");
}

ManualOption ReadOption(const CLI::Option& option) {
  ManualOption read;
  if (option.get_positional()) {
    read.names = {option.get_name(true)};
  } else {
    for (const std::string& name : option.get_snames()) {
      read.names.push_back("-" + name);
    }
    for (const std::string& name : option.get_lnames()) {
      read.names.push_back("--" + name);
    }
  }
  read.text = option.get_description();
  read.environment = option.get_envname();
  read.required = option.get_required();
  if (option.get_items_expected_max() == 0) return read;
  read.initial = option.get_default_str();
  read.choices = ChoicesOf(option);
  read.repeats = option.get_expected_max() > 1;
  // "FLOAT:FLOAT in [0.5 - 1]" and "FORM:{table,json}" name the value first.
  read.value = option.get_type_name();
  if (absl::StrContains(read.value, '{') ||
      absl::StrContains(read.value, " in [")) {
    read.value.resize(read.value.find(':'));
  }
  read.kind = absl::StrContains(read.value, "FILE")  ? ValueKind::kFile
              : absl::StrContains(read.value, "DIR") ? ValueKind::kFolder
                                                     : ValueKind::kText;
  return read;
}

void ReadFooter(const std::string& footer, ManualCommand& command) {
  if (footer.empty()) return;
  bool examples = false;
  for (absl::string_view line : absl::StrSplit(footer, '\n')) {
    if (line == "Example:" || line == "Examples:") {
      examples = true;
    } else if (examples && (line.empty() || line[0] != ' ')) {
      examples = false;
    }
    if (absl::EndsWith(line, "Examples:") || line == "Example:") continue;
    if (examples) {
      absl::ConsumePrefix(&line, "  ");
      command.examples.emplace_back(line);
    } else if (!line.empty()) {
      command.notes.emplace_back(line);
    }
  }
}

ManualCommand ReadCommand(const CLI::App& app, std::vector<std::string> path) {
  ManualCommand command;
  command.path = std::move(path);
  command.text = app.get_description();
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? command.positionals : command.options)
        .push_back(ReadOption(*option));
  }
  ReadFooter(app.get_footer(), command);
  for (const CLI::App* below :
       app.get_subcommands(std::function<bool(const CLI::App*)>(
           [](const CLI::App* sub) { return !sub->get_name().empty(); }))) {
    std::vector<std::string> longer = command.path;
    longer.push_back(below->get_name());
    command.commands.push_back(ReadCommand(*below, std::move(longer)));
  }
  return command;
}

void Collect(const ManualCommand& command,
             std::vector<const ManualCommand*>& all) {
  all.push_back(&command);
  for (const ManualCommand& below : command.commands) Collect(below, all);
}

}  // namespace

ManualCommand ReadManual(const CLI::App& app) { return ReadCommand(app, {}); }

std::string CommandName(const ManualCommand& command, const char* gap) {
  return absl::StrCat("enthesis", command.path.empty() ? "" : gap,
                      absl::StrJoin(command.path, gap));
}

std::vector<const ManualCommand*> AllCommands(const ManualCommand& command) {
  std::vector<const ManualCommand*> all;
  Collect(command, all);
  return all;
}

const std::vector<ExitMeaning>& ExitMeanings() {
  static const auto& meanings = *new std::vector<ExitMeaning>{
      {kExitDone, "done"},
      {kExitRejected, "some rows were rejected"},
      {kExitUsage, "wrong usage"},
      {kExitServer, "the server or a file failed"}};
  return meanings;
}

}  // namespace enthesis::client
