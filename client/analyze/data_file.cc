#include "client/analyze/data_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/csv_reader.h"

namespace enthesis::client {
namespace {

absl::string_view CellOf(absl::string_view cell) {
  cell = absl::StripAsciiWhitespace(cell);
  return cell == "NA" ? absl::string_view() : cell;
}

// Where each wanted column stands in the header.
absl::StatusOr<std::vector<size_t>> FindColumns(
    const std::vector<absl::string_view>& header,
    const std::vector<std::string>& wanted) {
  std::vector<size_t> places;
  for (const std::string& name : wanted) {
    size_t place = header.size();
    for (size_t i = 0; i < header.size(); ++i) {
      if (absl::StripAsciiWhitespace(header[i]) != name) continue;
      if (place < header.size()) {
        return absl::InvalidArgumentError(
            absl::StrCat("the first line names column ", name, " twice"));
      }
      place = i;
    }
    if (place == header.size()) {
      if (header.size() == 1 && (absl::StrContains(header[0], ";") ||
                                 absl::StrContains(header[0], "\t"))) {
        return absl::InvalidArgumentError(
            "the file is not separated by commas; save it as CSV with commas "
            "and a decimal point");
      }
      return absl::InvalidArgumentError(
          absl::StrCat("there is no column ", name, "; the file has ",
                       absl::StrJoin(header, ", ")));
    }
    places.push_back(place);
  }
  return places;
}

}  // namespace

absl::StatusOr<DataFile> DataFile::Parse(
    std::string text, const std::vector<std::string>& wanted) {
  DataFile file;
  file.texts_.push_back(std::move(text));
  std::vector<std::string> names = wanted;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const absl::Status status = file.ReadRows(names);
  if (!status.ok()) return status;
  return file;
}

absl::Status DataFile::ReadRows(const std::vector<std::string>& wanted) {
  const absl::string_view text = texts_.front();
  CsvReader reader(text);
  if (!reader.Next()) {
    return reader.status().ok()
               ? absl::InvalidArgumentError("the file is empty")
               : reader.status();
  }
  const size_t width = reader.cells().size();
  const absl::StatusOr<std::vector<size_t>> places =
      FindColumns(reader.cells(), wanted);
  if (!places.ok()) return places.status();
  names_ = wanted;
  columns_.resize(names_.size());
  const auto n_lines = std::count(text.begin(), text.end(), '\n');
  lines_.reserve(static_cast<size_t>(n_lines));
  for (auto& column : columns_) column.reserve(static_cast<size_t>(n_lines));
  while (reader.Next()) {
    const std::vector<absl::string_view>& cells = reader.cells();
    if (cells.size() != width) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", reader.line(), " has ", cells.size(),
                       " cells, the first line ", width));
    }
    for (size_t c = 0; c < places->size(); ++c) {
      absl::string_view cell = CellOf(cells[(*places)[c]]);
      // A cell that was unescaped lives no longer than its row.
      const bool in_text = cell.empty() || (cell.data() >= text.data() &&
                                            cell.data() < text.end());
      if (!in_text) cell = texts_.emplace_back(cell);
      columns_[c].push_back(cell);
    }
    lines_.push_back(reader.line());
  }
  return reader.status();
}

const std::vector<absl::string_view>& DataFile::Column(
    absl::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  return columns_[static_cast<size_t>(found - names_.begin())];
}

bool ParseNumber(absl::string_view cell, double& number) {
  absl::ConsumePrefix(&cell, "+");
  const char* end = cell.data() + cell.size();
  const std::from_chars_result result =
      std::from_chars(cell.data(), end, number);
  return result.ec == std::errc() && result.ptr == end && std::isfinite(number);
}

}  // namespace enthesis::client
