// A clinic's file in the columns of the import, by its mapping file: a text
// that `case_csv.h` reads, and where each of its cells came from, so that a
// report speaks of the clinic's own lines, columns and values.
//
// Lines of one record and event that REDCap tells apart (events that are one
// here, instruments that repeat) become one line; a line with several visits
// becomes several.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_MAPPING_MAPPED_FILE_H_
#define ENTHESIS_CLIENT_MAPPING_MAPPED_FILE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/case_csv.h"
#include "client/clinic_text.h"
#include "client/import_report.h"
#include "client/mapping/import_map.h"
#include "client/mapping/made_cell.h"

namespace enthesis::client {

// Where a cell came from.
struct CellOrigin {
  int64_t line = 0;    // of the clinic's file
  std::string column;  // of the clinic's file; several are joined by " + "
  std::string value;   // there
  std::string made;    // what the mapping made of it
};

struct MappedLine {
  size_t offset = 0;            // in MappedFile::text
  int64_t line = 0;             // of the clinic's file: the first it is made of
  std::vector<int64_t> others;  // further ones
  std::map<std::string, CellOrigin> cells;  // by the import's column; no blanks
};

struct MappedFile {
  std::string text;  // comma separated
  std::vector<MappedLine> lines;
  std::vector<CellFault> faults;  // with the import's columns
  // The clinic's column behind one of the import, for blank cells.
  std::map<std::string, std::string> column_of;
  int64_t n_other_sites = 0;   // lines that were left out
  int64_t n_other_events = 0;  // lines that were left out
  bool partial = false;        // the rejected lines of an earlier import
};

// The day of surgery of a record that the file does not tell.
using SurgeryDateOf =
    std::function<std::optional<Date>(const std::string& record)>;

// INVALID_ARGUMENT for what stops the import: columns that the map names and
// the file lacks, and columns of the file that nothing is said of.
absl::StatusOr<MappedFile> ApplyMap(const ClinicText& file,
                                    const ImportMap& map,
                                    const std::string& site,
                                    const SurgeryDateOf& surgery_date_of);

// The sites of the lines of `file`; empty without a column of sites.
absl::StatusOr<std::set<std::string>> SitesIn(const ClinicText& file,
                                              const ImportMap& map);

// Reads the mapped text; lines have the numbers of the clinic's file.
absl::StatusOr<CaseFile> ReadMappedFile(const MappedFile& mapped,
                                        const std::set<std::string>& ignored);

// Puts the clinic's lines, columns and values into the report.
void NameAsInTheFile(const MappedFile& mapped, ImportReport& report);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_MAPPING_MAPPED_FILE_H_
