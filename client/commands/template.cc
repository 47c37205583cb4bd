// enthesis template

#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/session.h"
#include "client/templates/template_files.h"

namespace enthesis::client {
namespace {

int PrintTemplate(const std::string& name) {
  std::string known;
  for (const TemplateFile& file : TemplateFiles()) {
    if (name == file.name) {
      PrintDocument(file.text());
      return kExitDone;
    }
    absl::StrAppend(&known, known.empty() ? "" : ", ", file.name);
  }
  return FailUsage(absl::StrCat("template: \"", name,
                                "\" is no template; allowed: ", known));
}

}  // namespace

void AddTemplateCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "template",
      "Print a file to start from, made from the registry's own columns, codes "
      "and ranges (client/templates/README.md).");
  command->fallthrough();
  const auto name = std::make_shared<std::string>();
  std::string names;
  for (const TemplateFile& file : TemplateFiles()) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", file.name);
  }
  command->add_option("name", *name, absl::StrCat("Which: ", names))
      ->type_name("NAME")
      ->required();
  std::string footer;
  for (const TemplateFile& file : TemplateFiles()) {
    absl::StrAppend(&footer, file.name, ": ", file.what, "\n");
  }
  command->footer(absl::StrCat(
      footer,
      "The document is CSV, or YAML for redcap-map, whatever --format says.\n"
      "Examples:\n  enthesis template redcap > redcap_data_dictionary.csv\n"
      "  enthesis template csv > cases.csv"));
  command->callback([name, &chosen] {
    chosen = [name](const Session&) { return PrintTemplate(*name); };
  });
}

}  // namespace enthesis::client
