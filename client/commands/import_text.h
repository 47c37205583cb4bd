// The report of an import as a document.

#ifndef ENTHESIS_CLIENT_COMMANDS_IMPORT_TEXT_H_
#define ENTHESIS_CLIENT_COMMANDS_IMPORT_TEXT_H_

#include <string>

#include "client/import_report.h"
#include "client/text_encoding.h"

namespace enthesis::client {

struct ImportSummary {
  std::string site;
  std::string links;  // path of the link file
  // The clinic's file: its name, and how it was read.
  std::string file;
  TextEncoding encoding = TextEncoding::kUtf8;
  char separator = ',';
  std::string map;             // mapping file; may be empty
  int64_t n_other_sites = 0;   // lines that it left out
  int64_t n_other_events = 0;  // lines that it left out
  size_t n_records = 0;
  double seconds = 0;
};

// Faults with line, column, value and what is allowed, of one fault the first
// few lines and how many more; in a dry run every change with the old and the
// new value; then the counts.
// `all_lines`: every line with what became of it.
std::string ImportTable(const ImportReport& report,
                        const ImportSummary& summary, bool all_lines);

// One row for each fault or change, and one for each line without. `line` is
// the line that was rejected; the message names the line of the cell where it
// is another.
std::string ImportCsv(const ImportReport& report);

// {"dry_run", "site", "links", "file": {"name", "encoding", "separator"},
// "lines":
// [{"line", "record", "event", "outcome", "note", "faults": [{"line", "column",
// "value", "message"}], "warnings": [...],
// "changes": [{"column", "before", "after"}]}], "vanished": [...], "summary":
// {...}}
std::string ImportJson(const ImportReport& report,
                       const ImportSummary& summary);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_IMPORT_TEXT_H_
