// enthesis import

#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/clinic_file.h"
#include "client/commands/import_columns.h"
#include "client/commands/import_text.h"
#include "client/commands/interrupt.h"
#include "client/commands/open_links.h"
#include "client/commands/progress_bar.h"
#include "client/commands/session.h"
#include "client/importer.h"
#include "client/link_file.h"
#include "client/output_file.h"
#include "client/rejected_lines.h"
#include "client/table.h"
#include "registry/model/id.h"

namespace enthesis::client {
namespace {

struct ImportCommandOptions {
  ClinicFileOptions file;
  std::string links;
  std::string reason = "late_information";
  std::string rejects;
  bool columns = false;
  bool dry_run = false;
  bool all_lines = false;
  bool new_link_file = false;
  bool shared_site = false;
  bool accept_older = false;
};

// Beside the file, so that each export of the clinic finds it again.
std::string DefaultLinkPath(const std::string& file, const std::string& site) {
  const size_t slash = file.rfind('/');
  const std::string folder =
      slash == std::string::npos ? "" : file.substr(0, slash + 1);
  return absl::StrCat(folder, "enthesis-link-", site, ".tsv");
}

bool SameFile(const std::string& a, const std::string& b) {
  struct stat of_a, of_b;
  if (stat(a.c_str(), &of_a) != 0 || stat(b.c_str(), &of_b) != 0) return a == b;
  return of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

void PrintReport(const ImportReport& report, const ImportSummary& summary,
                 bool all_lines, Format format) {
  switch (format) {
    case Format::kJson:
      return PrintDocument(ImportJson(report, summary));
    case Format::kCsv:
      return PrintDocument(ImportCsv(report));
    case Format::kTable:
      return PrintText(ImportTable(report, summary, all_lines));
  }
}

int WriteRejects(const std::string& path, const ClinicText& text,
                 const ImportReport& report) {
  const absl::Status written =
      WriteOutput(path, RejectedLines(text, report), 0600);
  if (!written.ok()) return FailQuestion(written);
  const int64_t n = report.Count(LineOutcome::kRejected) +
                    report.Count(LineOutcome::kConflict);
  PrintMessage(absl::StrCat(CountOf(n, "rejected line"), " in ", path,
                            n == 0 ? "" : ": mend them there and import it",
                            "\n"));
  return kExitDone;
}

// What an import that broke off leaves behind.
int SayStopped(const absl::Status& status, const ImportReport& report) {
  if (!absl::IsCancelled(status)) FailQuestion(status);
  const int64_t n = report.Count(LineOutcome::kNotSent);
  PrintMessage(absl::StrCat(
      absl::IsCancelled(status) ? "Interrupted" : "The import stopped",
      report.dry_run ? "; nothing was stored.\n"
                     : absl::StrCat("; ", CountOf(n, "line"),
                                    " not known to be stored. The link file "
                                    "knows what was: the same command goes "
                                    "on.\n")));
  return kExitServer;
}

int ImportInto(const ImportCommandOptions& options, const Session& session) {
  const model::Code* reason =
      model::kCorrectionReasonCodes.Find(options.reason);
  if (reason == nullptr) {
    return FailUsage(absl::StrCat("--reason \"", options.reason,
                                  "\" is not in the list; allowed: ",
                                  model::kCorrectionReasonCodes.Allowed()));
  }
  const auto start = std::chrono::steady_clock::now();
  ClinicFile file(options.file);
  if (const int code = file.Open(); code != kExitDone) return code;
  const std::string path = options.links.empty()
                               ? DefaultLinkPath(options.file.file, file.site())
                               : options.links;
  if (!options.rejects.empty() && SameFile(options.rejects, path)) {
    return FailUsage(absl::StrCat("--rejects ", options.rejects,
                                  " is the link file; name another one"));
  }
  const auto links = OpenLinks(path, file.site(), session);
  if (!links.ok()) return FailQuestion(links.status());
  const absl::Status may_save =
      options.dry_run ? absl::OkStatus() : (*links)->MaySave();
  if (!may_save.ok()) return FailQuestion(may_save);
  if (const int code = file.Read((*links)->links()); code != kExitDone) {
    return code;
  }
  const std::unique_ptr<RegistryClient> client = session.Connect();
  ImportOptions how;
  how.reason = static_cast<model::CorrectionReason>(reason->value);
  how.new_link_file = options.new_link_file;
  how.shared_site = options.shared_site;
  how.accept_older = options.accept_older;
  how.dry_run = options.dry_run;
  // Until something is stored Ctrl-C ends the program as ever.
  std::optional<InterruptWatch> watch;
  how.on_first_change = [&] { watch.emplace(); };
  how.stop = [&] { return watch.has_value() && watch->interrupted(); };
  ProgressBar progress;
  how.on_progress = [&](size_t n_done, size_t n_all) {
    progress.Show(n_done, n_all);
  };
  ImportReport report;
  const absl::Status status = ImportFile(file.records_text(), file.records(),
                                         **links, *client, how, report);
  progress.Wipe();
  if (file.mapped().has_value()) NameAsInTheFile(*file.mapped(), report);
  if (report.lines.empty() && absl::IsFailedPrecondition(status)) {
    // The registry and the link file do not belong together.
    return FailUsage(
        absl::StrCat("registry ", session.server, ": ", status.message()));
  }
  if (report.lines.empty() && absl::IsCancelled(status)) {
    PrintMessage("Interrupted; nothing was sent.\n");
    return kExitServer;
  }
  if (report.lines.empty() && !status.ok()) return FailQuestion(status);

  ImportSummary summary;
  summary.site = file.site();
  summary.links = path;
  summary.file = options.file.file;
  summary.map = options.file.map;
  if (file.mapped().has_value()) {
    summary.n_other_sites = file.mapped()->n_other_sites;
    summary.n_other_events = file.mapped()->n_other_events;
  }
  summary.encoding = file.text().encoding;
  summary.separator = file.text().separator;
  summary.n_records = file.records().records.size();
  summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  PrintReport(report, summary, options.all_lines, session.format);
  int code = report.Clean() ? kExitDone : kExitRejected;
  if (!options.rejects.empty()) {
    code = std::max(code, WriteRejects(options.rejects, file.text(), report));
  }
  return status.ok() ? code : SayStopped(status, report);
}

int RunImport(const ImportCommandOptions& options, const Session& session) {
  if (options.columns) return PrintColumns(session);
  if (options.file.file.empty()) {
    return FailUsage("import: FILE is required");
  }
  for (const auto& [path, what] :
       {std::pair(options.file.file, "the file that is imported"),
        std::pair(options.file.map, "the mapping file")}) {
    if (!options.rejects.empty() && SameFile(options.rejects, path)) {
      return FailUsage(absl::StrCat("--rejects ", options.rejects, " is ", what,
                                    "; name another one"));
    }
  }
  const absl::Status writable = CheckOutput(options.rejects);
  if (!writable.ok()) {
    return FailUsage(absl::StrCat("--rejects: ", writable.message()));
  }
  return ImportInto(options, session);
}

}  // namespace

void AddImportCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "import",
      "Bring a clinic's file into the registry: one line per record and event "
      "(client/README.md). A later export adds and updates; the same file "
      "twice stores nothing.");
  command->fallthrough();
  const auto options = std::make_shared<ImportCommandOptions>();
  command
      ->add_option("file", options->file.file, "CSV file; - is standard input")
      ->type_name("FILE.csv");
  command->add_option("--site", options->file.site,
                      "Site of the cases; with --map that of the mapping file "
                      "without it");
  command
      ->add_option("--map", options->file.map,
                   "Mapping file: what the columns, codes, units, dates and "
                   "events of FILE are here (client/mapping/README.md)")
      ->type_name("SITE.yaml");
  command
      ->add_option("--links,--link", options->links,
                   "Link file, which keeps the ids; without it "
                   "enthesis-link-SITE.tsv beside FILE.csv")
      ->type_name("FILE");
  command->add_flag("--new-link-file", options->new_link_file,
                    "Start a link file for a site that has cases already: only "
                    "for records that were never sent, as those of a second "
                    "coordinator");
  command->add_flag("--shared-site", options->shared_site,
                    "Store new records although the site has cases that the "
                    "link file does not know, as those of another "
                    "coordinator; without it the import stops, because an old "
                    "copy of a link file would store records twice");
  command->add_flag("--accept-older", options->accept_older,
                    "Take lines that are as an earlier import had them, and a "
                    "later one did not; without it they are conflicts, because "
                    "an older export would undo corrections");
  command
      ->add_option("--reason", options->reason,
                   absl::StrCat("Why stored lines changed: ",
                                model::kCorrectionReasonCodes.Allowed()))
      ->capture_default_str();
  command
      ->add_option("--ignore-column", options->file.ignored,
                   "Leave out a column; repeat for further ones")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      ->add_option("--separator", options->file.separator,
                   "What separates the cells: comma, semicolon or tab; found "
                   "without it")
      ->type_name("NAME");
  command
      ->add_option("--encoding", options->file.encoding,
                   "utf-8, windows-1252 or utf-16; found without it")
      ->type_name("NAME");
  command->add_flag("--dry-run", options->dry_run,
                    "Store nothing; report what would be created, updated (old "
                    "and new values), left as it is and rejected");
  command
      ->add_option("--rejects", options->rejects,
                   "Write the rejected lines there, with their faults in a "
                   "column in front; mended, that file is imported as it is")
      ->type_name("FILE.csv");
  command->add_flag("--lines", options->all_lines,
                    "Report every line, not only those with something to tell");
  command->add_flag("--columns", options->columns,
                    "Print the columns of the file and stop");
  command->footer(
      "The link file is the key from the clinic's records to the registry: it "
      "stays in the clinic;\nkeep a copy in a safe place.\n"
      "Ctrl-C, or a lost connection: what was sent is stored, and the same "
      "command goes on.\n"
      "Exit code 1: some lines were rejected or in conflict; the others are "
      "stored.\n"
      "Exit code 2: nothing was sent; also when the registry has none of the "
      "cases of the link file,\nhas cases and there is no link file, or has "
      "cases that it does not know beside new\nrecords (--shared-site).\n"
      "Examples:\n"
      "  enthesis import export.csv --site site-01\n"
      "  enthesis import redcap.csv --map site-01.yaml --dry-run\n"
      "  enthesis import export.csv --site site-01 --rejects rejects.csv\n"
      "  enthesis import export.csv --site site-01 --reason "
      "transcription_error\n"
      "  enthesis import export.csv --site site-01 --ignore-column initials\n"
      "  enthesis import --columns");
  command->callback([options, &chosen] {
    chosen = [options](const Session& session) {
      return RunImport(*options, session);
    };
  });
}

}  // namespace enthesis::client
