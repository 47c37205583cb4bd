// enthesis explain

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/commands/explanation.h"
#include "client/commands/session.h"
#include "client/csv_text.h"
#include "client/explain/figures.h"
#include "client/explain/methods_text.h"
#include "client/json_text.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

std::string FiguresTable(const std::vector<const Figure*>& figures) {
  Table table;
  table.AddColumn("figure", Align::kLeft);
  table.AddColumn("shown by", Align::kLeft);
  table.AddColumn("section of stats/METHODS.md", Align::kLeft);
  for (const Figure* figure : figures) {
    table.AddRow({std::string(figure->name),
                  absl::StrJoin(CommandsOf(*figure), ", "),
                  std::string(figure->section)});
  }
  return absl::StrCat(table.Render(),
                      "\n`enthesis explain FIGURE` explains one; --explain "
                      "below an answer those that it has.\n");
}

std::string FiguresCsv(const std::vector<const Figure*>& figures) {
  std::string csv;
  AppendCsvRow({"figure", "commands", "section", "words"}, csv);
  for (const Figure* figure : figures) {
    AppendCsvRow({std::string(figure->name), std::string(figure->commands),
                  std::string(figure->section), std::string(figure->words)},
                 csv);
  }
  return csv;
}

std::string FigureJson(const Figure& figure) {
  std::vector<std::string> commands, parts;
  for (const std::string& command : CommandsOf(figure)) {
    commands.push_back(JsonText(command));
  }
  const MethodSection* section = FindSection(figure.section);
  const std::vector<MethodPart> said =
      section == nullptr ? std::vector<MethodPart>{} : ReadersParts(*section);
  for (const MethodPart& part : said) {
    std::vector<std::string> texts;
    for (const MethodText& text : part.texts) texts.push_back(text.text);
    parts.push_back(absl::StrCat(
        "{\"name\": ", JsonText(part.name),
        ", \"text\": ", JsonText(absl::StrJoin(texts, "\n\n")), "}"));
  }
  return absl::StrCat("{\"figure\": ", JsonText(std::string(figure.name)),
                      ", \"commands\": [", absl::StrJoin(commands, ", "),
                      "], \"words\": ", JsonText(std::string(figure.words)),
                      ", \"section\": ", JsonText(std::string(figure.section)),
                      ", \"parts\": [", absl::StrJoin(parts, ", "), "]}");
}

std::string FiguresJson(const std::vector<const Figure*>& figures) {
  std::vector<std::string> texts;
  for (const Figure* figure : figures) texts.push_back(FigureJson(*figure));
  return absl::StrCat("{\"figures\": [\n", absl::StrJoin(texts, ",\n"),
                      "\n]}\n");
}

int Explain(const std::string& name, const Session& session) {
  std::vector<const Figure*> figures;
  if (name.empty()) {
    for (const Figure& figure : Figures()) figures.push_back(&figure);
  } else if (const Figure* figure = FindFigure(name); figure != nullptr) {
    figures.push_back(figure);
  } else {
    figures = FiguresOf(name);
  }
  if (figures.empty()) {
    return FailUsage(absl::StrCat("explain: \"", name,
                                  "\" is no figure and no command with "
                                  "figures; `enthesis explain` lists them"));
  }
  switch (session.format) {
    case Format::kJson:
      PrintDocument(FiguresJson(figures));
      break;
    case Format::kCsv:
      PrintDocument(FiguresCsv(figures));
      break;
    case Format::kTable:
      PrintText(figures.size() == 1 ? FigureExplanation(*figures[0])
                                    : FiguresTable(figures));
      break;
  }
  return kExitDone;
}

}  // namespace

void AddExplainCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "explain",
      "Explain a figure: what it says, its formula, interval and reference.");
  command->fallthrough();
  const auto words = std::make_shared<std::vector<std::string>>();
  std::vector<std::string> names;
  for (const Figure& figure : Figures()) names.emplace_back(figure.name);
  command
      ->add_option("figure", *words,
                   absl::StrCat("One of: ", absl::StrJoin(names, ", ")))
      ->type_name("FIGURE");
  command->footer(
      "Without a figure all are listed; with a command those of it.\n"
      "Examples:\n"
      "  enthesis explain\n"
      "  enthesis explain hazard-ratio\n"
      "  enthesis explain score-change\n"
      "  enthesis survival --by approach --explain");
  command->callback([words, &chosen] {
    chosen = [words](const Session& session) {
      return Explain(absl::StrJoin(*words, " "), session);
    };
  });
}

}  // namespace enthesis::client
