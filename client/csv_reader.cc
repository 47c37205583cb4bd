#include "client/csv_reader.h"

#include <cstring>

#include "absl/strings/str_cat.h"

namespace enthesis::client {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::array<bool, 256> EndsPlainCell(char separator) {
  std::array<bool, 256> ends{};
  ends['\n'] = ends['\r'] = ends['"'] = true;
  ends[static_cast<unsigned char>(separator)] = true;
  return ends;
}

}  // namespace

CsvReader::CsvReader(absl::string_view text, int64_t first_line, char separator)
    : begin_(text.data()),
      at_(text.data()),
      end_(text.data() + text.size()),
      line_begin_(text.data()),
      ends_plain_cell_(EndsPlainCell(separator)),
      separator_(separator),
      line_(first_line) {
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    at_ += kByteOrderMark.size();
    line_begin_ = at_;
  }
}

bool CsvReader::Next() {
  cells_.clear();
  unescaped_.clear();
  if (!status_.ok()) return false;
  while (at_ < end_ && (*at_ == '\n' || *at_ == '\r')) EndLine();
  if (at_ >= end_) return false;
  row_line_ = line_;
  row_offset_ = static_cast<size_t>(at_ - begin_);
  bool ends_row = false;
  while (!ends_row) {
    if (at_ < end_ && *at_ == '"') {
      if (!ReadQuoted(&ends_row)) return false;
    } else {
      ReadPlain(&ends_row);
      if (!status_.ok()) return false;
    }
  }
  return true;
}

void CsvReader::ReadPlain(bool* ends_row) {
  const char* start = at_;
  while (at_ < end_ && !ends_plain_cell_[static_cast<unsigned char>(*at_)])
    ++at_;
  if (at_ < end_ && *at_ == '"') {
    Fail(static_cast<size_t>(at_ - line_begin_),
         "a quote within a cell that is not quoted; quote the cell and double "
         "the quote");
    return;
  }
  cells_.emplace_back(start, static_cast<size_t>(at_ - start));
  EndCell(ends_row);
}

bool CsvReader::ReadQuoted(bool* ends_row) {
  const int64_t opening_line = line_;
  const size_t opening_column = static_cast<size_t>(at_ - line_begin_);
  const char* start = ++at_;
  std::string* unescaped = nullptr;
  for (;; ++at_) {
    if (at_ >= end_) {
      line_ = opening_line;
      return Fail(opening_column, "a quote that is never closed");
    }
    if (*at_ == '"') {
      if (at_ + 1 >= end_ || at_[1] != '"') break;
      if (unescaped == nullptr) unescaped = &unescaped_.emplace_back();
      // Keeps one of the two quotes.
      unescaped->append(start, static_cast<size_t>(at_ + 1 - start));
      start = ++at_ + 1;
    } else if (*at_ == '\n' ||
               (*at_ == '\r' && (at_ + 1 >= end_ || at_[1] != '\n'))) {
      ++line_;
      line_begin_ = at_ + 1;
    }
  }
  const absl::string_view last(start, static_cast<size_t>(at_ - start));
  if (unescaped != nullptr) {
    unescaped->append(last.data(), last.size());
    cells_.push_back(*unescaped);
  } else {
    cells_.push_back(last);
  }
  ++at_;
  return EndCell(ends_row);
}

bool CsvReader::EndCell(bool* ends_row) {
  if (at_ >= end_) {
    *ends_row = true;
    return true;
  }
  if (*at_ == separator_) {
    ++at_;
    return true;
  }
  if (*at_ == '\n' || *at_ == '\r') {
    EndLine();
    *ends_row = true;
    return true;
  }
  return Fail(static_cast<size_t>(at_ - line_begin_),
              "a character after a closing quote");
}

void CsvReader::EndLine() {
  if (*at_ == '\r' && at_ + 1 < end_ && at_[1] == '\n') ++at_;
  ++at_;
  ++line_;
  line_begin_ = at_;
}

bool CsvReader::Fail(size_t at, absl::string_view problem) {
  cells_.clear();
  status_ = absl::InvalidArgumentError(
      absl::StrCat("line ", line_, ", character ", at + 1, ": ", problem));
  return false;
}

}  // namespace enthesis::client
