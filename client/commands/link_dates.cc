// enthesis link dates

#include "client/link_dates.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/link_verbs.h"
#include "client/commands/open_links.h"
#include "client/commands/question_command.h"
#include "client/csv_text.h"
#include "client/file_bytes.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

struct LinkDatesOptions {
  std::string file, dates, site;
};

std::string FaultLine(const CellFault& fault) {
  return absl::StrCat("line ", fault.line, ": ", fault.column, " \"",
                      fault.value, "\" ", fault.message, "\n");
}

int SetLinkDates(const LinkDatesOptions& options, const Session& session) {
  absl::StatusOr<std::string> bytes = ReadFileBytes(options.dates);
  if (!bytes.ok()) return FailQuestion(bytes.status());
  const absl::StatusOr<ClinicText> text =
      ReadClinicText(*std::move(bytes), TextOptions());
  if (!text.ok()) {
    return FailUsage(
        absl::StrCat(options.dates, ": ", text.status().message()));
  }
  const auto links =
      OpenKnownLinks(options.file, options.site, session, kNamedByFile);
  if (!links.ok()) return FailQuestion(links.status());
  const absl::StatusOr<DatesResult> result =
      TakeSurgeryDates(*text, (*links)->links());
  if (!result.ok()) {
    return FailUsage(
        absl::StrCat(options.dates, ": ", result.status().message()));
  }
  const absl::Status status = (*links)->Save();
  if (!status.ok()) return FailQuestion(status);
  std::string report;
  for (const CellFault& fault : result->faults) report += FaultLine(fault);
  PrintMessage(report);
  const std::string counts =
      absl::StrCat(result->n_set, " set, ", result->n_unchanged, " unchanged, ",
                   result->faults.size(), " rejected; ",
                   CountOf(static_cast<int64_t>(result->n_without), "record"),
                   " without a surgery date\n");
  if (session.format == Format::kCsv) {
    std::string csv;
    AppendCsvRow({"set", "unchanged", "rejected", "without"}, csv);
    AppendCsvRow(
        {absl::StrCat(result->n_set), absl::StrCat(result->n_unchanged),
         absl::StrCat(result->faults.size()), absl::StrCat(result->n_without)},
        csv);
    PrintDocument(csv);
  } else if (session.format == Format::kJson) {
    PrintDocument(absl::StrCat("{\"set\": ", result->n_set,
                               ", \"unchanged\": ", result->n_unchanged,
                               ", \"rejected\": ", result->faults.size(),
                               ", \"without\": ", result->n_without, "}\n"));
  } else {
    PrintDocument(counts);
  }
  return result->faults.empty() ? kExitDone : kExitRejected;
}

}  // namespace

void AddLinkDatesVerb(CLI::App& verbs, Command& chosen) {
  CLI::App* dates = verbs.add_subcommand(
      "dates",
      "Put surgery dates into the link file, where they stay: `due` reckons "
      "with them, nothing is sent.");
  dates->fallthrough();
  const auto options = std::make_shared<LinkDatesOptions>();
  dates->add_option("file", options->file, "The link file")
      ->required()
      ->type_name("FILE");
  dates
      ->add_option("dates", options->dates,
                   "CSV with the columns record_id and surgery_date "
                   "(YYYY-MM-DD); others are ignored")
      ->required()
      ->type_name("FILE.csv");
  dates->add_option("--site", options->site,
                    "Refuse a file of another site than this");
  dates->footer(
      "For clinics whose export has surgery_year alone. A surgery_date column "
      "of an imported file is kept in\nthe link file, too.\n"
      "Exit code 1: some lines were rejected; the others count.\n"
      "Examples:\n"
      "  enthesis link dates enthesis-link-site-01.tsv dates.csv");
  RunWhenChosen(*dates, options, SetLinkDates, chosen);
}

}  // namespace enthesis::client
