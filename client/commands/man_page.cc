#include "client/commands/man_page.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "client/commands/manual.h"

namespace enthesis::client {
namespace {

// Text that roff takes as it is.
std::string Roff(absl::string_view text) {
  std::string safe = absl::StrReplaceAll(text, {{"\\", "\\e"},
                                                {"-", "\\-"},
                                                {"`", "\\(ga"},
                                                {"'", "\\(aq"},
                                                {"^", "\\(ha"},
                                                {"~", "\\(ti"},
                                                {"\"", "\\(dq"}});
  if (!safe.empty() && safe[0] == '.') safe.insert(0, "\\&");
  return safe;
}

void AddSection(const char* name, std::string& page) {
  absl::StrAppend(&page, ".SH ", name, "\n");
}

// A paragraph that ends as a sentence.
std::string Sentence(const std::string& text) {
  std::string line = Roff(text);
  if (!absl::EndsWith(line, ".") && !absl::EndsWith(line, ":")) line += '.';
  return line;
}

void AddOption(const ManualOption& option, std::string& page) {
  std::vector<std::string> names;
  for (const std::string& name : option.names) {
    names.push_back(absl::StrCat("\\fB", Roff(name), "\\fR"));
  }
  absl::StrAppend(&page, ".TP\n", absl::StrJoin(names, ", "));
  if (!option.value.empty()) {
    absl::StrAppend(&page, " \\fI", Roff(option.value), "\\fR");
  }
  absl::StrAppend(&page, "\n",
                  option.text.empty() ? "See above." : Sentence(option.text));
  if (option.required) absl::StrAppend(&page, " Required.");
  if (option.repeats && !absl::StrContains(option.text, "repeat")) {
    absl::StrAppend(&page, " May be repeated.");
  }
  if (!option.initial.empty()) {
    absl::StrAppend(&page, " Without it \\fB", Roff(option.initial), "\\fR.");
  }
  if (!option.environment.empty()) {
    absl::StrAppend(&page, " Also from the environment: \\fB",
                    Roff(option.environment), "\\fR.");
  }
  absl::StrAppend(&page, "\n");
  // A list that the text is made of is not said twice.
  if (!option.choices.empty() &&
      !absl::StrContains(option.text, option.choices[1])) {
    absl::StrAppend(
        &page, "One of: ", Roff(absl::StrJoin(option.choices, ", ")), ".\n");
  }
}

void AddSynopsis(const ManualCommand& command, std::string& page) {
  AddSection("SYNOPSIS", page);
  absl::StrAppend(&page, "\\fB", Roff(CommandName(command)), "\\fR");
  if (!command.commands.empty()) absl::StrAppend(&page, " \\fICOMMAND\\fR");
  absl::StrAppend(&page, " [\\fIOPTIONS\\fR]");
  for (const ManualOption& positional : command.positionals) {
    const std::string name =
        absl::StrCat("\\fI", Roff(positional.names[0]), "\\fR");
    absl::StrAppend(&page, " ",
                    positional.required ? name : absl::StrCat("[", name, "]"),
                    positional.repeats ? " ..." : "");
  }
  absl::StrAppend(&page, "\n");
}

void AddNotes(const ManualCommand& command, std::string& page) {
  // The exit codes have their own section.
  bool starts = true;
  for (const std::string& note : command.notes) {
    if (absl::StartsWith(note, "Exit codes: ")) continue;
    absl::StrAppend(&page, starts ? ".br\n" : "", Roff(note), "\n");
    starts = absl::EndsWith(note, ".");
  }
}

void AddSubcommands(const ManualCommand& command, std::string& page) {
  if (command.commands.empty()) return;
  AddSection("COMMANDS", page);
  for (const ManualCommand& below : command.commands) {
    absl::StrAppend(&page, ".TP\n\\fB", Roff(below.path.back()), "\\fR\n",
                    Sentence(below.text), "\n");
  }
}

void AddReferences(const ManualCommand& command, const ManualCommand& program,
                   std::string& page) {
  std::vector<std::string> names;
  const auto add = [&](const ManualCommand& other) {
    names.push_back(
        absl::StrCat("\\fB", Roff(CommandName(other, "-")), "\\fR(1)"));
  };
  if (!command.path.empty()) add(program);
  for (const ManualCommand& below : command.commands) add(below);
  if (names.empty()) return;
  AddSection("SEE ALSO", page);
  absl::StrAppend(&page, absl::StrJoin(names, ",\n"), "\n");
}

}  // namespace

std::string ManPage(const ManualCommand& command, const ManualCommand& program,
                    const std::string& version, const std::string& date) {
  const std::string name = CommandName(command, "-");
  std::string page =
      absl::StrCat(".TH ", Roff(absl::AsciiStrToUpper(name)), " 1 ", date,
                   " \"enthesis ", version, "\" \"Enthesis\"\n.nh\n.ad l\n");
  AddSection("NAME", page);
  // "Enthesis: a registry of outcomes." has its name already.
  absl::string_view what = command.text;
  if (command.path.empty()) absl::ConsumePrefix(&what, "Enthesis: ");
  what = what.substr(0, what.find_first_of(".;:"));
  absl::StrAppend(&page, Roff(name), " \\- ", Roff(what), "\n");
  AddSynopsis(command, page);
  AddSection("DESCRIPTION", page);
  absl::StrAppend(&page, Sentence(command.text), "\n");
  AddNotes(command, page);
  AddSubcommands(command, page);
  if (!command.positionals.empty()) {
    AddSection("ARGUMENTS", page);
    for (const auto& positional : command.positionals) {
      AddOption(positional, page);
    }
  }
  AddSection("OPTIONS", page);
  for (const ManualOption& option : command.options) AddOption(option, page);
  if (!command.path.empty()) {
    AddSection("OPTIONS OF EVERY COMMAND", page);
    for (const ManualOption& option : program.options) {
      if (option.names.back() == "--help" ||
          option.names.back() == "--version") {
        continue;
      }
      AddOption(option, page);
    }
  }
  AddSection("EXIT STATUS", page);
  for (const ExitMeaning& meaning : ExitMeanings()) {
    absl::StrAppend(&page, ".TP\n\\fB", meaning.code, "\\fR\n",
                    Sentence(meaning.text), "\n");
  }
  if (!command.examples.empty()) {
    AddSection("EXAMPLES", page);
    absl::StrAppend(&page, ".nf\n");
    for (const std::string& line : command.examples) {
      absl::StrAppend(&page, Roff(line), "\n");
    }
    absl::StrAppend(&page, ".fi\n");
  }
  AddReferences(command, program, page);
  return page;
}

}  // namespace enthesis::client
