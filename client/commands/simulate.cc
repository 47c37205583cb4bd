// enthesis simulate

#include "client/simulate/simulate.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/session.h"
#include "client/csv_text.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

int RunSimulation(const SimulateOptions& options, const Session& session) {
  const absl::StatusOr<std::vector<SimulatedFile>> files = Simulate(options);
  if (!files.ok()) {
    if (absl::IsInvalidArgument(files.status())) {
      return FailUsage(std::string(files.status().message()));
    }
    return FailQuestion(files.status());
  }
  Table table;
  table.AddColumn("site", Align::kLeft);
  table.AddColumn("cases", Align::kRight);
  table.AddColumn("file", Align::kLeft);
  std::string csv = "site,cases,file\n";
  std::string json = "{\n  \"synthetic\": true,\n  \"files\": [";
  for (const SimulatedFile& file : *files) {
    const std::vector<std::string> row = {file.site, absl::StrCat(file.n_cases),
                                          file.path};
    table.AddRow(row);
    AppendCsvRow(row, csv);
    absl::StrAppend(&json, &file == &files->front() ? "" : ",",
                    "\n    {\"site\": \"", file.site,
                    "\", \"cases\": ", file.n_cases, ", \"file\": \"",
                    file.path, "\"}");
  }
  json += "\n  ]";
  if (options.fault_share > 0) {
    absl::StrAppend(&json, ",\n  \"planted\": \"", PlantedPath(options), "\"");
  }
  json += "\n}\n";
  switch (session.format) {
    case Format::kTable:
      PrintDocument(absl::StrCat(
          table.Render(), "\nSYNTHETIC DATA (seed ", options.seed,
          "): make each site with `enthesis site create SITE --synthetic`, "
          "then\n`enthesis import FILE --site SITE`.\n",
          options.fault_share > 0
              ? absl::StrCat("Planted faults: ", PlantedPath(options), "\n")
              : ""));
      break;
    case Format::kCsv:
      PrintDocument(csv);
      break;
    case Format::kJson:
      PrintDocument(json);
      break;
  }
  return kExitDone;
}

}  // namespace

void AddSimulateCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "simulate",
      "Draw a synthetic registry from published figures: one file a site, in "
      "the format of `enthesis import`. The same numbers give the same bytes.");
  command->fallthrough();
  const auto options = std::make_shared<SimulateOptions>();
  command->add_option("--cases", options->n_cases, "Cases, all sites together")
      ->capture_default_str();
  command->add_option("--sites", options->n_sites, "Sites")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Seed of the random numbers")
      ->capture_default_str();
  command
      ->add_option("--faults", options->fault_share,
                   "Share of records, 0 to 1, that get an error of a clinic; "
                   "DIR/planted.csv lists them")
      ->type_name("P");
  command->add_option("--out", options->folder, "Folder of the files")
      ->required()
      ->type_name("DIR");
  command->footer(
      "Examples:\n  enthesis simulate --cases 12000 --sites 12 --seed 1 --out "
      "sample\n"
      "  enthesis simulate --cases 600 --sites 1 --faults 0.2 --out faulty");
  command->callback([options, &chosen] {
    chosen = [options](const Session& session) {
      return RunSimulation(*options, session);
    };
  });
}

}  // namespace enthesis::client
