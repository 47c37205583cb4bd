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
  // Formats that every cell is a day in; several where no cell tells them
  // apart.
  std::vector<std::string> date_formats;
  // Cells that stand for blank among numbers or dates: "NA", "-99".
  std::set<std::string> missing;
};

inline constexpr size_t kMostValues = 20;

// By column, in the order of the file.
absl::StatusOr<std::vector<ColumnValues>> LookAtColumns(const ClinicText& file);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_MAPPING_COLUMN_VALUES_H_
