// The clinic's file as records of the model: which line and column each value
// came from, and every cell that cannot be read. No rule of the registry is
// checked here; the server does that. The format: client/README.md.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_CASE_CSV_H_
#define ENTHESIS_CLIENT_CASE_CSV_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/csv_columns.h"
#include "client/time_text.h"
#include "registry/model/case.h"

namespace enthesis::client {

// Something wrong with one cell, or with a line (column empty).
struct CellFault {
  int64_t line = 0;
  std::string column;
  std::string value;    // as in the file
  std::string message;  // the problem and what is allowed
  size_t offset = 0;    // where the line starts in the text that was read

  bool operator==(const CellFault&) const = default;
};

// One assessment of a line. A baseline line has one when any column of an
// assessment but `day` is filled, or `follow_up_id`.
struct CsvAssessment {
  model::FollowUp follow_up;  // id is zero: the link file gives it
  // Group of the columns behind each complication and reoperation, from 0.
  std::vector<int> complication_groups;
  std::vector<int> reoperation_groups;
};

struct CsvLine {
  int64_t line = 0;    // line of the file, from 1
  size_t offset = 0;   // where it starts in the text, for CellText
  std::string record;  // the clinic's key
  // Key of the line within the record: event, and "#2" for a repetition.
  std::string event;
  bool is_baseline = false;
  std::optional<CsvAssessment> assessment;
  std::optional<model::Id> follow_up_id;  // where the file has it
  bool faulty = false;                    // some cell cannot be read
  int64_t repeats = 0;  // the line before it of the same record and event
};

// What a baseline line says beside its assessment.
struct CsvBaseline {
  bool synthetic = false;
  model::Baseline baseline;
  model::ConservativeCare care;
  model::Operation operation;
  model::CaseStatus status = model::CaseStatus::kActive;
  std::optional<int32_t> status_day;
  std::optional<Date> surgery_date;
  std::string patient_key;  // empty: a person of its own
  // Of the registry, where the file has them.
  std::optional<model::Id> case_id, patient_id;
  std::string etag;  // empty: not known
};

// The lines of one record.
struct CsvRecord {
  std::string key;
  std::optional<CsvLine> baseline_line;
  CsvBaseline baseline;             // when baseline_line is there
  std::vector<CsvLine> follow_ups;  // in file order
};

struct CaseFile {
  std::deque<CsvRecord> records;  // in order of first appearance
  std::vector<CellFault> faults;  // in order of line
  // Lines that belong to no record: no key, a repeated line, cells missing.
  std::vector<CsvLine> strays;
  int64_t n_lines = 0;  // without the header
  std::vector<std::string> header;
  char separator = ',';
  // Only the rejected lines of an earlier import (rejected_lines.h): what it
  // lacks has not vanished.
  bool partial = false;
};

// Reads a file held in `text`, in UTF-8 (clinic_text.h). `numbers`: those of
// the lines after the header, where they are not counted here. INVALID_ARGUMENT
// for what stops the import before anything is sent: text that is not
// well-formed CSV, no header, a missing or repeated column, columns neither
// known nor in `ignored`.
absl::StatusOr<CaseFile> ReadCaseFile(
    absl::string_view text, const std::set<std::string>& ignored,
    char separator = ',', const std::vector<int64_t>* numbers = nullptr);

// What the file holds in a column of a line; "" without such a column.
std::string CellText(absl::string_view text, const CaseFile& file,
                     const CsvLine& line, absl::string_view column);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CASE_CSV_H_
