#include "client/rejected_lines.h"

#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/csv_reader.h"

namespace enthesis::client {
namespace {

void AppendRejectedCell(absl::string_view cell, char separator,
                        std::string& out) {
  const bool plain = cell.find_first_of("\"\r\n") == absl::string_view::npos &&
                     cell.find(separator) == absl::string_view::npos;
  if (plain) {
    absl::StrAppend(&out, cell);
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

// What is wrong with each line that was not taken, by its number.
std::map<int64_t, std::string> FaultTexts(const ImportReport& report) {
  std::map<int64_t, std::string> texts;
  for (const LineResult& line : report.lines) {
    if (line.outcome != LineOutcome::kRejected &&
        line.outcome != LineOutcome::kConflict) {
      continue;
    }
    std::string text;
    for (const CellFault& fault : line.faults) {
      absl::StrAppend(&text, text.empty() ? "" : " | ",
                      Describe(fault, line.line));
    }
    if (!line.note.empty()) {
      absl::StrAppend(&text, text.empty() ? "" : " | ", line.note);
    }
    texts[line.line] = absl::StrCat("line ", line.line, ": ", text);
  }
  for (const LineResult& line : report.lines) {
    if (texts.count(line.line) == 0) continue;
    for (const int64_t other : line.other_lines) {
      texts.try_emplace(
          other, absl::StrCat("line ", other, ": goes with line ", line.line));
    }
  }
  return texts;
}

}  // namespace

std::string RejectedLines(const ClinicText& file, const ImportReport& report) {
  const std::map<int64_t, std::string> faults = FaultTexts(report);
  std::string out = "\xEF\xBB\xBF";
  if (file.separator != ',' && file.separator != ';' &&
      file.separator != '\t') {
    absl::StrAppend(&out, "sep=", std::string(1, file.separator), "\r\n");
  }
  CsvReader reader(file.text, 1, file.separator);
  bool is_header = true;
  size_t old_faults = std::string::npos;  // of an earlier file of this kind
  while (reader.Next()) {
    const auto& cells = reader.cells();
    std::string first = kFaultsColumn;
    if (is_header) {
      for (size_t i = 0; i < cells.size(); ++i) {
        if (absl::StripAsciiWhitespace(cells[i]) == kFaultsColumn) {
          old_faults = i;
        }
      }
    } else {
      const auto found = faults.find(reader.line());
      if (found == faults.end()) continue;
      first = found->second;
    }
    is_header = false;
    AppendRejectedCell(first, file.separator, out);
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i == old_faults) continue;
      out += file.separator;
      AppendRejectedCell(cells[i], file.separator, out);
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace enthesis::client
