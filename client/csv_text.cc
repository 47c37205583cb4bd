#include "client/csv_text.h"

#include <charconv>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace enthesis::client {

void AppendCsvRow(const std::vector<std::string>& cells, std::string& text) {
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) text += ',';
    if (cells[i].find_first_of(",\"\r\n") == std::string::npos) {
      text += cells[i];
    } else {
      absl::StrAppend(&text, "\"",
                      absl::StrReplaceAll(cells[i], {{"\"", "\"\""}}), "\"");
    }
  }
  text += '\n';
}

std::string CsvNumber(std::optional<double> value) {
  if (!value.has_value()) return "";
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, *value).ptr;
  return std::string(buffer, end);
}

std::string CsvNumber(std::optional<int32_t> value) {
  return value.has_value() ? absl::StrCat(*value) : "";
}

}  // namespace enthesis::client
