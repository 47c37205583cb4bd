// What an import did with every line of the clinic's file.

#ifndef ENTHESIS_CLIENT_IMPORT_REPORT_H_
#define ENTHESIS_CLIENT_IMPORT_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/case_csv.h"
#include "client/time_text.h"

namespace enthesis::client {

enum class LineOutcome {
  kUnchanged,  // as stored before; nothing was sent or nothing differed
  kCreated,
  kUpdated,
  kConflict,  // line and registry both changed; the registry was left alone
  kRejected,
  kNotSent,  // the import stopped before it
};
const char* NameOf(LineOutcome outcome);

// A value that an update replaces.
struct CellChange {
  std::string column;
  std::string before;  // as a file has it; empty: no value
  std::string after;

  bool operator==(const CellChange&) const = default;
};

struct LineResult {
  int64_t line = 0;
  std::string record;
  std::string event;
  LineOutcome outcome = LineOutcome::kNotSent;
  // Why rejected or in conflict. A cell may be on another line of the record,
  // which this one contradicts.
  std::vector<CellFault> faults;
  // Set where the line itself is without fault: why it was rejected.
  std::string note;
  std::vector<CellFault> warnings;  // of an accepted line; not faults
  std::vector<CellChange> changes;  // of an updated one
  // Of a line of several visits that was not taken: those that are stored.
  std::vector<std::string> stored;
  // Lines of the file that go with it: what it is made of, too, or repeats.
  std::vector<int64_t> other_lines;
};

// A line that an earlier file had and this one has not.
struct VanishedLine {
  std::string record;
  std::string event;
  bool in_registry = true;  // which keeps it; false: the case is missing there
  // The date of surgery before this file moved it.
  std::optional<Date> counted_from = {};
};

struct ImportReport {
  bool dry_run = false;  // the outcomes are what would have become of it
  std::vector<LineResult> lines;  // in order of line
  std::vector<VanishedLine> vanished;
  int64_t n_cases_created = 0;
  int64_t n_cases_updated = 0;
  int64_t n_cases_rejected = 0;

  int64_t Count(LineOutcome outcome) const;
  // No line was rejected, in conflict or left unsent.
  bool Clean() const;
};

// `age_years "17": must be ...`, in front the line of the cell where that is
// not `line`.
std::string Describe(const CellFault& fault, int64_t line);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_IMPORT_REPORT_H_
