// A mapped file as records of the model, and its report in the clinic's words.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/mapping/mapped_file.h"

namespace enthesis::client {
namespace {

const MappedLine* LineAt(const MappedFile& mapped, size_t offset) {
  const auto at =
      std::lower_bound(mapped.lines.begin(), mapped.lines.end(), offset,
                       [](const MappedLine& line, size_t wanted) {
                         return line.offset < wanted;
                       });
  return at == mapped.lines.end() || at->offset != offset ? nullptr : &*at;
}

void NameFault(const MappedFile& mapped, CellFault& fault) {
  const MappedLine* line = LineAt(mapped, fault.offset);
  if (line == nullptr || fault.column.empty()) return;
  const auto cell = line->cells.find(fault.column);
  if (cell == line->cells.end()) {
    const auto column = mapped.column_of.find(fault.column);
    if (column == mapped.column_of.end() || column->second.empty()) return;
    if (column->second != fault.column) {
      fault.message = absl::StrCat("(", fault.column, ") ", fault.message);
    }
    fault.column = column->second;
    return;
  }
  const CellOrigin& origin = cell->second;
  if (origin.column.empty()) return;  // a constant of the map
  if (origin.column != fault.column || origin.made != origin.value) {
    fault.message =
        absl::StrCat("(", fault.column,
                     origin.made.empty() || origin.made == origin.value
                         ? ""
                         : absl::StrCat(" \"", origin.made, "\""),
                     ") ", fault.message);
  }
  fault.line = origin.line;
  fault.column = origin.column;
  fault.value = origin.value;
}

}  // namespace

absl::StatusOr<CaseFile> ReadMappedFile(const MappedFile& mapped,
                                        const std::set<std::string>& ignored) {
  std::vector<int64_t> numbers;
  for (const MappedLine& line : mapped.lines) numbers.push_back(line.line);
  absl::StatusOr<CaseFile> file =
      ReadCaseFile(mapped.text, ignored, ',', &numbers);
  if (!file.ok()) return file;
  file->partial = mapped.partial;
  std::set<size_t> faulty;
  for (const CellFault& fault : mapped.faults) faulty.insert(fault.offset);
  const auto mark = [&](CsvLine& line) {
    line.faulty = line.faulty || faulty.count(line.offset) > 0;
  };
  for (CsvRecord& record : file->records) {
    if (record.baseline_line.has_value()) mark(*record.baseline_line);
    for (CsvLine& line : record.follow_ups) mark(line);
  }
  // A cell that the map could not make is at fault where the line is.
  for (CellFault fault : mapped.faults) {
    const MappedLine* line = LineAt(mapped, fault.offset);
    if (line != nullptr) fault.line = line->line;
    file->faults.push_back(std::move(fault));
  }
  std::stable_sort(
      file->faults.begin(), file->faults.end(),
      [](const auto& a, const auto& b) { return a.line < b.line; });
  return file;
}

void NameAsInTheFile(const MappedFile& mapped, ImportReport& report) {
  std::map<int64_t, std::vector<int64_t>> others;
  for (const MappedLine& line : mapped.lines) {
    auto& of_line = others[line.line];
    of_line.insert(of_line.end(), line.others.begin(), line.others.end());
  }
  for (LineResult& line : report.lines) {
    const auto& its = others[line.line];
    line.other_lines.insert(line.other_lines.end(), its.begin(), its.end());
    for (CellFault& fault : line.faults) NameFault(mapped, fault);
    for (CellFault& warning : line.warnings) NameFault(mapped, warning);
  }
}

}  // namespace enthesis::client
