// enthesis import

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/case_csv.h"
#include "client/clinic_text.h"
#include "client/commands/import_text.h"
#include "client/commands/open_links.h"
#include "client/commands/session.h"
#include "client/csv_columns.h"
#include "client/csv_separator.h"
#include "client/csv_text.h"
#include "client/file_bytes.h"
#include "client/importer.h"
#include "client/json_text.h"
#include "client/link_file.h"
#include "client/table.h"
#include "registry/model/id.h"

namespace enthesis::client {
namespace {

struct ImportCommandOptions {
  std::string file;
  std::string site;
  std::string links;
  std::string reason = "late_information";
  std::string separator;
  std::string encoding;
  std::vector<std::string> ignored;
  bool columns = false;
  bool all_lines = false;
  bool new_link_file = false;
};

const char* LineOf(const Column& column) {
  if (column.kind == ColumnKind::kRecordId ||
      column.kind == ColumnKind::kEvent ||
      column.kind == ColumnKind::kRepeatInstance) {
    return "every";
  }
  return column.OnAssessmentLine() ? "assessment" : "baseline";
}

int PrintColumns(const Session& session) {
  std::string text, csv, json = "[";
  AppendCsvRow({"column", "line", "required", "allowed", "meaning"}, csv);
  for (const Column& column : Columns()) {
    const bool required = column.info != nullptr
                              ? column.info->required
                              : column.kind == ColumnKind::kRecordId ||
                                    column.kind == ColumnKind::kEvent;
    const std::string allowed = AllowedIn(column);
    absl::StrAppend(&text, column.name, " (", LineOf(column), " line",
                    required ? ", required" : "", ")\n",
                    Wrap(column.meaning, "    ", "    "),
                    Wrap(allowed, "    ", "    "));
    AppendCsvRow({column.name, LineOf(column), required ? "1" : "0", allowed,
                  column.meaning},
                 csv);
    absl::StrAppend(&json, json.size() > 1 ? "," : "",
                    "\n  {\"column\": ", JsonText(column.name),
                    ", \"line\": \"", LineOf(column),
                    "\", \"required\": ", required ? "true" : "false",
                    ", \"allowed\": ", JsonText(allowed),
                    ", \"meaning\": ", JsonText(column.meaning), "}");
  }
  switch (session.format) {
    case Format::kTable:
      PrintDocument(text);
      break;
    case Format::kCsv:
      PrintDocument(csv);
      break;
    case Format::kJson:
      PrintDocument(absl::StrCat(json, "\n]\n"));
      break;
  }
  return kExitDone;
}

// Beside the file, so that each export of the clinic finds it again.
std::string DefaultLinkPath(const ImportCommandOptions& options) {
  const size_t slash = options.file.rfind('/');
  const std::string folder =
      slash == std::string::npos ? "" : options.file.substr(0, slash + 1);
  return absl::StrCat(folder, "enthesis-link-", options.site, ".tsv");
}

void ShowProgress(size_t n_done, size_t n_all) {
  PrintMessage(absl::StrFormat("\r%d of %d records", n_done, n_all));
}

// How the file is to be read; says so where a name is not known.
int ReadTextOptions(const ImportCommandOptions& options, TextOptions& as) {
  if (!options.separator.empty()) {
    as.separator = SeparatorNamed(options.separator);
    if (!as.separator.has_value()) {
      return FailUsage(absl::StrCat("--separator \"", options.separator,
                                    "\"; allowed: comma, semicolon, tab"));
    }
  }
  if (!options.encoding.empty()) {
    as.encoding = EncodingNamed(options.encoding);
    if (!as.encoding.has_value()) {
      return FailUsage(
          absl::StrCat("--encoding \"", options.encoding,
                       "\"; allowed: utf-8, windows-1252, utf-16"));
    }
  }
  return kExitDone;
}

int ImportInto(const ImportCommandOptions& options, const Session& session) {
  const model::Code* reason =
      model::kCorrectionReasonCodes.Find(options.reason);
  if (reason == nullptr) {
    return FailUsage(absl::StrCat("--reason \"", options.reason,
                                  "\" is not in the list; allowed: ",
                                  model::kCorrectionReasonCodes.Allowed()));
  }
  TextOptions as;
  if (const int code = ReadTextOptions(options, as); code != kExitDone) {
    return code;
  }
  absl::StatusOr<std::string> bytes = ReadFileBytes(options.file);
  if (!bytes.ok()) return FailQuestion(bytes.status());
  const auto start = std::chrono::steady_clock::now();
  const absl::StatusOr<ClinicText> text = ReadClinicText(*std::move(bytes), as);
  absl::StatusOr<CaseFile> file = absl::UnknownError("not read");
  if (text.ok()) {
    file = ReadCaseFile(text->text,
                        {options.ignored.begin(), options.ignored.end()},
                        text->separator);
  }
  if (!text.ok() || !file.ok()) {
    return FailUsage(
        absl::StrCat(options.file, ": ",
                     (text.ok() ? file.status() : text.status()).message()));
  }
  const std::string path =
      options.links.empty() ? DefaultLinkPath(options) : options.links;
  const auto links = OpenLinks(path, options.site, session);
  if (!links.ok()) return FailQuestion(links.status());
  const std::unique_ptr<RegistryClient> client = session.Connect();
  ImportOptions how;
  how.reason = static_cast<model::CorrectionReason>(reason->value);
  how.new_link_file = options.new_link_file;
  const bool progress = IsTerminal();
  if (progress) how.on_progress = ShowProgress;
  ImportReport report;
  const absl::Status status =
      ImportFile(text->text, *file, **links, *client, how, report);
  if (progress) PrintMessage("\r\033[K");
  if (report.lines.empty() && absl::IsFailedPrecondition(status)) {
    // The registry and the link file do not belong together.
    return FailUsage(
        absl::StrCat("registry ", session.server, ": ", status.message()));
  }
  if (report.lines.empty() && !status.ok()) return FailQuestion(status);

  ImportSummary summary;
  summary.site = options.site;
  summary.links = path;
  summary.file = options.file;
  summary.encoding = text->encoding;
  summary.separator = text->separator;
  summary.n_records = file->records.size();
  summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  switch (session.format) {
    case Format::kJson:
      PrintDocument(ImportJson(report, summary));
      break;
    case Format::kCsv:
      PrintDocument(ImportCsv(report));
      break;
    case Format::kTable:
      PrintDocument(ImportTable(report, summary, options.all_lines));
      break;
  }
  if (!status.ok()) {
    FailQuestion(status);
    PrintMessage("The import stopped; the same command goes on.\n");
    return kExitServer;
  }
  return report.Clean() ? kExitDone : kExitRejected;
}

int RunImport(const ImportCommandOptions& options, const Session& session) {
  if (options.columns) return PrintColumns(session);
  if (options.file.empty()) return FailUsage("import: FILE is required");
  if (!model::IsSiteId(options.site)) {
    return FailUsage(
        options.site.empty()
            ? std::string("import: --site is required")
            : absl::StrCat("--site \"", options.site, "\" is no site id"));
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
  command->add_option("file", options->file, "CSV file; - is standard input")
      ->type_name("FILE.csv");
  command->add_option("--site", options->site, "Site of the cases");
  command
      ->add_option("--links,--link", options->links,
                   "Link file, which keeps the ids; without it "
                   "enthesis-link-SITE.tsv beside FILE.csv")
      ->type_name("FILE");
  command->add_flag("--new-link-file", options->new_link_file,
                    "Start a link file for a site that has cases already: only "
                    "for records that were never sent, as those of a second "
                    "coordinator");
  command
      ->add_option("--reason", options->reason,
                   absl::StrCat("Why stored lines changed: ",
                                model::kCorrectionReasonCodes.Allowed()))
      ->capture_default_str();
  command
      ->add_option("--ignore-column", options->ignored,
                   "Leave out a column; repeat for further ones")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      ->add_option("--separator", options->separator,
                   "What separates the cells: comma, semicolon or tab; found "
                   "without it")
      ->type_name("NAME");
  command
      ->add_option("--encoding", options->encoding,
                   "utf-8, windows-1252 or utf-16; found without it")
      ->type_name("NAME");
  command->add_flag("--lines", options->all_lines,
                    "Report every line, not only those with something to tell");
  command->add_flag("--columns", options->columns,
                    "Print the columns of the file and stop");
  command->footer(
      "The link file is the key from the clinic's records to the registry: it "
      "stays in the clinic;\nkeep a copy in a safe place.\n"
      "Exit code 1: some lines were rejected or in conflict; the others are "
      "stored.\n"
      "Exit code 2: nothing was sent; also when the registry has none of the "
      "cases of the link file,\nor has cases and there is no link file.\n"
      "Examples:\n"
      "  enthesis import export.csv --site site-01\n"
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
