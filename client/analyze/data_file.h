// The columns of a CSV file that an analysis uses, as text.
//
// Comma separated (RFC 4180), UTF-8; the first line names the columns. A cell
// is missing when it is blank or NA; blanks around a value are ignored.

#ifndef ENTHESIS_CLIENT_ANALYZE_DATA_FILE_H_
#define ENTHESIS_CLIENT_ANALYZE_DATA_FILE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/csv_reader.h"
#include "stats/parallel.h"

namespace enthesis::client {

class DataFile {
 public:
  // Reads the columns `wanted` of `text`, each once. Errors: INVALID_ARGUMENT
  // naming a column that the file lacks or names twice, a line with another
  // number of cells than the header, or what is not CSV.
  // `pool` reads pieces of the file side by side, where no cell is quoted;
  // null: this thread. It is kept for those who go on with the columns.
  static absl::StatusOr<DataFile> Parse(std::string text,
                                        const std::vector<std::string>& wanted,
                                        stats::ThreadPool* pool = nullptr);

  size_t n_rows() const { return lines_.size(); }
  // Cells of a wanted column, by row; without blanks around. A missing cell is
  // empty.
  const std::vector<absl::string_view>& Column(absl::string_view name) const;
  // The line of the file on which a row starts, from 1.
  int64_t LineOf(size_t row) const { return lines_[row]; }
  stats::ThreadPool* pool() const { return pool_; }

 private:
  absl::Status ReadRows(const std::vector<std::string>& wanted);
  absl::Status ReadQuoted(CsvReader& reader, size_t width,
                          const std::vector<size_t>& places);
  absl::Status ReadPlain(absl::string_view text, int64_t first_line,
                         size_t width, const std::vector<size_t>& places);

  // On the heap, so that the cells stay when the object moves.
  std::deque<std::string> texts_;
  std::vector<std::string> names_;
  std::vector<std::vector<absl::string_view>> columns_;  // as names_
  std::vector<int64_t> lines_;
  stats::ThreadPool* pool_ = nullptr;
};

// A number as a cell holds it: decimal point, optional exponent, finite.
bool ParseNumber(absl::string_view cell, double& number);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_DATA_FILE_H_
