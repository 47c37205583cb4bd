// The errors that clinics make, each by itself: which cells of a record it
// changes, and where the import must find it.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_SIMULATE_FAULT_KINDS_H_
#define ENTHESIS_CLIENT_SIMULATE_FAULT_KINDS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace enthesis::client {

// The lines of one record as cells, its baseline line first.
class RecordLines {
 public:
  // `text`: lines without quotes, as the simulator writes them.
  RecordLines(const std::vector<std::string>& header, absl::string_view text);

  const std::string& Cell(size_t line, absl::string_view column) const;
  void Set(size_t line, absl::string_view column, std::string value);
  bool AllBlank(absl::string_view column) const;
  // A code of the record's operation, be it concomitant.
  bool Includes(absl::string_view procedure) const;
  // A further line: record and event, the rest blank. Returns its index.
  size_t AddLine(std::string event);
  void CutLastCell(size_t line) { lines_[line].pop_back(); }
  size_t size() const { return lines_.size(); }
  std::string Text() const;

 private:
  size_t At(absl::string_view column) const;

  const std::vector<std::string>& header_;
  std::vector<std::vector<std::string>> lines_;
};

struct PlantedCell {
  size_t line = 0;     // within the record
  std::string column;  // "a|b": either of two that contradict each other
};

struct FaultKind {
  const char* name;
  // Plants it; false where the record has no place for it, and is unchanged.
  bool (*plant)(RecordLines& record, PlantedCell& where);
};

// Every kind: cells that cannot be read, required and allowed values, who is
// eligible, what fits which operation, questionnaires, the course, events,
// lines.
absl::Span<const FaultKind> FaultKinds();

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_SIMULATE_FAULT_KINDS_H_
