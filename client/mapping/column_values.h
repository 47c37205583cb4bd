// What the cells of one column of a clinic's file look like.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_MAPPING_COLUMN_VALUES_H_
#define ENTHESIS_CLIENT_MAPPING_COLUMN_VALUES_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/clinic_text.h"

namespace enthesis::client {

struct ColumnValues {
  std::string name;
  int64_t n_filled = 0;
  std::set<std::string> values;  // distinct ones, at most kMostValues
  bool many = false;             // there are more
  bool repeats = false;          // some value is there twice
  bool whole = true;             // every cell is a whole number
  bool numbers = true;           // every cell is a number
  bool decimal_comma = false;    // some number has one
  int64_t n_cells = 0;           // without those that stand for blank
  // Formats that most cells are a day in, at least half of them and two where
  // not all; several where as many cells are the one as the other.
  std::vector<std::string> date_formats;
  // Cells that are no day in the first of them, and the lines of the file of
  // the first kMostLines.
  int64_t n_not_dates = 0;
  std::vector<int64_t> lines_not_dates;
  // Cells that stand for blank among numbers or dates: "NA", "-99".
  std::set<std::string> missing;
};

inline constexpr size_t kMostValues = 20;
inline constexpr size_t kMostLines = 5;

// By column, in the order of the file.
absl::StatusOr<std::vector<ColumnValues>> LookAtColumns(const ClinicText& file);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_MAPPING_COLUMN_VALUES_H_
