#include "client/analyze/data_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
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
  if (cell.empty()) return cell;
  // Blanks are rare and come before all that is printed.
  if (cell.front() <= ' ' || cell.back() <= ' ') {
    cell = absl::StripAsciiWhitespace(cell);
  }
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

absl::Status WrongWidth(int64_t line, size_t n_cells, size_t width) {
  return absl::InvalidArgumentError(absl::StrCat(
      "line ", line, " has ", n_cells, " cells, the first line ", width));
}

// Lines of a text in which nothing is quoted, in pieces that end with a line.
constexpr size_t kPieceBytes = size_t{1} << 18;

struct Piece {
  const char* begin = nullptr;
  const char* end = nullptr;
  int64_t n_lines = 0;  // blank ones too
  size_t n_rows = 0;
  absl::Status status;
};

std::vector<Piece> SplitLines(absl::string_view text) {
  std::vector<Piece> pieces;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at < end;) {
    Piece piece;
    piece.begin = at;
    at += std::min(kPieceBytes, static_cast<size_t>(end - at));
    const void* feed =
        at < end ? std::memchr(at, '\n', static_cast<size_t>(end - at))
                 : nullptr;
    at = feed == nullptr ? end : static_cast<const char*>(feed) + 1;
    piece.end = at;
    pieces.push_back(piece);
  }
  return pieces;
}

// The end of the cell that starts at `at`: a comma, the end of a line, or
// `end`.
const char* EndOfCell(const char* at, const char* end) {
  while (at < end && *at != ',' && *at != '\n' && *at != '\r') ++at;
  return at;
}

const char* AfterLine(const char* at, const char* end) {
  if (at < end && *at == '\r' && at + 1 < end && at[1] == '\n') ++at;
  return at < end ? at + 1 : end;
}

// Where the line that starts at `at` ends, `has_returns` if some may end with a
// carriage return.
const char* EndOfLine(const char* at, const char* end, bool has_returns) {
  if (has_returns) {
    while (at < end && *at != '\n' && *at != '\r') ++at;
    return at;
  }
  const void* feed = std::memchr(at, '\n', static_cast<size_t>(end - at));
  return feed == nullptr ? end : static_cast<const char*>(feed);
}

void CountLines(Piece& piece) {
  const size_t size = static_cast<size_t>(piece.end - piece.begin);
  const bool has_returns = std::memchr(piece.begin, '\r', size) != nullptr;
  for (const char* at = piece.begin; at < piece.end;) {
    const char* line_end = EndOfLine(at, piece.end, has_returns);
    piece.n_rows += line_end > at ? 1 : 0;
    ++piece.n_lines;
    at = AfterLine(line_end, piece.end);
  }
}

}  // namespace

absl::StatusOr<DataFile> DataFile::Parse(std::string text,
                                         const std::vector<std::string>& wanted,
                                         stats::ThreadPool* pool) {
  DataFile file;
  file.pool_ = pool;
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
  const absl::string_view rows = text.substr(reader.next_offset());
  return absl::StrContains(rows, '"')
             ? ReadQuoted(reader, width, *places)
             : ReadPlain(rows, reader.next_line(), width, *places);
}

absl::Status DataFile::ReadQuoted(CsvReader& reader, size_t width,
                                  const std::vector<size_t>& places) {
  const absl::string_view text = texts_.front();
  const auto n_lines = std::count(text.begin(), text.end(), '\n');
  lines_.reserve(static_cast<size_t>(n_lines));
  for (auto& column : columns_) column.reserve(static_cast<size_t>(n_lines));
  while (reader.Next()) {
    const std::vector<absl::string_view>& cells = reader.cells();
    if (cells.size() != width) {
      return WrongWidth(reader.line(), cells.size(), width);
    }
    for (size_t c = 0; c < places.size(); ++c) {
      absl::string_view cell = CellOf(cells[places[c]]);
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

absl::Status DataFile::ReadPlain(absl::string_view text, int64_t first_line,
                                 size_t width,
                                 const std::vector<size_t>& places) {
  std::vector<Piece> pieces = SplitLines(text);
  stats::RunTasks(pool_, pieces.size(),
                  [&](size_t p) { CountLines(pieces[p]); });
  std::vector<size_t> first_row(pieces.size() + 1, 0);
  std::vector<int64_t> line(pieces.size() + 1, first_line);
  for (size_t p = 0; p < pieces.size(); ++p) {
    first_row[p + 1] = first_row[p] + pieces[p].n_rows;
    line[p + 1] = line[p] + pieces[p].n_lines;
  }
  lines_.resize(first_row.back());
  stats::RunTasks(pool_, columns_.size(),
                  [&](size_t c) { columns_[c].resize(first_row.back()); });
  // [place in the line] the column that is wanted from there.
  std::vector<std::vector<absl::string_view>*> wanted(width, nullptr);
  for (size_t c = 0; c < places.size(); ++c) wanted[places[c]] = &columns_[c];
  stats::RunTasks(pool_, pieces.size(), [&](size_t p) {
    Piece& piece = pieces[p];
    size_t row = first_row[p];
    int64_t here = line[p];
    for (const char* at = piece.begin; at < piece.end; ++here) {
      if (*at == '\n' || *at == '\r') {
        at = AfterLine(at, piece.end);
        continue;
      }
      size_t cell = 0;
      while (true) {
        const char* cell_end = EndOfCell(at, piece.end);
        if (cell < width && wanted[cell] != nullptr) {
          (*wanted[cell])[row] =
              CellOf(absl::string_view(at, static_cast<size_t>(cell_end - at)));
        }
        ++cell;
        at = cell_end;
        if (at == piece.end || *at != ',') break;
        ++at;
      }
      if (cell != width) {
        piece.status = WrongWidth(here, cell, width);
        return;
      }
      lines_[row++] = here;
      at = AfterLine(at, piece.end);
    }
  });
  for (const Piece& piece : pieces) {
    if (!piece.status.ok()) return piece.status;
  }
  return absl::OkStatus();
}

const std::vector<absl::string_view>& DataFile::Column(
    absl::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  return columns_[static_cast<size_t>(found - names_.begin())];
}

namespace {

// Digits with at most one point between them, few enough that both they and
// the power of ten are exact, so that their quotient is the nearest double.
bool ParseShortDecimal(absl::string_view cell, double& number) {
  static constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3, 1e4,  1e5,
                                       1e6,  1e7,  1e8,  1e9, 1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15};
  constexpr size_t kDigitsMax = 15;
  if (cell.empty() || cell.size() > kDigitsMax) return false;
  int64_t digits = 0;
  size_t after_point = 0;
  bool point = false;
  for (size_t i = 0; i < cell.size(); ++i) {
    const char c = cell[i];
    if (c >= '0' && c <= '9') {
      digits = 10 * digits + (c - '0');
      after_point += point ? 1 : 0;
    } else if (c == '.' && !point && i > 0 && i + 1 < cell.size()) {
      point = true;
    } else {
      return false;
    }
  }
  number = static_cast<double>(digits) / kPowers[after_point];
  return true;
}

}  // namespace

bool ParseNumber(absl::string_view cell, double& number) {
  if (ParseShortDecimal(cell, number)) return true;
  absl::ConsumePrefix(&cell, "+");
  const char* end = cell.data() + cell.size();
  const std::from_chars_result result =
      std::from_chars(cell.data(), end, number);
  return result.ec == std::errc() && result.ptr == end && std::isfinite(number);
}

}  // namespace enthesis::client
