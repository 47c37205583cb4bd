// enthesis completion, man

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/commands/completion.h"
#include "client/commands/man_page.h"
#include "client/commands/manual.h"
#include "client/commands/session.h"
#include "client/file_bytes.h"

namespace enthesis::client {
namespace {

struct DocumentationOptions {
  std::string shell;
  std::vector<std::string> command;
  std::string folder;
};

int PrintCompletion(const CLI::App& app, const std::string& shell) {
  const ManualCommand program = ReadManual(app);
  if (shell == "bash") {
    PrintDocument(BashCompletion(program));
  } else if (shell == "zsh") {
    PrintDocument(ZshCompletion(program));
  } else if (shell == "fish") {
    PrintDocument(FishCompletion(program));
  } else {
    return FailUsage(absl::StrCat("completion: \"", shell,
                                  "\" is not known; allowed: bash, zsh, fish"));
  }
  return kExitDone;
}

int WritePages(const ManualCommand& program, const std::string& folder,
               const Edition& edition) {
  std::error_code fault;
  std::filesystem::create_directories(folder, fault);
  if (fault) {
    FailUsage(absl::StrCat(folder, ": ", fault.message()));
    return kExitServer;
  }
  for (const ManualCommand* command : AllCommands(program)) {
    const std::string file =
        absl::StrCat(folder, "/", CommandName(*command, "-"), ".1");
    const absl::Status status = ReplaceFile(
        file, ManPage(*command, program, edition.version, edition.date), 0644);
    if (!status.ok()) {
      FailUsage(status.message());
      return kExitServer;
    }
  }
  return kExitDone;
}

int PrintPage(const CLI::App& app, const DocumentationOptions& options,
              const Edition& edition) {
  const ManualCommand program = ReadManual(app);
  if (!options.folder.empty()) {
    if (!options.command.empty()) {
      return FailUsage("man: --directory writes every page; name no command");
    }
    return WritePages(program, options.folder, edition);
  }
  for (const ManualCommand* command : AllCommands(program)) {
    if (command->path != options.command) continue;
    PrintDocument(ManPage(*command, program, edition.version, edition.date));
    return kExitDone;
  }
  return FailUsage(absl::StrCat("man: there is no command \"",
                                absl::StrJoin(options.command, " "),
                                "\"; `enthesis --help` lists them"));
}

}  // namespace

void AddDocumentationCommands(CLI::App& app, const Edition& edition,
                              Command& chosen) {
  const auto options = std::make_shared<DocumentationOptions>();
  CLI::App* completion = app.add_subcommand(
      "completion", "Print the script by which a shell completes commands.");
  completion->fallthrough();
  completion->add_option("shell", options->shell, "bash, zsh or fish")
      ->type_name("SHELL")
      ->required();
  completion->footer(
      "Examples:\n"
      "  source <(enthesis completion bash)\n"
      "  enthesis completion zsh >~/.zfunc/_enthesis\n"
      "  enthesis completion fish "
      ">~/.config/fish/completions/enthesis.fish");
  const CLI::App* all = &app;
  completion->callback([options, all, &chosen] {
    chosen = [options, all](const Session&) {
      return PrintCompletion(*all, options->shell);
    };
  });
  CLI::App* man = app.add_subcommand(
      "man", "Print the manual page of a command, in roff, as man reads it.");
  man->fallthrough();
  man->add_option("command", options->command,
                  "Its words; without them the page of the program")
      ->type_name("COMMAND");
  man->add_option("--directory", options->folder,
                  "Write the pages of all commands there; made where it is not "
                  "there yet")
      ->type_name("DIR");
  man->footer(
      "Examples:\n"
      "  enthesis man survival | man -l -\n"
      "  enthesis man analyze cox | man -l -\n"
      "  enthesis man --directory /usr/local/share/man/man1");
  man->callback([options, all, edition, &chosen] {
    chosen = [options, all, edition](const Session&) {
      return PrintPage(*all, *options, edition);
    };
  });
}

}  // namespace enthesis::client
