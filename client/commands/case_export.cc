// enthesis case export

#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "client/care/site_cases.h"
#include "client/case_csv_writer.h"
#include "client/commands/case_content.h"
#include "client/commands/case_verbs.h"
#include "client/commands/open_links.h"
#include "client/commands/question_command.h"
#include "client/output_file.h"
#include "client/table.h"
#include "registry/wire/case_wire.h"
#include "registry/wire/resource_name.h"

namespace enthesis::client {
namespace {

struct CaseExportOptions {
  std::string site, links, out;
  uint64_t as_of = 0;
};

// The clinic's own columns of a case, where its link file knows it.
class LocalColumnsOf {
 public:
  explicit LocalColumnsOf(const Links& links) : links_(links) {
    for (const auto& [key, record] : links.records) {
      key_of_[record.case_id] = key;
    }
    for (const auto& [key, patient] : links.patients) {
      patient_key_of_[patient] = key;
    }
  }

  LocalColumns Of(const model::Case& record, const std::string& etag) const {
    LocalColumns local;
    local.record_id = model::FormatId(record.id);
    local.etag = etag;
    const auto key = key_of_.find(record.id);
    if (key == key_of_.end()) return local;
    local.record_id = key->second;
    const auto patient = patient_key_of_.find(record.patient);
    if (patient != patient_key_of_.end()) local.patient_key = patient->second;
    const LinkedRecord& link = links_.records.at(key->second);
    for (const auto& [event, line] : link.lines) {
      local.events[line.follow_up] = event;
    }
    // A date stands for year and rank only where it gives just these.
    const auto& baseline = record.baseline;
    if (link.surgery_date.has_value() &&
        baseline.surgery_year == link.surgery_date->year &&
        baseline.operation_sequence == link.operation_sequence) {
      local.surgery_date = link.surgery_date;
    }
    return local;
  }

 private:
  const Links& links_;
  std::map<model::Id, std::string> key_of_;
  std::map<model::Id, std::string> patient_key_of_;
};

std::string ExportCsv(const SiteCases& held, const Links* links) {
  CsvShape shape;
  shape.ids = true;
  shape.local = links != nullptr;
  for (const model::Case& record : held.cases) shape.Widen(record);
  const CaseCsvWriter writer(shape);
  const Links none;
  const LocalColumnsOf local(links == nullptr ? none : *links);
  std::string csv = writer.Header();
  for (size_t i = 0; i < held.cases.size(); ++i) {
    const model::Case& record = held.cases[i];
    writer.Append(record, local.Of(record, held.etags[i]), csv);
  }
  return csv;
}

int ExportCases(const CaseExportOptions& options, const Session& session) {
  if (session.format == Format::kJson) {
    return FailUsage(
        "case export writes the CSV that `import` reads; `case get --format "
        "json` prints one case");
  }
  if (options.site.empty() && options.links.empty()) {
    return FailUsage("case export: --site or --links is required");
  }
  const absl::Status writable = CheckOutput(options.out);
  if (!writable.ok()) {
    return FailUsage(absl::StrCat("--out: ", writable.message()));
  }
  std::unique_ptr<LinkFile> links;
  if (!options.links.empty()) {
    auto opened = OpenKnownLinks(options.links, options.site, session);
    if (!opened.ok()) return FailQuestion(opened.status());
    links = *std::move(opened);
  }
  const auto held = ReadSiteCases(
      *session.Connect(), links == nullptr ? options.site : links->links().site,
      options.as_of == 0 ? std::nullopt
                         : std::optional<uint64_t>(options.as_of));
  if (!held.ok()) return FailContent(held.status());
  const std::string csv =
      ExportCsv(*held, links == nullptr ? nullptr : &links->links());
  if (options.out.empty()) {
    PrintDocument(csv);
  } else {
    const absl::Status status = WriteOutput(options.out, csv, 0600);
    if (!status.ok()) return FailQuestion(status);
  }
  PrintMessage(absl::StrCat(
      CountOf(static_cast<int64_t>(held->cases.size()), "case"), " of site ",
      held->site, ", as of commit ", held->as_of,
      links == nullptr ? "" : "; the file names the clinic's own records",
      "\n"));
  return kExitDone;
}

}  // namespace

void AddCaseExportVerb(CLI::App& verbs, Command& chosen) {
  CLI::App* command = verbs.add_subcommand(
      "export",
      "Write all cases of a site as the CSV that `import` reads, with their "
      "ids.");
  command->fallthrough();
  const auto options = std::make_shared<CaseExportOptions>();
  command->add_option("--site", options->site,
                      "Site of the cases; needed where --links is not given");
  command
      ->add_option("--links,--link", options->links,
                   "Link file: the clinic's own keys, names of visits and "
                   "dates instead of the registry's ids and years")
      ->type_name("FILE");
  command
      ->add_option("--out", options->out,
                   "Write to a file that its owner alone can read")
      ->type_name("FILE.csv");
  command->add_option("--as-of", options->as_of, "As it was after this commit")
      ->type_name("COMMIT");
  command->footer(
      "What comes out goes in again unchanged, with the link file or without: "
      "`import` finds each case by\ncase_id, each assessment by follow_up_id. "
      "A value that was changed in the file is a correction of\nthe version "
      "that etag names; what someone else changed since is a conflict.\n"
      "Examples:\n"
      "  enthesis case export --site site-01 --out cases.csv\n"
      "  enthesis import cases.csv --site site-01 --reason source_corrected\n"
      "  enthesis case export --site site-01 --links "
      "enthesis-link-site-01.tsv > cases.csv");
  RunWhenChosen(*command, options, ExportCases, chosen);
}

}  // namespace enthesis::client
