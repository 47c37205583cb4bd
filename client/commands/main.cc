// The command line of the registry.

#include <CLI/CLI.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/commands/manual.h"
#include "client/commands/plain_words.h"
#include "client/commands/session.h"
#include "client/explain/figures.h"

namespace enthesis::client {
namespace {

constexpr char kExamples[] = R"(Examples:
  enthesis site create site-01
  enthesis import export.csv --site site-01
  enthesis return-to-play --by primary_procedure --at 3m,6m,12m
  enthesis survival --endpoint reoperation --by site --format csv
  enthesis score-change --where pathology=insertional
)";

std::string Footer() {
  std::vector<std::string> codes;
  for (const ExitMeaning& meaning : ExitMeanings()) {
    codes.push_back(absl::StrCat(meaning.code, " ", meaning.text));
  }
  return absl::StrCat(kExamples, "\nExit codes: ", absl::StrJoin(codes, ", "),
                      ".\n`enthesis COMMAND --help` has examples of each "
                      "command, `enthesis man COMMAND` its\nmanual page.");
}

// "survival", "analyze cox".
std::string CommandWords(const CLI::App& app) {
  std::vector<std::string> words;
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands()[0];
    words.push_back(at->get_name());
  }
  return absl::StrJoin(words, " ");
}

// Where CLI11 says the words from the last to the first, or "1 required TEXT
// missing", in other words.
std::string WhatIsWrong(const CLI::ParseError& error, const CLI::App& app) {
  const std::string said = error.what();
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
    return absl::StrCat("not expected here: ",
                        absl::StrJoin(app.remaining(true), " "));
  }
  const size_t number = said.find(": 1 required ");
  return number == std::string::npos
             ? said
             : absl::StrCat(said.substr(0, number), " needs a value");
}

int Run(int argc, char** argv) {
  CLI::App app(
      "Enthesis: a registry of outcomes of Achilles tendinopathy surgery.");
  app.name("enthesis");
  app.require_subcommand(1);
  app.set_version_flag("--version", "enthesis " ENTHESIS_VERSION,
                       "Print the version and exit");
  app.fallthrough();
  app.footer(Footer());
  Session session;
  session.server = kDefaultServer;
  std::string format = "table";
  app.add_option("--server", session.server, "Registry to talk to")
      ->type_name("HOST:PORT")
      ->envname("ENTHESIS_SERVER")
      ->capture_default_str();
  app.add_option("--format", format, "Form of the answer: table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->type_name("FORM")
      ->capture_default_str();
  app.add_option("--passphrase-file", session.passphrase_file,
                 "File whose first line is the passphrase of an encrypted link "
                 "file; without it the terminal asks")
      ->type_name("FILE")
      ->envname("ENTHESIS_PASSPHRASE_FILE");
  app.add_flag("--explain", session.explain,
               "Below an answer: who is in it and who is not, and what its "
               "figures say");
  Command chosen;
  AddSiteCommand(app, chosen);
  AddCaseCommand(app, chosen);
  AddImportCommand(app, chosen);
  AddLinkCommand(app, chosen);
  AddDueCommand(app, chosen);
  AddCompletenessCommand(app, chosen);
  AddQualityCommand(app, chosen);
  AddTemplateCommand(app, chosen);
  AddMapCommand(app, chosen);
  AddDescribeCommand(app, chosen);
  AddSurvivalCommand(app, chosen);
  AddIncidenceCommand(app, chosen);
  AddReturnToPlayCommand(app, chosen);
  AddIntervalCommand(app, chosen);
  AddScoreChangeCommand(app, chosen);
  AddCompareCommand(app, chosen);
  AddCoxCommand(app, chosen);
  AddFineGrayCommand(app, chosen);
  AddParametricCommand(app, chosen);
  AddMixedCommand(app, chosen);
  AddRegressCommand(app, chosen);
  AddSitesCommands(app, chosen);
  AddAncovaCommand(app, chosen);
  AddVisaACommand(app, chosen);
  AddSimulateCommand(app, chosen);
  AddAnalyzeCommand(app, chosen);
  AddExplainCommand(app, chosen);
  AddDocumentationCommands(app, {ENTHESIS_VERSION, ENTHESIS_DATE}, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      std::ostringstream asked, none;
      app.exit(error, asked, none);
      PrintDocument(asked.str());
      return kExitDone;
    }
    return FailUsage(absl::StrCat(WhatIsWrong(error, app), NearestWords(app),
                                  "\nRun with --help for more information."));
  }
  if (format == "json") session.format = Format::kJson;
  if (format == "csv") session.format = Format::kCsv;
  SayErrorsIn(session.format);
  session.command = CommandWords(app);
  if (session.explain) {
    if (FiguresOf(session.command).empty()) {
      return FailUsage(
          absl::StrCat("--explain: ", session.command, " has no figures"));
    }
    if (session.format != Format::kTable) {
      return FailUsage(
          "--explain goes with --format table; `enthesis explain COMMAND` has "
          "json and csv");
    }
  }
  return chosen(session);
}

}  // namespace
}  // namespace enthesis::client

int main(int argc, char** argv) {
  return enthesis::client::EndOutput(enthesis::client::Run(argc, argv));
}
