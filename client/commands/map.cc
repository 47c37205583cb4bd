// enthesis map guess

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/clinic_text.h"
#include "client/commands/session.h"
#include "client/csv_separator.h"
#include "client/csv_text.h"
#include "client/file_bytes.h"
#include "client/json_text.h"
#include "client/mapping/map_guess.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

std::string GuessJson(const GuessedMap& guess) {
  std::string json = absl::StrCat("{\n  \"map\": ", JsonText(guess.yaml),
                                  ",\n  \"columns\": [");
  for (const GuessedColumn& column : guess.columns) {
    absl::StrAppend(&json, &column == &guess.columns.front() ? "" : ",",
                    "\n    {\"column\": ", JsonText(column.column),
                    ", \"target\": ", JsonText(column.target),
                    ", \"note\": ", JsonText(column.note), "}");
  }
  absl::StrAppend(&json, "\n  ],\n  \"missing\": [");
  for (const std::string& name : guess.missing) {
    absl::StrAppend(&json, &name == &guess.missing.front() ? "" : ", ",
                    JsonText(name));
  }
  return json + "]\n}\n";
}

std::string GuessCsv(const GuessedMap& guess) {
  std::string csv;
  AppendCsvRow({"column", "target", "note"}, csv);
  for (const GuessedColumn& column : guess.columns) {
    AppendCsvRow({column.column, column.target, column.note}, csv);
  }
  for (const std::string& name : guess.missing) {
    AppendCsvRow({"", name, "required, and not found"}, csv);
  }
  return csv;
}

// What a person has to look at.
std::string OpenQuestions(const GuessedMap& guess) {
  std::string text, lost;
  int64_t n_placed = 0;
  for (const GuessedColumn& column : guess.columns) {
    if (column.target.empty()) {
      text += Wrap(
          absl::StrCat("not placed: ", column.column, " (", column.note, ")"),
          "", "  ");
    } else {
      ++n_placed;
      if (column.note.substr(0, 1) == "?") {
        text += Wrap(absl::StrCat("look at ", column.column, " → ",
                                  column.target, ": ", column.note.substr(2)),
                     "", "  ");
      }
    }
  }
  if (!guess.missing.empty()) {
    text += Wrap(absl::StrCat("required, and not found: ",
                              absl::StrJoin(guess.missing, ", ")),
                 "", "  ");
  }
  return absl::StrCat(
      text, n_placed, " of ",
      CountOf(static_cast<int64_t>(guess.columns.size()), "column"),
      " placed\n");
}

int RunGuess(const std::string& path, const Session& session) {
  absl::StatusOr<std::string> bytes = ReadFileBytes(path);
  if (!bytes.ok()) return FailQuestion(bytes.status());
  const absl::StatusOr<ClinicText> text =
      ReadClinicText(*std::move(bytes), TextOptions());
  const absl::StatusOr<GuessedMap> guess =
      text.ok() ? GuessMap(*text) : text.status();
  if (!guess.ok()) {
    return FailUsage(absl::StrCat(path, ": ", guess.status().message()));
  }
  switch (session.format) {
    case Format::kTable:
      PrintDocument(guess->yaml);
      break;
    case Format::kCsv:
      PrintDocument(GuessCsv(*guess));
      break;
    case Format::kJson:
      PrintDocument(GuessJson(*guess));
      break;
  }
  PrintMessage(OpenQuestions(*guess));
  return kExitDone;
}

}  // namespace

void AddMapCommand(CLI::App& app, Command& chosen) {
  CLI::App* map =
      app.add_subcommand("map", "Mapping files of `enthesis import --map`.");
  map->require_subcommand(1);
  map->fallthrough();
  map->footer(
      "Examples:\n"
      "  enthesis map guess export.csv > site-01.yaml");
  CLI::App* guess = map->add_subcommand(
      "guess",
      "Propose a mapping file for a clinic's CSV from its headers and values: "
      "YAML on standard output, what could not be placed on standard error.");
  guess->fallthrough();
  const auto path = std::make_shared<std::string>();
  guess->add_option("file", *path, "CSV file; - is standard input")
      ->type_name("FILE.csv")
      ->required();
  guess->footer(
      "Nothing is sent anywhere. What is not known is left open, with a "
      "question mark, and\ndoes not import until it is decided.\n"
      "--format csv and json list the columns.\n"
      "Examples:\n"
      "  enthesis map guess export.csv > site-01.yaml\n"
      "  enthesis import export.csv --map site-01.yaml --site site-01 "
      "--dry-run");
  guess->callback([path, &chosen] {
    chosen = [path](const Session& session) {
      return RunGuess(*path, session);
    };
  });
}

}  // namespace enthesis::client
