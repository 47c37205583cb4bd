// Reads comma separated values as RFC 4180 defines them: quotes, doubled
// quotes, line breaks within quotes; lines end with LF, CRLF or CR; a UTF-8
// byte order mark is skipped; blank lines are skipped. Another separator may
// stand for the comma.
//
// It reads text that is already in memory and copies only quoted cells that
// hold a doubled quote. Threads: externally synchronized.

#ifndef ENTHESIS_CLIENT_CSV_READER_H_
#define ENTHESIS_CLIENT_CSV_READER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace enthesis::client {

class CsvReader {
 public:
  // `text` must outlive the reader. `first_line` numbers its first line.
  explicit CsvReader(absl::string_view text, int64_t first_line = 1,
                     char separator = ',');

  // Reads the next row into cells(). False at the end and after a row that is
  // not well formed: status() tells which.
  bool Next();

  // Cells of the row, without quotes; valid until the next call of Next.
  const std::vector<absl::string_view>& cells() const { return cells_; }
  // Line of the file on which the row starts, from 1.
  int64_t line() const { return row_line_; }
  // Where the row starts in the text, in bytes.
  size_t offset() const { return row_offset_; }
  // Where what follows the row starts, in bytes, and on which line.
  size_t next_offset() const { return static_cast<size_t>(at_ - begin_); }
  int64_t next_line() const { return line_; }
  // OK, or INVALID_ARGUMENT with line and column (character of the line, from
  // 1) of an unclosed quote or of a character beside a quote.
  const absl::Status& status() const { return status_; }

 private:
  bool ReadQuoted(bool* ends_row);
  void ReadPlain(bool* ends_row);
  // After a cell: consumes a separator or the end of the line.
  bool EndCell(bool* ends_row);
  void EndLine();
  bool Fail(size_t at, absl::string_view problem);

  const char* begin_;
  const char* at_;
  const char* end_;
  const char* line_begin_;
  const std::array<bool, 256> ends_plain_cell_;
  const char separator_;
  int64_t line_;
  int64_t row_line_ = 0;
  size_t row_offset_ = 0;
  std::vector<absl::string_view> cells_;
  std::deque<std::string> unescaped_;  // of the current row
  absl::Status status_;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CSV_READER_H_
