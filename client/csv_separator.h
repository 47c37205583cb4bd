// Which character separates the cells of a CSV file.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_CSV_SEPARATOR_H_
#define ENTHESIS_CLIENT_CSV_SEPARATOR_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace enthesis::client {

// Comma, semicolon or tab: the one that gives the first lines of `text` the
// most cells, the same number in each; where none does, the one that gives the
// header the most. A comma where there is none of the three. INVALID_ARGUMENT
// where two give the same number.
absl::StatusOr<char> FindSeparator(absl::string_view text);

std::string NameOfSeparator(char separator);  // "semicolons"

// Of "comma", "semicolon" or "tab"; absent for another name.
std::optional<char> SeparatorNamed(absl::string_view name);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CSV_SEPARATOR_H_
